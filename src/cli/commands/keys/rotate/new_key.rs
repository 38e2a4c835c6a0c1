use std::collections::BTreeSet;

use crate::access_keys::AccessKeyRecords;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::note;
use crate::key_store::KeyStore;
use crate::profile::ProfileSet;
use crate::rotation::{KeysVerdict, RotationError};

use super::ask;
use super::rotation_run::RotationRun;
use super::second_key;

/// Creates the new key, after a question. False if the user declined.
pub(super) fn create(run: &mut RotationRun<'_>, yes: bool) -> Result<bool, Failure> {
    let is_begun = run.rotator.journal.rotation().is_some();
    if !is_begun && !yes {
        ask::check_terminal(run.context)?;
    }
    if is_begun {
        delete_leftover(run)?;
    }
    let listed = run.listed()?;
    match run.rotator.judge(&listed) {
        KeysVerdict::Create => {}
        KeysVerdict::Continue(rotation) => {
            note(run.context, "continuing an earlier rotation: the key store has its new key");
            run.change("IAM", |rotator, _, user| rotator.continue_with(rotation, user))?;
            return Ok(true);
        }
        KeysVerdict::Second(second) => return second_key::offer(run, &listed, second),
        KeysVerdict::Unlisted => return Err(run.failure(RotationError::Unlisted)),
        KeysVerdict::Inactive => return Err(run.failure(RotationError::Inactive)),
    }
    if run.rotator.journal.rotation().is_none() && !confirm(run, yes)? {
        return Ok(false);
    }
    run.change("IAM", |rotator, _, user| rotator.begin(user))?;
    run.create(is_begun)?;
    if let Some(new) = run.new_key_id() {
        note(run.context, &format!("created {new} and stored it in the {}", KeyStore::name()));
    }
    Ok(true)
}

/// Drops the journal if the second key has another origin. Then the user decides.
fn delete_leftover(run: &mut RotationRun<'_>) -> Result<(), Failure> {
    let deleted = run.change("IAM (DeleteAccessKey)", |rotator, iam, _| match rotator.delete_leftover(iam) {
        Err(RotationError::SecondKey(_)) => rotator.end().map(|()| None),
        outcome => outcome,
    })?;
    if let Some(id) = deleted {
        note(run.context, &format!("deleted {id}: it was created, but not stored"));
    }
    Ok(())
}

fn confirm(run: &mut RotationRun<'_>, yes: bool) -> Result<bool, Failure> {
    let user = run.user_arn()?;
    let (old, profile, store) = (run.rotator.current(), run.profile, KeyStore::name());
    let plan = format!(
        "Rotate {old}, the key of {user} (profile {profile}):\n\
         1. create a new key, and store it in the {store} next to the old one\n\
         2. use the new key until AWS accepts it\n\
         3. replace the old key in the {store}, and deactivate it\n"
    );
    let others = same_key(run.context, run.profile, old);
    let plan = match &others[..] {
        [] => plan,
        _ => format!("{plan}These profiles have the same key, and will fail: {}\n", others.join(", ")),
    };
    if yes {
        plan.lines().for_each(|line| note(run.context, line));
        return Ok(true);
    }
    ask::confirm(run.context, &plan, "Rotate the key?")
}

/// The other profiles with this key, in the files or in the key store.
fn same_key(context: &Context, profile: &str, id: &str) -> Vec<String> {
    let records = AccessKeyRecords::load(&context.paths.cache_dir).unwrap_or_default();
    let stored = records.iter().filter(|(_, record)| record.access_key_id == id).map(|(name, _)| name.to_owned());
    let set = context.profiles().ok();
    let in_files = set
        .iter()
        .flat_map(ProfileSet::all)
        .filter(|profile| profile.keys().ok().flatten().is_some_and(|keys| keys.access_key_id == id));
    let all: BTreeSet<_> = stored.chain(in_files.map(|profile| profile.name)).collect();
    all.into_iter().filter(|name| name != profile).collect()
}
