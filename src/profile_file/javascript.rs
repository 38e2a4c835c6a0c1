//! Reads the files like the AWS SDK for JavaScript v3 (`@smithy/shared-ini-file-loader` 4.7; Amplify Gen 2, CDK), which
//! ignores invalid lines. `tests/interop` compares the result with the SDK's.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::profile_file::npm_ini::{is_blank, is_inherited, trim};
use crate::profile_file::section_view::SectionView;
use crate::profile_file::sections::{FileKind, Name, Problem, Property, Spelling, SyntaxError};

/// The loader stores a section of such a kind as `KIND.NAME`.
const KINDS: [&str; 3] = ["profile", "sso-session", "services"];

/// Characters of a prefixed name, in addition to letters, digits and `_`.
const NAME_MARKS: &str = "-@+.%:/";

/// The loader throws an error at a section named `__proto__`.
pub fn read(kind: FileKind, text: &str) -> Result<Vec<SectionView<'_>>, SyntaxError> {
    let mut all: Vec<(Cow<'_, str>, SectionView<'_>)> = Vec::new();
    let mut places = HashMap::new();
    // The section's stored name and its header line. Keys before the first section are ignored.
    let mut section: Option<(Cow<'_, str>, u32)> = None;
    let mut block = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        let text = trim(before_comment(line));
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if ["__proto__", "profile __proto__"].contains(&inner) {
                return Err(SyntaxError { line: number, problem: Problem::Proto });
            }
            section = stored_name(inner).filter(|name| !name.is_empty()).map(|name| (name, number));
            block = None;
            continue;
        }
        let Some((name, header)) = &section else { continue };
        let Some((key, value)) = text.split_once('=').map(|(key, value)| (trim(key), trim(value))) else { continue };
        if key.is_empty() {
            continue;
        }
        if value.is_empty() {
            block = Some(key);
            continue;
        }
        if block.is_some() && !line.starts_with(is_blank) {
            block = None;
        }
        // The loader drops a section without values.
        let place = *places.entry(name.clone()).or_insert(all.len());
        if place == all.len() {
            all.push((name.clone(), SectionView { name: Name::Other, lines: Vec::new(), properties: Vec::new() }));
        }
        let seen = &mut all[place].1;
        if !seen.lines.contains(header) {
            seen.lines.push(*header);
        }
        let key: Cow<'_, str> = block.map_or(key.into(), |block| format!("{block}.{key}").into());
        if key != "__proto__" {
            seen.properties.push(Property::new(key, value.into(), number));
        }
    }
    if kind == FileKind::Config && places.contains_key("profile.default") {
        all.retain(|(kept, _)| kept != "default");
    }
    Ok(all.into_iter().map(|(kept, seen)| SectionView { name: name(kind, kept), ..seen }).collect())
}

/// `#` or `;` starts a comment at the beginning and after white space.
fn before_comment(line: &str) -> &str {
    if !line.contains(['#', ';']) {
        return line;
    }
    let mut blank_at = Some(0);
    for (at, char) in line.char_indices() {
        match blank_at {
            Some(end) if ['#', ';'].contains(&char) => return &line[..end],
            _ => blank_at = is_blank(char).then_some(at),
        }
    }
    line
}

/// The name under which the loader stores a section; `None` for an unknown kind.
fn stored_name(inner: &str) -> Option<Cow<'_, str>> {
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let prefix = &inner[..inner.find(|char| !is_word(char) && char != '-').unwrap_or(inner.len())];
    let mut rest = inner[prefix.len()..].chars();
    let blank = rest.next().filter(|char| is_blank(*char) && !prefix.is_empty());
    let name = rest.as_str();
    let quote = name.chars().next().filter(|first| ['"', '\''].contains(first));
    let bare = match quote {
        Some(quote) => name[1..].strip_suffix(quote),
        None => Some(name),
    };
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|char| is_word(char) || NAME_MARKS.contains(char));
    match (blank, bare.filter(is_name)) {
        (Some(_), Some(name)) => KINDS.contains(&prefix).then(|| format!("{prefix}.{name}").into()),
        _ => Some(inner.into()),
    }
}

/// In the config file only `profile.` is removed, so sections of other kinds are also listed as profiles.
fn name(kind: FileKind, kept: Cow<'_, str>) -> Name<'_> {
    let name = match kind {
        FileKind::Credentials => kept,
        FileKind::Config if kept == "default" => kept,
        FileKind::Config => match kept.split_once('.') {
            Some(("profile", name)) => name.to_owned().into(),
            Some((prefix, _)) if KINDS.contains(&prefix) => kept,
            _ => return Name::Other,
        },
    };
    // An inherited name counts as present when the loader merges the two files.
    if is_inherited(&name) { Name::Other } else { Name::Profile(name, Spelling::Aws) }
}
