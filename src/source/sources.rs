use std::path::Path;
use std::time::Duration;

use crate::cache::store::Store;
use crate::core::call_chain::CallChain;
use crate::core::clock::Clock;
use crate::key_store::{KeyStore, Unlock};
use crate::sts::connections::Connections;

#[derive(Debug, Clone, Default)]
pub struct SourceEndpoints {
    pub sso: Option<String>,
    pub sso_oidc: Option<String>,
    pub signin: Option<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct FetchOptions<'a> {
    /// A `credential_process` must not request these sessions from this program.
    pub chain: &'a CallChain,
    pub timeout: Duration,
    /// Whether a locked key store may prompt the user.
    pub unlock: Unlock,
}

pub struct Sources<'a> {
    pub connections: &'a Connections,
    pub sso_cache: &'a Path,
    pub login_cache: &'a Path,
    /// Its locks prevent two processes from using one refresh token.
    pub store: &'a Store,
    pub endpoints: SourceEndpoints,
    pub key_store: &'a KeyStore,
    pub clock: Clock,
}
