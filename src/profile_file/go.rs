//! Reads the files like the AWS SDK for Go v2 (Terraform). Written from the source of its `internal/ini` of 2024; not
//! compared with a running program.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::json;

use crate::profile_file::lines::{BLANKS, COMMENT, shortened};
use crate::profile_file::section_view::SectionView;
use crate::profile_file::sections::{FileKind, Name, Property, Spelling};

pub fn read(kind: FileKind, text: &str) -> Vec<SectionView<'_>> {
    let mut all: Vec<SectionView<'_>> = Vec::new();
    let mut places = HashMap::new();
    let mut section = None;
    let mut in_key = false;
    for (number, line) in (1..).zip(text.split('\n')) {
        if line.trim().is_empty() || line.trim_start_matches(BLANKS).starts_with(COMMENT) {
            continue;
        }
        if let Some(inner) = header(line) {
            in_key = false;
            section = (!inner.is_empty()).then(|| {
                let name = name(kind, &inner);
                let place = *places.entry(inner).or_insert(all.len());
                if place == all.len() {
                    all.push(SectionView { name, lines: Vec::new(), properties: Vec::new() });
                }
                all[place].lines.push(number);
                place
            });
            continue;
        }
        let Some(seen) = section.map(|place| &mut all[place]) else { continue };
        if line.starts_with(BLANKS) {
            if let Some(last) = seen.properties.last_mut().filter(|_| in_key) {
                extend(last, line.trim_start_matches(BLANKS));
            }
        } else if let Some((key, value)) = split(before_comment(line)) {
            in_key = !key.is_empty();
            if in_key {
                seen.properties.push(Property::new(key.to_lowercase().into(), value.into(), number));
            }
        }
    }
    // `[profile default]` replaces `[default]`.
    if let (FileKind::Config, Some(_), Some(plain)) = (kind, places.get("profile default"), places.get("default")) {
        all[*plain].name = Name::Other;
    }
    all
}

/// An indented line is a key of a block if the property has no value; otherwise it continues the value.
fn extend(last: &mut Property<'_>, line: &str) {
    match (split(line), last.value.is_empty() || last.typed.is_some()) {
        (Some((key, value)), true) => {
            let mut block = last.typed.take().unwrap_or_else(|| json!({}));
            block[key.to_lowercase()] = value.into();
            last.value = block.to_string().into();
            last.typed = Some(block);
        }
        (None, false) => last.value = format!("{}\n{line}", last.value).into(),
        _ => {}
    }
}

/// The text in the brackets, with one blank after its first word. `#` and `;` end the line anywhere.
fn header(line: &str) -> Option<Cow<'_, str>> {
    let text = line.split(COMMENT).next()?.trim();
    let inner = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    Some(match inner.split_once(BLANKS) {
        Some((kind, name)) if !name.starts_with(BLANKS) && inner[kind.len()..].starts_with(' ') => inner.into(),
        Some((kind, name)) => format!("{kind} {}", name.trim_start_matches(BLANKS)).into(),
        None => inner.into(),
    })
}

fn name<'t>(kind: FileKind, inner: &Cow<'t, str>) -> Name<'t> {
    let rest =
        |prefix: &str| inner.starts_with(prefix).then(|| shortened(inner.clone(), |inner| &inner[prefix.len()..]));
    match (kind, rest("profile ")) {
        (FileKind::Config, Some(name)) => Name::Profile(name, Spelling::Aws),
        (FileKind::Credentials, Some(_)) => Name::Other,
        (FileKind::Credentials, None) => Name::Profile(inner.clone(), Spelling::Aws),
        (FileKind::Config, None) => match (rest("sso-session "), rest("services ")) {
            (Some(name), _) => Name::SsoSession(name),
            (_, Some(name)) => Name::Services(name),
            _ if inner.eq_ignore_ascii_case("default") => Name::Profile(inner.clone(), Spelling::Aws),
            _ => Name::Other,
        },
    }
}

/// A comment needs a blank before it.
fn before_comment(line: &str) -> &str {
    let mark = [" #", " ;", "\t#", "\t;"].iter().filter_map(|mark| line.find(mark)).min();
    &line[..mark.unwrap_or(line.len())]
}

/// The key ends at the first `=` or `:`; quotes around the whole value are removed.
fn split(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(['=', ':'])?;
    let value = value.trim();
    let bare = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    Some((key.trim(), bare.unwrap_or(value)))
}
