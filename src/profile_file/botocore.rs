//! Reads the files like botocore 1.43 and the AWS CLI: Python's `configparser` without interpolation, nested blocks,
//! and headers split like shell words. `tests/interop` compares the result with botocore's.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::profile_file::section_view::SectionView;
use crate::profile_file::sections::{FileKind, Name, Problem, Property, Spelling, SyntaxError};

/// `configparser` adds the keys of this section to every other one.
const DEFAULTS: &str = "DEFAULT";

struct RawSection<'t> {
    name: &'t str,
    lines: Vec<u32>,
    options: Vec<RawOption<'t>>,
}

struct RawOption<'t> {
    key: Cow<'t, str>,
    line: u32,
    value: Vec<&'t str>,
}

pub fn read(kind: FileKind, text: &str) -> Result<Vec<SectionView<'_>>, SyntaxError> {
    let (defaults, sections) = sections(text)?;
    let mut all: Vec<SectionView<'_>> = Vec::new();
    let mut places = HashMap::new();
    for raw in sections {
        // The section's own properties come last, so they override the defaults.
        let options = defaults.options.iter().chain(&raw.options);
        let properties = options.map(property).collect::<Result<_, _>>()?;
        let name = match kind {
            FileKind::Config => config_name(raw.name),
            FileKind::Credentials => Name::Profile(raw.name.into(), Spelling::Aws),
        };
        let lines = defaults.lines.iter().copied().chain(raw.lines).collect();
        let seen = SectionView { name: name.clone(), lines, properties };
        match places.get(&name) {
            // If two headers result in the same name, the later replaces the earlier.
            Some(place) if name != Name::Other => all[*place] = seen,
            _ => {
                places.insert(name, all.len());
                all.push(seen);
            }
        }
    }
    Ok(all)
}

/// `configparser`'s sections; [`DEFAULTS`] is returned separately.
fn sections(text: &str) -> Result<(RawSection<'_>, Vec<RawSection<'_>>), SyntaxError> {
    let mut sections = vec![RawSection { name: DEFAULTS, lines: Vec::new(), options: Vec::new() }];
    let (mut names, mut keys) = (HashSet::new(), HashSet::new());
    // `configparser` reports such an error only at the end of the file.
    let mut late: Option<SyntaxError> = None;
    let mut current: Option<usize> = None;
    let mut in_option = false;
    let mut depth = 0;
    for (number, line) in lines(text) {
        let error = |problem| SyntaxError { line: number, problem };
        let value = line.trim_matches(is_space);
        if value.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.chars().take_while(|char| is_space(*char)).count();
        let option = current.filter(|_| in_option).and_then(|section| sections[section].options.last_mut());
        if let Some(option) = option.filter(|_| value.is_empty() || indent > depth) {
            option.value.push(value);
            continue;
        }
        if value.is_empty() {
            continue;
        }
        depth = indent;
        if let Some(name) = header(value) {
            in_option = false;
            if name == DEFAULTS {
                current = Some(0);
                sections[0].lines.push(number);
                continue;
            }
            if !names.insert(name) {
                return Err(error(Problem::DuplicateSection));
            }
            current = Some(sections.len());
            sections.push(RawSection { name, lines: vec![number], options: Vec::new() });
            continue;
        }
        let section = current.ok_or(error(Problem::OutsideSection))?;
        let Some(at) = value.find(['=', ':']) else {
            late.get_or_insert(error(Problem::NoEquals));
            continue;
        };
        let key = lower(value[..at].trim_end_matches(is_space));
        if key.is_empty() {
            late.get_or_insert(error(Problem::NoName));
        }
        if !keys.insert((section, key.clone())) {
            return Err(error(Problem::DuplicateKey));
        }
        in_option = !key.is_empty();
        let value = vec![value[at + 1..].trim_matches(is_space)];
        sections[section].options.push(RawOption { key, line: number, value });
    }
    let defaults = sections.remove(0);
    late.map_or(Ok((defaults, sections)), Err)
}

/// Python also ends a line at a lone `\r`. Line numbers count only `\n`, as editors do.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let numbered = (1..).zip(text.split('\n'));
    numbered
        .flat_map(|(number, line)| line.strip_suffix('\r').unwrap_or(line).split('\r').map(move |line| (number, line)))
}

