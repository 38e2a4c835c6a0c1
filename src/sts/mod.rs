//! Owns the STS port: what is asked of AWS, what comes back, and why not.
//!
//! Refuses to decide whether a call is needed. The real form is `client`, over `connections`.

mod broken;
pub mod client;
pub mod connections;
pub mod proxy;
pub(crate) mod reason;
pub mod refusal;
pub mod roots;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::credentials::Credentials;
use crate::plan::session::SessionExtras;
use crate::secret::Secret;

/// What gives sessions: AWS, or a script in tests.
pub trait Sts {
    /// Calls AssumeRole, signed with `signer`.
    fn assume_role(&self, request: &AssumeRole<'_>, signer: &Credentials) -> Result<Session, StsError>;

    /// Calls AssumeRoleWithWebIdentity, which nothing signs: the token is the proof.
    fn assume_role_with_web_identity(&self, request: &AssumeRoleWithWebIdentity<'_>) -> Result<Session, StsError>;

    /// Calls GetSessionToken, signed with a user's long-term keys.
    fn get_session_token(&self, request: &GetSessionToken<'_>, signer: &Credentials) -> Result<Session, StsError>;
}

/// Whom AWS takes a caller for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account, twelve digits.
    pub account: String,
    /// The ARN, of a role's session `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub arn: String,
    /// The unique id, of a role's session `AROA...:SESSION`.
    pub user_id: String,
}

/// How long a call may take when there is nothing else to hand out.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Which STS is called.
#[derive(Debug, Clone, Copy)]
pub struct Host<'a> {
    /// The URL to call.
    pub url: &'a str,
    /// The region that the signature names.
    pub signing_region: &'a str,
    /// How long a call may take in all, tries and pauses included.
    pub timeout: Duration,
}

/// The parameters of one GetSessionToken call.
#[derive(Debug)]
pub struct GetSessionToken<'a> {
    /// `DurationSeconds`
    pub duration_seconds: u32,
    /// `SerialNumber` and `TokenCode`
    pub mfa: (&'a str, &'a Secret),
    /// Where.
    pub host: Host<'a>,
}

/// The parameters of one AssumeRoleWithWebIdentity call.
#[derive(Debug)]
pub struct AssumeRoleWithWebIdentity<'a> {
    /// The role.
    pub role_arn: &'a str,
    /// `RoleSessionName`
    pub session_name: &'a str,
    /// `WebIdentityToken`
    pub token: &'a Secret,
    /// `DurationSeconds`
    pub duration_seconds: u32,
    /// Where.
    pub host: Host<'a>,
}

/// The parameters of one AssumeRole call.
#[derive(Debug)]
pub struct AssumeRole<'a> {
    /// The role.
    pub role_arn: &'a str,
    /// `RoleSessionName`
    pub session_name: &'a str,
    /// `ExternalId`
    pub external_id: Option<&'a str>,
    /// `DurationSeconds`
    pub duration_seconds: u32,
    /// `SerialNumber` and `TokenCode`
    pub mfa: Option<(&'a str, &'a Secret)>,
    /// What narrows or marks the session.
    pub extras: &'a SessionExtras,
    /// Where.
    pub host: Host<'a>,
}

/// What AWS gave.
#[derive(Debug)]
pub struct Session {
    /// The credentials; they always have a token and an expiration.
    pub credentials: Credentials,
    /// Seconds that AWS's clock is ahead of this machine's, by the answer's `Date`; 0 within the tolerance.
    pub clock_offset: i64,
}

/// Why a call gave no session.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum StsError {
    /// AWS answered with an error of its own.
    #[error("{code}: {message}")]
    Refused {
        /// AWS's code, such as `AccessDenied`.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// AWS asked to slow down until the last attempt.
    #[error("throttled")]
    Throttled,
    /// AWS failed until the last attempt.
    #[error("server error {0}")]
    Server(u16),
    /// No connection, or it broke.
    #[error("{reason}")]
    Unreachable {
        /// STS's host, and its port where it is named.
        host: String,
        /// The proxy before it, and the variable that names that; never with its password.
        proxy: Option<String>,
        /// The system's reason, or the TLS library's.
        reason: String,
    },
    /// The server's certificate is not believed.
    #[error("the certificate of {host} is not trusted")]
    Untrusted {
        /// STS's host, and its port where it is named.
        host: String,
        /// What is wrong with the certificate.
        why: Distrust,
        /// Whose authorities are trusted.
        trusted: String,
    },
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// An answer that is not STS's.
    #[error("the answer is not one of STS")]
    Garbage,
    /// The file of trusted certificate authorities cannot be used.
    #[error("cannot use the certificate authorities in {bundle}: {problem}")]
    Roots {
        /// The file, and what names it.
        bundle: String,
        /// What is wrong with it.
        problem: String,
    },
    /// What a variable gives as proxy cannot be used.
    #[error("cannot use the proxy from ${variable}: {problem}")]
    Proxy {
        /// The variable.
        variable: String,
        /// What is wrong with it, without its value, which may have a password in it.
        problem: String,
    },
    /// The HTTP client cannot be set up.
    #[error("{0}")]
    Setup(String),
}

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Distrust {
    /// None of the trusted authorities has signed it.
    UnknownIssuer,
    /// It is over, since then.
    Expired(Option<String>),
    /// It begins later, then.
    NotYetValid(Option<String>),
    /// It is for these names alone.
    OtherName(Vec<String>),
    /// The TLS library's reason.
    Other(String),
}

impl StsError {
    /// Whether the call might work a moment later: network, throttling, 5xx, garbage.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::Roots { .. } | Self::Proxy { .. } | Self::Setup(_))
    }

    /// Whether the clock that signed was wrong. The SDK has signed again by then, as far ahead or behind as AWS's clock
    /// was of ours when the answer came.
    pub fn is_of_clock(&self) -> bool {
        match self {
            Self::Refused { code, .. } if ["RequestExpired", "RequestTimeTooSkewed"].contains(&code.as_str()) => true,
            Self::Refused { code, message } if code == "SignatureDoesNotMatch" => {
                message.starts_with("Signature expired") || message.starts_with("Signature not yet current")
            }
            _ => false,
        }
    }

    /// Whether AWS refused the caller, and not for the MFA code.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "AccessDenied") && !self.is_mfa_rejected()
    }

    /// Whether AWS no longer knows the keys that signed.
    pub fn is_of_dead_keys(&self) -> bool {
        let dead = ["InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException"];
        matches!(self, Self::Refused { code, .. } if dead.contains(&code.as_str()))
    }

    /// Whether AWS refused the MFA code rather than the caller.
    pub fn is_mfa_rejected(&self) -> bool {
        matches!(self, Self::Refused { code, message }
            if code == "AccessDenied" && message.starts_with("MultiFactorAuthentication failed"))
    }
}
