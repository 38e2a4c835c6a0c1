//! Checks for values that two tools read differently, and for keys that no tool reads.

use crate::doctor::facts::{Facts, FileFacts, KINDS};
use crate::doctor::finding::Hit;
use crate::doctor::parses::Parses;
use crate::plan::limits::is_region;
use crate::profile::key_names::{KEYS, is_in_capitals, is_known};
use crate::profile::value_form::{is_showable, shown_name};
use crate::profile_file::finding::Code;
use crate::profile_file::{FileKind, Property};
use crate::tools::Tool;

const SHOWN: usize = 60;

/// The value as text; `None` for a block or a list.
fn scalar(property: &Property<'_>) -> Option<String> {
    match &property.typed {
        None if property.value.starts_with('\n') => None,
        None => Some(property.value.clone().into_owned()),
        Some(value) if value.is_object() || value.is_array() => None,
        Some(value) => Some(value.to_string()),
    }
}

/// Quoted, on one line, and truncated. The caller must check that it may be shown.
fn shown(value: &str) -> String {
    let value = value.replace('\n', "\\n");
    let short: String = value.chars().take(SHOWN).collect();
    if short.len() < value.len() { format!("`{short}`\u{2026}") } else { format!("`{short}`") }
}

pub(super) fn read_differently(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    let readings = KINDS.map(|kind| Parses::of(facts, kind));
    for (file, section, name) in facts.profile_sections() {
        let readings = &readings[usize::from(file.kind == FileKind::Credentials)];
        for property in &section.properties {
            let has_wide_blank =
                file.findings.iter().any(|found| found.code == Code::WideBlank && found.line == property.line);
            if property.value.starts_with('\n') || has_wide_blank || is_cut_command(property, file.line(property.line))
            {
                continue;
            }
            let mut by_value: Vec<(String, Vec<Tool>)> = Vec::new();
            for (tool, theirs) in readings.at(property.line) {
                let Some(value) = scalar(theirs).filter(|_| theirs.key.eq_ignore_ascii_case(&property.key)) else {
                    continue;
                };
                match by_value.iter_mut().find(|(known, _)| *known == value) {
                    Some((_, tools)) => tools.push(tool),
                    None => by_value.push((value, vec![tool])),
                }
            }
            if by_value.len() < 2 {
                continue;
            }
            let can_show = by_value.iter().all(|(value, _)| is_showable(&property.key, value));
            let readings = by_value.iter().map(|(value, tools)| {
                let names: Vec<_> = tools.iter().map(|tool| tool.name()).collect();
                let value = if can_show { shown(value) } else { "****".to_owned() };
                format!("{value} for {}", names.join(", "))
            });
            let readings = readings.collect::<Vec<_>>().join("; ");
            let another = if can_show { "" } else { " (different values, masked)" };
            let message = format!("{} is {readings}{another}", shown_name(&property.key));
            let hint = cause(file.line(property.line), &by_value);
            found.push(Hit::new(name, file.at(property.line), message).hint(hint));
        }
    }
    found
}

fn cause(line: &str, readings: &[(String, Vec<Tool>)]) -> &'static str {
    if readings.iter().any(|(value, _)| value.contains('\n')) {
        "write the value on one line"
    } else if line.contains(['#', ';']) {
        "remove '#' and ';' from the line; write a comment on its own line"
    } else if line.contains(['"', '\'']) {
        "write the value without quotes"
    } else {
        "use plain characters, and no blanks or backslashes at the start and end of the value"
    }
}

/// [`process_comment`] reports a command that a comment mark after a blank truncates.
fn is_cut_command(property: &Property<'_>, line: &str) -> bool {
    let value = line.split_once('=').map_or("", |(_, value)| value);
    let cuts = |(at, _): (usize, &str)| value[..at].ends_with([' ', '\t']);
    property.key == "credential_process" && value.match_indices(['#', ';']).any(cuts)
}

pub(super) fn process_comment(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (file, section, name) in facts.profile_sections() {
        for property in &section.properties {
            if is_cut_command(property, file.line(property.line)) {
                let message = "the JS, Rust and Go SDKs cut credential_process at ' #' or ' ;', the Amplify CLI at any \
                               '#' or ';', the AWS CLI nowhere";
                let hint = "put the command in a script, and a comment on its own line";
                found.push(Hit::new(name, file.at(property.line), message).hint(hint));
            }
        }
    }
    found
}