/// Python's `str.isspace` includes four separators that Unicode's White_Space does not.
fn is_space(char: char) -> bool {
    char.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&char)
}

fn header(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?;
    inner.rfind(']').filter(|end| *end > 0).map(|end| &inner[..end])
}

fn lower(key: &str) -> Cow<'_, str> {
    if key.chars().any(char::is_uppercase) { key.to_lowercase().into() } else { key.into() }
}

fn property<'t>(option: &RawOption<'t>) -> Result<Property<'t>, SyntaxError> {
    let RawOption { key, line, value } = option;
    let text: Cow<'t, str> = match value.as_slice() {
        [only] => Cow::Borrowed(only.trim_end_matches(is_space)),
        several => Cow::Owned(several.join("\n").trim_end_matches(is_space).to_owned()),
    };
    if !text.starts_with('\n') {
        return Ok(Property::new(key.clone(), text, *line));
    }
    let mut block = json!({});
    for inner in text.split(is_line_end).map(|line| line.trim_matches(is_space)).filter(|line| !line.is_empty()) {
        let Some((key, value)) = inner.split_once('=') else {
            return Err(SyntaxError { line: *line, problem: Problem::NestedNoEquals });
        };
        block[key.trim_matches(is_space)] = value.trim_matches(is_space).into();
    }
    Ok(Property { key: key.clone(), value: block.to_string().into(), typed: Some(block), line: *line })
}

/// Python's `str.splitlines`.
fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// botocore compares only the start of the prefix, so `[profiles x]` is also profile `x`.
fn config_name(name: &str) -> Name<'_> {
    let second = |make: fn(String) -> Name<'static>| match <[String; 2]>::try_from(words(name).unwrap_or_default()) {
        Ok([_, second]) => make(second),
        Err(_) => Name::Other,
    };
    match name {
        _ if name.starts_with("profile") => second(|name| Name::Profile(name.into(), Spelling::Aws)),
        _ if name.starts_with("sso-session") => second(|name| Name::SsoSession(name.into())),
        _ if name.starts_with("services") => second(|name| Name::Services(name.into())),
        "default" => Name::Profile(name.into(), Spelling::Aws),
        _ => Name::Other,
    }
}

/// Python's `shlex.split`; `None` for an unclosed quote or a trailing backslash.
pub fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (Some(open), _) if char == open => quote = None,
            (None, '\\') => word.get_or_insert_default().push(chars.next()?),
            // Inside double quotes a backslash escapes only itself and `"`.
            (Some('"'), '\\') => {
                let next = chars.next()?;
                let word = word.get_or_insert_default();
                if !['"', '\\'].contains(&next) {
                    word.push('\\');
                }
                word.push(next);
            }
            _ => word.get_or_insert_default().push(char),
        }
    }
    if quote.is_some() {
        return None;
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_shlex() {
        let rows: [(&str, Option<&[&str]>); 9] = [
            ("profile foo", Some(&["profile", "foo"])),
            (" profile\t'a b' ", Some(&["profile", "a b"])),
            ("profile \"a\\\"b\\c\"", Some(&["profile", "a\"b\\c"])),
            ("profile a\\ b", Some(&["profile", "a b"])),
            ("profile foo#bar", Some(&["profile", "foo#bar"])),
            ("profile ''", Some(&["profile", ""])),
            ("profile \"foo", None),
            ("profile foo\\", None),
            ("\u{a0}", Some(&["\u{a0}"])),
        ];
        for (text, expected) in rows {
            let expected = expected.map(|words| words.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn invalid_files_match_configparser_errors() {
        let rows = [
            ("[a]\n[a]\n", 2, Problem::DuplicateSection),
            ("[a]\nk=1\nK=2\n", 3, Problem::DuplicateKey),
            ("k=1\n", 1, Problem::OutsideSection),
            ("\u{feff}[a]\n", 1, Problem::OutsideSection),
            ("[a]\njunk\nk=1\n", 2, Problem::NoEquals),
            ("[a]\njunk\n[a]\n", 3, Problem::DuplicateSection),
            ("[a]\n= v\n", 2, Problem::NoName),
            ("[a]\ns3 =\n  junk\n", 2, Problem::NestedNoEquals),
        ];
        for (text, line, problem) in rows {
            let error = read(FileKind::Credentials, text).expect_err(text);
            assert_eq!(error, SyntaxError { line, problem }, "{text}");
        }
    }
}
