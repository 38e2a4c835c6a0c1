use crate::core::secret::Secret;

use super::question::{MfaQuestion, NOT_SIX_DIGITS, PromptError, REFUSED, TRIES, digits};
use super::terminal::Terminal;

pub(super) fn ask(question: &MfaQuestion<'_>) -> Result<Secret, PromptError> {
    let mut terminal = Terminal::open(question.until)?;
    ask_on(&mut terminal, question).inspect_err(|_| terminal.end_line())
}

fn ask_on(terminal: &mut Terminal, question: &MfaQuestion<'_>) -> Result<Secret, PromptError> {
    terminal.say(&if question.was_refused { format!("{REFUSED}\n") } else { question.prompt_text() });
    let mut tries = 0;
    while tries < TRIES {
        let Some(code) = digits(terminal.line("Enter the MFA token code: ")?.expose()) else {
            tries += 1;
            terminal.say(&format!("{NOT_SIX_DIGITS}\n"));
            continue;
        };
        let Some(wait) = (question.wait_if_used)(&code) else { return Ok(code) };
        terminal.count_down(wait)?;
    }
    Err(PromptError::NotACode)
}
