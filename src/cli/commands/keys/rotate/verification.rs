use std::time::Duration;

use crate::cli::errors::failure::{Failure, ROTATION};
use crate::cli::output::note;
use crate::core::shell_word::shell_word;
use crate::iam::AccessKeyMetadata;

use super::rotation_run::RotationRun;

/// The time until AWS accepts a new key. After the first limit, IAM's list shows whether the key still exists.
const FIRST_LIMIT: Duration = Duration::from_secs(10);
const SECOND_LIMIT: Duration = Duration::from_secs(50);

/// False if the new key no longer exists at IAM, and the rotation begins again.
pub(super) fn verify(run: &mut RotationRun<'_>) -> Result<bool, Failure> {
    let Some(key) = run.rotator.new_credentials().filter(|_| !run.is_verified) else { return Ok(true) };
    if run.not_accepted(&key, FIRST_LIMIT)?.is_none() {
        return Ok(true);
    }
    let new = &key.access_key_id;
    let word = shell_word(run.profile);
    // As long as the old key is stored, it can show the reason.
    let is_replaced = run.rotator.current() == new;
    let listed = if is_replaced { None } else { run.listed().ok() };
    match listed.as_ref().map(|listed| listed.iter().find(|listed| listed.id == *new)) {
        Some(None) => {
            run.step(|rotator, _| rotator.forget_new())?;
            note(run.context, &format!("the new key {new} was deleted at IAM"));
            return Ok(false);
        }
        Some(Some(AccessKeyMetadata { is_active: false, .. })) => {
            let command = format!("aws iam update-access-key --access-key-id {new} --status Active");
            let message = format!("cannot rotate the key of profile {}: the new key {new} is inactive", run.profile);
            return Err(Failure::new(ROTATION, message).hint(format!("to activate it: {command} --profile {word}")));
        }
        _ => {}
    }
    let Some(error) = run.not_accepted(&key, SECOND_LIMIT)? else { return Ok(true) };
    let failure = run.failure(error);
    if !is_replaced {
        return Err(failure);
    }
    let hint = format!("if it was deleted: amplify-creds keys remove {word}, then amplify-creds keys add {word}");
    Err(Failure { hints: vec![hint], ..failure })
}
