use std::borrow::Cow;

pub(crate) type ObjectId = u32;

#[derive(Clone)]
pub(crate) enum Stored<'t> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'t, str>),
    Object(ObjectId),
}

impl Stored<'_> {
    /// JavaScript's truthiness. JSON has no NaN.
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

/// A line that npm ini reads as a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'t> {
    pub line: u32,
    /// From `[` to `]`.
    pub text: &'t str,
}
