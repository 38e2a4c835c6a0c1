use std::time::Duration;

use crate::cache::entry::{CachedSession, EntryMetadata, METADATA_VERSION, ProcessMetadata};
use crate::cache::key::CacheKey;
use crate::cache::store::NewSession;
use crate::core::call_chain::CallChain;
use crate::core::credentials::{CLOCK_TOLERANCE_SECONDS, Credentials, Freshness};
use crate::key_store::Unlock;
use crate::plan::BaseSource;
use crate::plan::mfa_strategy::{MfaAction, MfaStrategy, Step};
use crate::source::{FetchOptions, SourceError};
use crate::sts::Session;

use super::error::{ResolveError, ResolveWarning, StorageError};
use super::memory::device_id;
use super::resolver::Resolver;
use super::state::{Call, Exchange, Exchanged, Run, WaitPolicy, Waited, Waiting};

/// STS timeout for an early renewal; short, so that an outage does not delay a caller with a valid session.
const EARLY_TIMEOUT: Duration = Duration::from_millis(800);

const LATE_TIMEOUT: Duration = Duration::from_secs(5);

/// Seconds left below which [`LATE_TIMEOUT`] applies.
const SHORT: i64 = 300;

impl<'r, 'a> Run<'r, 'a> {
    pub(super) fn new(resolver: &'r mut Resolver<'a>) -> Self {
        let plan = resolver.request.plan;
        let call = |step| match (step, &plan.mfa) {
            (Step::Hop(index), _) => Some(Call::Role(index)),
            (Step::Mfa, Some(mfa)) => match &mfa.way {
                MfaStrategy::Session(asked) => Some(Call::MfaSession(mfa, asked.value)),
                MfaStrategy::Role(_) => None,
            },
            (Step::Mfa, None) => None,
            (Step::WebIdentity, _) => match &plan.base.source {
                BaseSource::WebIdentity(web) => Some(Call::WebIdentity(web)),
                _ => None,
            },
        };
        let steps: Vec<_> = plan.steps().filter_map(|step| Some((call(step)?, CacheKey::of(plan, step)?))).collect();
        let began = resolver.clock.now();
        Self {
            resolver,
            plan,
            // Base credentials are never cached.
            is_new: steps.is_empty(),
            steps,
            process_key: None,
            began,
            reset_generation: None,
            clock_offset: 0,
            waiting: Waiting { held: Vec::new(), patience: WaitPolicy::Full, waited: Duration::ZERO },
            exchange: Exchange::default(),
        }
    }

    pub(super) fn credentials(&mut self) -> Result<Credentials, ResolveError> {
        match self.steps.len().checked_sub(1) {
            Some(leaf) => self.session(leaf),
            None => self.base(),
        }
    }

    pub(super) fn session(&mut self, at: usize) -> Result<Credentials, ResolveError> {
        if let Some(session) = self.cached_if_usable(at) {
            self.report_cached(at, &session);
            return Ok(session);
        }
        self.resolver.reporter.detail(&|| format!("{}: {}", self.step_name(at), self.why_not_cached(at)));
        let options = self.resolver.request.options;
        let is_early = self.waiting.patience == WaitPolicy::Full && !options.min_ttl_is_strict;
        match self.cached_unexpired(at).filter(|_| is_early) {
            Some((present, left)) => self.renewed_early(at, present, left),
            None => self.with_locks_released(|run| run.renewed(at)),
        }
    }

    /// Renews a session that is still valid, unless another process renews it or STS does not respond soon.
    fn renewed_early(&mut self, at: usize, present: Credentials, left: i64) -> Result<Credentials, ResolveError> {
        let id = self.lock_id(at);
        if id.as_ref().is_some_and(|id| self.in_backoff(id)) {
            return Ok(present);
        }
        self.waiting.patience = WaitPolicy::Early(if left > SHORT { EARLY_TIMEOUT } else { LATE_TIMEOUT });
        let outcome = self.with_locks_released(|run| {
            let outcome = run.renewed(at);
            if let (Err(ResolveError::Sts { .. } | ResolveError::Base { .. }), Some(id)) = (&outcome, &id) {
                run.rest(id);
            }
            outcome
        });
        self.waiting.patience = WaitPolicy::Full;
        match outcome {
            // Another process renews it, no prompt is possible, or the base failed. The session is still valid.
            Err(ResolveError::LockTimeout { .. } | ResolveError::Prompt { .. } | ResolveError::Base { .. }) => {
                Ok(present)
            }
            other => other,
        }
    }

