use std::sync::Arc;

use thiserror::Error;

use crate::core::origin::{Location, SourceFile};
use crate::profile::load::{Files, LoadError};
use crate::profile_file::document::{EditError, ProfileDocument};
use crate::profile_file::{Dialect, FileKind};

#[derive(Clone)]
pub struct Draft {
    documents: [ProfileDocument; 2],
    sources: [Arc<SourceFile>; 2],
}

#[derive(Debug, Error)]
pub enum SetupError {
    #[error("profile {profile} exists already with different settings ({at})")]
    Taken { profile: String, at: Location },
    #[error("cannot derive a name for the new profile from profile {0}")]
    NoDefaultName(String),
    #[error("profile {profile} uses a key in the key store, so every tool can use it already")]
    StoredKey { profile: String, at: Option<Location> },
    #[error("profile {profile} has two sections ({at}), but only one can be moved")]
    TwoSections { profile: String, at: Location },
    #[error("{}: {reason}", file.shown)]
    Edit { file: Arc<SourceFile>, line: Option<u32>, reason: EditError },
    #[error("profile name {0} cannot be written in a credential_process that every tool runs")]
    ProfileInCommand(String),
    #[error("the path of this program, {0}, cannot be written in a credential_process that every tool runs")]
    ProgramInCommand(String),
    #[error("profile {profile} would also change {}", reader(*dialect))]
    Ripple { profile: String, dialect: Dialect },
    #[error("profile {profile} would not get the intended settings {}", reader(*dialect))]
    Unseen { profile: String, dialect: Dialect },
    #[error(transparent)]
    Broken(#[from] LoadError),
}

pub(super) fn reader(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Auto => "for amplify-creds",
        Dialect::Aws => "for the AWS SDKs",
        Dialect::Amplify => "for the Amplify CLI",
    }
}

impl Draft {
    pub fn new(files: [(Arc<SourceFile>, &str); 2]) -> Self {
        let documents = FileKind::ALL.map(|kind| ProfileDocument::new(kind, files[kind as usize].1));
        Self { documents, sources: files.map(|(source, _)| source) }
    }

    pub fn files(&self) -> Files {
        Files::new(FileKind::ALL.map(|kind| (self.sources[kind as usize].clone(), self.text(kind))))
    }

    pub fn text(&self, kind: FileKind) -> &str {
        self.document(kind).text()
    }

    pub(super) fn document(&self, kind: FileKind) -> &ProfileDocument {
        &self.documents[kind as usize]
    }

    pub(super) fn edit(
        &mut self,
        kind: FileKind,
        edit: impl FnOnce(&mut ProfileDocument) -> Result<(), EditError>,
    ) -> Result<(), SetupError> {
        edit(&mut self.documents[kind as usize]).map_err(|reason| {
            let line = match &reason {
                EditError::NoSection(line) | EditError::Taken(_, line) | EditError::Disputed(line) => Some(*line),
                EditError::Name(_) | EditError::Value(_) => None,
            };
            SetupError::Edit { file: self.sources[kind as usize].clone(), line, reason }
        })
    }

    pub(super) fn location(&self, kind: FileKind, line: u32) -> Location {
        Location { file: self.sources[kind as usize].clone(), line }
    }

    pub(super) fn header(&self, profile: &str) -> Option<Location> {
        let first = |kind| Some(self.location(kind, *self.document(kind).lines_of(profile).first()?));
        FileKind::ALL.into_iter().find_map(first)
    }

    pub(super) fn taken(&self, profile: &str) -> SetupError {
        let at = self.header(profile).unwrap_or_else(|| self.location(FileKind::Config, 1));
        SetupError::Taken { profile: profile.to_owned(), at }
    }
}
