use std::time::{Duration, Instant};

use crate::cache::key::CacheKey;
use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::os::lock::Guard;
use crate::plan::CredentialPlan;
use crate::plan::mfa_strategy::Mfa;
use crate::plan::sources::WebIdentityBase;
use crate::sts::Session;

use super::resolver::Resolver;

/// One resolution. Steps are counted from 0, base first.
pub(super) struct Run<'r, 'a> {
    pub(super) resolver: &'r mut Resolver<'a>,
    pub(super) plan: &'a CredentialPlan,
    pub(super) steps: Vec<(Call<'r>, CacheKey)>,
    /// The long-term key that the `credential_process` returned.
    pub(super) process_key: Option<String>,
    pub(super) began: Timestamp,
    pub(super) reset_generation: Option<u64>,
    /// Seconds by which AWS's clock was ahead when the session was fetched.
    pub(super) clock_offset: i64,
    /// Whether this run has fetched the last session.
    pub(super) is_new: bool,
    pub(super) waiting: Waiting,
    pub(super) exchange: Exchange,
}

/// The locks of a run, and how long it may wait for other processes.
pub(super) struct Waiting {
    pub(super) held: Vec<(String, Guard)>,
    pub(super) patience: WaitPolicy,
    pub(super) waited: Duration,
}

#[derive(Default)]
pub(super) struct Exchange {
    /// The code of a call that AWS denied for another reason. It may still be valid.
    pub(super) left_over: Option<Secret>,
    pub(super) until: Option<Instant>,
    /// The step with the cached session that AWS rejected as a signer.
    pub(super) distrusted: Option<usize>,
    pub(super) asked: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Call<'r> {
    /// GetSessionToken with this device, for this many seconds.
    MfaSession(&'r Mfa, u32),
    WebIdentity(&'r WebIdentityBase),
    /// AssumeRole for this hop, counted from 0.
    Role(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitPolicy {
    Full,
    /// A valid session is cached: limit each call, and do not wait for other processes.
    Early(Duration),
}

pub(super) enum Exchanged {
    Session(Session),
    Cached(Credentials),
}

pub(super) enum Waited {
    /// This run holds the lock, or the file system has no locks.
    Lock,
    Session(Credentials),
}
