//! `mfa_process`, aws-vault's key: a command that prints the code, such as `ykman oath accounts code --single aws`. It
//! inherits the user's stderr and terminal, for example to request a touch.

use std::thread::sleep;
use std::time::Instant;

use crate::core::secret::Secret;
use crate::os::child;
use crate::os::child::Stderr;
use crate::prompt::question::{DEADLINE_SECONDS, MfaQuestion, PromptError, digits};

pub(super) fn ask(command: &str, question: &MfaQuestion<'_>) -> Result<Secret, PromptError> {
    loop {
        let left = question.until.saturating_duration_since(Instant::now());
        let printed = child::run(command, question.chain, Stderr::Shared, left).map_err(PromptError::Program)?;
        let printed = std::str::from_utf8(&printed).map_err(|_| PromptError::ProgramAnswer)?;
        let code = digits(printed).ok_or(PromptError::ProgramAnswer)?;
        match (question.wait_if_used)(&code) {
            None => return Ok(code),
            Some(wait) if Instant::now() + wait < question.until => sleep(wait),
            Some(_) => return Err(PromptError::TimedOut(DEADLINE_SECONDS)),
        }
    }
}
