use crate::access_keys::AccessKeyRecord;
use crate::cache::entry::CachedEntry;
use crate::cache::scope::is_of_plan;
use crate::cache::store::Store;
use crate::cli::args::keys::RemoveKey;
use crate::cli::color::Painter;
use crate::cli::confirm::report_written;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CACHE, Failure, NOBODY_TO_ASK, PROFILE_NOT_FOUND};
use crate::cli::errors::keys::of_key_profile;
use crate::cli::output::{note, write_stdout};
use crate::cli::plan_inputs::complete_quietly;
use crate::cli::questions::Questions;
use crate::core::shell_word::shell_word;
use crate::edit::{Change, Editor, diff};
use crate::key_store::KeyStore;
use crate::os::env;
use crate::plan::{BaseSource, CredentialPlan, build};
use crate::profile_file::Dialect;
use crate::setup::key_profile;

use super::key_lock;
use super::key_lock::CHANGE_WAIT;
use super::profile_files::ProfileFiles;
use super::profile_key::{ProfileKey, StoredItem};

pub(super) fn run(context: &Context, name: &str, options: &RemoveKey) -> Result<(), Failure> {
    let RemoveKey { name: _, yes } = options;
    let editor = Editor::new(&context.paths.cache_dir);
    let profile_key = ProfileKey::new(context, name);
    let _key_lock = key_lock::lock(context, name, CHANGE_WAIT)?;
    let stored = profile_key.stored()?;
    let lock = yes.then(|| editor.lock()).transpose()?;
    let changes = changes(context, name)?;
    let known = profile_key.known();
    if matches!(stored, StoredItem::Missing) && known.is_none() && changes.is_empty() {
        let message = format!("the {} has no key of profile {name}", KeyStore::name());
        return Err(Failure::new(PROFILE_NOT_FOUND, message).hint("to list the stored keys: amplify-creds keys list"));
    }
    let id = match &stored {
        StoredItem::Key(key) => Some(key.access_key_id.clone()),
        _ => known.as_ref().map(|known| known.access_key_id.clone()),
    };
    let plans = dependent_plans(context, name);
    let users = plans.iter().map(|plan| plan.profile.as_str()).filter(|user| *user != name).collect::<Vec<_>>();
    let shown_id = id.as_deref().unwrap_or("(unknown)");
    let mut warnings = vec![match stored {
        StoredItem::Missing => format!("The {} has no key of profile {name} any more: {shown_id}.", KeyStore::name()),
        _ => format!(
            "This deletes the key {shown_id} of profile {name} in the {}. Its secret cannot be recovered.",
            KeyStore::name()
        ),
    }];
    if let Some(config) = profile_key.other_config() {
        warnings.push(format!("The key was stored for profile {name} in {config}, which needs it."));
    }
    let user = known.as_ref().and_then(user_name);
    let rotation = known.and_then(|known| known.rotation);
    let other = rotation.as_ref().and_then(|rotation| {
        let both = [Some(&rotation.old_key_id), rotation.new_key_id.as_ref()];
        both.into_iter().flatten().find(|other| Some(*other) != id.as_ref()).cloned()
    });
    if rotation.is_some() {
        let other = other.as_ref().map_or_else(String::new, |other| format!(" Its other key is {other}."));
        warnings.push(format!("A rotation of this key is in progress.{other} Both are deleted here."));
    }
    if !users.is_empty() {
        warnings.push(format!("These profiles use the key and will fail: {}", users.join(", ")));
    }
    let shown: String = changes.iter().map(diff).collect();
    changes.iter().try_for_each(Change::check)?;
    if *yes {
        for warning in &warnings {
            note(context, warning);
        }
        write_stdout(Painter::stdout(context).diff(&shown).as_bytes())?;
    } else if !confirm(context, &warnings, &shown)? {
        note(context, "nothing was changed");
        return Ok(());
    }
    let lock = lock.map_or_else(|| editor.lock(), Ok)?;
    let written = editor.write(&changes, &lock)?;
    drop(lock);
    report_written(context, &written);
    let was_there = profile_key.delete()?;
    profile_key.forget()?;
    delete_sessions(context, &plans)?;
    if was_there {
        note(context, &format!("deleted the key of profile {name} in the {}", KeyStore::name()));
    }
    let user = user.map_or_else(String::new, |user| format!(" --user-name {}", shell_word(&user)));
    for id in id.into_iter().chain(other) {
        let command = format!("aws iam delete-access-key --access-key-id {}{user}", shell_word(&id));
        note(context, &format!("{id} stays in AWS; to delete it: {command}"));
    }
    Ok(())
}

/// `None` for the root user.
fn user_name(record: &AccessKeyRecord) -> Option<String> {
    let (_, path) = record.user_arn.as_ref()?.split_once(":user/")?;
    path.rsplit('/').next().map(str::to_owned)
}

fn changes(context: &Context, name: &str) -> Result<Vec<Change>, Failure> {
    let files = ProfileFiles::read(context)?;
    let mut draft = files.draft();
    key_profile::remove(&mut draft, name, env::executable().as_deref()).map_err(of_key_profile)?;
    Ok(files.changes(&draft, None))
}

fn confirm(context: &Context, warnings: &[String], shown: &str) -> Result<bool, Failure> {
    let mut person = Questions::open(context).map_err(|_| {
        let message = "keys remove asks before it deletes, but no prompt is possible here; add --yes";
        Failure::new(NOBODY_TO_ASK, message)
    })?;
    for warning in warnings {
        person.say(&format!("{warning}\n"));
    }
    person.say_painted(shown, |line| Painter::question(context).diff(line));
    person.yes_or_no("Delete the key? [y/N] ", false)
}

/// The plans whose base is the key of profile `name`.
fn dependent_plans(context: &Context, name: &str) -> Vec<CredentialPlan> {
    let (Ok(set), Ok(inputs)) = (context.files().profiles(Dialect::Auto), context.inputs()) else {
        return Vec::new();
    };
    let plan = |profile: &str| {
        let plan = build::build(&set, profile, &inputs).ok()?;
        matches!(&plan.base.source, BaseSource::KeyStore(base) if base.profile == name)
            .then(|| complete_quietly(context, plan).ok().map(|(plan, _)| plan))?
    };
    set.names().iter().filter_map(|profile| plan(profile)).collect()
}

fn delete_sessions(context: &Context, plans: &[CredentialPlan]) -> Result<(), Failure> {
    if plans.is_empty() {
        return Ok(());
    }
    let is_of_key = |outer: &str, inner: &str, entry: &str| {
        let session = CachedEntry::read(entry);
        session.is_some() && plans.iter().any(|plan| is_of_plan(plan, outer, inner, session.as_ref()))
    };
    Store::new(&context.paths.cache_dir)
        .remove(&is_of_key, true)
        .map_err(|error| Failure::new(CACHE, format!("cannot delete the cached sessions: {error}")))
}
