//! Removes a profile's keys from both files and makes the profile use the key store. Other profiles with the same keys
//! become its wrappers.

use std::collections::BTreeMap;
use std::path::Path;

use thiserror::Error;

use crate::core::origin::{Location, Origin};
use crate::core::secret::Secret;
use crate::profile::keys::Keys;
use crate::profile_file::{FileKind, Property, Section};

use super::draft::{Draft, SetupError};
use super::key_profile::{names, own_command};
use super::key_verify::verify;

const IDS: [&str; 2] = ["aws_access_key_id", "accesskeyid"];
const SECRETS: [&str; 2] = ["aws_secret_access_key", "secretaccesskey"];
const TOKENS: [&str; 3] = ["aws_session_token", "aws_security_token", "sessiontoken"];
const KEY_PAIR: [&str; 4] = [IDS[0], IDS[1], SECRETS[0], SECRETS[1]];
const OTHER_SOURCES: [&str; 7] = [
    "role_arn",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "sso_account_id",
    "login_session",
    "credential_process",
];
const PROCESS: &str = "credential_process";
/// A shorter secret is one of an emulator, and may be an ordinary word.
pub const LEAST_SECRET: usize = 16;

#[derive(Debug, Error)]
pub enum ImportError {
    #[error("profile {profile} has different keys at {at} and {other}")]
    DifferentKeys { profile: String, at: Location, other: Location },
    #[error("profile {profile} has a session token ({at})")]
    Token { profile: String, at: Location },
    #[error("profile {profile} has the same access key id with a different secret ({at})")]
    OtherSecret { profile: String, at: Location },
    #[error("profile {profile} has the same keys and {key} ({at})")]
    OtherSource { profile: String, key: &'static str, at: Location },
    #[error("profile {profile} has the same keys, but not the same mfa_serial ({at})")]
    OtherMfa { profile: String, at: Location },
    #[error("the secret access key is also at {0}")]
    Elsewhere(Location),
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// The key properties of one profile.
#[derive(Default)]
struct KeyProperties {
    ids: Vec<(String, Location)>,
    secrets: Vec<(Secret, Location)>,
    token: Option<Location>,
    mfa_serial: Option<String>,
    others: Vec<(&'static str, String, Location)>,
}

impl KeyProperties {
    fn add(&mut self, draft: &Draft, kind: FileKind, section: &Section<'_>) {
        for Property { key, value, line, .. } in section.properties() {
            let at = || draft.location(kind, line);
            match &*key {
                _ if value.is_empty() => {}
                key if IDS.contains(&key) => self.ids.push((value.into_owned(), at())),
                key if SECRETS.contains(&key) => self.secrets.push((Secret::from(&*value), at())),
                key if TOKENS.contains(&key) => self.token = Some(at()),
                "mfa_serial" => self.mfa_serial = Some(value.into_owned()),
                key => {
                    let source = OTHER_SOURCES.into_iter().find(|source| *source == key);
                    self.others.extend(source.map(|key| (key, value.into_owned(), at())));
                }
            }
        }
    }
}

/// Returns the other profiles with the same keys.
pub fn import(draft: &mut Draft, name: &str, keys: &Keys, programs: &[String]) -> Result<Vec<String>, ImportError> {
    let before = draft.clone();
    let all = key_properties(draft);
    if let Some(own) = all.get(name) {
        check_own(name, own, keys)?;
    }
    let command = own_command(programs, name)?;
    let running = programs.last().map(Path::new);
    let mut commands = BTreeMap::from([(name.to_owned(), command.clone())]);
    let others = all.iter().filter(|(profile, _)| *profile != name);
    let mut same = Vec::new();
    let mfa_serial = all.get(name).and_then(|own| own.mfa_serial.as_ref());
    for (profile, found) in others {
        if has_same(profile, found, keys, |command| names(command, name, running))? {
            // As a wrapper it would get a session instead of the key, or the reverse.
            if found.mfa_serial.as_ref() != mfa_serial
                && let Some((_, at)) = found.ids.first()
            {
                return Err(ImportError::OtherMfa { profile: profile.clone(), at: at.clone() });
            }
            same.push(profile.clone());
            commands.insert(profile.clone(), command.clone());
        }
    }
    for kind in FileKind::ALL {
        remove_keys(draft, kind, &commands)?;
    }
    for (profile, command) in &commands {
        if draft.document(FileKind::Config).lines_of(profile).is_empty() {
            let properties = [(PROCESS, command.as_str())];
            draft.edit(FileKind::Config, |config| config.add_profile(profile, &properties, &[]))?;
        }
    }
    check_remaining(&before, draft, keys.secret_access_key.expose())?;
    verify(&before.files(), &draft.files(), &commands)?;
    Ok(same)
}

fn key_properties(draft: &Draft) -> BTreeMap<String, KeyProperties> {
    let mut all: BTreeMap<String, KeyProperties> = BTreeMap::new();
    for kind in FileKind::ALL {
        for section in draft.document(kind).sections() {
            if let Some(profile) = section.name.profile() {
                all.entry(profile.to_owned()).or_default().add(draft, kind, &section);
            }
        }
    }
    all
}

fn check_own(name: &str, own: &KeyProperties, keys: &Keys) -> Result<(), ImportError> {
    let profile = || name.to_owned();
    if let Some(at) = &own.token {
        return Err(ImportError::Token { profile: profile(), at: at.clone() });
    }
    let ids = own.ids.iter().filter(|(id, _)| *id != keys.access_key_id).map(|(_, at)| at);
    let differ = |secret: &Secret| secret.expose() != keys.secret_access_key.expose();
    let secrets = own.secrets.iter().filter(|(secret, _)| differ(secret)).map(|(_, at)| at);
    match (ids.chain(secrets).next(), &keys.from) {
        (Some(at), Origin::File(other)) => {
            let (at, other) = (at.clone(), other.clone());
            Err(ImportError::DifferentKeys { profile: profile(), at, other })
        }
        _ => Ok(()),
    }
}

/// Whether another profile has exactly these keys, and no other source of credentials.
fn has_same(
    profile: &str,
    found: &KeyProperties,
    keys: &Keys,
    is_wrapper: impl Fn(&str) -> bool,
) -> Result<bool, ImportError> {
    let KeyProperties { ids, secrets, token, mfa_serial: _, others } = found;
    let is_secret = |secret: &Secret| secret.expose() == keys.secret_access_key.expose();
    let (same_id, same_secret) =
        (ids.iter().find(|(id, _)| *id == keys.access_key_id), secrets.iter().find(|(secret, _)| is_secret(secret)));
    let profile = || profile.to_owned();
    let is_pair = ids.iter().all(|(id, _)| *id == keys.access_key_id)
        && secrets.iter().all(|(secret, _)| is_secret(secret))
        && token.is_none();
    match (same_id, same_secret) {
        (Some(_), Some(_)) if is_pair => {
            let other = others.iter().find(|(key, value, _)| *key != PROCESS || !is_wrapper(value));
            match other {
                Some((key, _, at)) => Err(ImportError::OtherSource { profile: profile(), key, at: at.clone() }),
                None => Ok(true),
            }
        }
        (_, Some((_, at))) => Err(ImportError::Elsewhere(at.clone())),
        (Some((_, at)), None) if !secrets.is_empty() => {
            Err(ImportError::OtherSecret { profile: profile(), at: at.clone() })
        }
        _ => Ok(false),
    }
}

/// Sets the command in the config file. An empty section of the credentials file is removed, but not its comments.
fn remove_keys(draft: &mut Draft, kind: FileKind, commands: &BTreeMap<String, String>) -> Result<(), SetupError> {
    let sections = draft.document(kind).sections();
    let lines = sections.iter().filter_map(|section| {
        let command = commands.get(section.name.profile()?)?;
        Some((section.line, command.clone()))
    });
    // From the bottom up, so that the lines above keep their numbers.
    for (line, command) in lines.collect::<Vec<_>>().into_iter().rev() {
        let had_keys = has_any(draft, kind, line, &KEY_PAIR);
        draft.edit(kind, |file| file.remove_keys(line, &KEY_PAIR))?;
        match kind {
            FileKind::Config => draft.edit(kind, |file| file.set(line, PROCESS, &command))?,
            FileKind::Credentials if had_keys && is_empty(draft, kind, line) => {
                // If tools disagree where it ends, the empty section remains.
                let _ = draft.edit(kind, |file| file.remove_section(line));
            }
            FileKind::Credentials => {}
        }
    }
    Ok(())
}

fn has_any(draft: &Draft, kind: FileKind, line: u32, keys: &[&str]) -> bool {
    let sections = draft.document(kind).sections();
    let section = sections.iter().find(|section| section.line == line);
    section.is_some_and(|section| section.properties().iter().any(|property| keys.contains(&&*property.key)))
}

fn is_empty(draft: &Draft, kind: FileKind, line: u32) -> bool {
    let sections = draft.document(kind).sections();
    sections.iter().find(|section| section.line == line).is_some_and(|section| section.properties().is_empty())
}

/// Fails if the secret is in a comment or under another key.
fn check_remaining(before: &Draft, after: &Draft, secret: &str) -> Result<(), ImportError> {
    if secret.chars().count() < LEAST_SECRET {
        return Ok(());
    }
    for kind in FileKind::ALL {
        let remaining = after.text(kind).lines().find(|line| line.contains(secret));
        let Some(remaining) = remaining else { continue };
        let same = |line: &str| line == remaining;
        let line = before.text(kind).lines().position(same);
        // The comment of a removed line.
        let line = line.or_else(|| before.text(kind).lines().position(|line| line.ends_with(remaining)));
        let number = line.and_then(|index| u32::try_from(index + 1).ok()).unwrap_or(1);
        return Err(ImportError::Elsewhere(before.location(kind, number)));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
