use std::borrow::Cow;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::profile_file::npm_ini::arena::{Arena, SlotId, TOP};
use crate::profile_file::npm_ini::stored::{Header, ObjectId, Stored};
use crate::profile_file::sections::Property;

/// `Debug` hides the values, which may be secrets.
pub struct NpmIni<'t>(pub(super) Arena<'t>);

impl NpmIni<'_> {
    /// Includes the keys before the first section. In JavaScript's order.
    pub fn sections(&self) -> Object<'_> {
        Object { arena: &self.0, id: TOP }
    }
}

impl fmt::Debug for NpmIni<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sections().fmt(f)
    }
}

/// `serde_json` cannot read deeper JSON, and serialising uses the stack.
const MAX_WRITTEN_DEPTH: u32 = 127;

/// `Debug` prints only the type, because the value may be a secret. Serialises like `JSON.stringify`, but levels below
/// 127 become null.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    Null,
    /// A key without `=` is true.
    Bool(bool),
    /// Only single-quoted JSON has numbers. They may be infinite.
    Number(f64),
    Text(&'a str),
    /// From `k[] = v` or JSON.
    Array(Object<'a>),
    /// A section, a container that dots in a name created, or JSON.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    fn new(arena: &'a Arena<'a>, stored: &'a Stored<'a>) -> Self {
        match stored {
            Stored::Null => Self::Null,
            Stored::Bool(value) => Self::Bool(*value),
            Stored::Number(number) => Self::Number(*number),
            Stored::Text(text) => Self::Text(text),
            Stored::Object(id) if arena.is_array(*id) => Self::Array(Object { arena, id: *id }),
            Stored::Object(id) => Self::Object(Object { arena, id: *id }),
        }
    }

    pub fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn is_truthy(self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false) | Self::Number(0.0) | Self::Text(""))
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

/// Whole numbers have no fraction, as in JavaScript. Infinity becomes null, because JSON cannot express it.
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

#[derive(Clone, Copy)]
pub struct Object<'a> {
    arena: &'a Arena<'a>,
    id: ObjectId,
}

impl<'a> Object<'a> {
    /// In JavaScript's order. The names of an array are its indices.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        let array = self.arena.is_array(self.id);
        let name = move |at: usize, slot| if array { at.to_string().into() } else { self.key(slot) };
        self.arena.slots(self.id).enumerate().map(move |(at, slot)| self.entry(name(at, slot), slot))
    }

    /// `None` for an array.
    pub fn get(self, key: &str) -> Option<Entry<'a>> {
        self.arena.find(self.id, key).map(|slot| self.entry(self.key(slot), slot))
    }

    pub fn len(self) -> usize {
        self.arena.count(self.id)
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// In file order. JSON and containers that only dots created have no headers.
    pub fn headers(self) -> impl Iterator<Item = Header<'a>> {
        self.arena.headers(self.id)
    }

    fn key(self, slot: SlotId) -> Cow<'a, str> {
        Cow::Borrowed(self.arena.key(slot))
    }

    fn entry(self, key: Cow<'a, str>, slot: SlotId) -> Entry<'a> {
        Entry { key, value: Value::new(self.arena, self.arena.value(slot)), line: self.arena.line(slot) }
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

/// `Debug` hides the value, which may be a secret.
#[derive(Clone)]
pub struct Entry<'a> {
    pub key: Cow<'a, str>,
    pub value: Value<'a>,
    /// The line of the value, counted by `\n`. For an array this is the last line that added to it, for a section its
    /// first header, and for a container the dotted header that created it.
    pub line: u32,
}

impl Entry<'_> {
    pub fn property<'p>(self) -> Property<'p> {
        let key = Cow::Owned(self.key.into_owned());
        if let Some(text) = self.value.text() {
            return Property::new(key, text.to_owned().into(), self.line);
        }
        // Values can always be serialised, so the null is never used.
        let typed = serde_json::to_value(self.value).unwrap_or_default();
        Property { key, value: typed.to_string().into(), typed: Some(typed), line: self.line }
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, {:?})", self.key, self.line, self.value)
    }
}
