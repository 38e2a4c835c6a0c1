//! Owns the prompt on the Windows console: `CONIN$` and `CONOUT$`, opened by rpassword.
//!
//! Refuses to use the standard streams, which are the SDK's.

use std::thread::sleep;

use crate::secret::Secret;

use super::{NOT_SIX_DIGITS, PromptError, Question, REFUSED, TRIES, digits};

/// Every process of one user shares the console's lock.
pub(super) fn id() -> Option<String> {
    Some("console".to_owned())
}

/// Says something.
pub(super) fn tell(text: &str) {
    if let Ok(mut console) = std::fs::OpenOptions::new().write(true).open("CONOUT$") {
        let _ = std::io::Write::write_all(&mut console, text.as_bytes());
    }
}

/// Asks for six digits.
pub(super) fn ask(question: &Question<'_>) -> Result<Secret, PromptError> {
    let mut text = if question.again { format!("{REFUSED}\n") } else { question.told() };
    let mut tries = 0;
    while tries < TRIES {
        text.push_str("Enter the MFA token code: ");
        let typed = Secret::new(rpassword::prompt_password(&text).map_err(|_| PromptError::NobodyToAsk)?);
        match digits(typed.expose()) {
            None => {
                tries += 1;
                text = format!("{NOT_SIX_DIGITS}\n");
            }
            Some(code) => match (question.spent)(&code) {
                None => return Ok(code),
                Some(wait) => {
                    sleep(wait);
                    text = "That code was used already; this is the time of the next one.\n".to_owned();
                }
            },
        }
    }
    Err(PromptError::NotACode)
}
