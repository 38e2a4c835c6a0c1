//! Runs the command line of a `credential_process` or `mfa_process` by the shell, with limits on time and output. The
//! terminal stays reachable for prompts of the program.

use std::io::{IsTerminal, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::core::call_chain::CallChain;
use crate::core::masking::masked_output;
use crate::os::env;

/// In bytes: the limit of Java's SDK for a `credential_process`.
pub const LONGEST_ANSWER: usize = 64 << 10;

#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum ChildError {
    #[error("cannot start a shell: {0}")]
    Start(String),
    #[error("{status}: {said}")]
    Failed {
        status: String,
        /// The first line of stderr.
        said: String,
    },
    #[error("no answer within {0} s")]
    TimedOut(u64),
    #[error("its answer is longer than 64 KiB")]
    TooLong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stderr {
    /// The first line is part of the error.
    Captured,
    /// The user reads it, for example a request for a touch.
    Shared,
}

pub fn run(
    command: &str,
    chain: &CallChain,
    stderr: Stderr,
    deadline: Duration,
) -> Result<Zeroizing<Vec<u8>>, ChildError> {
    let until = Instant::now() + deadline;
    let mut child = shell(command)
        .env(env::AMPLIFY_CREDS_CHAIN, chain.to_json())
        .env_remove(env::AMPLIFY_CREDS_MFA_TOKEN)
        .stdin(stdin())
        .stdout(Stdio::piped())
        .stderr(if stderr == Stderr::Captured { Stdio::piped() } else { Stdio::inherit() })
        .spawn()
        .map_err(|error| ChildError::Start(error.to_string()))?;
    let stdout = child.stdout.take().map(read_in_background);
    let stderr = child.stderr.take().map(read_in_background);
    let finished = wait(&mut child, until).and_then(|status| Some((status, collect(stdout, until)?)));
    let Some((status, answer)) = finished else {
        // Errors mean that it has ended. Its own children are not found.
        let _ = child.kill();
        let _ = child.wait();
        return Err(ChildError::TimedOut(deadline.as_secs()));
    };
    if !status.success() {
        // A grandchild may hold stderr open.
        let said = collect(stderr, Instant::now() + Duration::from_secs(2)).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let said = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
        let said = masked_output(said);
        return Err(ChildError::Failed { status: status.to_string(), said });
    }
    if answer.len() > LONGEST_ANSWER { Err(ChildError::TooLong) } else { Ok(answer) }
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

/// `cmd` has quoting rules of its own. With `/S` it removes only the outer quotes, so that a program's path may be quoted
/// as well as its arguments; `/D` disables the registry's AutoRun commands.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut shell = Command::new("cmd.exe");
    shell.args(["/D", "/S", "/C"]).raw_arg(format!("\"{command}\""));
    shell
}

/// Only a terminal is inherited: the pipe of an SDK never ends, nor would a program that reads it.
fn stdin() -> Stdio {
    if std::io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() }
}

fn read_in_background(mut from: impl Read + Send + 'static) -> mpsc::Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER + 1));
        let _ = from.by_ref().take(LONGEST_ANSWER as u64 + 1).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
        // A full pipe would stop the program.
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    });
    receiver
}

fn collect(from: Option<mpsc::Receiver<Zeroizing<Vec<u8>>>>, until: Instant) -> Option<Zeroizing<Vec<u8>>> {
    from?.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
}

/// `None` after `until`.
pub fn wait(child: &mut Child, until: Instant) -> Option<ExitStatus> {
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => sleep(pause),
            Ok(None) | Err(_) => return None,
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}
