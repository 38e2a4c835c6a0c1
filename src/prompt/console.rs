//! The Windows console, `CONIN$` and `CONOUT$`, which work even if an SDK uses all three standard streams. Its line
//! editing stays on, so that nothing must be restored, even after a kill. A thread reads, because a read has no
//! deadline.

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
/// Ctrl-C ends the read. Another thread reports it later.
const CTRL_C_GRACE: Duration = Duration::from_millis(100);

/// Only Windows Terminal identifies its tabs. All other consoles share one lock.
pub(super) fn id() -> Option<String> {
    open(INPUT).ok()?;
    let tab = Env::process().text(env::WT_SESSION).unwrap_or_default();
    let tab: String = tab.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect();
    Some(format!("console{tab}"))
}

pub fn print(text: &str) {
    try_print(text);
}

/// Whether the user can see the text.
pub fn try_print(text: &str) -> bool {
    output().is_ok_and(|mut console| console.write_all(text.as_bytes()).is_ok())
}

/// Git Bash has no console: `CONOUT$` opens an invisible one there.
fn output() -> io::Result<Box<dyn Write>> {
    if io::stderr().is_terminal() { Ok(Box::new(io::stderr())) } else { Ok(Box::new(open(OUTPUT)?)) }
}

/// Includes the line feed. Only a console that is standard input returns letters outside ASCII.
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
    // Line editing needs both. A file of that name could be opened only for reading.
    File::options().read(true).write(true).open(name)
}

/// Captures Ctrl-C until it is dropped.
pub(super) struct Terminal {
    output: Box<dyn Write>,
    watch: Watch,
}

impl Terminal {
    pub(super) fn open(until: Instant) -> Result<Self, PromptError> {
        let no_terminal = |_| PromptError::NobodyToAsk;
        open(INPUT).map_err(no_terminal)?;
        Ok(Self { output: output().map_err(no_terminal)?, watch: Watch::begin(until) })
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

    /// rpassword restores the console if Ctrl-C ends its read.
    pub(super) fn hidden_line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.say(prompt);
        let line = self.read(|| rpassword::read_password().map(Secret::new));
        self.say("\n");
        line
    }

    /// The thread remains if the read does not return, because the process ends soon.
    fn read(&self, read: impl FnOnce() -> io::Result<Secret> + Send + 'static) -> Result<Secret, PromptError> {
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(read()));
        loop {
            let pause = self.watch.check()?.min(CHECK_INTERVAL);
            match receiver.recv_timeout(pause) {
                // A line without a line feed may be the input before a Ctrl-C.
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
