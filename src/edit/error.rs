use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::core::origin::{Location, SourceFile};
use crate::core::utf8::InvalidByte;

pub(super) const LOCK_WAIT: Duration = Duration::from_secs(10);

#[derive(Debug, Error)]
pub enum WriteError {
    #[error("{} has changed since it was read", .0.shown)]
    Changed(Arc<SourceFile>),
    #[error("{} is read-only", .0.shown)]
    ReadOnly(Arc<SourceFile>),
    #[error("{} belongs to another user", .0.shown)]
    ForeignOwner(Arc<SourceFile>),
    #[error("{} exists and is not a copy of this program", .0.shown)]
    ForeignProgram(Arc<SourceFile>),
    #[error("{} is not a regular file", .0.shown)]
    NoFile(Arc<SourceFile>),
    #[error("{0} is {1}")]
    NotUtf8(Location, InvalidByte),
    #[error("another process has held the edit lock for {} s", LOCK_WAIT.as_secs())]
    Locked,
    #[error("cannot write a backup of {} in {}: {reason}", file.shown, directory.display())]
    Backup { file: Arc<SourceFile>, directory: PathBuf, reason: io::Error },
    #[error("cannot {what} {}: {reason}", file.shown)]
    Io {
        /// `read` or `write`
        what: &'static str,
        file: Arc<SourceFile>,
        reason: io::Error,
    },
}

pub(super) fn cannot(what: &'static str, file: &Arc<SourceFile>, reason: io::Error) -> WriteError {
    WriteError::Io { what, file: file.clone(), reason }
}
