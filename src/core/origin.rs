//! Where a value comes from. Paths are absolute in JSON and short (`~/…`) in text.

use std::fmt;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub path: PathBuf,
    pub shown: String,
}

impl SourceFile {
    pub fn new(path: PathBuf, home: &Path) -> Arc<Self> {
        let (text, home) = (path.to_string_lossy(), home.to_string_lossy());
        let home = home.trim_end_matches(MAIN_SEPARATOR);
        let in_home = text.strip_prefix(home).and_then(|rest| rest.strip_prefix(MAIN_SEPARATOR));
        let shown = match in_home {
            // Uses slashes as on other systems and in the documentation. PowerShell accepts them.
            Some(rest) if cfg!(windows) && !home.is_empty() => format!("~/{}", rest.replace('\\', "/")),
            Some(rest) if !home.is_empty() => ["~/", rest].concat(),
            _ => text.into_owned(),
        };
        Arc::new(Self { path, shown })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub file: Arc<SourceFile>,
    /// Counted from 1.
    pub line: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.shown, self.line)
    }
}

/// Displayed as `~/.aws/config:14`, `$AWS_REGION`, `--region` or `default`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(Location),
    Variable(&'static str),
    /// A command-line flag, with its dashes.
    Flag(&'static str),
    /// Built in, or derived from other values.
    Default,
}

impl Origin {
    pub fn location(&self) -> Option<&Location> {
        if let Self::File(location) = self { Some(location) } else { None }
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    pub value: T,
    pub from: Origin,
}

impl<T> Located<T> {
    pub fn new(value: T, from: Origin) -> Self {
        Self { value, from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_display_is_short_and_path_absolute() {
        let file = SourceFile::new("/home/dev/.aws/config".into(), Path::new("/home/dev"));
        let at = Location { file: file.clone(), line: 14 };
        assert_eq!(at.to_string(), "~/.aws/config:14");
        assert_eq!(file.path, Path::new("/home/dev/.aws/config"));
        let root = SourceFile::new("/etc/aws".into(), Path::new("/"));
        assert_eq!(root.shown, "/etc/aws");
    }
}
