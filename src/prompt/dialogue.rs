//! A conversation on the terminal: each question is answered by a line.

use std::time::{Duration, Instant};

use crate::core::secret::Secret;

use super::question::PromptError;
use super::terminal::Terminal;

/// For the whole conversation. Unlike for a code, no other process waits for the answers.
const TIME_LIMIT: Duration = Duration::from_hours(1);

pub struct Dialogue(Terminal);

impl Dialogue {
    pub fn open() -> Result<Self, PromptError> {
        Self::open_for(TIME_LIMIT)
    }

    pub fn open_for(limit: Duration) -> Result<Self, PromptError> {
        Terminal::open(Instant::now() + limit).map(Self)
    }

    pub fn say(&mut self, text: &str) {
        self.0.say(text);
    }

    pub fn ask(&mut self, question: &str) -> Result<String, PromptError> {
        let line = self.0.line(question).inspect_err(|_| self.end_line())?;
        Ok(line.expose().trim().to_owned())
    }

    pub fn ask_secret(&mut self, question: &str) -> Result<Secret, PromptError> {
        let line = self.0.hidden_line(question).inspect_err(|_| self.end_line())?;
        Ok(Secret::from(line.expose().trim()))
    }

    fn end_line(&mut self) {
        if cfg!(unix) {
            self.say("\n");
        }
    }
}
