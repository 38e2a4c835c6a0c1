//! Owns a command that runs while we stay, where there are neither signals nor process groups: Ctrl-C reaches both of us.
//!
//! Refuses to outlive the command.

use std::io;
use std::process::{Child, Command, ExitStatus};

/// A command that runs.
#[derive(Debug)]
pub struct Job(Child);

impl Job {
    /// Starts it.
    ///
    /// # Errors
    /// The command cannot be run.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Its end cannot be known.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }
}

/// The status of the command; of one that has none here, 255.
pub fn end_like(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
