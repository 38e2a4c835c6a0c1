use thiserror::Error;

use crate::core::credentials::InvalidCredentials;
use crate::sts::StsError;
use crate::token_files::TokenFileError;

use super::process::ProcessError;

/// Why a base gave no credentials.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// A program gave none.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A service gave none.
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
    /// Something here is missing or wrong.
    #[error("{0}")]
    Unusable(String),
}

impl From<TokenFileError> for SourceError {
    fn from(error: TokenFileError) -> Self {
        Self::Unusable(error.0)
    }
}

/// What is asked for credentials besides STS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The metadata service of an EC2 instance.
    Imds,
    /// What a container's environment names.
    Container,
    /// IAM Identity Center.
    Sso,
    /// AWS Sign-In.
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
