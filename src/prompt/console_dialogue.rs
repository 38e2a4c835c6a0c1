//! A conversation on the Windows console: questions one after another, each answered by a line.

use std::time::{Duration, Instant};

use crate::core::secret::Secret;

use super::question::PromptError;
use super::terminal::Console;

/// How long a person may take in all. Nobody waits for the answers, unlike for a code.
const PATIENCE: Duration = Duration::from_hours(1);

/// The console, ours until this is dropped; Ctrl-C ends it in order.
pub struct Dialogue(Console);

impl Dialogue {
    /// Begins where there is a console.
    pub fn open() -> Result<Self, PromptError> {
        Console::take(Instant::now() + PATIENCE).map(Self)
    }

    /// Says something.
    pub fn say(&mut self, text: &str) {
        self.0.say(text);
    }

    /// The answer to a question, without the blanks around it.
    pub fn ask(&mut self, question: &str) -> Result<String, PromptError> {
        let line = self.0.line(question)?;
        Ok(line.expose().trim().to_owned())
    }

    /// The same for an answer that is not to be seen.
    pub fn ask_secret(&mut self, question: &str) -> Result<Secret, PromptError> {
        let line = self.0.hidden_line(question)?;
        Ok(Secret::from(line.expose().trim()))
    }
}
