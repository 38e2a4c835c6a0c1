//! The view of a reading: objects, their entries in JavaScript's order, and the line that gave each.

use std::borrow::Cow;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::profile_file::npm_ini::arena::{Arena, SlotId};
use crate::profile_file::npm_ini::stored::{Header, ObjectId, Stored};
use crate::profile_file::sections::Property;

/// Levels that are written as JSON; `serde_json` reads no more of them back, and a stack has an end.
const MAX_WRITTEN_DEPTH: u32 = 127;

/// A value of npm ini's result. `Debug` tells its type alone: it may be a secret.
///
/// Serialises as JavaScript's `JSON.stringify` would write it, except that what is nested deeper than 127 levels is null.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`; a key without `=` is true.
    Bool(bool),
    /// A number, infinite perhaps; only JSON in single quotes gives one.
    Number(f64),
    /// Text, as most values are.
    Text(&'a str),
    /// What `k[] = v` collects, or JSON.
    Array(Object<'a>),
    /// A section, what dots in its name nested, or JSON.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    fn of(arena: &'a Arena<'a>, stored: &'a Stored<'a>) -> Self {
        match stored {
            Stored::Null => Self::Null,
            Stored::Bool(value) => Self::Bool(*value),
            Stored::Number(number) => Self::Number(*number),
            Stored::Text(text) => Self::Text(text),
            Stored::Object(id) if arena.is_array(*id) => Self::Array(Object { arena, id: *id }),
            Stored::Object(id) => Self::Object(Object { arena, id: *id }),
        }
    }

    /// The text, where it is one.
    pub fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// JavaScript's truth: not `null`, `false`, 0 or the empty text.
    pub fn is_truthy(self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => value,
            Self::Number(number) => number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Array(_) | Self::Object(_) => true,
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        })
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Level { value: *self, left: MAX_WRITTEN_DEPTH }.serialize(serializer)
    }
}

struct Level<'a> {
    value: Value<'a>,
    left: u32,
}

impl Serialize for Level<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let below = |value| Level { value, left: self.left - 1 };
        match self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(value),
            Value::Number(number) => serialize_number(number, serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Array(_) | Value::Object(_) if self.left == 0 => serializer.serialize_unit(),
            Value::Array(array) => {
                let mut items = serializer.serialize_seq(Some(array.len()))?;
                for entry in array.entries() {
                    items.serialize_element(&below(entry.value))?;
                }
                items.end()
            }
            Value::Object(object) => {
                let mut members = serializer.serialize_map(Some(object.len()))?;
                for entry in object.entries() {
                    members.serialize_entry(&entry.key, &below(entry.value))?;
                }
                members.end()
            }
        }
    }
}

/// Whole numbers without a fraction, as JavaScript writes them; there is no JSON for infinity.
fn serialize_number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !number.is_finite() {
        return serializer.serialize_unit();
    }
    if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        return serializer.serialize_i64(number as i64);
    }
    serializer.serialize_f64(number)
}

/// An object or an array.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    arena: &'a Arena<'a>,
    id: ObjectId,
}

impl<'a> Object<'a> {
    pub(super) fn new(arena: &'a Arena<'a>, id: ObjectId) -> Self {
        Self { arena, id }
    }

    /// What it holds, in JavaScript's order: names that are integers ascending, then the others as they came. The
    /// names of an array are its indices.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        let array = self.arena.is_array(self.id);
        let name = move |at: usize, slot| if array { at.to_string().into() } else { self.key(slot) };
        self.arena.slots(self.id).enumerate().map(move |(at, slot)| self.entry(name(at, slot), slot))
    }

    /// The entry of a name; `None` for an array.
    pub fn get(self, key: &str) -> Option<Entry<'a>> {
        self.arena.find(self.id, key).map(|slot| self.entry(self.key(slot), slot))
    }

    /// How many entries it has.
    pub fn len(self) -> usize {
        self.arena.count(self.id)
    }

    /// Whether it has no entry.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The header lines that opened it, in file order: none for JSON and for what only the dots in another section's
    /// name made.
    pub fn headers(self) -> impl Iterator<Item = Header<'a>> {
        self.arena.headers(self.id)
    }

    fn key(self, slot: SlotId) -> Cow<'a, str> {
        Cow::Borrowed(self.arena.key(slot))
    }

    fn entry(self, key: Cow<'a, str>, slot: SlotId) -> Entry<'a> {
        Entry { key, value: Value::of(self.arena, self.arena.value(slot)), line: self.arena.line(slot) }
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

/// A name and what it stands for. `Debug` leaves the value out: it may be a secret.
#[derive(Clone)]
pub struct Entry<'a> {
    /// The name, quotes and escapes undone.
    pub key: Cow<'a, str>,
    pub value: Value<'a>,
    /// The line that gave the value, counted from 1 by `\n`: of an array the last that added to it, of a section the
    /// header that first opened it, of an object made by dots the header with the dots.
    pub line: u32,
}

impl Entry<'_> {
    /// The entry free of the reading that it stands in.
    pub fn property<'p>(self) -> Property<'p> {
        let key = Cow::Owned(self.key.into_owned());
        if let Some(text) = self.value.text() {
            return Property::text(key, text.to_owned().into(), self.line);
        }
        // What a view holds can always be written; were it not, null is the honest answer.
        let typed = serde_json::to_value(self.value).unwrap_or_default();
        Property { key, value: typed.to_string().into(), typed: Some(typed), line: self.line }
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, {:?})", self.key, self.line, self.value)
    }
}
