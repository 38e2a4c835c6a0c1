use std::path::Path;
use std::time::Duration;

use crate::cache::store::Store;
use crate::core::call_chain::CallChain;
use crate::core::clock::Clock;
use crate::sts::connections::Connections;

/// URLs to call instead of AWS's own.
#[derive(Debug, Clone, Default)]
pub struct SourceEndpoints {
    pub sso: Option<String>,
    pub sso_oidc: Option<String>,
    pub signin: Option<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct FetchOptions<'a> {
    /// The sessions that a `credential_process` must not ask this program for.
    pub chain: &'a CallChain,
    /// Of one AWS call, retries and pauses included.
    pub timeout: Duration,
}

pub struct Sources<'a> {
    pub connections: &'a Connections,
    /// The AWS CLI's tokens of IAM Identity Center.
    pub sso_cache: &'a Path,
    /// The AWS CLI's sessions of `aws login`.
    pub login_cache: &'a Path,
    /// Its locks prevent two processes from using one refresh token.
    pub store: &'a Store,
    pub endpoints: SourceEndpoints,
    pub clock: Clock,
}
