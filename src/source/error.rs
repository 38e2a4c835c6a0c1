use thiserror::Error;

use crate::core::credentials::InvalidCredentials;
use crate::sts::StsError;
use crate::token_files::TokenFileError;

use super::process::ProcessError;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("{service}: {error}")]
    Service {
        /// Which.
        service: Service,
        /// Why.
        error: StsError,
    },
    #[error(transparent)]
    Invalid(#[from] InvalidCredentials),
    /// A person has to sign in, for this reason.
    #[error("{0}")]
    SignedOut(&'static str),
    /// A setting or a file is missing or invalid.
    #[error("{0}")]
    Unusable(String),
}

impl From<TokenFileError> for SourceError {
    fn from(error: TokenFileError) -> Self {
        Self::Unusable(error.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub(super) fn failed(self, error: StsError) -> SourceError {
        SourceError::Service { service: self, error }
    }
}
