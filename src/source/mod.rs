//! Owns base credentials: from a plan's base to the credentials that sign the first call.
//!
//! Refuses to cache them: the sessions made with them are cached, and whoever gives them knows best how long they last.

pub mod container;
mod dpop;
pub mod imds;
pub mod login;
mod metadata;
pub mod process;
pub mod sso;
mod token_file;
pub mod web_identity;

use std::path::Path;
use std::time::Duration;

use thiserror::Error;

use crate::cache::store::Store;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::plan::{Base, BaseSource};
use crate::profile::keys::Keys;
use crate::sts::StsError;
use crate::sts::connections::Connections;

use process::ProcessError;

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
    /// A person has to sign in, for this reason.
    #[error("{0}")]
    SignedOut(&'static str),
    /// Something here is missing or wrong.
    #[error("{0}")]
    Unusable(String),
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
    fn failed(self, error: StsError) -> SourceError {
        SourceError::Service { service: self, error }
    }
}

/// URLs to call instead of AWS's own.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// `AWS_ENDPOINT_URL_SSO`
    pub sso: Option<String>,
    /// `AWS_ENDPOINT_URL_SSO_OIDC`
    pub sso_oidc: Option<String>,
    /// `AWS_ENDPOINT_URL_SIGNIN`
    pub signin: Option<String>,
}

/// How a base is fetched.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    /// What a program that we run must not ask us for again.
    pub chain: &'a Chain,
    /// How long AWS may take for one call, tries and pauses included.
    pub timeout: Duration,
}

/// What bases are fetched with.
pub struct Sources<'a> {
    /// What connects, the same as for STS.
    pub connections: &'a Connections,
    /// The AWS CLI's directory of tokens of IAM Identity Center.
    pub sso_cache: &'a Path,
    /// The AWS CLI's directory of sessions of `aws login`.
    pub login_cache: &'a Path,
    /// Its locks keep two of us from spending one refresh token.
    pub store: &'a Store,
    /// What is called.
    pub endpoints: Endpoints,
    /// The time.
    pub clock: Clock,
}

impl Sources<'_> {
    /// The credentials of `base`, or nothing where STS gives them: then they are a session like a role's.
    pub fn fetch(&self, base: &Base, how: How<'_>) -> Result<Option<Credentials>, SourceError> {
        Ok(Some(match &base.source {
            BaseSource::Static(keys) | BaseSource::Environment(keys) => of_keys(keys),
            BaseSource::Process(process) => process::run(&process.command.value, how.chain)?,
            BaseSource::Imds(imds) => self.imds(imds)?,
            BaseSource::Container(container) => self.container(container)?,
            BaseSource::Sso(sso) => self.sso(sso, how.timeout)?,
            BaseSource::Login(login) => self.login(login, how.timeout)?,
            BaseSource::WebIdentity(_) => return Ok(None),
        }))
    }
}

fn of_keys(keys: &Keys) -> Credentials {
    Credentials {
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        session_token: keys.session_token.clone(),
        expiration: None,
        account_id: None,
    }
}
