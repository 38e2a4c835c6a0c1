//! Renames a profile so that a wrapper can have its name, and updates all references to it.

use std::path::Path;

use crate::plan::wrapper::Wrapper;
use crate::profile_file::portable::{amplify_alias, reads_alike};
use crate::profile_file::{FileKind, Section};

use super::draft::{Draft, SetupError};
use super::wrapper::ExtraSettings;

/// Keys that determine credentials and permissions. They move to the renamed profile; the wrapper has its own `region`.
const MOVED: [&str; 29] = [
    "role_arn",
    "source_profile",
    "credential_source",
    "credential_process",
    "external_id",
    "mfa_serial",
    "mfa_process",
    "mfa_session",
    "role_session_name",
    "duration_seconds",
    "web_identity_token_file",
    "include_profile",
    "session_tags",
    "transitive_session_tags",
    "source_identity",
    "policy",
    "policy_arns",
    "provided_contexts",
    "min_ttl",
    "login_session",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
    "aws_account_id",
    "accesskeyid",
    "secretaccesskey",
    "sessiontoken",
    "region",
];

/// Returns the settings for the wrapper, and the draft before the rename for comparison.
pub(super) fn move_aside(
    draft: &mut Draft,
    name: &str,
    role: &str,
    program: &Path,
) -> Result<(ExtraSettings, Draft), SetupError> {
    if let Some(at) = draft.header(role) {
        return Err(SetupError::Taken { profile: role.to_owned(), at });
    }
    for kind in FileKind::ALL {
        repoint(draft, kind, name, role, program)?;
    }
    for kind in FileKind::ALL {
        for line in sections(draft, kind, name)?.into_iter().flatten() {
            draft.edit(kind, |file| file.tidy_header(line))?;
        }
    }
    let before = draft.clone();
    let [line, _] = sections(draft, FileKind::Config, name)?;
    let extra = line.map_or_else(ExtraSettings::default, |line| extra_settings(draft, line));
    for kind in FileKind::ALL {
        if let [_, Some(alias)] = sections(draft, kind, name)? {
            draft.edit(kind, |file| file.remove_section(alias))?;
        }
        if let [Some(line), _] = sections(draft, kind, name)? {
            draft.edit(kind, |file| file.rename_profile(line, role))?;
        }
    }
    Ok((extra, before))
}

/// The line of the profile's section, and of the Amplify CLI's second section for a dotted name.
fn sections(draft: &Draft, kind: FileKind, name: &str) -> Result<[Option<u32>; 2], SetupError> {
    let document = draft.document(kind);
    let lines = document.lines_of(name);
    let alias = amplify_alias(kind, name);
    let is_alias =
        |line: &u32| document.sections().iter().any(|section| section.line == *line && section.header == alias);
    let (aliases, plain): (Vec<u32>, Vec<u32>) =
        if lines.len() > 1 { lines.into_iter().partition(is_alias) } else { (Vec::new(), lines) };
    match (&plain[..], &aliases[..]) {
        ([_, second, ..], _) | ([_], [_, second, ..]) | ([], [second, ..]) => {
            Err(SetupError::TwoSections { profile: name.to_owned(), at: draft.location(kind, *second) })
        }
        _ => Ok([plain.first().copied(), aliases.first().copied()]),
    }
}

fn extra_settings(draft: &Draft, line: u32) -> ExtraSettings {
    let mut extra = ExtraSettings::default();
    let sections = draft.document(FileKind::Config).sections();
    let Some(section) = sections.iter().find(|section| section.line == line) else { return extra };
    let stays = |key: &str| !MOVED.contains(&key) && !key.starts_with("sso_");
    let properties = section.properties();
    for (at, property) in properties.iter().enumerate() {
        let is_overridden = properties[at + 1..].iter().any(|later| later.key == property.key);
        if !stays(&property.key) || is_overridden {
            continue;
        }
        if reads_alike(&property.key, &property.value) {
            extra.properties.push((property.key.to_string(), property.value.to_string()));
        } else {
            let lines = draft.document(FileKind::Config).property_lines(line, &|key| key == property.key);
            extra.lines.extend(lines.unwrap_or_default());
        }
    }
    extra
}

/// Updates all references to the profile, from the bottom up.
fn repoint(draft: &mut Draft, kind: FileKind, name: &str, role: &str, program: &Path) -> Result<(), SetupError> {
    let sections = draft.document(kind).sections();
    let mut edits: Vec<_> = sections.iter().flat_map(|section| references(section, name, role, program)).collect();
    edits.reverse();
    for (line, key, value) in edits {
        draft.edit(kind, |file| file.set(line, key, &value))?;
    }
    Ok(())
}

/// The keys of a section that name the profile, with their new values.
fn references(section: &Section<'_>, name: &str, role: &str, program: &Path) -> Vec<(u32, &'static str, String)> {
    let properties = section.properties();
    let last = |key: &str| properties.iter().rev().find(|property| property.key == key);
    let named = ["source_profile", "include_profile"].into_iter().filter_map(|key| {
        let names_it = last(key).is_some_and(|property| property.value == name);
        names_it.then(|| (section.line, key, role.to_owned()))
    });
    let command = last("credential_process")
        .and_then(|property| retargeted(&property.value, name, role, program))
        .map(|command| (section.line, "credential_process", command));
    named.chain(command).collect()
}

fn retargeted(command: &str, name: &str, role: &str, program: &Path) -> Option<String> {
    let wanted = Wrapper::parse(command, Some(program)).filter(|wrapper| wrapper.profile.as_deref() == Some(name))?;
    let wanted = Wrapper { profile: Some(role.to_owned()), ..wanted };
    let is_it = |command: &String| Wrapper::parse(command, Some(program)).as_ref() == Some(&wanted);
    let places: Vec<_> = command.match_indices(name).map(|(at, _)| at).collect();
    // The program's path may contain the name. The profile's name is after it.
    places.into_iter().rev().map(|at| format!("{}{role}{}", &command[..at], &command[at + name.len()..])).find(is_it)
}
