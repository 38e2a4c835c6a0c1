use std::sync::Arc;

use thiserror::Error;

use crate::core::origin::{Location, SourceFile};
use crate::profile::load::{Files, LoadError};
use crate::profile_file::document::{Document, EditError};
use crate::profile_file::{Dialect, FileKind};

/// Both files on their way.
#[derive(Clone)]
pub struct Draft {
    pub(super) config: Document,
    pub(super) credentials: Document,
    sources: [Arc<SourceFile>; 2],
}

/// Why nothing is to be written.
#[derive(Debug, Error)]
pub enum SetupError {
    /// There is such a profile, and it says something else.
    #[error("there is a profile {profile} already ({at}), and it says something else")]
    Taken {
        profile: String,
        /// Its header.
        at: Location,
    },
    /// Two sections of one file have the profile's name.
    #[error("two sections name profile {profile} ({at}); only one can be moved")]
    TwoSections {
        profile: String,
        /// The second one.
        at: Location,
    },
    /// An edit was refused.
    #[error("{}: {reason}", file.shown)]
    Edit {
        file: Arc<SourceFile>,
        /// The line, where there is one to look at.
        line: Option<u32>,
        /// Why.
        reason: EditError,
    },
    /// No command line starts this program for this profile in every tool.
    #[error("the command for profile {0} cannot be written so that every tool starts it alike")]
    Command(String),
    /// The draft would change another profile.
    #[error("profile {profile} would change, too, {}", reader(*dialect))]
    Ripple {
        profile: String,
        /// To whom.
        dialect: Dialect,
    },
    /// What was to be seen is not.
    #[error("profile {profile} would not be what it is to be {}", reader(*dialect))]
    Unseen {
        profile: String,
        /// To whom.
        dialect: Dialect,
    },
    /// A file that could be read would not be any more.
    #[error(transparent)]
    Broken(LoadError),
}

/// Who reads so.
pub(super) fn reader(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Auto => "here",
        Dialect::Aws => "for the AWS SDKs",
        Dialect::Amplify => "for the Amplify CLI",
    }
}

impl Draft {
    /// Begins with the files as they are.
    pub fn new(config: (Arc<SourceFile>, &str), credentials: (Arc<SourceFile>, &str)) -> Self {
        Self {
            config: Document::new(FileKind::Config, config.1),
            credentials: Document::new(FileKind::Credentials, credentials.1),
            sources: [config.0, credentials.0],
        }
    }

    /// The files as they are now.
    pub fn files(&self) -> Files {
        let [config, credentials] = self.sources.clone();
        Files::new((config, self.config.text()), (credentials, self.credentials.text()))
    }

    /// One file's text as it is now.
    pub fn text(&self, kind: FileKind) -> &str {
        self.document(kind).text()
    }

    pub(super) fn document(&self, kind: FileKind) -> &Document {
        match kind {
            FileKind::Config => &self.config,
            FileKind::Credentials => &self.credentials,
        }
    }

    /// Edits one file.
    pub(super) fn edit(
        &mut self,
        kind: FileKind,
        edit: impl FnOnce(&mut Document) -> Result<(), EditError>,
    ) -> Result<(), SetupError> {
        let document = match kind {
            FileKind::Config => &mut self.config,
            FileKind::Credentials => &mut self.credentials,
        };
        edit(document).map_err(|reason| {
            let line = match &reason {
                EditError::NoSection(line)
                | EditError::NoKey(line, _)
                | EditError::Taken(_, line)
                | EditError::Disputed(line) => Some(*line),
                EditError::Name(_) | EditError::Value(_) => None,
            };
            SetupError::Edit { file: self.source(kind).clone(), line, reason }
        })
    }

    fn source(&self, kind: FileKind) -> &Arc<SourceFile> {
        match kind {
            FileKind::Config => &self.sources[0],
            FileKind::Credentials => &self.sources[1],
        }
    }

    pub(super) fn location(&self, kind: FileKind, line: u32) -> Location {
        Location { file: self.source(kind).clone(), line }
    }

    /// The first header of a profile: config before credentials.
    pub(super) fn header(&self, profile: &str) -> Option<Location> {
        [FileKind::Config, FileKind::Credentials].into_iter().find_map(|kind| {
            let line = *self.document(kind).lines_of(profile).first()?;
            Some(self.location(kind, line))
        })
    }

    pub(super) fn taken(&self, profile: &str) -> SetupError {
        let at = self.header(profile).unwrap_or_else(|| self.location(FileKind::Config, 1));
        SetupError::Taken { profile: profile.to_owned(), at }
    }
}
