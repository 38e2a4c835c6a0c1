use std::path::Path;
use std::time::Duration;

use crate::cache::store::Store;
use crate::core::call_chain::CallChain;
use crate::core::clock::Clock;
use crate::sts::connections::Connections;

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
    pub chain: &'a CallChain,
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
