//! The Windows console, `CONIN$` and `CONOUT$`, which work when an SDK has all three standard streams.
//!
//! Its line editing stays on, so that there is nothing to restore, not even after a kill. A thread reads, because a read
//! has no deadline.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use std::{io, thread};

use zeroize::Zeroizing;

use crate::core::secret::Secret;
use crate::os::env;
use crate::os::env::Env;
use crate::prompt::question::PromptError;
use crate::prompt::watch::{CHECK_INTERVAL, Watch};

const INPUT: &str = "CONIN$";
const OUTPUT: &str = "CONOUT$";
/// Ctrl-C ends the read; another thread reports it later.
const CTRL_C_GRACE: Duration = Duration::from_millis(100);

/// Only Windows Terminal identifies its tabs; all other consoles share one lock.
pub(super) fn id() -> Option<String> {
    open(INPUT).ok()?;
    let tab = Env::process().text(env::WT_SESSION).unwrap_or_default();
    let tab: String = tab.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect();
    Some(format!("console{tab}"))
}

pub(super) fn print(text: &str) {
    if let Ok(mut console) = output() {
        let _ = console.write_all(text.as_bytes());
    }
}

/// Git Bash has no console: there `CONOUT$` opens an invisible one.
fn output() -> io::Result<Box<dyn Write>> {
    if io::stderr().is_terminal() { Ok(Box::new(io::stderr())) } else { Ok(Box::new(open(OUTPUT)?)) }
}

/// With the line feed. Only a console that is standard input gives other letters than ASCII.
fn input() -> io::Result<Secret> {
    let mut line = Zeroizing::new(String::new());
    let read = if io::stdin().is_terminal() {
        io::stdin().read_line(&mut line)?
    } else {
        BufReader::new(open(INPUT)?).read_line(&mut line)?
    };
    if read == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(Secret::from(line.as_str())) }
}

fn open(name: &str) -> io::Result<File> {
    // A file of that name could be opened for reading only; line editing needs both.
    File::options().read(true).write(true).open(name)
}

/// Captures Ctrl-C until it is dropped.
pub(super) struct Terminal {
    output: Box<dyn Write>,
    watch: Watch,
}

impl Terminal {
    pub(super) fn open(until: Instant) -> Result<Self, PromptError> {
        let nobody = |_| PromptError::NobodyToAsk;
        open(INPUT).map_err(nobody)?;
        Ok(Self { output: output().map_err(nobody)?, watch: Watch::begin(until) })
    }

    pub(super) fn say(&mut self, text: &str) {
        let _ = self.output.write_all(text.as_bytes());
    }

    pub(super) fn end_line(&mut self) {
        self.say("\n");
    }

    pub(super) fn count_down(&mut self, wait: Duration) -> Result<(), PromptError> {
        let seconds = wait.as_millis().div_ceil(1000);
        self.say(&format!("This code was already used. The next code comes in {seconds} s.\n"));
        self.watch.wait(wait)
    }

    pub(super) fn line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.say(prompt);
        self.read(input)
    }

    /// rpassword restores the console when Ctrl-C ends its read.
    pub(super) fn hidden_line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.say(prompt);
        let line = self.read(|| rpassword::read_password().map(Secret::new));
        self.say("\n");
        line
    }

    /// Without an answer the thread stays, because the process ends soon.
    fn read(&self, read: impl FnOnce() -> io::Result<Secret> + Send + 'static) -> Result<Secret, PromptError> {
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(read()));
        loop {
            let pause = self.watch.check()?.min(CHECK_INTERVAL);
            match receiver.recv_timeout(pause) {
                // A line without line feed may be the input before a Ctrl-C.
                Ok(Ok(line)) if line.expose().ends_with('\n') => return Ok(line),
                Ok(line) => {
                    self.watch.wait(CTRL_C_GRACE)?;
                    return line.map_err(|_| PromptError::Cancelled);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(PromptError::NobodyToAsk),
            }
        }
    }
}
