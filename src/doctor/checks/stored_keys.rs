//! Checks long-term keys: those in files and backups, and those in the key store.

use crate::core::shell_word::shell_word;
use crate::doctor::facts::Facts;
use crate::doctor::finding::{FilePlace, Hit};
use crate::doctor::stored_keys::{BackupFacts, ItemState};
use crate::key_store::{KeyStore, KeyStoreError};
use crate::plan::BaseSource;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;

/// The profile's own command, which means the key store.
fn own_command(facts: &Facts<'_>, profile: &Profile<'_>) -> Option<FilePlace> {
    let command = profile.get("credential_process")?;
    let wrapper = Wrapper::parse(command.value, facts.program.as_deref())?;
    wrapper.is_for(&profile.name).then(|| command.at.into())
}

/// Whether the profile's credentials are the key in the store, possibly with MFA.
fn uses_store(facts: &Facts<'_>, profile: &str) -> bool {
    facts.plan(profile).is_some_and(|plan| {
        plan.hops.is_empty() && matches!(&plan.base.source, BaseSource::KeyStore(base) if base.profile == profile)
    })
}

pub(super) fn plain_keys(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let keys = profile.keys().ok()??;
        let plan = facts.plan(&profile.name)?;
        let is_own = plan.hops.is_empty() && plan.base.profile == profile.name;
        let is_key = is_own && matches!(plan.base.source, BaseSource::Static(_) | BaseSource::KeyStore(_));
        if !is_key || keys.session_token.is_some() || keys.access_key_id.starts_with("ASIA") {
            return None;
        }
        let message = format!("every program of this user can read the secret of {}", keys.access_key_id);
        let hint =
            format!("to move it to the {}: amplify-creds keys import {}", KeyStore::name(), shell_word(&profile.name));
        Some(Hit::new(&profile.name, FilePlace::of(&keys.from), message).hint(hint))
    };
    if facts.stored_keys.may_have_store { facts.profiles.iter().filter_map(hit).collect() } else { Vec::new() }
}

pub(super) fn backup_keys(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |BackupFacts { at, access_key_ids }: &BackupFacts| {
        let path = &at.file.shown;
        let message = format!("{path} holds keys that are in no profile file: {}", access_key_ids.join(", "));
        Hit::general(at.clone(), message).hint(format!("if they are not needed: rm {path}"))
    };
    facts.stored_keys.backups.iter().map(hit).collect()
}

pub(super) fn records(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |(at, problem): &(FilePlace, String)| {
        let path = &at.file.shown;
        Hit::general(at.clone(), format!("{path} cannot be used: {problem}"))
            .hint("delete it; the next use of a stored key creates it again")
    };
    facts.stored_keys.record_problem.iter().map(hit).collect()
}

pub(super) fn unused(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |(name, record): (&str, &crate::access_keys::AccessKeyRecord)| {
        let profile = facts.profiles.iter().find(|profile| profile.name == name);
        if profile.is_some_and(|profile| own_command(facts, profile).is_some()) {
            return None;
        }
        // The key of another config file.
        if record.config.as_ref().is_some_and(|config| *config != facts.stored_keys.config) {
            return None;
        }
        let word = shell_word(name);
        let (problem, hint) = match profile {
            None => ("does not exist", format!("amplify-creds keys remove {word}")),
            Some(profile) if matches!(profile.keys(), Ok(Some(_))) => {
                ("still uses keys in a file", format!("amplify-creds keys import {word}"))
            }
            Some(_) => ("does not use it", format!("amplify-creds keys remove {word}")),
        };
        let message = format!("{} is stored for profile {name}, which {problem}", record.access_key_id);
        let at = profile.and_then(Profile::location).map(FilePlace::from);
        Some(Hit::new(name, at, message).hint(hint))
    };
    facts.stored_keys.records.iter().filter_map(hit).collect()
}

pub(super) fn missing(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let at = own_command(facts, profile).filter(|_| uses_store(facts, &profile.name))?;
        let store = KeyStore::name();
        let message = match facts.stored_keys.items.get(&profile.name)? {
            ItemState::Key => return None,
            ItemState::Missing => format!("the {store} has no key of this profile"),
            ItemState::Invalid => format!("the item of this profile in the {store} is not an access key"),
        };
        Some(Hit::new(&profile.name, at, message).hint(format!("amplify-creds keys add {}", shell_word(&profile.name))))
    };
    facts.profiles.iter().filter_map(hit).collect()
}

pub(super) fn store(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |error: &KeyStoreError| {
        let hit = Hit::general(None, error.to_string());
        match error {
            KeyStoreError::Locked | KeyStoreError::NoKeyring | KeyStoreError::Dismissed => {
                hit.hint("unlock it in the desktop session; amplify-creds login also asks for its password")
            }
            KeyStoreError::Missing(_) => hit.hint("run the command in a desktop session, or start a key store"),
            KeyStoreError::TimedOut(_) | KeyStoreError::Failed(_) => hit,
        }
    };
    facts.stored_keys.store_problem.iter().map(hit).collect()
}

pub(super) fn without_mfa(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let at = own_command(facts, profile).filter(|_| uses_store(facts, &profile.name))?;
        let has_mfa = facts.plan(&profile.name).is_some_and(|plan| plan.mfa.is_some());
        let message = "every tool gets the long-term key itself; with mfa_serial it gets a session of some hours";
        let hint = "add the line mfa_serial = ARN of the user's MFA device; to list it: aws iam list-mfa-devices";
        (!has_mfa).then(|| Hit::new(&profile.name, at, message).hint(hint))
    };
    facts.profiles.iter().filter_map(hit).collect()
}
