use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::core::credentials::InvalidCredentials;
use crate::core::invalid_text::InvalidText;
use crate::key_store::KeyStoreError;
use crate::sts::StsError;
use crate::token_files::TokenFileError;

use super::process::ProcessError;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("{service}: {error}")]
    Service { service: Service, error: StsError },
    /// The service rejected a request that contains this machine's time. The offset is in seconds.
    #[error("{service}: {error}; this machine's clock is wrong")]
    ClockWrong { service: Service, error: StsError, offset: i64 },
    #[error(transparent)]
    Invalid(#[from] InvalidCredentials),
    /// The token in a variable cannot be sent.
    #[error("${variable} {problem}")]
    InvalidVariable { variable: &'static str, problem: InvalidText },
    /// The user has to sign in again, because the token file is invalid.
    #[error("{problem}")]
    InvalidTokenFile { problem: String, path: PathBuf },
    /// The system does not let this user read or write the token file.
    #[error("{problem}")]
    InaccessibleTokenFile { problem: String, path: PathBuf },
    /// The user has to sign in, for this reason.
    #[error("{0}")]
    SignedOut(&'static str),
    /// The service rejected this token, which identifies it among later ones.
    #[error("{why}")]
    Rejected { why: &'static str, token: String },
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    #[error("the key store has no access key of the profile")]
    NoKey,
    #[error("the item in the key store is not an access key")]
    InvalidKey,
    /// By another program.
    #[error("the key in the key store was replaced")]
    KeyReplaced,
    #[error("{0}")]
    Unusable(String),
}

impl From<TokenFileError> for SourceError {
    fn from(error: TokenFileError) -> Self {
        match error {
            TokenFileError::Unusable(reason) => Self::Unusable(reason),
            TokenFileError::Inaccessible { problem, path } => Self::InaccessibleTokenFile { problem, path },
            TokenFileError::Invalid { problem, path } => Self::InvalidTokenFile { problem, path },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    Imds,
    Container,
    Sso,
    SignIn,
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Imds => "the EC2 metadata service",
            Self::Container => "the container's credentials service",
            Self::Sso => "IAM Identity Center",
            Self::SignIn => "AWS Sign-In",
        })
    }
}

impl Service {
    /// The service returned an invalid token, or another invalid value that must be sent back to it.
    pub(crate) fn returned_invalid(self, what: &str, problem: InvalidText) -> SourceError {
        SourceError::Unusable(format!("{self} returned an invalid {what}: it {problem}"))
    }

    pub(crate) fn failed(self, error: StsError) -> SourceError {
        SourceError::Service { service: self, error }
    }
}
