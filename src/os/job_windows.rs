//! A command that runs while we stay, on Windows: Ctrl-C reaches both of us, and is the command's to act on.

use std::io;
use std::process::{Child, Command, ExitStatus};

use crate::os::ctrl_c;

/// A command that runs.
#[derive(Debug)]
pub struct Job(Child);

impl Job {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        ctrl_c::leave();
        command.spawn().map(Self)
    }

    /// Waits for its end.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }
}

/// Ends as the command has. A status has 32 bits here; one that has 8 is given.
#[expect(clippy::exit, reason = "the only way to end with the others; nothing of ours is left to be dropped")]
pub fn exit_like(status: ExitStatus) -> u8 {
    match status.code().map(|code| (code, u8::try_from(code))) {
        Some((_, Ok(code))) => code,
        Some((code, Err(_))) => std::process::exit(code),
        None => u8::MAX,
    }
}
