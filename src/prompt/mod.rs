//! Owns asking for an MFA code: where it can come from and in which order.
//!
//! Refuses to know what the code is for beyond what it tells the person; whether a code is needed is the resolver's.

mod assuan;
mod available;
mod dialog;
mod dialog_program;
#[cfg(unix)]
pub mod dialogue;
#[cfg(not(unix))]
#[path = "console_dialogue.rs"]
pub mod dialogue;
mod helper;
#[cfg(unix)]
mod lent;
mod pinentry;
mod program;
mod rounds;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
pub mod terminal;
#[cfg(not(unix))]
#[path = "console.rs"]
pub mod terminal;
mod watch;

use std::io::{BufRead, Read};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::chain::Chain;
use crate::child::ChildError;
use crate::plan::limits::is_mfa_code;
use crate::printable::printable;
use crate::secret::Secret;

use dialog_program::Program;

pub use available::{Surroundings, available};
#[cfg(unix)]
pub use signals::leave_signals;
pub use watch::{end_questions, questions_are_over};

/// Seconds of prompting in all, from the first question on: a holder that keeps others waiting longer is no use to anybody.
pub const DEADLINE_SECONDS: u64 = 90;
/// How often a person may mistype before the prompt gives up.
const TRIES: u32 = 3;

/// What can answer for an MFA code: the ladder of real sources, or a script in tests.
pub trait Prompt {
    /// A name for the terminal that the next question would use, the same in every process that has it; none when no
    /// terminal is needed. One prompt per terminal at a time: the resolver locks it.
    fn terminal(&self, question: &Question<'_>) -> Option<String>;

    /// One code, from the first source that has one.
    fn code(&mut self, question: &Question<'_>) -> Result<Answer, PromptError>;

    /// The name of this process's own terminal, if a person may be spoken to there.
    fn own_terminal(&self) -> Option<String>;

    /// Says a line there; nowhere else, since the standard streams are the caller's.
    fn tell(&self, line: &str);
}

/// What the person is told, and what a program that answers needs.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The profile that needs the code.
    pub profile: &'a str,
    /// The role that it is asked for; none for a user's own MFA session.
    pub role_arn: Option<&'a str>,
    /// The device that shows the code.
    pub mfa_serial: &'a str,
    /// Whether AWS has just refused a code.
    pub again: bool,
    /// Why there is a question at all, where the person would not expect one.
    pub note: Option<&'a str>,
    /// The profile's `mfa_process`: a command that prints the code.
    pub mfa_process: Option<&'a str>,
    /// What such a command must not ask us for again.
    pub chain: &'a Chain,
    /// When all asking has to end: the first question and those after it share it.
    pub until: Instant,
    /// How long to wait for the device's next code, where this one has been used already: AWS takes each once.
    pub spent: &'a dyn Fn(&Secret) -> Option<Duration>,
}

impl Question<'_> {
    /// The question in the Amplify CLI's words, each line ended.
    fn told(&self) -> String {
        let Self { profile, role_arn, mfa_serial, note, .. } = self;
        let profile = printable(profile);
        let note = note.map_or_else(String::new, |note| format!("{note}\n"));
        note + &match role_arn {
            Some(role_arn) => format!(
                "Profile {profile} is configured to assume role\n  {role_arn}\n\
                 It requires MFA authentication. The MFA device is\n  {mfa_serial}\n"
            ),
            None => format!("Profile {profile} requires MFA authentication. The MFA device is\n  {mfa_serial}\n"),
        }
    }
}

/// What a window that asks is called.
const TITLE: &str = "amplify-creds";
/// What stands before the place where the code is typed, in a window.
const LABEL: &str = "MFA token code:";
/// What is said when AWS has refused a code.
const REFUSED: &str = "AWS did not accept the code. Wait for the next one.";
/// What is said to anything but six digits.
const NOT_SIX_DIGITS: &str = "The code has six digits.";

/// A code, and whether a person typed it.
#[derive(Debug)]
pub struct Answer {
    /// Six digits.
    pub code: Secret,
    /// Whether to ask again when AWS refuses it.
    pub typed: bool,
}

/// Why there is no code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PromptError {
    /// No code was given, and there is nobody to ask, or asking is not allowed.
    #[error("no code and nobody to ask")]
    NobodyToAsk,
    /// The profile's `mfa_process` gave no code, and there is nobody else to ask.
    #[error("mfa_process: {0}")]
    Program(ChildError),
    /// What the profile's `mfa_process` printed is not six digits.
    #[error("mfa_process printed no code of six digits")]
    ProgramAnswer,
    /// A code from a flag or variable that is not six digits.
    #[error("{0} is not six digits")]
    Malformed(&'static str),
    /// What was typed was never six digits.
    #[error("no code of six digits was entered")]
    NotACode,
    /// Ctrl-C, Ctrl-D or a dialog's Cancel, or whoever started us is gone.
    #[error("cancelled")]
    Cancelled,
    /// A signal that ends the program, by number.
    #[error("signal {0}")]
    Signalled(i32),
    /// Nobody answered.
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
}

