//! Owns the prompt on the Windows console: `CONIN$` and `CONOUT$`, opened by rpassword.
//!
//! Refuses to use the standard streams, which are the SDK's.

use crate::plan::limits::is_mfa_code;
use crate::printable::printable;
use crate::secret::Secret;

use super::{PromptError, Question};

/// How often a person may mistype before the prompt gives up.
const TRIES: u32 = 3;

/// Every process of one user shares the console's lock.
pub(super) fn id() -> Option<String> {
    Some("console".to_owned())
}

/// Asks for six digits.
pub(super) fn ask(question: &Question<'_>) -> Result<Secret, PromptError> {
    let Question { profile, role_arn, mfa_serial, again } = question;
    let mut text = format!(
        "Profile {} is configured to assume role\n  {role_arn}\n\
         It requires MFA authentication. The MFA device is\n  {mfa_serial}\n",
        printable(profile)
    );
    if *again {
        text = "AWS did not accept the code. Wait for the next one.\n".to_owned();
    }
    for _ in 0..TRIES {
        text.push_str("Enter the MFA token code: ");
        let code = Secret::new(rpassword::prompt_password(&text).map_err(|_| PromptError::NobodyToAsk)?);
        if is_mfa_code(code.expose().trim()) {
            return Ok(code.expose().trim().into());
        }
        text = "The code has six digits.\n".to_owned();
    }
    Err(PromptError::NotACode)
}
