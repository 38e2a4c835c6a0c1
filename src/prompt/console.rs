//! The prompt on the Windows console, `CONIN$` and `CONOUT$`, which work when an SDK has all three standard streams.
//!
//! The console keeps its own line editing while a code is typed, so that there is nothing to put back, not even after a
//! kill. A thread reads it, since the read knows no deadline.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use std::{io, thread};

use zeroize::Zeroizing;

use crate::core::secret::Secret;
use crate::os::env;
use crate::os::env::Env;
use crate::prompt::question::{NOT_SIX_DIGITS, PromptError, Question, REFUSED, TRIES, digits};
use crate::prompt::watch::{LOOK_AROUND, Watch};

const INPUT: &str = "CONIN$";
const OUTPUT: &str = "CONOUT$";
const QUESTION: &str = "Enter the MFA token code: ";
/// Ctrl-C ends the read, and is told of by another thread.
const CTRL_C_GRACE: Duration = Duration::from_millis(100);

/// A name for the console. Only Windows Terminal tells its tabs apart; all other consoles wait for one another.
pub(super) fn id() -> Option<String> {
    open(INPUT).ok()?;
    let tab = Env::process().text(env::WT_SESSION).unwrap_or_default();
    let tab: String = tab.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect();
    Some(format!("console{tab}"))
}

/// Says something.
pub(super) fn tell(text: &str) {
    if let Ok(mut console) = output() {
        let _ = console.write_all(text.as_bytes());
    }
}

/// Where a person reads. The terminal of Git Bash is no console: there the console that opens is one that nobody sees.
fn output() -> io::Result<Box<dyn Write>> {
    if io::stderr().is_terminal() { Ok(Box::new(io::stderr())) } else { Ok(Box::new(open(OUTPUT)?)) }
}

/// What a person types next, with its end. From a console that is standard input all letters come as they are, else
/// digits do.
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
    // Reading alone does not tell a console from a file of that name, and line editing wants both.
    File::options().read(true).write(true).open(name)
}

/// Asks for six digits.
pub(super) fn ask(question: &Question<'_>) -> Result<Secret, PromptError> {
    let mut console = Console::take(question.until)?;
    let outcome = console.code(question);
    if outcome.is_err() {
        console.say("\n");
    }
    outcome
}

/// The console, ready for questions. Ctrl-C is kept for them until this is dropped.
pub(super) struct Console {
    output: Box<dyn Write>,
    watch: Watch,
}

impl Console {
    pub(super) fn take(until: Instant) -> Result<Self, PromptError> {
        let nobody = |_| PromptError::NobodyToAsk;
        open(INPUT).map_err(nobody)?;
        Ok(Self { output: output().map_err(nobody)?, watch: Watch::begin(until) })
    }

    pub(super) fn say(&mut self, text: &str) {
        let _ = self.output.write_all(text.as_bytes());
    }

    fn code(&mut self, question: &Question<'_>) -> Result<Secret, PromptError> {
        self.say(&if question.again { format!("{REFUSED}\n") } else { question.prompt_text() });
        let mut tries = 0;
        while tries < TRIES {
            match digits(self.line(QUESTION)?.expose()) {
                None => {
                    tries += 1;
                    self.say(&format!("{NOT_SIX_DIGITS}\n"));
                }
                Some(code) => match (question.spent)(&code) {
                    None => return Ok(code),
                    Some(wait) => {
                        let seconds = wait.as_millis().div_ceil(1000);
                        self.say(&format!("This code was used already. The next one comes in {seconds} s.\n"));
                        self.watch.wait(wait)?;
                    }
                },
            }
        }
        Err(PromptError::NotACode)
    }

    /// One line, once it is there.
    pub(super) fn line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.say(prompt);
        self.read(input)
    }

    /// One line that is not to be seen while it is typed. rpassword puts the console back when Ctrl-C ends its read.
    pub(super) fn hidden_line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.say(prompt);
        let line = self.read(|| rpassword::read_password().map(Secret::new));
        self.say("\n");
        line
    }

    /// Reads by a thread of its own, which is left behind where the person does not answer: the process ends soon.
    fn read(&self, read: impl FnOnce() -> io::Result<Secret> + Send + 'static) -> Result<Secret, PromptError> {
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(read()));
        loop {
            let moment = self.watch.look_around()?.min(LOOK_AROUND);
            match receiver.recv_timeout(moment) {
                // What has been typed before a Ctrl-C looks like an answer.
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
