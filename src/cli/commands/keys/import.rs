use crate::access_keys::StoredKey;
use crate::cli::args::keys::ImportKeys;
use crate::cli::confirm::{agree, report_written};
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::{CONFIG, Failure, INTERNAL};
use crate::cli::errors::keys::of_key_profile;
use crate::cli::output::note;
use crate::cli::program::ProfileProgram;
use crate::core::origin::Origin;
use crate::core::shell_word::shell_word;
use crate::edit::{Change, Editor};
use crate::key_store::KeyStore;
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::keys::Keys;
use crate::profile::load::Files;
use crate::profile_file::Dialect;
use crate::setup::key_import::import;
use crate::setup::key_profile::{self, KeyProfile};

use super::key_entry::is_temporary;
use super::key_lock;
use super::key_lock::CHANGE_WAIT;
use super::old_backups::{holds, offer_deletion};
use super::profile_files::ProfileFiles;
use super::profile_key::{ProfileKey, StoredItem};
use super::vault;
use super::verification::Verification;

/// The edits of an import.
struct Import {
    key: StoredKey,
    before: Files,
    changes: Vec<Change>,
    /// Other profiles with the same keys.
    same: Vec<String>,
    has_mfa: bool,
}

pub(super) fn run(context: &Context, name: &str, options: &ImportKeys) -> Result<(), Failure> {
    let ImportKeys { name: _, from, yes, dry_run } = options;
    if from.is_some() {
        return vault::import(context, name, options);
    }
    let mut program = ProfileProgram::find(context)?;
    if !yes && !dry_run {
        program = program.agreed(context)?;
    }
    let _key_lock = if *dry_run { None } else { key_lock::lock(context, name, CHANGE_WAIT)? };
    let editor = Editor::new(&context.paths.cache_dir);
    let lock = (*yes && !dry_run).then(|| editor.lock()).transpose()?;
    let profile_key = ProfileKey::new(context, name);
    let Some(import) = prepare(context, name, &program)? else {
        drop(lock);
        return finish_earlier(context, &profile_key, name, options);
    };
    if !dry_run {
        profile_key.check_free(&import.key)?;
    }
    let agreed = agree(context, "keys import", &editor, &import.changes, *dry_run, lock, Some(&program))?;
    let Some(lock) = agreed else { return Ok(()) };
    let Import { key, before, changes, same, has_mfa } = import;
    changes.iter().try_for_each(Change::check_unchanged)?;
    let identity = store_verified(context, &profile_key, &key, before, name)?;
    program.write_copy(context)?;
    let written = editor.write(&changes, &lock)?;
    drop(lock);
    if let Some(file) =
        written.iter().map(|written| &written.file).find(|file| holds(&file.path, &key.secret_access_key))
    {
        let message = format!("{} still holds the secret access key", file.shown);
        return Err(Failure::new(INTERNAL, message).in_file(file));
    }
    note(context, &format!("stored {} of {identity} in the {}", key.access_key_id, KeyStore::name()));
    report_written(context, &written);
    if !same.is_empty() {
        let names = same.join(", ");
        note(context, &format!("these profiles had the same keys and use profile {name} now: {names}"));
    }
    if has_mfa {
        note(context, &format!("profile {name} has mfa_serial, so every tool gets an MFA session instead of the key"));
    }
    offer_deletion(context, &key.secret_access_key, *yes)?;
    note(context, &format!("try: aws sts get-caller-identity --profile {}", shell_word(name)));
    Ok(())
}

