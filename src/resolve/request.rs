use std::time::Duration;

use crate::cache::entry::CachedSession;
use crate::cache::key::CacheKey;
use crate::cache::store::Store;
use crate::core::clock::Timestamp;
use crate::core::credentials::{Credentials, Freshness};
use crate::key_store::Unlock;
use crate::plan::CredentialPlan;

/// Seconds by which a session may be shorter than requested, because its lifetime is computed with the local clock.
const DURATION_TOLERANCE: i64 = 60;

#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub plan: &'a CredentialPlan,
    pub options: Options,
    /// Whether a single profile names the role and session of a key. An entry of the Amplify CLI has no fingerprint and
    /// is used only in this case.
    pub is_only_profile: &'a dyn Fn(&CacheKey) -> bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seconds for which a cached session must still be valid.
    pub min_ttl: i64,
    /// Whether `min_ttl` comes from the command line. Then it applies even if renewal needs a prompt.
    pub min_ttl_is_strict: bool,
    pub refresh: bool,
    pub use_cache: bool,
    pub lock_timeout: Duration,
    /// Whether a locked key store may prompt the user.
    pub unlock: Unlock,
}

impl Request<'_> {
    /// The last step's cached session, if it needs no renewal. Does not lock.
    pub fn cached(&self, store: &Store, now: Timestamp) -> Option<Credentials> {
        if self.options.refresh {
            return None;
        }
        let step = self.plan.steps().next_back()?;
        let found = self.lookup(store, &CacheKey::of(self.plan, step)?).filter(|found| self.is_long_enough(found))?;
        let is_fresh = found.lease.judge(now, self.options.min_ttl) == Freshness::Fresh;
        let credentials = self.use_cached(found);
        // If the clock is wrong, a valid session looks expired. The resolver reports that.
        (is_fresh && credentials.expiration.is_none_or(|end| end > now)).then_some(credentials)
    }

    pub(super) fn lookup(&self, store: &Store, key: &CacheKey) -> Option<CachedSession> {
        if !self.options.use_cache {
            return None;
        }
        store.read().sessions().lookup(key, self.is_only_profile)
    }

    /// Whether the session was requested for at least the `--duration` of the command or a wrapper. The duration of an
    /// entry of the Amplify CLI is unknown.
    pub(super) fn is_long_enough(&self, found: &CachedSession) -> bool {
        let duration = self.plan.hops.last().map(|hop| &hop.duration);
        match duration.filter(|duration| duration.is_explicit) {
            Some(duration) => {
                found.lease.lifetime.is_some_and(|seconds| seconds + DURATION_TOLERANCE >= i64::from(duration.seconds))
            }
            None => true,
        }
    }

    pub(super) fn use_cached(&self, found: CachedSession) -> Credentials {
        let account = || self.plan.hops.last().map(|hop| hop.role_arn.value.account().to_owned());
        Credentials { account_id: found.credentials.account_id.or_else(account), ..found.credentials }
    }
}
