use crate::cache::store::Store;
use crate::core::call_chain::CallChain;
use crate::core::clock::Clock;
use crate::prompt::Prompt;
use crate::source::Sources;
use crate::sts::Sts;

use super::error::ResolveWarning;
use super::reporter::Reporter;
use super::request::Request;

pub struct Resolver<'a> {
    pub request: Request<'a>,
    pub store: &'a Store,
    pub sts: &'a dyn Sts,
    pub sources: &'a Sources<'a>,
    pub prompt: &'a mut dyn Prompt,
    pub clock: Clock,
    pub chain: &'a CallChain,
    pub config: &'a str,
    pub verb: &'a str,
    pub reporter: &'a dyn Reporter,
    pub mishaps: Vec<ResolveWarning>,
    pub asked: bool,
    /// Whether this run has fetched the credentials that it returned. Otherwise they were cached.
    pub is_new: bool,
    /// Whether another process failed and has reported the failure.
    pub failed_elsewhere: bool,
}
