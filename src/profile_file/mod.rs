//! Owns the text of `~/.aws/config` and `~/.aws/credentials`: lines, sections, properties, each with its line number.
//!
//! Refuses to know what a property means, to open a file, or to merge two files: that is `profile`'s.

pub mod auto;
pub mod aws;
pub mod botocore;
pub mod document;
pub mod finding;
pub mod go;
pub mod javascript;
pub mod lines;
pub mod npm_ini;
pub mod portable;
pub mod seen;

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use lines::Line;
use npm_ini::NpmIni;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A profile as any of the user's tools would mean it: what resolution uses.
    Auto,
    /// The cross-SDK grammar, exactly as the AWS SDK for Rust (aws-runtime 1.10.2) reads it.
    Aws,
    /// npm ini 1.3.8 and the Amplify CLI's mapping, exactly.
    Amplify,
}

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
    /// A profile.
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
    is_strict: bool,
    body: &'t str,
}

// By hand: the body holds secrets.
impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} (line {}, {} bytes)", self.name, self.line, self.body.len())
    }
}

impl<'t> Section<'t> {
    /// The section that begins with `header`, a line of `text`, and has the rest of the text until another begins.
    fn new(name: Name<'t>, header: Line<'t>, text: &'t str, is_strict: bool) -> Self {
        let body = &text[header.start + header.text.len() + header.terminator.len()..];
        Self { name, line: header.number, header: header.text, is_strict, body }
    }

    /// Ends it where `next` begins.
    fn end_before(&mut self, next: Line<'t>, text: &'t str) {
        let rest = text.len() - next.start;
        self.body = &self.body[..self.body.len().saturating_sub(rest)];
    }

    /// The text between the brackets as it stands: the name botocore sees in the credentials file.
    pub fn literal_name(&self) -> &'t str {
        auto::inner(self.header).map_or("", |(inner, _)| inner)
    }

    /// The properties in file order, duplicates and all; the last one of a key counts.
    pub fn properties(&self) -> Vec<Property<'t>> {
        let lines = lines::Lines::resume(self.body, 0, self.line + 1);
        if self.is_strict { aws::properties(lines) } else { auto::properties(lines) }
    }

    /// The properties of the nested block below the last `key`, each with its own line; none where that has a value.
    pub fn block(&self, key: &str) -> Vec<Property<'t>> {
        let last = self.properties().into_iter().rfind(|property| property.key == key);
        let Some(Property { value, line, .. }) = last.filter(|last| last.value.starts_with('\n')) else {
            return Vec::new();
        };
        let mut below = lines::Lines::resume(self.body, 0, self.line + 1).skip_while(|below| below.number <= line);
        let read = |text: &str| {
            let line = below.find(|line| line.text.trim_matches(lines::BLANKS) == text)?;
            if self.is_strict { aws::nested(line) } else { auto::nested(line) }
        };
        value.lines().skip(1).filter_map(read).collect()
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

/// A header that nobody can read: it has no `]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenHeader {
    /// Its line.
    pub line: u32,
    /// The profile name that it begins, as far as it can be told.
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

/// A file in one of the three readings.
#[derive(Debug)]
pub enum Content<'t> {
    /// Of the dialects `Auto` and `Aws`.
    Sections(Reading<'t>),
    /// Of the dialect `Amplify`.
    Amplify(NpmIni<'t>),
}

/// Reads `text` in `dialect`. `Auto` never fails: it passes over what it cannot read and tells of it.
pub fn read(dialect: Dialect, kind: FileKind, text: &str) -> Result<Content<'_>, SyntaxError> {
    match dialect {
        Dialect::Auto => Ok(Content::Sections(auto::read(kind, text))),
        Dialect::Aws => aws::read(kind, text).map(Content::Sections),
        Dialect::Amplify => match npm_ini::read(text) {
            Ok(file) => Ok(Content::Amplify(file)),
            Err(error) => Err(SyntaxError { line: error.line, problem: Problem::NotAName }),
        },
    }
}
