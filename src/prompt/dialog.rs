//! Asking by a window that a system's own program opens, one program run for each question.

use std::process::Command;

use crate::core::secret::Secret;
use crate::prompt::dialog_program::Program;
use crate::prompt::helper::Helper;
use crate::prompt::question::{LABEL, PromptError, Question};
use crate::prompt::retry::rounds;
use crate::prompt::watch::Watch;

/// Asks for six digits.
pub(super) fn ask(program: Program, question: &Question<'_>) -> Result<Secret, PromptError> {
    let watch = Watch::begin(question.until);
    let text = question.prompt_text();
    rounds(question, &watch, |wrong| {
        let wrong = wrong.map(|wrong| format!("{wrong}\n\n")).unwrap_or_default();
        let left = watch.time_left()?.as_secs().max(1);
        let arguments = program.arguments(&format!("{wrong}{text}{LABEL}"), left);
        let started = program.names().iter().find_map(|name| {
            Helper::start(Command::new(name).args(&arguments).envs(program.variables().iter().copied())).ok()
        });
        let (status, said) = started.ok_or(PromptError::NobodyToAsk)?.answer(&watch)?;
        program.typed(status.code(), &said)
    })
}
