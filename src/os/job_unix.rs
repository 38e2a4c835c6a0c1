//! Runs a child in the foreground: forwards signals, mirrors stops, exits with its status. The child shares our process
//! group, so it receives the terminal's signals itself. Signals from the kernel are therefore not forwarded: some
//! programs drop everything at a second Ctrl-C.

use std::fs::File;
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

const SIGNALS: [i32; 10] = [SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH];

#[derive(Debug)]
pub struct Job {
    child: Child,
    pid: Pid,
    signals: SignalsInfo<WithOrigin>,
}

impl Job {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        // Before the spawn, because a signal that ends this process in between would leave the command running. Signals
        // that were ignored at our start remain ignored, even in the command.
        let ignored = ignored();
        let signals = SignalsInfo::new(SIGNALS.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0))?;
        let child = command.spawn()?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::Unsupported)?;
        Ok(Self { child, pid, signals })
    }

    pub fn wait(mut self) -> io::Result<ExitStatus> {
        loop {
            match waitpid(Some(self.pid), WaitOptions::NOHANG | WaitOptions::UNTRACED)? {
                Some((_, status)) if status.stopped() => stop_too(),
                Some((_, status)) => return Ok(ExitStatus::from_raw(status.as_raw())),
                None => {}
            }
            for origin in self.signals.wait() {
                if let Some(signal) = Signal::from_named_raw(origin.signal).filter(|_| self.must_forward(&origin)) {
                    let _ = kill_process(self.pid, signal);
                }
            }
        }
    }

    fn must_forward(&self, origin: &Origin) -> bool {
        let is_from_child = origin.process.is_some_and(|process| process.pid == self.pid.as_raw_nonzero().get());
        match (origin.signal, origin.cause) {
            // A child such as a shell may have left our group. A running child ignores the signal.
            (SIGCONT, _) => true,
            (SIGCHLD, _) | (_, Cause::Kernel) => false,
            (_, Cause::Unknown) => !open_terminal().is_ok_and(|terminal| in_foreground(&terminal)),
            _ => !is_from_child,
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Prevents a zombie after a failed wait.
        let _ = self.child.try_wait();
    }
}

/// One bit for each signal (proc_pid_status(5)).
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

pub fn exit_like(status: ExitStatus) -> u8 {
    if let Some(signal) = status.signal() {
        let _ = emulate_default_handler(signal);
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// The shell gets the terminal back. Without a terminal no shell would continue us.
fn stop_too() {
    if open_terminal().is_ok() {
        let _ = kill_process(getpid(), Signal::STOP);
    }
}

fn open_terminal() -> io::Result<File> {
    File::open(CONTROLLING_TERMINAL)
}

pub fn in_foreground(terminal: &File) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp())
}

pub const CONTROLLING_TERMINAL: &str = "/dev/tty";
