use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::core::origin::SourceFile;

/// How long to wait for another process that edits.
pub(super) const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Why a file was not edited.
#[derive(Debug, Error)]
pub enum WriteError {
    /// It was changed since it was read.
    #[error("{} has changed since it was read", .0.shown)]
    Changed(Arc<SourceFile>),
    /// Its owner may not write it.
    #[error("{} is read-only", .0.shown)]
    ReadOnly(Arc<SourceFile>),
    /// It belongs to another user.
    #[error("{} belongs to another user", .0.shown)]
    ForeignOwner(Arc<SourceFile>),
    /// It is no plain file.
    #[error("{} is no plain file", .0.shown)]
    NoFile(Arc<SourceFile>),
    /// It is not UTF-8.
    #[error("{} is not valid UTF-8", .0.shown)]
    NotUtf8(Arc<SourceFile>),
    /// Another process edits, and does not end.
    #[error("another process has been editing for {} s", LOCK_WAIT.as_secs())]
    Locked,
    /// No backup can be kept.
    #[error("no backup of {} can be kept in {}: {reason}", file.shown, directory.display())]
    Backup {
        file: Arc<SourceFile>,
        /// Where it would be kept.
        directory: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The system refused.
    #[error("cannot {what} {}: {reason}", file.shown)]
    Io {
        /// `read` or `write`
        what: &'static str,
        file: Arc<SourceFile>,
        /// What the system said.
        reason: io::Error,
    },
}