/// A code that was given, or where to read it once it is needed.
#[derive(Debug)]
pub enum Given {
    /// The code.
    Code(Secret),
    /// The first line of standard input.
    Stdin,
}

/// The longest line read from standard input, in bytes.
const CODE_LINE: u64 = 64;

impl Given {
    fn read(self) -> Secret {
        match self {
            Self::Code(code) => code,
            Self::Stdin => {
                let mut line = zeroize::Zeroizing::new(String::new());
                // What cannot be read is no code, which is what the user is told.
                let _ = std::io::stdin().lock().take(CODE_LINE).read_line(&mut line);
                Secret::from(line.trim())
            }
        }
    }
}

/// A way to ask a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// The controlling terminal.
    Terminal,
    /// GnuPG's pinentry, by the Assuan protocol.
    Pinentry,
    /// The same in a window or not at all: the terminal is somebody else's.
    PinentryWindow,
    /// A dialog of macOS.
    Osascript,
    /// A dialog of GTK.
    Zenity,
    /// A dialog of Windows, also from inside WSL.
    PowerShell,
}

/// The real sources in order: given codes, each used once; the profile's `mfa_process`; then whoever can be asked.
#[derive(Debug)]
pub struct Ladder {
    given: Vec<(&'static str, Given)>,
    /// The ways to ask, the first to be tried first; none where asking is not allowed.
    rungs: Vec<Rung>,
    /// How often the `mfa_process` may still be run: it may be asked for the code after the one AWS has refused.
    runs_left: u32,
}

impl Ladder {
    /// `given` are codes with the flag or variable that gave them, the first to be used first.
    pub fn new(mut given: Vec<(&'static str, Given)>, rungs: Vec<Rung>) -> Self {
        given.reverse();
        Self { given, rungs, runs_left: 2 }
    }

    /// Nobody: neither a person nor a program is asked.
    pub fn nobody() -> Self {
        Self { given: Vec::new(), rungs: Vec::new(), runs_left: 0 }
    }

    /// The first given code that has not been used elsewhere.
    fn given(&mut self, question: &Question<'_>) -> Result<Option<Secret>, PromptError> {
        while let Some((from, given)) = self.given.pop() {
            let code = given.read();
            if !is_mfa_code(code.expose()) {
                return Err(PromptError::Malformed(from));
            }
            if (question.spent)(&code).is_none() {
                return Ok(Some(code));
            }
        }
        Ok(None)
    }

    /// The code of the `mfa_process`, or why there is none.
    fn program(&mut self, question: &Question<'_>) -> Result<Secret, PromptError> {
        let command = question.mfa_process.filter(|_| self.runs_left > 0).ok_or(PromptError::NobodyToAsk)?;
        self.runs_left -= 1;
        program::ask(command, question)
    }
}

impl Prompt for Ladder {
    fn own_terminal(&self) -> Option<String> {
        if self.rungs.contains(&Rung::Terminal) { terminal::id() } else { None }
    }

    fn tell(&self, line: &str) {
        if self.rungs.contains(&Rung::Terminal) {
            terminal::tell(&format!("amplify-creds: {}\n", printable(line)));
        }
    }

    fn terminal(&self, question: &Question<'_>) -> Option<String> {
        let asks_program = question.mfa_process.is_some() && self.runs_left > 0;
        // pinentry may ask on the terminal too, and two of them there would read each other's digits.
        let asks_here = matches!(self.rungs.first(), Some(Rung::Terminal | Rung::Pinentry));
        if self.given.is_empty() && !asks_program && asks_here { terminal::id() } else { None }
    }

    fn code(&mut self, question: &Question<'_>) -> Result<Answer, PromptError> {
        if let Some(code) = self.given(question)? {
            return Ok(Answer { code, typed: false });
        }
        let mut reason = match self.program(question) {
            Ok(code) => return Ok(Answer { code, typed: false }),
            Err(reason) => reason,
        };
        for rung in &self.rungs {
            let asked = match rung {
                Rung::Terminal => terminal::ask(question),
                Rung::Pinentry => pinentry::ask(question, true),
                Rung::PinentryWindow => pinentry::ask(question, false),
                Rung::Osascript => dialog::ask(Program::Osascript, question),
                Rung::Zenity => dialog::ask(Program::Zenity, question),
                Rung::PowerShell => dialog::ask(Program::PowerShell, question),
            };
            match asked {
                Ok(code) => return Ok(Answer { code, typed: true }),
                Err(PromptError::NobodyToAsk) => {}
                Err(other) => {
                    reason = other;
                    break;
                }
            }
        }
        Err(reason)
    }
}

/// What was typed as a code, with spaces as devices show them.
fn digits(typed: &str) -> Option<Secret> {
    let digits = Secret::new(typed.chars().filter(|char| !char.is_whitespace()).collect());
    is_mfa_code(digits.expose()).then_some(digits)
}