/// `None` if an earlier run has removed the keys from the files.
fn prepare(context: &Context, name: &str, program: &ProfileProgram) -> Result<Option<Import>, Failure> {
    let files = ProfileFiles::read(context)?;
    let mut draft = files.draft();
    let before = draft.files();
    let set = before.profiles(Dialect::Auto)?;
    let plan = plan_of(&set, name, &context.inputs()?)?;
    let Some(keys) = own_keys(&plan, set.get(name).and_then(|profile| profile.keys().ok().flatten()))? else {
        return Ok(None);
    };
    if keys.session_token.is_some() || is_temporary(&keys.access_key_id) {
        let message = format!("the keys of profile {name} are temporary, and the key store is for long-term keys");
        return Err(Failure::new(CONFIG, message).at(&keys.from, Some(name)));
    }
    keys.credentials().checked().map_err(|error| {
        Failure::new(CONFIG, format!("invalid keys of profile {name}: {error}")).at(&keys.from, Some(name))
    })?;
    let same = import(&mut draft, name, &keys, &program.paths)?;
    if let Some(region) = context.global.region.as_deref().filter(|region| !region.is_empty()) {
        let profile = KeyProfile { name, programs: &program.paths, mfa_serial: None, region: Some(region) };
        key_profile::add(&mut draft, &profile).map_err(of_key_profile)?;
    }
    let after = draft.files();
    plan_of(&after.profiles(Dialect::Auto)?, name, &context.inputs()?)?;
    let has_mfa = plan.mfa.is_some();
    drop(set);
    let changes = files.changes(&draft, Some(&keys.secret_access_key));
    let Keys { access_key_id, secret_access_key, .. } = keys;
    let key = StoredKey { access_key_id, secret_access_key, account_id: None };
    Ok(Some(Import { key, before, changes, same, has_mfa }))
}

/// The static keys of the profile itself. After a crash, the profile may have the command and the keys.
fn own_keys(plan: &CredentialPlan, keys: Option<Keys>) -> Result<Option<Keys>, Failure> {
    let (name, base) = (&plan.profile, &plan.base.profile);
    let is_own = plan.hops.is_empty() && base == name;
    match &plan.base.source {
        BaseSource::KeyStore(_) if is_own => Ok(keys),
        BaseSource::Static(keys) if is_own && matches!(keys.from, Origin::File(_)) => Ok(Some(keys.clone())),
        BaseSource::Static(keys) if base == name => {
            let message = format!("profile {name} is a role that uses its own keys");
            Err(Failure::new(CONFIG, message)
                .at(&keys.from, Some(base))
                .hint("move the keys to a profile of their own, and name that profile in source_profile"))
        }
        BaseSource::Static(_) => {
            let message = format!("profile {name} uses the keys of profile {base}");
            Err(Failure::new(CONFIG, message)
                .at(plan.base.source.origin(), Some(base))
                .hint(format!("to move those keys: amplify-creds keys import {}", shell_word(base))))
        }
        source => {
            let kind = source.kind().unwrap_or("nothing");
            let (message, at) = match &keys {
                Some(keys) => {
                    (format!("profile {name} does not use its keys: its credentials are of type {kind}"), &keys.from)
                }
                None => (
                    format!("profile {name} has no keys in a file; its credentials are of type {kind}"),
                    source.origin(),
                ),
            };
            let failure = Failure::new(CONFIG, message).at(at, Some(base));
            Err(if keys.is_some() { failure.hint("if the keys are not needed, delete them") } else { failure })
        }
    }
}

/// The item is removed again if AWS does not accept the key.
fn store_verified(
    context: &Context,
    profile_key: &ProfileKey<'_>,
    key: &StoredKey,
    before: Files,
    name: &str,
) -> Result<String, Failure> {
    let was_missing = matches!(profile_key.stored()?, StoredItem::Missing);
    let undo = |failure| {
        if was_missing {
            let _ = profile_key.delete();
        }
        failure
    };
    profile_key.store(key).map_err(undo)?;
    let StoredItem::Key(stored) = profile_key.stored()? else {
        return Err(Failure::new(INTERNAL, format!("the {} has lost the stored key", KeyStore::name())));
    };
    let identity = Verification::new(context, before, name).identity(&stored).map_err(undo)?;
    profile_key.record(&stored, &identity)?;
    Ok(identity.arn)
}

/// An earlier run may have been killed before it deleted the backups.
fn finish_earlier(
    context: &Context,
    profile_key: &ProfileKey<'_>,
    name: &str,
    options: &ImportKeys,
) -> Result<(), Failure> {
    let StoredItem::Key(key) = profile_key.stored()? else {
        let message = format!("profile {name} uses the {}, which has no key of it", KeyStore::name());
        return Err(
            Failure::new(CONFIG, message).hint(format!("to store a key: amplify-creds keys add {}", shell_word(name)))
        );
    };
    note(context, &format!("nothing to import: the key of profile {name} is in the {} already", KeyStore::name()));
    if options.dry_run { Ok(()) } else { offer_deletion(context, &key.secret_access_key, options.yes) }
}
