//! A conversation on the controlling terminal: questions one after another, each answered by a line.

use std::time::{Duration, Instant};

use crate::core::secret::Secret;

use super::question::PromptError;
use super::terminal::{Terminal, own_line};

/// How long a person may take in all. Nobody waits for the answers, unlike for a code.
const PATIENCE: Duration = Duration::from_hours(1);

/// The terminal, ours until this is dropped; signals end it in order.
pub struct Dialogue(Terminal);

impl Dialogue {
    /// Begins where a person sits in front of the terminal.
    pub fn open() -> Result<Self, PromptError> {
        let mut terminal = Terminal::take(Instant::now() + PATIENCE)?;
        terminal.say(own_line());
        Ok(Self(terminal))
    }

    /// Says something.
    pub fn say(&mut self, text: &str) {
        self.0.say(text);
    }

    /// The answer to a question, without the blanks around it.
    pub fn ask(&mut self, question: &str) -> Result<String, PromptError> {
        let line = self.0.line(question).inspect_err(|_| self.0.say("\n"))?;
        Ok(line.expose().trim().to_owned())
    }

    /// The same for an answer that is not to be seen.
    pub fn ask_secret(&mut self, question: &str) -> Result<Secret, PromptError> {
        let line = self.0.hidden_line(question).inspect_err(|_| self.0.say("\n"))?;
        Ok(Secret::from(line.expose().trim()))
    }
}
