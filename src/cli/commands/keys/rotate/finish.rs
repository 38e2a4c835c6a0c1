use crate::access_keys::{Rotation, RotationStep};
use crate::cli::errors::failure::{Failure, ROTATION};
use crate::cli::output::note;
use crate::core::shell_word::shell_word;
use crate::rotation::used_after_deactivation;

use super::ask;
use super::key_text::last_use_text;
use super::rotation_run::RotationRun;

/// Deletes the old key.
pub(super) fn run(run: &mut RotationRun<'_>, yes: bool) -> Result<(), Failure> {
    let rotation = pending(run)?;
    let old = rotation.old_key_id.as_str();
    if !yes {
        ask::check_terminal(run.context)?;
    }
    let listed = run.listed()?;
    let Some(key) = listed.iter().find(|key| key.id == old) else {
        note(run.context, &format!("the old key {old} no longer exists"));
        return end(run);
    };
    let last_use = run.last_use(old)?;
    let shown = last_use_text(last_use.as_ref());
    let deactivated = rotation.deactivated_at.as_deref().unwrap_or("earlier");
    let is_in_use = key.is_active || last_use.as_ref().is_some_and(|last| used_after_deactivation(&rotation, last));
    let about = match (key.is_active, is_in_use) {
        (true, _) => format!("The old key {old} is active again, {shown}.\n"),
        (false, true) => format!("The old key {old} was used after its deactivation ({deactivated}): {shown}.\n"),
        // The rotation itself may have been the last use.
        (false, false) if last_use.is_some() => {
            format!("The old key {old} was deactivated {deactivated} and not used since ({shown}).\n")
        }
        (false, false) => format!("The old key {old} was deactivated {deactivated}, {shown}.\n"),
    };
    if yes && !is_in_use {
        note(run.context, about.trim_end());
    } else {
        ask::check_terminal(run.context).map_err(|failure| in_use(failure, &about, run.profile))?;
        if !ask::confirm(run.context, &about, &format!("Delete {old}?"))? {
            return Ok(());
        }
    }
    run.change("IAM (DeleteAccessKey)", |_, iam, _| iam.delete(old))?;
    note(run.context, &format!("deleted {old}"));
    end(run)
}

fn pending(run: &RotationRun<'_>) -> Result<Rotation, Failure> {
    let (profile, word) = (run.profile, shell_word(run.profile));
    match run.rotator.journal.rotation() {
        Some(rotation) if rotation.next != RotationStep::Delete => Err(Failure::new(
            ROTATION,
            format!("the rotation of profile {profile} has not deactivated the old key yet"),
        )),
        Some(rotation) if rotation.new_key_id.as_deref() == Some(run.rotator.current()) => Ok(rotation.clone()),
        Some(rotation) => {
            let new = rotation.new_key_id.as_deref().unwrap_or_default();
            let message = format!("the key store does not have the new key {new} of profile {profile}");
            Err(Failure::new(ROTATION, message).hint(format!(
                "to store a key again: amplify-creds keys remove {word}, then amplify-creds keys add {word}"
            )))
        }
        None => Err(Failure::new(ROTATION, format!("profile {profile} has no rotation to finish"))
            .hint(format!("to rotate its key: amplify-creds keys rotate {word}"))),
    }
}

fn in_use(failure: Failure, about: &str, profile: &str) -> Failure {
    let message = format!("the old key of profile {profile} may be in use, and no prompt is possible here");
    Failure { message, details: vec![about.trim_end().to_owned()], hints: Vec::new(), ..failure }
        .hint(format!("run in a terminal: amplify-creds keys rotate {} --finish", shell_word(profile)))
}

fn end(run: &mut RotationRun<'_>) -> Result<(), Failure> {
    run.step(|rotator, _| rotator.end())?;
    note(run.context, &format!("the rotation of profile {} is finished", run.profile));
    Ok(())
}
