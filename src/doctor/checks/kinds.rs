//! Checks profiles for several kinds at once, incomplete kinds, and kinds that some tools cannot use.

use crate::doctor::checks::project;
use crate::doctor::facts::Facts;
use crate::doctor::finding::{FilePlace, Hit};
use crate::plan::wrapper::Wrapper;
use crate::profile::keys::{HalfPair, KeyPlace};
use crate::profile::{Part, Profile};
use crate::profile_file::FileKind;

const SSO: [&str; 4] = ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"];

fn place(profile: &Profile<'_>, key: &'static str) -> Option<FilePlace> {
    profile.get(key).map(|found| found.at.into())
}

pub(super) fn half_pair(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let HalfPair { missing, at } = profile.keys().err()?;
        let message = format!("{missing} is missing: the profile has only half of the key pair");
        Some(
            Hit::new(&profile.name, FilePlace::from(at), message)
                .hint("put both keys in the same section of the same file"),
        )
    };
    facts.profiles.iter().filter_map(hit).collect()
}

pub(super) fn invalid_key(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let keys = profile.keys().ok()??;
        let error = keys.credentials().checked().err()?;
        let KeyPlace { name, from } = keys.places.of(error.field);
        let message = format!("invalid {name}: {error}");
        Some(Hit::new(&profile.name, FilePlace::of(from), message).hint("copy the value again, as AWS shows it"))
    };
    facts.profiles.iter().filter_map(hit).collect()
}

pub(super) fn stale_token(facts: &Facts<'_>) -> Vec<Hit> {
    const TOKENS: [&str; 3] = ["aws_session_token", "sessiontoken", "aws_security_token"];
    let has = |part: &Part<'_>, keys: &[&str]| keys.iter().any(|key| part.last(key).is_some());
    let hit = |profile: &Profile<'_>| {
        let part = |kind| profile.parts().iter().find(|part| part.kind == kind);
        let (credentials, config) = (part(FileKind::Credentials)?, part(FileKind::Config)?);
        if !has(credentials, &["aws_access_key_id", "accesskeyid"]) || has(credentials, &TOKENS) {
            return None;
        }
        let token = TOKENS.iter().find_map(|key| config.last(key))?;
        let message =
            format!("the SDKs send this {} with the keys of the credentials file, and AWS rejects it", token.key);
        Some(Hit::new(&profile.name, FilePlace::from(config.location(token.line)), message).hint("remove the token"))
    };
    facts.profiles.iter().filter_map(hit).collect()
}

pub(super) fn role_and_process(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let role = profile.get("role_arn")?;
        let process = place(profile, "credential_process")?;
        let message = format!(
            "the Amplify CLI, the AWS CLI and the JS and Rust SDKs use the role at {}; the Go SDK rejects the profile",
            role.at
        );
        let hint = "split it into two profiles, for example with: amplify-creds setup --in-place";
        Some(Hit::new(&profile.name, process, message).hint(hint))
    };
    facts.profiles.iter().filter_map(hit).collect()
}

fn kinds<'k>(facts: &Facts<'_>, profile: &Profile<'_>) -> Vec<(&'k str, &'k str)> {
    let has = |key: &str| profile.has(key);
    let own_source = profile.get("source_profile").is_some_and(|source| source.value == profile.name);
    let keys = profile.parts().iter().any(|part| part.last("aws_access_key_id").is_some());
    let mut kinds = Vec::new();
    match (has("role_arn"), has("web_identity_token_file")) {
        (_, true) => kinds.push(("a web identity", "web_identity_token_file")),
        (true, false) => kinds.push(("a role", "role_arn")),
        (false, false) => {}
    }
    kinds.extend(SSO.into_iter().find(|key| has(key)).map(|key| ("IAM Identity Center", key)));
    // `setup --sso` writes both, and they get the same credentials.
    if has("credential_process") && (kinds.is_empty() || !starts_own_profile(facts, profile)) {
        kinds.push(("credential_process", "credential_process"));
    }
    if keys && !own_source {
        kinds.push(("keys", "aws_access_key_id"));
    }
    kinds.extend(has("login_session").then_some(("aws login", "login_session")));
    kinds
}

pub(super) fn mixed_kinds(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let kinds = kinds(facts, profile);
        let is_reported = kinds.iter().map(|(_, key)| *key).eq(["role_arn", "credential_process"]);
        let (_, key) = kinds.get(1).filter(|_| !is_reported)?;
        let names: Vec<_> = kinds.iter().map(|(name, _)| *name).collect();
        let message = format!("the profile has {}; tools disagree which one to use", names.join(" and "));
        Some(Hit::new(&profile.name, place(profile, key), message).hint("use a separate profile for each"))
    };
    facts.profiles.iter().filter_map(hit).collect()
}

fn starts_own_profile(facts: &Facts<'_>, profile: &Profile<'_>) -> bool {
    let wrapper = |command: &str| Wrapper::parse(command, facts.program.as_deref());
    let wrapper = profile.get("credential_process").and_then(|process| wrapper(process.value));
    wrapper.is_some_and(|wrapper| wrapper.profile.as_ref() == Some(&profile.name))
}

fn is_helped(facts: &Facts<'_>, profile: &Profile<'_>) -> bool {
    let is_wrapper = |command: &str| Wrapper::parse(command, facts.program.as_deref()).is_some();
    facts.wrapped.contains(&profile.name)
        || profile.get("credential_process").is_some_and(|process| is_wrapper(process.value))
}

pub(super) fn mfa_ignored(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let serial = place(profile, "mfa_serial").filter(|_| profile.has("role_arn") && !is_helped(facts, profile))?;
        let message =
            "the JS and Go SDKs cannot prompt for the code; the Rust SDK ignores mfa_serial, so AWS denies access";
        let hint = || format!("to create a profile that works in all of them: amplify-creds setup {}", profile.name);
        let hint = facts.can_be_wrapped(&profile.name).then(hint);
        Some(Hit { hint, ..Hit::new(&profile.name, serial, message) })
    };
    facts.profiles.iter().filter_map(hit).collect()
}

pub(super) fn mfa_without_role(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        // For a key in the key store, every tool uses it through this program.
        let is_direct = !profile.has("role_arn") && !starts_own_profile(facts, profile);
        let serial = place(profile, "mfa_serial").filter(|_| is_direct)?;
        let message = "only amplify-creds uses mfa_serial without a role_arn: it gets an MFA session";
        Some(Hit::new(&profile.name, serial, message))
    };
    facts.profiles.iter().filter_map(hit).collect()
}

pub(super) fn amplify_role(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |profile: &Profile<'_>| {
        let role = place(profile, "role_arn").filter(|_| !is_helped(facts, profile))?;
        let message = format!("the Amplify CLI reports {} (amplify-cli#14626)", project::ROLE_MESSAGES);
        let hint = || format!("to create a profile that it can use: amplify-creds setup {}", profile.name);
        let hint = facts.can_be_wrapped(&profile.name).then(hint);
        Some(Hit { hint, ..Hit::new(&profile.name, role, message) })
    };
    facts.profiles.iter().filter_map(hit).collect()
}