    /// Locks are taken from leaf to base, so that two chains with a common step cannot deadlock.
    fn renewed(&mut self, at: usize) -> Result<Credentials, ResolveError> {
        let id = self.lock_id(at);
        if let Some(id) = &id
            && let Waited::Session(session) = self.lock(id, at)?
        {
            return Ok(session);
        }
        if let Some(session) = self.cached_if_usable(at) {
            return Ok(session);
        }
        self.reset_generation.get_or_insert_with(|| self.resolver.store.reset_generation());
        let fetched = match self.steps[at].0 {
            Call::MfaSession(mfa, seconds) => self.mfa_session(at, mfa, seconds),
            Call::WebIdentity(web) => self.web_identity(at, web),
            Call::Role(0) => self.first_role(at),
            Call::Role(index) => self.session(at - 1).and_then(|signer| self.role(at, index, &signer)),
        };
        // An early renewal has a shorter deadline than the waiters, so it does not share its failure.
        if let (WaitPolicy::Full, Err(error), Some(id)) = (self.waiting.patience, &fetched, &id) {
            self.share(id, error);
        }
        if let Err(ResolveError::NotStored { reason, .. }) = &fetched {
            self.share_unstored(at, *reason);
        }
        let Err(ResolveError::Sts { error, .. }) = &fetched else { return fetched };
        match self.cached_unexpired(at) {
            Some((session, left)) if error.is_passing() => {
                self.resolver.mishaps.push(ResolveWarning::Stale(error.clone(), left));
                if let Some(id) = &id {
                    self.rest(id);
                }
                Ok(session)
            }
            _ => fetched,
        }
    }

    /// An MFA session uses the device's lock, which separates codes even if nothing is cached.
    pub(super) fn lock_id(&self, at: usize) -> Option<String> {
        match &self.steps[at] {
            (Call::MfaSession(..), key) => Some(device_id(&key.outer, &key.inner)),
            (Call::Role(_) | Call::WebIdentity(_), key) => {
                self.resolver.request.options.use_cache.then(|| key.fingerprint.hex().to_owned())
            }
        }
    }

    pub(super) fn base(&mut self) -> Result<Credentials, ResolveError> {
        let unlock = match self.waiting.patience {
            WaitPolicy::Full => self.resolver.request.options.unlock,
            WaitPolicy::Early(_) => Unlock::Never,
        };
        let how = FetchOptions { chain: &self.extended_chain(), timeout: self.call_timeout(), unlock };
        let fetched = self.reported_base(|| self.resolver.sources.fetch(&self.plan.base, how));
        match fetched.map_err(|error| self.base_failed(error))? {
            Some(credentials) => Ok(credentials),
            None => self.session(0),
        }
    }

    /// The session of a long-term key that a `credential_process` returned earlier in any environment.
    pub(super) fn session_by_key(&mut self, at: usize, signer: &Credentials) -> Option<Credentials> {
        let is_long_term = signer.session_token.is_none() && signer.expiration.is_none();
        if !matches!(self.plan.base.source, BaseSource::Process(_)) || !is_long_term {
            return None;
        }
        self.process_key = Some(signer.access_key_id.clone());
        let Resolver { store, request, clock, .. } = &*self.resolver;
        let (key, options) = (&self.steps[at].1, request.options);
        let fingerprint = CacheKey::of_key(self.plan, Step::Hop(0), &signer.access_key_id);
        let is_leaf = at + 1 == self.steps.len();
        if !options.use_cache || (options.refresh && is_leaf) {
            return None;
        }
        let found = store.read().sessions().lookup_by_key(&key.outer, &fingerprint)?;
        let is_fresh = found.lease.judge(clock.now(), options.min_ttl) == Freshness::Fresh;
        if !is_fresh || (is_leaf && !request.is_long_enough(&found)) {
            return None;
        }
        let clock_offset = found.lease.clock_offset;
        let credentials = self.use_cached(found);
        self.store(at, &Session { credentials: credentials.clone(), clock_offset });
        Some(credentials)
    }

    fn process_metadata(&self, call: &Call<'_>) -> Option<ProcessMetadata> {
        let (BaseSource::Process(_), Call::Role(index)) = (&self.plan.base.source, call) else { return None };
        let step = Step::Hop(*index);
        let key = self.process_key.as_deref().map(|id| CacheKey::of_key(self.plan, step, id).hex().to_owned());
        Some(ProcessMetadata { command: CacheKey::of_command(self.plan, step).hex().to_owned(), key })
    }

    pub(super) fn base_failed(&self, error: SourceError) -> ResolveError {
        ResolveError::Base { error, base: Box::new(self.plan.base.clone()) }
    }

    /// The profiles and locks that a child process must not request from us.
    pub(super) fn extended_chain(&self) -> CallChain {
        let Resolver { chain, config, .. } = &*self.resolver;
        chain.extended(config, &self.plan.path, &self.waiting.held.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>())
    }

    fn cached(&self, at: usize) -> Option<CachedSession> {
        let Resolver { store, request, .. } = &*self.resolver;
        let key = &self.steps[at].1;
        let found = request.lookup(store, key)?;
        // Times are whole seconds: a session written in the second in which this run began may be older than the
        // request.
        let since_we_began = found.lease.written_at.is_some_and(|at| at > self.began);
        let is_leaf = at + 1 == self.steps.len();
        let must_be_new = (is_leaf && (request.options.refresh || !request.is_long_enough(&found)))
            || self.exchange.distrusted == Some(at);
        (!must_be_new || since_we_began).then_some(found)
    }

