//! Reads a profile file like the Amplify CLI: npm `ini` 1.3.8 and Amplify's changes to its result. The vectors in
//! `tests/conformance/vectors/npm-ini.json` come from the real code. Known differences: inherited names (`constructor`,
//! `toString`) are ordinary names, `__proto__` is always dropped, a section named like an array adds nothing to it, and
//! half a surrogate pair is U+FFFD.

mod arena;
mod json;
mod profiles;
mod stored;
mod text;
mod value;

use std::borrow::Cow;

use crate::profile_file::sections::{Problem, SyntaxError};

pub(super) use profiles::is_inherited;
pub use profiles::{AmplifyProfile, Profiles};
pub use stored::Header;
pub(super) use text::{is_blank, trim};
pub use value::{Entry, NpmIni, Object, Value};

use arena::{Arena, TOP};
use stored::{ObjectId, Stored};
use text::KeyName;

/// npm ini drops this name, because it would change an object's prototype.
const PROTO: &str = "__proto__";

/// Reads a file of less than 4 GiB. A byte order mark is part of the text, as in Amplify.
pub fn read(text: &str) -> Result<NpmIni<'_>, SyntaxError> {
    let mut arena = Arena::new();
    // The object that gets the keys. `None` in a `__proto__` section, and if the name already has a value that is not
    // an object.
    let mut section = Some(TOP);
    for (line, text) in lines(text) {
        let error = |()| SyntaxError { line, problem: Problem::NotAName };
        match classify(text) {
            IniLine::Ignored => {}
            IniLine::Header(name) => {
                let name = text::unescaped(name, &mut arena, line);
                let name = text::section_name(name, &arena).map_err(error)?;
                section = if name == PROTO { None } else { open(&mut arena, name, Header { line, text }) };
            }
            IniLine::Key(key, value) => {
                let key = text::unescaped(key, &mut arena, line);
                let KeyName { name: key, array } = text::key_name(key, &arena).map_err(error)?;
                if let Some(section) = section.filter(|_| key != PROTO) {
                    let value = match value {
                        None => Stored::Bool(true),
                        Some(value) => keyword(text::unescaped(value, &mut arena, line)),
                    };
                    assign(&mut arena, section, key, array, value, line);
                }
            }
        }
    }
    split_dotted(&mut arena);
    arena.sort();
    Ok(NpmIni(arena))
}

/// npm ini also ends a line at a lone `\r`. Line numbers count only `\n`, as editors do.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let numbered = (1..).zip(text.split('\n'));
    numbered.flat_map(|(number, line)| line.split('\r').map(move |line| (number, line)))
}

enum IniLine<'t> {
    /// Blank, a comment, or a line that npm ini ignores.
    Ignored,
    Header(&'t str),
    /// The text before and after the first `=`.
    Key(&'t str, Option<&'t str>),
}

fn classify(line: &str) -> IniLine<'_> {
    if line.is_empty() || line.trim_start_matches(text::is_blank).starts_with([';', '#']) {
        return IniLine::Ignored;
    }
    let inner = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = inner.filter(|inner| !inner.contains(']')) {
        return IniLine::Header(inner);
    }
    match line.split_once('=') {
        None => IniLine::Key(line, None),
        // The `.` of npm ini's pattern does not match U+2028 and U+2029.
        Some((key, value)) if key.is_empty() || value.contains(['\u{2028}', '\u{2029}']) => IniLine::Ignored,
        Some((key, value)) => IniLine::Key(key, Some(value)),
    }
}

/// Returns the existing object of that name, or a new one.
fn open<'t>(arena: &mut Arena<'t>, name: Cow<'t, str>, header: Header<'t>) -> Option<ObjectId> {
    let slot = arena.find(TOP, &name);
    let there = slot.map(|slot| arena.value(slot)).filter(|there| there.is_truthy());
    let object = match there {
        Some(there) => there.object()?,
        None => arena.put_object(TOP, slot, name, header.line),
    };
    arena.add_header(object, header);
    Some(object)
}

/// npm ini parses these words as JSON, quoted or not.
fn keyword(value: Stored<'_>) -> Stored<'_> {
    let Stored::Text(text) = &value else { return value };
    match text.as_ref() {
        "true" => Stored::Bool(true),
        "false" => Stored::Bool(false),
        "null" => Stored::Null,
        _ => value,
    }
}

/// `k[]` turns an existing value into an array. An array remains an array.
fn assign<'t>(arena: &mut Arena<'t>, to: ObjectId, key: Cow<'t, str>, array: bool, value: Stored<'t>, line: u32) {
    let slot = arena.find(to, &key);
    let existing = slot.and_then(|slot| arena.value(slot).object()).filter(|object| arena.is_array(*object));
    let value = match existing {
        Some(list) => {
            arena.push(list, value, line);
            Stored::Object(list)
        }
        None if array => {
            let list = arena.array();
            if let Some(slot) = slot.filter(|slot| arena.value(*slot).is_truthy()) {
                let (scalar, line) = arena.take(slot);
                arena.push(list, scalar, line);
            }
            arena.push(list, value, line);
            Stored::Object(list)
        }
        None => value,
    };
    arena.put(to, slot, key, value, line);
}

/// Moves `[a.b]` into `a`, and `[a\.b]` to the name `a.b`. The old names are deleted last and by name, so `[a.b]` and
/// `[a\.b]` together lose `a.b`.
fn split_dotted(arena: &mut Arena<'_>) {
    let mut moved = Vec::new();
    for slot in arena.ordered(TOP) {
        let Some(section) = arena.value(slot).object().filter(|object| !arena.is_array(*object)) else { continue };
        let key = arena.key(slot);
        if !key.contains('.') {
            continue;
        }
        let (key, line) = (key.clone(), arena.line(slot));
        let mut container = TOP;
        let mut start = 0;
        for (dot, _) in key.match_indices('.').filter(|(at, _)| !key[..*at].ends_with('\\')) {
            let part = slice(&key, start, dot);
            start = dot + 1;
            if part != PROTO {
                container = child(arena, container, part, line);
            }
        }
        let last = &key[start..];
        if container == TOP && !last.contains("\\.") {
            continue;
        }
        let last = if last.contains("\\.") { last.replace("\\.", ".").into() } else { slice(&key, start, key.len()) };
        moved.push(slot);
        if last != PROTO {
            arena.set(container, last, Stored::Object(section), line);
        }
    }
    arena.delete(TOP, &moved);
}

fn child<'t>(arena: &mut Arena<'t>, of: ObjectId, name: Cow<'t, str>, line: u32) -> ObjectId {
    let slot = arena.find(of, &name);
    let there = slot.and_then(|slot| arena.value(slot).object());
    there.unwrap_or_else(|| arena.put_object(of, slot, name, line))
}

fn slice<'t>(text: &Cow<'t, str>, start: usize, end: usize) -> Cow<'t, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
        Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
    }
}

#[cfg(test)]
mod tests;
