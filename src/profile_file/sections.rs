use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::lines::{BYTE_ORDER_MARK, Line};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    Config,
    Credentials,
}

impl FileKind {
    /// `kind as usize` is the index in pairs of files.
    pub const ALL: [Self; 2] = [Self::Config, Self::Credentials];

    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credentials => "credentials",
        }
    }
}

/// In one file, `Aws` sections hide `Amplify` sections of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spelling {
    /// As documented by AWS.
    Aws,
    /// Only the Amplify CLI reads it: escaped, fully quoted, or without `profile ` in config.
    Amplify,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name<'t> {
    Profile(Cow<'t, str>, Spelling),
    SsoSession(Cow<'t, str>),
    Services(Cow<'t, str>),
    /// Resolution ignores it.
    Other,
}

impl Name<'_> {
    pub fn profile(&self) -> Option<&str> {
        if let Self::Profile(name, _) = self { Some(name) } else { None }
    }

    pub fn spelling(&self) -> Option<Spelling> {
        if let Self::Profile(_, spelling) = self { Some(*spelling) } else { None }
    }
}

/// The lines after the header are parsed on demand. The type is small, because a file can have millions of sections.
#[derive(Clone)]
pub struct Section<'t> {
    pub name: Name<'t>,
    pub line: u32,
    /// Without indentation and line end.
    pub header: &'t str,
    /// Properties follow the exact grammar (`aws`) if true, otherwise the lenient one (`auto`).
    pub(super) is_strict: bool,
    pub(super) body: &'t str,
}

// The body holds secrets.
impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} (line {}, {} bytes)", self.name, self.line, self.body.len())
    }
}

impl<'t> Section<'t> {
    /// The section starts with `header` and ends at the end of `text`.
    pub(super) fn new(name: Name<'t>, header: Line<'t>, text: &'t str, is_strict: bool) -> Self {
        let body = &text[header.start + header.text.len()..];
        Self { name, line: header.number, header: header.text, is_strict, body }
    }

    pub(super) fn end_before(&mut self, next: Line<'t>, text: &'t str) {
        let rest = text.len() - next.start;
        self.body = &self.body[..self.body.len().saturating_sub(rest)];
    }
}

/// `Debug` hides the value, which may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Property<'t> {
    /// In lower case, unless the imitated tool is case-sensitive.
    pub key: Cow<'t, str>,
    /// A nested block is its trimmed lines, each after a `\n`.
    pub value: Cow<'t, str>,
    /// A value that is not text in the imitated tool. `value` is its JSON.
    pub typed: Option<serde_json::Value>,
    pub line: u32,
}

impl<'t> Property<'t> {
    pub fn new(key: Cow<'t, str>, value: Cow<'t, str>, line: u32) -> Self {
        Self { key, value, typed: None, line }
    }
}

impl fmt::Debug for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.key, self.line)
    }
}

/// A header without `]`. Every tool rejects or ignores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenHeader {
    pub line: u32,
    /// The profile name, if it can be read.
    pub begins: String,
    /// Index of the section before it, which may end elsewhere in other tools.
    pub after: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub struct Reading<'t> {
    pub sections: Vec<Section<'t>>,
    /// Empty if the dialect rejects such a file.
    pub broken: Vec<BrokenHeader>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct SyntaxError {
    pub line: u32,
    pub problem: Problem,
}

impl SyntaxError {
    /// Tools that do not support the byte order mark read the first line as a property.
    #[must_use]
    pub fn of_mark(self, text: &str) -> Self {
        let is_mark = self.line == 1 && self.problem == Problem::OutsideSection && text.starts_with(BYTE_ORDER_MARK);
        if is_mark { Self { problem: Problem::ByteOrderMark, ..self } } else { self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("a section header has no ']' at its end")]
    HeaderNotClosed,
    #[error("a property is before the first section header")]
    OutsideSection,
    #[error("the file begins with a byte order mark")]
    ByteOrderMark,
    #[error("a property has no '='")]
    NoEquals,
    #[error("a property has no name before its '='")]
    NoName,
    #[error("an indented line has no property to continue")]
    ContinuesNothing,
    #[error("a line of a nested block has no '='")]
    NestedNoEquals,
    #[error("a line of a nested block has no name before its '='")]
    NestedNoName,
    #[error("a section appears twice")]
    DuplicateSection,
    #[error("a key appears twice in a section")]
    DuplicateKey,
    #[error("a section is called __proto__")]
    Proto,
    /// npm ini throws an error at this name.
    #[error("a quoted name is JSON that the Amplify CLI cannot use as a name")]
    NotAName,
}