/// Properties of profiles with one of these keys. The last line of each key counts.
fn with_key<'f>(
    facts: &'f Facts<'_>,
    keys: &'f [&str],
) -> impl Iterator<Item = (&'f FileFacts<'f>, &'f Property<'f>, &'f str)> {
    facts.profile_sections().flat_map(move |(file, section, name)| {
        let wanted = section.properties.iter().filter(|property| keys.contains(&&*property.key));
        wanted.map(move |property| (file, property, name))
    })
}

pub(super) fn home_path(facts: &Facts<'_>) -> Vec<Hit> {
    let found = with_key(facts, &["web_identity_token_file", "ca_bundle"]);
    let found = found.filter(|(_, property, _)| property.value.starts_with('~'));
    let hit = |(file, property, name): (&FileFacts<'_>, &Property<'_>, &str)| {
        let message = format!("the AWS tools do not expand the ~ in {}", property.key);
        Hit::new(name, file.at(property.line), message).hint("write the absolute path")
    };
    found.map(hit).collect()
}

pub(super) fn region_capitals(facts: &Facts<'_>) -> Vec<Hit> {
    let found = with_key(facts, &["region", "sso_region"]);
    // An invalid region is reported with the profile's chain.
    let found = found.filter(|(_, property, _)| {
        let lower = property.value.to_ascii_lowercase();
        lower != property.value && is_region(&lower)
    });
    let hit = |(file, property, name): (&FileFacts<'_>, &Property<'_>, &str)| {
        let message = format!("the AWS tools send {} unchanged, but AWS regions are in lower case", property.key);
        Hit::new(name, file.at(property.line), message).hint("write the region in lower case")
    };
    found.map(hit).collect()
}

pub(super) fn flattened_block(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    let amplify = facts.views.view(Tool::Amplify);
    for (file, section, name) in facts.profile_sections() {
        let Some(seen) = amplify.seen(file.kind, name) else { continue };
        let properties = &section.properties;
        let Some(block) = properties.iter().find(|property| property.value.starts_with('\n')) else { continue };
        for property in properties {
            let Some(theirs) = seen.last(&property.key).filter(|theirs| theirs.line != property.line) else { continue };
            let is_nested = theirs.line > block.line
                && file.line(theirs.line).starts_with([' ', '\t'])
                && !properties.iter().any(|other| other.line == theirs.line);
            if is_nested {
                let value =
                    if is_showable(&property.key, &theirs.value) { shown(&theirs.value) } else { "****".to_owned() };
                let message = format!(
                    "the Amplify CLI uses {} = {value} from this nested block instead of line {}",
                    shown_name(&property.key),
                    property.line
                );
                let hint = format!("move {} below the nested block", shown_name(&property.key));
                found.push(Hit::new(name, file.at(theirs.line), message).hint(hint));
            }
        }
    }
    found
}

pub(super) fn key_typo(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (file, section, name) in facts.profile_sections() {
        for property in &section.properties {
            let key = &*property.key;
            // A block belongs to a service or a tool.
            if property.value.starts_with('\n') || is_known(key) {
                continue;
            }
            if let Some(meant) = nearest(key) {
                let message = format!("no tool reads the key {key}");
                found.push(Hit::new(name, file.at(property.line), message).hint(format!("did you mean {meant}?")));
            }
        }
    }
    found
}

pub(super) fn key_in_capitals(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (file, section, name) in facts.profile_sections() {
        for property in &section.properties {
            let written = file.line(property.line).split(['=', ':']).next().unwrap_or_default().trim();
            if !is_in_capitals(written) {
                continue;
            }
            let message = format!("the Amplify CLI and the JS and Java SDKs do not read {}", shown_name(written));
            let hint = format!("write {} in lower case, for example with: amplify-creds doctor --fix", property.key);
            found.push(Hit::new(name, file.at(property.line), message).hint(hint));
        }
    }
    found
}

/// The known key that differs from `key` by one or two letters.
fn nearest(key: &str) -> Option<&'static str> {
    let limit = match key.len() {
        0..5 | 64.. => return None,
        5..9 => 1,
        _ => 2,
    };
    let scored = KEYS.iter().map(|known| known.name).filter(|known| known.len().abs_diff(key.len()) <= limit);
    let scored = scored.map(|known| (strsim::damerau_levenshtein(key, known), known));
    let nearest = scored.filter(|(distance, _)| *distance <= limit).min().map(|(_, known)| known);
    // The Amplify CLI's keys in lower case, which it does not read itself.
    match nearest {
        Some("accesskeyid") => Some("aws_access_key_id"),
        Some("secretaccesskey") => Some("aws_secret_access_key"),
        Some("sessiontoken") => Some("aws_session_token"),
        nearest => nearest,
    }
}
