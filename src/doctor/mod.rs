//! Owns what is wrong with the files around a user's credentials: facts gathered once, and a table of pure checks.
//!
//! Refuses to mend anything, and to print: it gives findings with their place.

pub mod cache;
pub mod checks;
pub mod facts;
pub mod readings;
pub mod sights;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::span::{Location, Origin, SourceFile};

use checks::{CHECKS, Check};
use facts::Facts;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work.
    Error,
    /// Something does not work everywhere, or not as it looks.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The name in JSON and on the terminal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file or directory.
    pub file: Arc<SourceFile>,
    /// The line, counted from 1, where it is about one.
    pub line: Option<u32>,
}

impl Place {
    /// A whole file.
    pub fn of_file(path: PathBuf, home: &Path) -> Self {
        Self { file: SourceFile::new(path, home), line: None }
    }

    /// The place of a value that stands in a file.
    pub fn of(from: &Origin) -> Option<Self> {
        from.location().map(|at| at.clone().into())
    }

    /// As people read it: `~/.aws/config:14`.
    pub fn shown(&self) -> String {
        self.line.map_or_else(|| self.file.shown.clone(), |line| format!("{}:{line}", self.file.shown))
    }
}

impl From<Location> for Place {
    fn from(Location { file, line }: Location) -> Self {
        Self { file, line: Some(line) }
    }
}

/// What a check has found, in words without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The profile that it is about; none where it is about all.
    pub profile: Option<String>,
    /// Where.
    pub at: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Hit {
    /// Something wrong with `profile` at a line.
    pub fn new(profile: &str, at: impl Into<Option<Place>>, message: impl Into<String>) -> Self {
        Self { profile: Some(profile.to_owned()), at: at.into(), message: message.into(), hint: None }
    }

    /// Something wrong with no profile in particular.
    pub fn general(at: impl Into<Option<Place>>, message: impl Into<String>) -> Self {
        Self { profile: None, at: at.into(), message: message.into(), hint: None }
    }

    /// The same, with what to do.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// A hit and the check that found it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// What it found.
    pub hit: Hit,
}

/// All findings about the asked-for profiles and about what concerns every profile, the worst first.
pub fn examine(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found: Vec<_> = CHECKS
        .iter()
        .flat_map(|check| (check.find)(facts).into_iter().map(move |hit| Finding { check, hit }))
        .filter(|Finding { check, hit }| {
            check.concerns_all || hit.profile.as_ref().is_none_or(|profile| facts.concerns(profile))
        })
        .collect();
    // A stable sort: within a severity the order of the table, and of the files, stays.
    found.sort_by_key(|finding| finding.check.severity);
    found
}

#[cfg(test)]
mod tests;
