use std::path::PathBuf;

use thiserror::Error;

use crate::source::SourceError;

#[derive(Debug, Error)]
pub enum SignInError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the sign-in was denied")]
    Denied,
    #[error("the code expired before the sign-in")]
    Expired,
    #[error("cannot write the token to {}: {reason}", file.display())]
    NotSaved { file: PathBuf, reason: String },
}
