//! Owns asking for an MFA code: where it can come from and in which order.
//!
//! Refuses to know what the code is for beyond what it tells the person; whether a code is needed is the resolver's.

#[cfg(unix)]
pub mod terminal;
#[cfg(not(unix))]
#[path = "console.rs"]
pub mod terminal;

use std::io::{BufRead, Read};

use thiserror::Error;

use crate::plan::limits::is_mfa_code;
use crate::secret::Secret;

/// What can answer for an MFA code: the ladder of real sources, or a script in tests.
pub trait Prompt {
    /// A name for the terminal that the next question would use, the same in every process that has it; none when no
    /// terminal is needed. One prompt per terminal at a time: the resolver locks it.
    fn terminal(&self) -> Option<String>;

    /// One code, from the first source that has one.
    fn code(&mut self, question: &Question<'_>) -> Result<Answer, PromptError>;
}

/// What the person is told.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The profile whose role needs the code.
    pub profile: &'a str,
    /// The role.
    pub role_arn: &'a str,
    /// The device that shows the code.
    pub mfa_serial: &'a str,
    /// Whether AWS has just refused a code.
    pub again: bool,
}

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
    /// No code was given, and there is no terminal to ask on, or asking is not allowed.
    #[error("no code and nobody to ask")]
    NobodyToAsk,
    /// A code from a flag or variable that is not six digits.
    #[error("{0} is not six digits")]
    Malformed(&'static str),
    /// What was typed was never six digits.
    #[error("no code of six digits was entered")]
    NotACode,
    /// Ctrl-C or Ctrl-D, or whoever started us is gone.
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

/// The real sources in order: given codes, each used once, then the terminal.
#[derive(Debug)]
pub struct Ladder {
    given: Vec<(&'static str, Given)>,
    asks: bool,
}

impl Ladder {
    /// `given` are codes with the flag or variable that gave them, the first to be used first. `asks` allows questions.
    pub fn new(mut given: Vec<(&'static str, Given)>, asks: bool) -> Self {
        given.reverse();
        Self { given, asks }
    }
}

impl Prompt for Ladder {
    fn terminal(&self) -> Option<String> {
        if self.asks && self.given.is_empty() { terminal::id() } else { None }
    }

    fn code(&mut self, question: &Question<'_>) -> Result<Answer, PromptError> {
        if let Some((from, given)) = self.given.pop() {
            let code = given.read();
            return if is_mfa_code(code.expose()) {
                Ok(Answer { code, typed: false })
            } else {
                Err(PromptError::Malformed(from))
            };
        }
        if !self.asks {
            return Err(PromptError::NobodyToAsk);
        }
        Ok(Answer { code: terminal::ask(question)?, typed: true })
    }
}
