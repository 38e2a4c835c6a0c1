//! Where a value comes from: which file and line, variable or flag.
//!
//! Paths are kept absolute for JSON and short (`~/…`) for people.

use std::fmt;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

/// A file that values were read from.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Absolute path, as `--json` prints it.
    pub path: PathBuf,
    /// The same path for people: the home directory shortened to `~`.
    pub shown: String,
}

impl SourceFile {
    pub fn new(path: PathBuf, home: &Path) -> Arc<Self> {
        let (text, home) = (path.to_string_lossy(), home.to_string_lossy());
        let home = home.trim_end_matches(MAIN_SEPARATOR);
        let in_home = text.strip_prefix(home).and_then(|rest| rest.strip_prefix(MAIN_SEPARATOR));
        let shown = match in_home {
            Some(rest) if !home.is_empty() => with_slashes(&format!("~/{rest}")),
            _ => text.into_owned(),
        };
        Arc::new(Self { path, shown })
    }
}

/// As every other system and the documentation write it; PowerShell takes it, too.
#[cfg(windows)]
fn with_slashes(path: &str) -> String {
    path.replace('\\', "/")
}

#[cfg(not(windows))]
fn with_slashes(path: &str) -> String {
    path.to_owned()
}

/// A line of a file. Shows as `~/.aws/config:14`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub file: Arc<SourceFile>,
    /// The line, counted from 1.
    pub line: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.shown, self.line)
    }
}

/// What gave a value. Shows as `~/.aws/config:14`, `$AWS_REGION`, `--region` or `default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A line of a file.
    File(Location),
    /// An environment variable, by name.
    Variable(&'static str),
    /// A command-line flag, with its dashes.
    Flag(&'static str),
    /// Built in, or derived from other values.
    Default,
}

impl Origin {
    /// The location, when the value stands in a file.
    pub fn location(&self) -> Option<&Location> {
        match self {
            Self::File(location) => Some(location),
            Self::Variable(_) | Self::Flag(_) | Self::Default => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(location) => location.fmt(f),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and what gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    /// What gave it.
    pub from: Origin,
}

impl<T> Located<T> {
    /// Pairs `value` with its origin.
    pub fn new(value: T, from: Origin) -> Self {
        Self { value, from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_short_for_people_and_absolute_for_programs() {
        let file = SourceFile::new("/home/dev/.aws/config".into(), Path::new("/home/dev"));
        let at = Location { file: file.clone(), line: 14 };
        assert_eq!(at.to_string(), "~/.aws/config:14");
        assert_eq!(file.path, Path::new("/home/dev/.aws/config"));
        let root = SourceFile::new("/etc/aws".into(), Path::new("/"));
        assert_eq!(root.shown, "/etc/aws");
    }
}
