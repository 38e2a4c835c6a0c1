use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::core::masking::{masked, masked_message};
use crate::core::origin::{Location, Origin, SourceFile};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    /// Something fails in some tools, or does not behave as it appears.
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
    /// Counted from 1. `None` if the whole file is meant.
    pub line: Option<u32>,
}

impl FilePlace {
    pub fn of_file(path: PathBuf, home: &Path) -> Self {
        Self { file: SourceFile::new(path, home), line: None }
    }

    pub fn of(from: &Origin) -> Option<Self> {
        from.location().map(|at| at.clone().into())
    }

    /// `~/.aws/config:14`.
    pub fn shown(&self) -> String {
        self.line.map_or_else(|| self.file.shown.clone(), |line| format!("{}:{line}", self.file.shown))
    }
}

impl From<Location> for FilePlace {
    fn from(Location { file, line }: Location) -> Self {
        Self { file, line: Some(line) }
    }
}

/// Contains no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// `None` if the hit concerns all profiles.
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

    /// Masks secrets in names and keys, because a pasted line can contain one.
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
