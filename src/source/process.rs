//! Owns running a `credential_process` and reading its answer, as the SDKs for JavaScript and Rust do: by the shell, its
//! stderr shown only when it fails. The terminal stays reachable, since it may want to ask something.
//!
//! Refuses to wait for ever, to read without end, and to take an answer in part: the document is whole or it is none
//! (`tests/conformance/vectors/credential-process.json`).

use std::io::{IsTerminal, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::clock::{Clock, Timestamp};
use crate::credentials::Credentials;
use crate::env;
use crate::secret::Secret;

use super::chain::Chain;

/// How long the program may take: Go's SDK would end us at the same time.
const DEADLINE: Duration = Duration::from_mins(1);
/// The longest answer, in bytes; Java's SDK reads no more.
const LONGEST_ANSWER: usize = 64 << 10;

/// Why a program gave no credentials.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProcessError {
    /// The shell could not be started.
    #[error("cannot start a shell: {0}")]
    Start(String),
    /// It ended with another status than 0, and this line on stderr.
    #[error("{status}: {said}")]
    Failed {
        /// `exit status 1`, `signal 9`.
        status: String,
        /// The first line of its stderr.
        said: String,
    },
    /// It took longer than this many seconds.
    #[error("no answer within {0} s")]
    TimedOut(u64),
    /// Its answer is no credential_process document, for this reason.
    #[error("{0}")]
    Answer(&'static str),
}

/// Runs `command` and reads its answer.
pub fn run(command: &str, chain: &Chain) -> Result<Credentials, ProcessError> {
    let deadline = Instant::now() + DEADLINE;
    let mut child = shell(command)
        .env(env::AMPLIFY_CREDS_CHAIN, chain.text())
        .env_remove(env::AMPLIFY_CREDS_MFA_TOKEN)
        .stdin(stdin())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| ProcessError::Start(error.to_string()))?;
    let stdout = child.stdout.take().map(read_in_background);
    let stderr = child.stderr.take().map(read_in_background);
    let finished = wait(&mut child, deadline).and_then(|status| Some((status, collect(stdout, deadline)?)));
    let Some((status, answer)) = finished else {
        // It may be gone already; what it has started is not ours to find.
        let _ = child.kill();
        let _ = child.wait();
        return Err(ProcessError::TimedOut(DEADLINE.as_secs()));
    };
    if !status.success() {
        // A grandchild may hold stderr open; what is there by now is enough.
        let said = collect(stderr, Instant::now() + Duration::from_millis(200)).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let said = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing").to_owned();
        return Err(ProcessError::Failed { status: status.to_string(), said });
    }
    read_answer(&answer, Clock::System.now())
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

/// `cmd` has quoting rules of its own: the line goes to it as it is.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut shell = Command::new("cmd.exe");
    shell.arg("/C").raw_arg(command);
    shell
}

/// A person's terminal is passed on. The pipe that an SDK gives us never ends, and a program reading it would not.
fn stdin() -> Stdio {
    if std::io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() }
}

fn read_in_background(mut from: impl Read + Send + 'static) -> mpsc::Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER + 1));
        let _ = from.by_ref().take(LONGEST_ANSWER as u64 + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
        // The rest is thrown away, so that the program does not stop at a full pipe.
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    });
    receiver
}

fn collect(from: Option<mpsc::Receiver<Zeroizing<Vec<u8>>>>, deadline: Instant) -> Option<Zeroizing<Vec<u8>>> {
    from?.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}

fn wait(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => sleep(pause),
            Ok(None) | Err(_) => return None,
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn read_answer(bytes: &[u8], now: Timestamp) -> Result<Credentials, ProcessError> {
    let no = |reason| Err(ProcessError::Answer(reason));
    if bytes.len() > LONGEST_ANSWER {
        return no("its answer is longer than 64 KiB");
    }
    let Ok(document) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return no("its answer is not one JSON object and nothing else");
    };
    if document.get("Version").and_then(Value::as_f64) != Some(1.0) {
        return no("its answer has no \"Version\": 1");
    }
    let text = |key| document.get(key).and_then(Value::as_str);
    let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
        return no("its answer has no AccessKeyId and SecretAccessKey");
    };
    let expiration = match document.get("Expiration") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => match expiration(text) {
            Some(at) => Some(at),
            None => return no("its Expiration is no date as in 2026-01-02T03:04:05Z"),
        },
        Some(_) => return no("its Expiration is no text"),
    };
    if expiration.is_some_and(|at| at <= now) {
        return no("its credentials are expired");
    }
    Ok(Credentials {
        access_key_id: id.to_owned(),
        secret_access_key: secret.into(),
        session_token: text("SessionToken").filter(|token| !token.is_empty()).map(Secret::from),
        expiration,
        account_id: text("AccountId").filter(|account| !account.is_empty()).map(str::to_owned),
    })
}

/// RFC 3339, and the two spellings that botocore and JavaScript take besides: `…UTC` and an offset without colon.
fn expiration(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix("UTC").map_or_else(|| text.to_owned(), |rest| format!("{rest}Z"));
    let (start, end) = text.split_at_checked(text.len().saturating_sub(2))?;
    Timestamp::parse(&text).or_else(|| Timestamp::parse(&format!("{start}:{end}")))
}
