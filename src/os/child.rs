//! Runs the command line of a `credential_process` or `mfa_process` in the shell, with limits on time and output. The
//! program can use the terminal for prompts.

use std::io::IsTerminal;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::core::call_chain::CallChain;
use crate::core::masking::masked_output;
use crate::os::program_error::ProgramMessage;
use crate::os::{env, process_tree, program_error};

use super::child_output::{Finished, finish};

/// In bytes: the limit of Java's SDK for a `credential_process`.
pub const LONGEST_ANSWER: usize = 64 << 10;

#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum ChildError {
    #[error("cannot start a shell: {0}")]
    Start(String),
    #[error("{status}: {}", message.summary)]
    Failed { status: String, message: ProgramMessage },
    #[error("no answer within {0} s")]
    TimedOut(u64),
    #[error("its output is longer than 64 KiB")]
    TooLong,
}

impl ChildError {
    /// The last lines of stderr, if the error does not contain all of them.
    pub fn last_lines(&self) -> Vec<String> {
        match self {
            Self::Failed { message, .. } => message.last_lines.clone(),
            Self::Start(_) | Self::TimedOut(_) | Self::TooLong => Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stderr {
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
    let run = process_tree::run_id();
    // A terminal is inherited, as stdin is. A pipe is not: its reader waits for every process that holds it, even for a
    // background process of the program.
    let inherits = stderr == Stderr::Shared && std::io::stderr().is_terminal();
    let mut child = shell(command)
        .env(env::AMPLIFY_CREDS_CHAIN, chain.within_run(&run).to_json())
        .env_remove(env::AMPLIFY_CREDS_MFA_TOKEN)
        .stdin(stdin())
        .stdout(Stdio::piped())
        .stderr(if inherits { Stdio::inherit() } else { Stdio::piped() })
        .spawn()
        .map_err(|error| ChildError::Start(error.to_string()))?;
    let Some(finished) = finish(&mut child, until, LONGEST_ANSWER, stderr == Stderr::Shared) else {
        process_tree::kill(&mut child, &run);
        return Err(ChildError::TimedOut(deadline.as_secs()));
    };
    let Finished { status, stdout: answer, stderr: said } = finished;
    if !status.success() {
        let message = program_error::of(&said, !answer.is_empty(), masked_output);
        return Err(ChildError::Failed { status: status.to_string(), message });
    }
    if answer.len() > LONGEST_ANSWER { Err(ChildError::TooLong) } else { Ok(answer) }
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

/// `cmd` has its own quoting rules. With `/S` it removes only the outer quotes, so that both a program's path and its
/// arguments may be quoted. `/D` disables the registry's AutoRun commands.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut shell = Command::new("cmd.exe");
    shell.args(["/D", "/S", "/C"]).raw_arg(format!("\"{command}\""));
    shell
}

/// Only a terminal is inherited. The pipe of an SDK never ends, so a program that reads it would not end either.
fn stdin() -> Stdio {
    if std::io::stdin().is_terminal() { Stdio::inherit() } else { Stdio::null() }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
