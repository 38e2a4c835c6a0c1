use std::time::Duration;

use crate::cache::key::CacheKey;
use crate::cache::store::Store;
use crate::core::call_chain::CallChain;
use crate::core::clock::Clock;
use crate::prompt::Prompt;
use crate::source::Sources;
use crate::sts::Sts;

use super::error::ResolveWarning;

/// What the user asked of this run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seconds that a session must still last.
    pub min_ttl: i64,
    /// Whether that came from the command line: then it holds even where renewing needs a prompt.
    pub min_ttl_is_strict: bool,
    /// Take no cached session for the asked profile.
    pub refresh: bool,
    /// Read and write the cache.
    pub use_cache: bool,
    /// How long to wait for other processes, in all.
    pub lock_timeout: Duration,
}

/// Turns plans into credentials.
pub struct Resolver<'a> {
    /// The cache.
    pub store: &'a Store,
    /// What calls AWS.
    pub sts: &'a dyn Sts,
    /// What gives base credentials.
    pub sources: &'a Sources<'a>,
    /// What asks for codes.
    pub prompt: &'a mut dyn Prompt,
    /// The time.
    pub clock: Clock,
    /// What the user asked.
    pub options: Options,
    /// Whether a single profile names the role and session of a key.
    pub is_only_profile: &'a dyn Fn(&CacheKey) -> bool,
    /// Who waits for this run, up the line of processes.
    pub chain: &'a CallChain,
    /// The config file, as the chain names it.
    pub config: &'a str,
    /// The verb that is run, for those who wait for this run.
    pub verb: &'a str,
    /// What went wrong on the way.
    pub mishaps: Vec<ResolveWarning>,
    /// Whether a code was asked for on the way.
    pub asked: bool,
}
