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

/// One resolution. Its steps are counted from 0, base first.
pub(super) struct Run<'r, 'a> {
    pub(super) resolver: &'r mut Resolver<'a>,
    pub(super) plan: &'a CredentialPlan,
    pub(super) steps: Vec<(Call<'r>, CacheKey)>,
    /// The locks that this run holds, in the order they were taken.
    pub(super) held: Vec<(String, Guard)>,
    pub(super) began: Timestamp,
    /// The cache's epoch when this run began to fetch.
    pub(super) reset_generation: Option<u64>,
    pub(super) patience: WaitPolicy,
    /// How long this run has waited for other processes.
    pub(super) waited: Duration,
    /// A code of a call that AWS refused for another reason.
    pub(super) left_over: Option<Secret>,
    /// When asking has to end, once it has begun.
    pub(super) until: Option<Instant>,
    /// AWS no longer knows the cached MFA session.
    pub(super) distrusts_mfa_session: bool,
    /// Seconds that AWS's clock was ahead when the last session used was fetched.
    pub(super) clock_offset: i64,
    /// Whether a code was asked for.
    pub(super) asked: bool,
}

/// What a step calls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call<'r> {
    /// GetSessionToken with this device, for so many seconds.
    MfaSession(&'r Mfa, u32),
    /// AssumeRoleWithWebIdentity for the base.
    WebIdentity(&'r WebIdentityBase),
    /// AssumeRole for this hop, counted from 0.
    Role(usize),
}

/// How long this run may keep its caller waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitPolicy {
    /// There is nothing to hand out yet.
    Full,
    /// There is: this long for a call, and not at all for another process.
    Early(Duration),
}

/// What an exchange came to.
pub(super) enum Exchanged {
    /// The session that AWS gave.
    Session(Session),
    /// The one that another process fetched meanwhile.
    Cached(Credentials),
}

/// What waiting for a lock came to.
pub(super) enum Waited {
    /// The lock, which is held from now on, or none where locks are not to be had.
    Lock,
    /// The session that another process fetched meanwhile.
    Session(Credentials),
}
