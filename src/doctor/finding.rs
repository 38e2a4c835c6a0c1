use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::masking::{masked, masked_message};
use crate::core::origin::{Location, Origin, SourceFile};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work.
    Error,
    /// Something does not work everywhere, or not as it looks.
    Warning,
    Info,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlace {
    pub file: Arc<SourceFile>,
    /// The line, counted from 1, where it is about one.
    pub line: Option<u32>,
}

impl FilePlace {
    pub fn of_file(path: PathBuf, home: &Path) -> Self {
        Self { file: SourceFile::new(path, home), line: None }
    }

    pub fn of(from: &Origin) -> Option<Self> {
        from.location().map(|at| at.clone().into())
    }

    /// As people read it: `~/.aws/config:14`.
    pub fn shown(&self) -> String {
        self.line.map_or_else(|| self.file.shown.clone(), |line| format!("{}:{line}", self.file.shown))
    }
}

impl From<Location> for FilePlace {
    fn from(Location { file, line }: Location) -> Self {
        Self { file, line: Some(line) }
    }
}

/// What a check has found, in words without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The profile that it is about; none where it is about all.
    pub profile: Option<String>,
    pub at: Option<FilePlace>,
    pub message: String,
    pub hint: Option<String>,
}

impl Hit {
    pub fn new(profile: &str, at: impl Into<Option<FilePlace>>, message: impl Into<String>) -> Self {
        Self { profile: Some(profile.to_owned()), at: at.into(), message: message.into(), hint: None }
    }

    pub fn general(at: impl Into<Option<FilePlace>>, message: impl Into<String>) -> Self {
        Self { profile: None, at: at.into(), message: message.into(), hint: None }
    }

    /// Masks secrets in names and keys: a pasted line can be one.
    pub(super) fn mask(&mut self) {
        let Self { profile, at: _, message, hint } = self;
        for (text, mask) in [
            (profile.as_mut(), masked as fn(&str) -> Cow<'_, str>),
            (Some(message), masked_message),
            (hint.as_mut(), masked_message),
        ] {
            let Some(text) = text else { continue };
            if let Cow::Owned(masked) = mask(text) {
                *text = masked;
            }
        }
    }

    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}
