//! The cross-SDK grammar as the AWS SDK for Rust reads it (aws-runtime 1.10.2,
//! `tests/conformance/vectors/sdk-parser.json`).

use std::borrow::Cow;

use crate::profile_file::lines::{BLANKS, Line, Lines, Shape, before_comment, is_identifier, lines};
use crate::profile_file::sections::{FileKind, Name, Problem, Property, Reading, Section, Spelling, SyntaxError};

#[derive(Clone, Copy)]
enum Within {
    Nothing,
    Section,
    Property,
    NestedBlock,
}

pub(super) fn read(kind: FileKind, text: &str) -> Result<Reading<'_>, SyntaxError> {
    let mut reading = Reading::default();
    let mut within = Within::Nothing;
    let mut plain_defaults = Vec::new();
    let mut prefixed_default = false;
    for line in lines(text) {
        let at = |problem| SyntaxError { line: line.number, problem };
        match (line.shape, within) {
            (Shape::Blank | Shape::Comment, _) | (Shape::Indented, Within::Property) => {}
            (Shape::Header, _) => {
                let (prefix, rest) = pair(inner(line.text).ok_or(at(Problem::HeaderNotClosed))?);
                match (kind, prefix, rest) {
                    (FileKind::Config, None, "default") => plain_defaults.push(reading.sections.len()),
                    (FileKind::Config, Some("profile"), "default") => prefixed_default = true,
                    _ => {}
                }
                if let Some(before) = reading.sections.last_mut() {
                    before.end_before(line, text);
                }
                reading.sections.push(Section::new(name(kind, prefix, rest), line, text, true));
                within = Within::Section;
            }
            (Shape::Indented | Shape::Property, Within::Nothing) => return Err(at(Problem::OutsideSection)),
            (Shape::Indented, Within::Section) => return Err(at(Problem::ContinuesNothing)),
            (Shape::Indented, Within::NestedBlock) => match split(line.text) {
                Ok(_) => {}
                Err(Problem::NoName) => return Err(at(Problem::NestedNoName)),
                Err(_) => return Err(at(Problem::NestedNoEquals)),
            },
            (Shape::Property, _) => {
                let (_, value) = split(line.text).map_err(at)?;
                within = if value.is_empty() { Within::NestedBlock } else { Within::Property };
            }
        }
    }
    if prefixed_default {
        for index in plain_defaults {
            reading.sections[index].name = Name::Other;
        }
    }
    Ok(reading)
}

/// Drops properties with characters outside the grammar in their names.
pub(super) fn properties(lines: Lines<'_>) -> Vec<Property<'_>> {
    let mut all: Vec<Property<'_>> = Vec::new();
    for line in lines {
        match line.shape {
            Shape::Property => {
                if let Ok((key, value)) = split(line.text) {
                    all.push(Property::new(lower(key), value.into(), line.number));
                }
            }
            Shape::Indented => {
                if let Some(last) = all.last_mut() {
                    let value = last.value.to_mut();
                    value.push('\n');
                    value.push_str(line.text.trim_matches(BLANKS));
                }
            }
            Shape::Blank | Shape::Comment | Shape::Header => {}
        }
    }
    all.retain(|property| is_identifier(&property.key));
    all
}

pub(super) fn nested(line: Line<'_>) -> Option<Property<'_>> {
    let (key, value) = line.text.split_once('=')?;
    Some(Property::new(lower(key.trim_matches(BLANKS)), value.trim_matches(BLANKS).into(), line.number))
}

/// A comment may follow `]` directly, and a `#` inside the brackets ends the header.
fn inner(header: &str) -> Option<&str> {
    before_comment(header, false).trim_matches(BLANKS).strip_prefix('[')?.strip_suffix(']')
}

fn pair(inner: &str) -> (Option<&str>, &str) {
    let inner = inner.trim_matches(BLANKS);
    match inner.split_once(BLANKS) {
        Some((prefix, rest)) => (Some(prefix.trim()), rest.trim()),
        None => (None, inner.trim()),
    }
}

fn name<'t>(kind: FileKind, prefix: Option<&'t str>, rest: &'t str) -> Name<'t> {
    let profile = || Name::Profile(Cow::Borrowed(rest), Spelling::Aws);
    match (kind, prefix) {
        _ if !is_identifier(rest) => Name::Other,
        (FileKind::Config, Some("profile")) | (FileKind::Credentials, None) => profile(),
        (FileKind::Config, None) if rest == "default" => profile(),
        (FileKind::Config, Some("sso-session")) => Name::SsoSession(rest.into()),
        (FileKind::Config, Some("services")) => Name::Services(rest.into()),
        _ => Name::Other,
    }
}

fn split(line: &str) -> Result<(&str, &str), Problem> {
    let line = before_comment(line.trim_matches(BLANKS), true);
    let (key, value) = line.split_once('=').ok_or(Problem::NoEquals)?;
    let key = key.trim_matches(BLANKS);
    if key.is_empty() { Err(Problem::NoName) } else { Ok((key, value.trim_matches(BLANKS))) }
}

/// Allocates only if the key has capitals.
pub(super) fn lower(key: &str) -> Cow<'_, str> {
    if key.bytes().any(|byte| byte.is_ascii_uppercase()) { key.to_ascii_lowercase().into() } else { key.into() }
}