    pub(super) fn cached_if_usable(&mut self, at: usize) -> Option<Credentials> {
        let found = self.cached(at)?;
        let options = self.resolver.request.options;
        let freshness = found.lease.judge(self.resolver.clock.now(), options.min_ttl);
        // A session that only signs the next call may have less time left than `min_ttl`.
        let is_signer = matches!(self.steps[at].0, Call::MfaSession(..)) && at + 1 < self.steps.len();
        let serves = match freshness {
            Freshness::Fresh => true,
            Freshness::Ageing => is_signer || (!options.min_ttl_is_strict && self.renewing_needs_a_prompt(at)),
            Freshness::Stale => false,
        };
        serves.then(|| self.use_cached(found))
    }

    pub(super) fn lasting_session(&self, at: usize) -> Option<CachedSession> {
        let now = self.resolver.clock.now();
        self.cached(at).filter(|found| found.lease.judge(now, 0) == Freshness::Fresh)
    }

    /// Also returns the seconds left.
    pub(super) fn cached_unexpired(&mut self, at: usize) -> Option<(Credentials, i64)> {
        let found = self.lasting_session(at)?;
        let left = found.lease.seconds_left(self.resolver.clock.now());
        Some((self.use_cached(found), left))
    }

    fn use_cached(&mut self, found: CachedSession) -> Credentials {
        self.clock_offset = found.lease.clock_offset;
        self.resolver.request.use_cached(found)
    }

    /// A valid cached session of a later role or of MFA makes a prompt unnecessary.
    pub(super) fn renewing_needs_a_prompt(&self, at: usize) -> bool {
        let Some(mfa) = &self.plan.mfa else { return false };
        let now = self.resolver.clock.now();
        let is_fresh = |before: usize| {
            let min_ttl = self.resolver.request.options.min_ttl;
            matches!(self.steps[before].0, Call::Role(_))
                && self.cached(before).is_some_and(|found| found.lease.judge(now, min_ttl) == Freshness::Fresh)
        };
        match self.steps[at].0 {
            Call::MfaSession(..) => true,
            Call::WebIdentity(_) => false,
            Call::Role(_) => !(0..at).any(is_fresh) && self.action_with(mfa) != MfaAction::Nothing,
        }
    }

    pub(super) fn store_exchanged(&mut self, at: usize, exchanged: Exchanged) -> Result<Credentials, ResolveError> {
        match exchanged {
            Exchanged::Session(session) => self.store_session(at, session),
            Exchanged::Cached(credentials) => Ok(credentials),
        }
    }

    pub(super) fn store_session(&mut self, at: usize, session: Session) -> Result<Credentials, ResolveError> {
        let credentials = session.credentials.checked();
        let credentials =
            credentials.map_err(|error| ResolveError::InvalidAnswer { error, at: Box::new(self.failed_call(at)) })?;
        let session = Session { credentials, ..session };
        self.clock_offset = session.clock_offset;
        let is_known = self.resolver.mishaps.iter().any(|mishap| matches!(mishap, ResolveWarning::ClockOff(_)));
        if session.clock_offset.abs() > CLOCK_TOLERANCE_SECONDS && !is_known {
            self.resolver.mishaps.push(ResolveWarning::ClockOff(session.clock_offset));
        }
        self.is_new = at + 1 == self.steps.len();
        if self.resolver.request.options.use_cache {
            self.store(at, &session);
        }
        Ok(session.credentials)
    }

    fn store(&mut self, at: usize, session: &Session) {
        let now = self.resolver.clock.now();
        let Some(expiration) = session.credentials.expiration else { return };
        let (call, key) = &self.steps[at];
        let profile = match call {
            Call::Role(index) => &self.plan.hops[*index].profile,
            Call::MfaSession(mfa, _) => &mfa.profile,
            Call::WebIdentity(_) => &self.plan.base.profile,
        };
        let mark = EntryMetadata {
            v: METADATA_VERSION,
            fingerprint: key.fingerprint.hex().to_owned(),
            written_at: now.rfc3339(),
            lifetime: expiration.since(now.plus(session.clock_offset)),
            profile: profile.clone(),
            account_id: session.credentials.account_id.clone(),
            clock_offset: session.clock_offset,
            process: self.process_metadata(call),
            sealed: None,
        };
        let new = NewSession { credentials: &session.credentials, expiration, mark: &mark };
        if let Err(error) = self.resolver.store.put(key, &new, now, self.reset_generation.unwrap_or_default()) {
            if let Some(reason) = StorageError::of(&error) {
                self.share_unstored(at, reason);
            }
            self.resolver.mishaps.push(ResolveWarning::NotCached(error));
        }
    }
}
