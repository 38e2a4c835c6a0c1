//! Runs a child in the foreground. Ctrl-C reaches both processes and is left to the child.

use std::io;
use std::process::{Child, Command, ExitStatus};

use crate::os::ctrl_c;

#[derive(Debug)]
pub struct Job(Child);

impl Job {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        ctrl_c::leave_to_command();
        command.spawn().map(Self)
    }

    pub fn wait(mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }
}

/// A status has 32 bits on Windows. A status above 8 bits ends the process at once.
#[expect(clippy::exit, reason = "the only way to a status above 255; nothing is left to be dropped")]
pub fn exit_like(status: ExitStatus) -> u8 {
    match status.code().map(|code| (code, u8::try_from(code))) {
        Some((_, Ok(code))) => code,
        Some((code, Err(_))) => std::process::exit(code),
        None => u8::MAX,
    }
}
