//! The exact reading of a profile file by the Amplify CLI: npm `ini` 1.3.8 and what Amplify makes of its result.
//!
//! Vectors got by running the real code stand in `tests/conformance/vectors/npm-ini.json`. It differs only where
//! JavaScript itself would shine through: names that its objects inherit (`constructor`, `toString`) are ordinary,
//! `__proto__` is dropped however it is written, an array takes no names from a section called like it, and half a
//! surrogate pair is U+FFFD.

mod arena;
mod file;
mod json;
mod profiles;
mod stored;
mod text;
mod value;

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

pub use file::NpmIni;
pub(super) use profiles::is_inherited;
pub use profiles::{Profile, Profiles};
pub use stored::Header;
pub(super) use text::{is_blank, trim};
pub use value::{Entry, Object, Value};

use arena::{Arena, TOP};
use stored::{ObjectId, Stored};
use text::Name;

/// Never a name in npm ini's result: it would change an object's prototype.
const PROTO: &str = "__proto__";

impl NpmIni<'_> {
    /// The object that npm ini returns: sections, and the keys before the first of them, in JavaScript's order.
    pub fn sections(&self) -> Object<'_> {
        Object::new(&self.0, TOP)
    }
}

impl fmt::Debug for NpmIni<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sections().fmt(f)
    }
}

/// Why npm ini throws a `TypeError` instead of reading the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a quoted name is JSON that npm ini cannot use as a name")]
pub struct NpmIniError {
    /// The line, counted from 1.
    pub line: u32,
}

/// Reads a whole file, of less than 4 GiB. A byte order mark is part of the text here, as it is for Amplify.
pub fn read(text: &str) -> Result<NpmIni<'_>, NpmIniError> {
    let mut arena = Arena::new();
    // Where keys go: nowhere in a `__proto__` section and in one whose name already has a value that takes no keys.
    let mut section = Some(TOP);
    for (line, text) in lines(text) {
        let error = |()| NpmIniError { line };
        match shape(text) {
            Shape::Passed => {}
            Shape::Header(name) => {
                let name = text::unescaped(name, &mut arena, line);
                let name = text::section_name(name, &arena).map_err(error)?;
                section = if name == PROTO { None } else { open(&mut arena, name, Header { line, text }) };
            }
            Shape::Key(key, value) => {
                let key = text::unescaped(key, &mut arena, line);
                let Name { name: key, array } = text::key_name(key, &arena).map_err(error)?;
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

/// npm ini's lines with the editor's numbers: a lone `\r` ends a line, but only `\n` counts one.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let numbered = (1..).zip(text.split('\n'));
    numbered.flat_map(|(number, line)| line.split('\r').map(move |line| (number, line)))
}

enum Shape<'t> {
    /// Blank, a comment, or a form that npm ini drops.
    Passed,
    /// What stands in the brackets.
    Header(&'t str),
    /// What stands before the first `=` and behind it.
    Key(&'t str, Option<&'t str>),
}

fn shape(line: &str) -> Shape<'_> {
    if line.is_empty() || line.trim_start_matches(text::is_blank).starts_with([';', '#']) {
        return Shape::Passed;
    }
    let inner = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(inner) = inner.filter(|inner| !inner.contains(']')) {
        return Shape::Header(inner);
    }
    match line.split_once('=') {
        None => Shape::Key(line, None),
        // What npm ini's pattern calls any character is none of JavaScript's line ends.
        Some((key, value)) if key.is_empty() || value.contains(['\u{2028}', '\u{2029}']) => Shape::Passed,
        Some((key, value)) => Shape::Key(key, Some(value)),
    }
}

/// Where the keys under `header` go: into what is there already, if that is an object.
fn open<'t>(arena: &mut Arena<'t>, name: Cow<'t, str>, header: Header<'t>) -> Option<ObjectId> {
    let slot = arena.find(TOP, &name);
    let there = slot.map(|slot| arena.value(slot)).filter(|there| there.is_truthy());
    let object = if let Some(there) = there {
        there.object()?
    } else {
        let new = arena.object();
        match slot {
            Some(falsy) => arena.replace(falsy, Stored::Object(new), header.line),
            None => arena.add(TOP, name, Stored::Object(new), header.line),
        }
        new
    };
    arena.head(object, header);
    Some(object)
}

/// Words that are JSON even where they stand unquoted, or were a JSON string.
fn keyword(value: Stored<'_>) -> Stored<'_> {
    match &value {
        Stored::Text(text) => match text.as_ref() {
            "true" => Stored::Bool(true),
            "false" => Stored::Bool(false),
            "null" => Stored::Null,
            _ => value,
        },
        _ => value,
    }
}

/// Sets a key, or adds to its array: one named `k[]` makes an array of what is there, and an array stays one.
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
    match slot {
        Some(slot) => arena.replace(slot, value, line),
        None => arena.add(to, key, value, line),
    }
}

/// Moves each section with a dot in its name to where the dots lead: `[a.b]` into `a`, `[a\.b]` to the plain name `a.b`.
/// What a moved section leaves is deleted last and by name, so that `[a.b]` and `[a\.b]` together lose `a.b`.
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
    slot.and_then(|slot| arena.value(slot).object()).unwrap_or_else(|| {
        let new = arena.object();
        match slot {
            Some(scalar) => arena.replace(scalar, Stored::Object(new), line),
            None => arena.add(of, name, Stored::Object(new), line),
        }
        new
    })
}

fn slice<'t>(text: &Cow<'t, str>, start: usize, end: usize) -> Cow<'t, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
        Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
    }
}

#[cfg(test)]
mod tests;
