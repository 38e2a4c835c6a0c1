//! Running a command line that a profile names (`credential_process`, `mfa_process`): by the shell, with a deadline and
//! a longest answer. The terminal stays reachable, since the program may want to ask something.

use std::io::{IsTerminal, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::thread::sleep;
use std::time::{Duration, Instant};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::core::call_chain::Chain;
use crate::os::env;

/// The longest answer, in bytes; Java's SDK reads no more of a `credential_process`.
pub const LONGEST_ANSWER: usize = 64 << 10;

/// Why a program gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChildError {
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
    /// It printed more than [`LONGEST_ANSWER`].
    #[error("its answer is longer than 64 KiB")]
    TooLong,
}

/// What becomes of the program's stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stderr {
    /// Kept, and its first line told when the program fails.
    Kept,
    /// Ours: what it says while it waits for a person reaches the person.
    Shared,
}

/// Runs `command` and gives what it printed. `chain` is what it must not ask us for again.
pub fn run(command: &str, chain: &Chain, stderr: Stderr, deadline: Duration) -> Result<Zeroizing<Vec<u8>>, ChildError> {
    let until = Instant::now() + deadline;
    let mut child = shell(command)
        .env(env::AMPLIFY_CREDS_CHAIN, chain.text())
        .env_remove(env::AMPLIFY_CREDS_MFA_TOKEN)
        .stdin(stdin())
        .stdout(Stdio::piped())
        .stderr(if stderr == Stderr::Kept { Stdio::piped() } else { Stdio::inherit() })
        .spawn()
        .map_err(|error| ChildError::Start(error.to_string()))?;
    let stdout = child.stdout.take().map(read_in_background);
    let stderr = child.stderr.take().map(read_in_background);
    let finished = wait(&mut child, until).and_then(|status| Some((status, collect(stdout, until)?)));
    let Some((status, answer)) = finished else {
        // It may be gone already; what it has started is not ours to find.
        let _ = child.kill();
        let _ = child.wait();
        return Err(ChildError::TimedOut(deadline.as_secs()));
    };
    if !status.success() {
        // A grandchild may hold stderr open; what is there by now is enough.
        let said = collect(stderr, Instant::now() + Duration::from_secs(2)).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let said = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing").to_owned();
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

/// `cmd` has quoting rules of its own: the line goes to it as it is. With `/S` it takes away the outer quotes alone, so
/// that a program's path may be quoted as well as its arguments; `/D` runs nothing that the registry names.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut shell = Command::new("cmd.exe");
    shell.args(["/D", "/S", "/C"]).raw_arg(format!("\"{command}\""));
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

fn collect(from: Option<mpsc::Receiver<Zeroizing<Vec<u8>>>>, until: Instant) -> Option<Zeroizing<Vec<u8>>> {
    from?.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
}

fn wait(child: &mut Child, until: Instant) -> Option<ExitStatus> {
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
