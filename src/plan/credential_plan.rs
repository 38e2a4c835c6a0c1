use std::path::PathBuf;

use crate::core::origin::{Located, Origin};
use crate::profile::keys::Keys;

use super::endpoint::Endpoint;
use super::limits::{RoleArn, SessionDuration};
use super::mfa_strategy::Mfa;
use super::session::SessionExtras;
use super::sources::{ContainerBase, ImdsBase, KeyStoreBase, LoginBase, SsoBase, WebIdentityBase};
use super::wrapper::WrapperOptions;

#[derive(Debug, Clone)]
pub struct CredentialPlan {
    pub profile: String,
    pub path: Vec<String>,
    /// The profiles in the path with this program as `credential_process`.
    pub via: Vec<String>,
    /// The region of the profile's credentials, if any setting names one.
    pub region: Option<Located<String>>,
    /// The profile's region, if a variable overrides it with a different one.
    pub overridden_region: Option<Located<String>>,
    pub base: Base,
    pub mfa: Option<Mfa>,
    /// The roles in the order they are assumed. Empty if the base credentials are returned.
    pub hops: Vec<Hop>,
    /// PEM file of the trusted certificate authorities, as configured.
    pub ca_bundle: Option<Located<String>>,
    /// The profile's minimum time that a cached session must be valid, as configured.
    pub min_ttl: Option<Located<String>>,
    /// Options of the wrappers on the way, and the outermost command that has one.
    pub options: Located<WrapperOptions>,
    /// Whether the environment supplies the credentials. Then no section of a file applies, even if one has the name
    /// that messages use.
    pub is_of_environment: bool,
    pub warnings: Vec<Warning>,
}

impl CredentialPlan {
    /// `None` for a plan of the environment.
    pub fn profile_in_files(&self) -> Option<&str> {
        (!self.is_of_environment).then_some(self.profile.as_str())
    }
}

#[derive(Debug, Clone)]
pub struct Base {
    pub profile: String,
    pub source: BaseSource,
}

#[derive(Debug, Clone)]
pub enum BaseSource {
    Static(Keys),
    Environment(Keys),
    Process(ProcessBase),
    /// The profile has no credentials yet. Only if `Inputs` allows it.
    Missing(Origin),
    Imds(ImdsBase),
    Container(ContainerBase),
    Sso(SsoBase),
    WebIdentity(WebIdentityBase),
    Login(LoginBase),
    KeyStore(KeyStoreBase),
}

impl BaseSource {
    pub fn kind(&self) -> Option<&'static str> {
        Some(match self {
            Self::Static(_) => "static",
            Self::Environment(_) => "environment",
            Self::Process(_) => "process",
            Self::Imds(_) => "imds",
            Self::Container(_) => "container",
            Self::Sso(_) => "sso",
            Self::WebIdentity(_) => "web_identity",
            Self::Login(_) => "login",
            Self::KeyStore(_) => "key_store",
            Self::Missing(_) => return None,
        })
    }

    pub fn origin(&self) -> &Origin {
        match self {
            Self::Static(keys) | Self::Environment(keys) => &keys.from,
            Self::Process(process) => &process.command.from,
            Self::Missing(from) => from,
            Self::Imds(imds) => &imds.from,
            Self::Container(container) => &container.from,
            Self::Sso(sso) => &sso.account_id.from,
            Self::WebIdentity(web) => &web.token_file.from,
            Self::Login(login) => &login.session.from,
            Self::KeyStore(key_store) => &key_store.from,
        }
    }

    /// The id of the key whose user the source identifies before it is fetched.
    pub fn access_key_id(&self) -> Option<&str> {
        match self {
            Self::Static(keys) | Self::Environment(keys) => Some(&keys.access_key_id),
            Self::KeyStore(key_store) => key_store.access_key_id.as_deref(),
            _ => None,
        }
    }

    /// Whether the source always returns a session. Static keys and programs may return either. AWS limits a role that
    /// is assumed with a session to an hour.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Static(keys) | Self::Environment(keys) => keys.session_token.is_some(),
            // Known only after the program has run.
            Self::Process(_) | Self::Missing(_) | Self::KeyStore(_) => false,
            Self::Imds(_) | Self::Container(_) | Self::Sso(_) | Self::WebIdentity(_) | Self::Login(_) => true,
        }
    }
}

#[derive(Debug, Clone)]
pub struct ProcessBase {
    pub command: Located<String>,
    pub identity: ProcessIdentity,
}

/// How a `credential_process` is identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcessIdentity {
    Command,
    /// Everything that the program can see. I/O after planning completes it.
    Environment(EnvContext),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnvContext {
    /// The files named in the command, with links resolved.
    pub files: Vec<PathBuf>,
    pub directory: Option<PathBuf>,
    /// SHA-256 of the variables that may affect the result, because their values may be secrets.
    pub variables: String,
    pub config: PathBuf,
    pub credentials: PathBuf,
}

#[derive(Debug, Clone)]
pub struct Hop {
    pub profile: String,
    pub role_arn: Located<RoleArn>,
    pub session_name: Located<String>,
    pub external_id: Option<Located<String>>,
    pub mfa_serial: Option<Located<String>>,
    pub duration: SessionDuration,
    pub extras: SessionExtras,
    pub sts: Endpoint,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    DurationCapped {
        profile: String,
        /// Requested seconds.
        requested: u32,
        from: Origin,
    },
    /// `mfa_serial` on a role that is assumed from another role's session.
    MfaDoesNotTravel {
        profile: String,
        from: Origin,
    },
    /// `mfa_serial` is a FIDO security key or passkey, which has no codes.
    SecurityKey {
        profile: String,
        from: Origin,
    },
    /// The source of the first role has no credentials yet.
    NoCredentials {
        profile: String,
        from: Origin,
    },
    MixedKinds {
        profile: String,
        used: &'static str,
        unused: &'static str,
        from: Origin,
    },
}
