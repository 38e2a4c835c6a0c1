use crate::cli::errors::failure::{Failure, ROTATION};
use crate::cli::output::note;
use crate::core::shell_word::shell_word;
use crate::iam::AccessKeyMetadata;

use super::ask;
use super::key_text::key_text;
use super::rotation_run::RotationRun;

/// IAM allows two keys. True after the deletion of an inactive second key; an active one is never changed.
pub(super) fn offer(
    run: &mut RotationRun<'_>,
    listed: &[AccessKeyMetadata],
    second: &AccessKeyMetadata,
) -> Result<bool, Failure> {
    let mut texts = Vec::new();
    for key in listed {
        let last_use = run.last_use(&key.id)?;
        let stored = if key.id == run.rotator.current() { " (stored)" } else { "" };
        texts.push(key_text(key, last_use.as_ref()) + stored);
    }
    let AccessKeyMetadata { id, is_active, .. } = second;
    let word = shell_word(run.profile);
    let message = format!("cannot rotate the key of profile {}: its user already has two keys", run.profile);
    let refused = |hints: &[String]| {
        let failure = Failure { details: texts.clone(), ..Failure::new(ROTATION, message.clone()) };
        hints.iter().fold(failure, Failure::hint)
    };
    let delete = format!("aws iam delete-access-key --access-key-id {id} --profile {word}");
    if *is_active {
        return Err(refused(&[
            format!("to see its use: aws iam get-access-key-last-used --access-key-id {id} --profile {word}"),
            format!(
                "if no program needs it: aws iam update-access-key --access-key-id {id} --status Inactive --profile {word}"
            ),
            format!("after that: {delete}"),
        ]));
    }
    if ask::check_terminal(run.context).is_err() {
        return Err(refused(&[format!("to delete the inactive key: {delete}")]));
    }
    let about = format!("The user has two keys, and IAM allows no third one:\n  {}\n", texts.join("\n  "));
    if !ask::confirm(run.context, &about, &format!("Delete the inactive key {id}?"))? {
        return Err(refused(&[format!("to delete the inactive key: {delete}")]));
    }
    run.change("IAM (DeleteAccessKey)", |_, iam, _| iam.delete(id))?;
    note(run.context, &format!("deleted {id}"));
    Ok(true)
}
