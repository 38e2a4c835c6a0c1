//! Owns a conversation on the Windows console: questions one after another, each answered by a line.
//!
//! Refuses to know what is asked, and to show a secret while it is typed.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};

use crate::secret::Secret;

use super::PromptError;

/// The console.
pub struct Dialogue {
    input: BufReader<File>,
    output: File,
}

impl Dialogue {
    /// Begins where there is a console.
    pub fn open() -> Result<Self, PromptError> {
        let open = |name| File::options().read(true).write(true).open(name).map_err(|_| PromptError::NobodyToAsk);
        Ok(Self { input: BufReader::new(open("CONIN$")?), output: open("CONOUT$")? })
    }

    /// Says something.
    pub fn say(&mut self, text: &str) {
        let _ = self.output.write_all(text.as_bytes());
    }

    /// The answer to a question, without the blanks around it.
    pub fn ask(&mut self, question: &str) -> Result<String, PromptError> {
        self.say(question);
        let mut line = String::new();
        match self.input.read_line(&mut line) {
            Ok(read) if read > 0 => Ok(line.trim().to_owned()),
            _ => Err(PromptError::Cancelled),
        }
    }

    /// The same for an answer that is not to be seen.
    pub fn ask_secret(&mut self, question: &str) -> Result<Secret, PromptError> {
        let typed = Secret::new(rpassword::prompt_password(question).map_err(|_| PromptError::Cancelled)?);
        Ok(Secret::from(typed.expose().trim()))
    }
}
