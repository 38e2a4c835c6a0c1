use crate::cache::store::Store;
use crate::core::call_chain::Chain;
use crate::core::clock::Clock;
use crate::prompt::Prompt;
use crate::source::Sources;
use crate::sts::Sts;

use super::error::ResolveWarning;
use super::request::Request;

/// Answers a request that the cache alone does not.
pub struct Resolver<'a> {
    pub request: Request<'a>,
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
    /// Who waits for this run, up the line of processes.
    pub chain: &'a Chain,
    /// The config file, as the chain names it.
    pub config: &'a str,
    /// The verb that is run, for those who wait for this run.
    pub verb: &'a str,
    /// What went wrong on the way.
    pub mishaps: Vec<ResolveWarning>,
    /// Whether a code was asked for on the way.
    pub asked: bool,
}
