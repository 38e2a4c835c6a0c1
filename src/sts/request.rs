use std::time::Duration;

use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::plan::session::SessionExtras;

use super::error::StsError;

/// Implemented by AWS, and by a script in tests.
pub trait Sts {
    /// How many attempts the last call took.
    fn attempts(&self) -> u32 {
        1
    }

    fn assume_role(&self, request: &AssumeRole<'_>, signer: &Credentials) -> Result<Session, StsError>;

    fn assume_role_with_web_identity(&self, request: &AssumeRoleWithWebIdentity<'_>) -> Result<Session, StsError>;

    fn get_session_token(&self, request: &GetSessionToken<'_>, signer: &Credentials) -> Result<Session, StsError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    pub account: String,
    /// For a role's session `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub arn: String,
    /// For a role's session `AROA...:SESSION`.
    pub user_id: String,
}

/// The timeout of a call if no valid session is cached.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy)]
pub struct Host<'a> {
    pub url: &'a str,
    pub signing_region: &'a str,
    pub timeout: Duration,
}

#[derive(Debug)]
pub struct GetSessionToken<'a> {
    pub duration_seconds: u32,
    pub mfa: (&'a str, &'a Secret),
    pub host: Host<'a>,
}

#[derive(Debug)]
pub struct AssumeRoleWithWebIdentity<'a> {
    pub role_arn: &'a str,
    pub session_name: &'a str,
    pub token: &'a Secret,
    pub duration_seconds: u32,
    pub host: Host<'a>,
}

#[derive(Debug)]
pub struct AssumeRole<'a> {
    pub role_arn: &'a str,
    pub session_name: &'a str,
    pub external_id: Option<&'a str>,
    pub duration_seconds: u32,
    pub mfa: Option<(&'a str, &'a Secret)>,
    pub extras: &'a SessionExtras,
    pub host: Host<'a>,
}

#[derive(Debug)]
pub struct Session {
    pub credentials: Credentials,
    /// Seconds by which AWS's clock is ahead of this machine's, by the response's `Date`. 0 within the tolerance.
    pub clock_offset: i64,
}
