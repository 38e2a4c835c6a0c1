//! Values and headers as the arena stores them.

use std::borrow::Cow;

/// Number of an object in the arena.
pub(crate) type ObjectId = u32;

/// A value as it is stored.
#[derive(Clone)]
pub(crate) enum Stored<'t> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'t, str>),
    /// An object or an array.
    Object(ObjectId),
}

impl Stored<'_> {
    /// JavaScript's truth of a value. Only JSON gives numbers, so there is no NaN.
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Object(_) => true,
        }
    }

    pub(crate) fn object(&self) -> Option<ObjectId> {
        if let Self::Object(object) = self { Some(*object) } else { None }
    }
}

/// A header line that npm ini reads as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'t> {
    /// The line, counted from 1.
    pub line: u32,
    /// From `[` to `]`.
    pub text: &'t str,
}
