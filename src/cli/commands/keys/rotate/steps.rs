use crate::access_keys::RotationStep;
use crate::cli::errors::failure::{Failure, ROTATION};
use crate::cli::output::note;
use crate::core::shell_word::shell_word;
use crate::rotation::{LocalStep, RotationError};

use super::new_key::create;
use super::rotation_run::RotationRun;
use super::verification::verify;

pub(super) fn rotate(run: &mut RotationRun<'_>, yes: bool) -> Result<(), Failure> {
    if let Some(rotation) = run.rotator.journal.rotation() {
        if rotation.next == RotationStep::Delete {
            let message = format!("an earlier rotation of profile {} is not finished", run.profile);
            let command = format!("amplify-creds keys rotate {} --finish", shell_word(run.profile));
            return Err(Failure::new(ROTATION, message).hint(format!("to delete the old key: {command}")));
        }
        note(run.context, &format!("continuing the rotation that began {}", rotation.started_at));
    }
    loop {
        match run.rotator.next() {
            LocalStep::List => {
                if !create(run, yes)? {
                    return Ok(());
                }
            }
            LocalStep::DeleteLost(id) => {
                let id = id.to_owned();
                run.change("IAM (DeleteAccessKey)", |rotator, iam, _| rotator.delete_lost(iam, &id))?;
                note(run.context, &format!("deleted {id}: it was created, but not stored"));
            }
            LocalStep::Replace => replace(run)?,
            LocalStep::Deactivate => return deactivate(run),
            LocalStep::Finish => return Ok(()),
        }
    }
}

fn replace(run: &mut RotationRun<'_>) -> Result<(), Failure> {
    if !verify(run)? {
        return Ok(());
    }
    run.step(|rotator, _| rotator.verified())?;
    run.step(|rotator, _| rotator.replace())?;
    if let Some(new) = run.new_key_id() {
        note(run.context, &format!("profile {} uses {new}", run.profile));
    }
    Ok(())
}

fn deactivate(run: &mut RotationRun<'_>) -> Result<(), Failure> {
    verify(run)?;
    run.sign_with_new_key();
    let new = run.new_key_id().map(str::to_owned);
    if !run.listed()?.iter().any(|key| Some(&key.id) == new.as_ref() && key.is_active) {
        return Err(run.failure(RotationError::Unlisted));
    }
    let old = run.rotator.journal.rotation().map(|rotation| rotation.old_key_id.clone()).unwrap_or_default();
    let (profile, word) = (run.profile, shell_word(run.profile));
    if run.change("IAM (UpdateAccessKey)", |rotator, iam, _| rotator.deactivate(iam))? {
        note(run.context, &format!("the old key {old} is inactive"));
        let command = format!("aws iam update-access-key --access-key-id {old} --status Active --profile {word}");
        note(run.context, &format!("if a program still needs it: {command}"));
        note(run.context, &format!("after a day, delete it: amplify-creds keys rotate {word} --finish"));
        if run.has_mfa() {
            let command = format!("amplify-creds login {word}");
            note(
                run.context,
                &format!("sessions of the old key are not used any more; to enter an MFA code now: {command}"),
            );
        }
    } else {
        let ended = format!("the rotation of profile {profile} is finished");
        note(run.context, &format!("the old key {old} no longer exists; {ended}"));
    }
    Ok(())
}
