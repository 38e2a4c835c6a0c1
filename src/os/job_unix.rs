//! A command that runs while we stay: a signal that was meant for it goes on to it, when it stops we stop, and its end
//! is ours.
//!
//! It shares our process group, so that the terminal speaks to both of us: what the kernel sends is not passed on,
//! since the command has it already, and a second Ctrl-C means to some programs that they are to drop everything.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal, WaitOptions, getpgrp, getpid, kill_process, waitpid};
use rustix::termios::tcgetpgrp;
use signal_hook::consts::{SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::emulate_default_handler;
use signal_hook::low_level::siginfo::{Cause, Origin};

/// What we hear of.
const HEARD: [i32; 10] = [SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH];

/// A command that runs.
#[derive(Debug)]
pub struct Job {
    child: Child,
    pid: Pid,
    signals: SignalsInfo<WithOrigin>,
}

impl Job {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        // Before the command, which would otherwise be left alone by a signal that ends us now. What was ignored when we
        // started stays ignored, by us and by the command.
        let ignored = ignored();
        let signals = SignalsInfo::new(HEARD.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0))?;
        let child = command.spawn()?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::Unsupported)?;
        Ok(Self { child, pid, signals })
    }

    /// Waits for its end.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        loop {
            match waitpid(Some(self.pid), WaitOptions::NOHANG | WaitOptions::UNTRACED)? {
                Some((_, status)) if status.stopped() => stop_too(),
                Some((_, status)) => return Ok(ExitStatus::from_raw(status.as_raw())),
                None => {}
            }
            for origin in self.signals.wait() {
                if let Some(signal) = Signal::from_named_raw(origin.signal).filter(|_| self.is_for_it(&origin)) {
                    let _ = kill_process(self.pid, signal);
                }
            }
        }
    }

    fn is_for_it(&self, origin: &Origin) -> bool {
        let by_itself = origin.process.is_some_and(|process| process.pid == self.pid.as_raw_nonzero().get());
        match (origin.signal, origin.cause) {
            // It may have left our group, as a shell does; to one that runs it means nothing.
            (SIGCONT, _) => true,
            (SIGCHLD, _) | (_, Cause::Kernel) => false,
            (_, Cause::Unknown) => !in_foreground(),
            _ => !by_itself,
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Its end has been taken, or nobody can take it: either way this returns at once and leaves no zombie.
        let _ = self.child.try_wait();
    }
}

/// The signals that are ignored, as a bit each (proc_pid_status(5)); none where the system does not show them.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Ends as the command has: by the same signal, else gives its status.
pub fn exit_like(status: ExitStatus) -> u8 {
    if let Some(signal) = status.signal() {
        let _ = emulate_default_handler(signal);
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// Gives the terminal back to the shell that waits for us. Without a terminal nobody would wake us up again.
fn stop_too() {
    if OpenOptions::new().read(true).open(TERMINAL).is_ok() {
        let _ = kill_process(getpid(), Signal::STOP);
    }
}

/// Whether the terminal speaks to our group.
fn in_foreground() -> bool {
    let terminal = OpenOptions::new().read(true).open(TERMINAL);
    terminal.is_ok_and(|terminal| tcgetpgrp(&terminal).is_ok_and(|group| group == getpgrp()))
}

/// The controlling terminal, whatever its device is called.
const TERMINAL: &str = "/dev/tty";
