//! Asking for an MFA code: where it can come from and in which order.

mod assuan;
mod available;
mod dialog;
mod dialog_program;
mod method;
mod question;

#[cfg(unix)]
pub mod dialogue;

#[cfg(not(unix))]
#[path = "console_dialogue.rs"]
pub mod dialogue;
mod helper;
mod pinentry;
mod program;
mod retry;

#[cfg(unix)]
mod terminal_guard;

#[cfg(unix)]
mod signals;

#[cfg(unix)]
pub mod terminal;

#[cfg(not(unix))]
#[path = "console.rs"]
pub mod terminal;
mod watch;

use std::io::{BufRead, Read};

use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::plan::limits::is_mfa_code;

pub use available::{TerminalEnv, available};
pub use method::PromptMethod;
pub use question::{Answer, DEADLINE_SECONDS, PromptError, Question};
#[cfg(unix)]
pub use signals::leave_signals;
pub use watch::{end_questions, questions_are_over};

use dialog_program::Program;

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

/// A code that was given, or where to read it once it is needed.
#[derive(Debug)]
pub enum Given {
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

/// The real sources in order: given codes, each used once; the profile's `mfa_process`; then whoever can be asked.
#[derive(Debug)]
pub struct PromptChain {
    given: Vec<(&'static str, Given)>,
    /// The ways to ask, the first to be tried first; none where asking is not allowed.
    rungs: Vec<PromptMethod>,
    /// How often the `mfa_process` may still be run: it may be asked for the code after the one AWS has refused.
    runs_left: u32,
}

impl PromptChain {
    /// `given` are codes with the flag or variable that gave them, the first to be used first.
    pub fn new(mut given: Vec<(&'static str, Given)>, rungs: Vec<PromptMethod>) -> Self {
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

impl Prompt for PromptChain {
    fn own_terminal(&self) -> Option<String> {
        if self.rungs.contains(&PromptMethod::Terminal) { terminal::id() } else { None }
    }

    fn tell(&self, line: &str) {
        if self.rungs.contains(&PromptMethod::Terminal) {
            terminal::tell(&format!("amplify-creds: {}\n", printable(line)));
        }
    }

    fn terminal(&self, question: &Question<'_>) -> Option<String> {
        let asks_program = question.mfa_process.is_some() && self.runs_left > 0;
        // pinentry may ask on the terminal too, and two of them there would read each other's digits.
        let asks_here = matches!(self.rungs.first(), Some(PromptMethod::Terminal | PromptMethod::Pinentry));
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
                PromptMethod::Terminal => terminal::ask(question),
                PromptMethod::Pinentry => pinentry::ask(question, true),
                PromptMethod::PinentryWindow => pinentry::ask(question, false),
                PromptMethod::Osascript => dialog::ask(Program::Osascript, question),
                PromptMethod::Zenity => dialog::ask(Program::Zenity, question),
                PromptMethod::PowerShell => dialog::ask(Program::PowerShell, question),
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
