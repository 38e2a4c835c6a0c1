//! Finds the credentials that a profile has already.

use std::path::Path;

use crate::cli::errors::failure::{CONFIG, Failure};
use crate::core::origin::Origin;
use crate::core::shell_word::shell_word;
use crate::os::env;
use crate::plan::wrapper::Wrapper;
use crate::profile::keys::HalfPair;
use crate::profile::{Profile, ProfileSet};

const KEYS: &str = "static keys";

const SOURCES: [(&str, &str); 7] = [
    ("role_arn", "a role"),
    ("web_identity_token_file", "a web identity"),
    ("sso_session", "IAM Identity Center"),
    ("sso_start_url", "IAM Identity Center"),
    ("sso_account_id", "IAM Identity Center"),
    ("login_session", "aws login"),
    ("credential_source", "credential_source"),
];

/// Fails if the profile has a source other than the key store. `is_replaced` is for a `credential_process`.
pub(super) fn check_no_other(
    set: &ProfileSet<'_>,
    name: &str,
    is_replaced: &dyn Fn(&str) -> bool,
) -> Result<(), Failure> {
    let Some(profile) = set.get(name) else {
        return match set.broken_near(name) {
            None => Ok(()),
            Some((_, at)) => {
                let message = format!("a section header near profile {name} has no ']' ({at})");
                Err(Failure::new(CONFIG, message).at_line(&at, Some(name)))
            }
        };
    };
    let Some((kind, from)) = other(&profile, is_replaced) else { return Ok(()) };
    let failure = Failure::new(CONFIG, format!("profile {name} has another source of credentials: {kind}"));
    let failure = failure.at(&from, Some(name));
    let word = shell_word(name);
    Err(if kind == KEYS {
        failure.hint(format!("to move the keys to the key store: amplify-creds keys import {word}"))
    } else {
        failure.hint("use another name, and set it as source_profile where the key is needed")
    })
}

fn other(profile: &Profile<'_>, is_replaced: &dyn Fn(&str) -> bool) -> Option<(&'static str, Origin)> {
    let set = SOURCES.into_iter().find_map(|(key, kind)| Some((kind, Origin::File(profile.get_any(key)?.at))));
    let command = || {
        let command = profile.get("credential_process")?;
        let is_kept = is_own(command.value, &profile.name) || is_replaced(command.value);
        (!is_kept).then_some(("credential_process", Origin::File(command.at)))
    };
    let keys = || match profile.keys() {
        Ok(None) => None,
        Ok(Some(keys)) => Some((KEYS, keys.from)),
        Err(HalfPair { at, .. }) => Some((KEYS, Origin::File(at))),
    };
    set.or_else(command).or_else(keys)
}

/// Whether the command means the key store in the section of `profile`.
pub(super) fn is_own(command: &str, profile: &str) -> bool {
    let running = env::executable();
    Wrapper::parse(command, running.as_deref().map(Path::new)).is_some_and(|wrapper| wrapper.is_for(profile))
}

pub(super) fn uses_store(set: &ProfileSet<'_>, name: &str) -> bool {
    let profile = set.get(name);
    let command = profile.as_ref().and_then(|profile| profile.get("credential_process"));
    command.is_some_and(|command| is_own(command.value, name))
}
