use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::lines::Line;

/// Which of the two files a text is. They differ in how a header names a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// `~/.aws/config`
    Config,
    /// `~/.aws/credentials`
    Credentials,
}

impl FileKind {
    /// The file's usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credentials => "credentials",
        }
    }
}

/// Whose way of writing a header gives the name. A better one hides the others for the same name in the same file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spelling {
    /// As the AWS documentation writes it.
    Aws,
    /// As only the Amplify CLI reads it: escaped, wholly quoted, or without `profile ` in config.
    Amplify,
}

/// What a header names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name<'t> {
    Profile(Cow<'t, str>, Spelling),
    /// `[sso-session NAME]`
    SsoSession(Cow<'t, str>),
    /// `[services NAME]`
    Services(Cow<'t, str>),
    /// Nothing that resolution reads.
    Other,
}

/// A section: its header and the lines below it, which are read only when asked for. Small, since a file can hold
/// millions.
#[derive(Clone)]
pub struct Section<'t> {
    /// What the header names.
    pub name: Name<'t>,
    /// The header's line, counted from 1.
    pub line: u32,
    /// The header without indentation and line end.
    pub header: &'t str,
    /// Whether the properties follow the exact grammar (`aws`) or the lenient one (`auto`).
    pub(super) is_strict: bool,
    pub(super) body: &'t str,
}

// By hand: the body holds secrets.
impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} (line {}, {} bytes)", self.name, self.line, self.body.len())
    }
}

impl<'t> Section<'t> {
    /// The section that begins with `header`, a line of `text`, and has the rest of the text until another begins.
    pub(super) fn new(name: Name<'t>, header: Line<'t>, text: &'t str, is_strict: bool) -> Self {
        let body = &text[header.start + header.text.len() + header.terminator.len()..];
        Self { name, line: header.number, header: header.text, is_strict, body }
    }

    /// Ends it where `next` begins.
    pub(super) fn end_before(&mut self, next: Line<'t>, text: &'t str) {
        let rest = text.len() - next.start;
        self.body = &self.body[..self.body.len().saturating_sub(rest)];
    }
}

/// One property. `Debug` leaves the value out: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Property<'t> {
    /// The name; in lower case unless the tool that is imitated keeps it as it stands.
    pub key: Cow<'t, str>,
    /// The value; a nested block is its lines, trimmed, each after a `\n`.
    pub value: Cow<'t, str>,
    /// The value where the tool that is imitated gives something other than text; `value` is then its JSON.
    pub typed: Option<serde_json::Value>,
    /// The line of the file, counted from 1.
    pub line: u32,
}

impl<'t> Property<'t> {
    /// A property whose value is text.
    pub fn text(key: Cow<'t, str>, value: Cow<'t, str>, line: u32) -> Self {
        Self { key, value, typed: None, line }
    }
}

impl fmt::Debug for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.key, self.line)
    }
}

/// A header without `]`, which no tool reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenHeader {
    pub line: u32,
    /// The profile name, if the text shows one.
    pub begins: String,
    /// Index of the section before it, whose end is in doubt.
    pub after: Option<usize>,
}

/// A file as one dialect reads it.
#[derive(Debug, Clone, Default)]
pub struct Reading<'t> {
    /// The sections in file order.
    pub sections: Vec<Section<'t>>,
    /// Headers without `]`; empty where the dialect rejects such a file.
    pub broken: Vec<BrokenHeader>,
}

/// Why a dialect rejects the whole file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct SyntaxError {
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Problem {
    /// A header whose line does not end with `]`.
    #[error("a section header has no ']' at its end")]
    HeaderNotClosed,
    /// Something before the first header.
    #[error("a property stands before the first section header")]
    OutsideSection,
    /// A line without `=`.
    #[error("a property has no '='")]
    NoEquals,
    /// A line that begins with `=`.
    #[error("a property has no name before its '='")]
    NoName,
    /// An indented line with no property to continue.
    #[error("an indented line continues no property")]
    ContinuesNothing,
    /// A line of a nested block without `=`.
    #[error("a line of a nested block has no '='")]
    NestedNoEquals,
    /// A line of a nested block that begins with `=`.
    #[error("a line of a nested block has no name before its '='")]
    NestedNoName,
    /// A section that was there before.
    #[error("a section stands twice")]
    DuplicateSection,
    /// A property that was there before.
    #[error("a key stands twice in a section")]
    DuplicateKey,
    /// A section called as JavaScript's objects call what they inherit from.
    #[error("a section is called __proto__")]
    Proto,
    /// A quoted name that npm ini throws at.
    #[error("a quoted name is JSON that the Amplify CLI cannot use as a name")]
    NotAName,
}
