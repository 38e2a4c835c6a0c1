//! Owns one resolution under way: look, lock, look again, fetch, store.

use std::fmt::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest, Sha256};

use crate::cache::entry::{self, CachedSession, MARK_VERSION, Mark};
use crate::cache::key::CacheKey;
use crate::cache::lock::{Attempt, Guard};
use crate::clock::Timestamp;
use crate::credentials::{CLOCK_TOLERANCE_SECONDS, Credentials, Freshness};
use crate::plan::{BaseSource, CredentialPlan, Hop};
use crate::prompt::{Answer, PromptError, Question};
use crate::secret::Secret;
use crate::source;
use crate::sts::{AssumeRole, Session, StsError};

use super::{FailedHop, Mishap, ResolveError, Resolver};

/// How often a person may have a code refused by AWS before the prompt gives up.
const REJECTIONS: u32 = 3;

/// The shortest and the longest pause (in milliseconds) between two tries of a lock.
const PAUSE: (u64, u64) = (5, 60);

/// One resolution.
pub(super) struct Run<'r, 'a> {
    resolver: &'r mut Resolver<'a>,
    plan: &'r CredentialPlan,
    keys: Vec<CacheKey>,
    /// The locks that this run holds, for the chain.
    held: Vec<String>,
    began: Timestamp,
    /// How long this run has waited for other processes.
    waited: Duration,
    /// Seconds that AWS's clock was ahead when the last session used was fetched.
    pub(super) clock_offset: i64,
}

/// What waiting for a lock came to.
enum Waited {
    /// The lock, or none where locks are not to be had.
    Lock(Option<Guard>),
    /// The session that another process fetched meanwhile.
    Session(Credentials),
}

/// What asking AWS with a code came to.
enum Given {
    Session(Session),
    Cached(Credentials),
}

/// What asking for a code came to.
enum Asked {
    Answer(Answer),
    Cached(Credentials),
}

impl<'r, 'a> Run<'r, 'a> {
    pub(super) fn new(resolver: &'r mut Resolver<'a>, plan: &'r CredentialPlan) -> Self {
        let keys = (0..plan.hops.len()).map(|index| CacheKey::of_hop(plan, index)).collect();
        let began = resolver.clock.now();
        Self { resolver, plan, keys, held: Vec::new(), began, waited: Duration::ZERO, clock_offset: 0 }
    }

    /// The session of hop `index`. Its lock is held while the hops before it are fetched: leaf to base, so that two
    /// chains with a hop in common cannot wait for each other.
    pub(super) fn session(&mut self, index: usize) -> Result<Credentials, ResolveError> {
        if let Some(session) = self.good_enough(index) {
            return Ok(session);
        }
        let lock_id = self.keys[index].fingerprint.hex().to_owned();
        let _lock = if self.resolver.options.use_cache {
            match self.lock(&lock_id, index)? {
                Waited::Session(session) => return Ok(session),
                Waited::Lock(lock) => lock,
            }
        } else {
            None
        };
        if let Some(session) = self.good_enough(index) {
            return Ok(session);
        }
        let fetched = match index.checked_sub(1) {
            None => self.base().and_then(|signer| self.fetch(index, &signer)),
            Some(before) => self.session(before).and_then(|signer| self.fetch(index, &signer)),
        };
        let Err(ResolveError::Sts { error, .. }) = &fetched else { return fetched };
        match self.lasting(index) {
            Some((session, left)) if error.is_passing() => {
                self.resolver.mishaps.push(Mishap::Stale(error.clone(), left));
                Ok(session)
            }
            _ => fetched,
        }
    }

    /// The credentials that sign the first call.
    pub(super) fn base(&self) -> Result<Credentials, ResolveError> {
        let Resolver { chain, config, .. } = &*self.resolver;
        let longer = chain.with(config, &self.plan.path, &self.held);
        source::fetch(&self.plan.base, &longer).map_err(|error| {
            let at = match &self.plan.base.source {
                BaseSource::Process(process) => process.command.from.clone(),
                BaseSource::Static(keys) | BaseSource::Environment(keys) => keys.from.clone(),
            };
            ResolveError::Base { error, profile: self.plan.base.profile.clone(), at }
        })
    }

    /// The cached session of hop `index`, if it is one that this run may take at all.
    fn cached(&self, index: usize) -> Option<CachedSession> {
        let Resolver { store, options, is_only_profile, .. } = &*self.resolver;
        if !options.use_cache {
            return None;
        }
        let found = store.read().sessions().lookup(&self.keys[index], is_only_profile)?;
        // Times are whole seconds: a session of the second in which we began may be older than our question.
        let since_we_began = found.lease.written_at.is_some_and(|at| at > self.began);
        let is_leaf = index + 1 == self.keys.len();
        (!options.refresh || !is_leaf || since_we_began).then_some(found)
    }

    /// The cached session to hand out without any renewal.
    fn good_enough(&mut self, index: usize) -> Option<Credentials> {
        let found = self.cached(index)?;
        let options = self.resolver.options;
        let freshness = found.lease.judge(self.resolver.clock.now(), options.min_ttl);
        let serves = match freshness {
            Freshness::Fresh => true,
            Freshness::Ageing => !options.min_ttl_is_strict && self.renewing_needs_a_prompt(index),
            Freshness::Stale => false,
        };
        serves.then(|| self.take(found))
    }

    /// The cached session that is better than an error, and the seconds it still lasts.
    fn lasting(&mut self, index: usize) -> Option<(Credentials, i64)> {
        let now = self.resolver.clock.now();
        let found = self.cached(index).filter(|found| found.lease.judge(now, 0) == Freshness::Fresh)?;
        let left = found.lease.seconds_left(now);
        Some((self.take(found), left))
    }

    fn take(&mut self, found: CachedSession) -> Credentials {
        self.clock_offset = found.lease.clock_offset;
        let account = || self.plan.hops.last().map(|hop| hop.role_arn.value.account().to_owned());
        Credentials { account_id: found.credentials.account_id.or_else(account), ..found.credentials }
    }

    /// A code is for the first hop; whoever has a later hop cached needs none.
    fn renewing_needs_a_prompt(&self, index: usize) -> bool {
        let now = self.resolver.clock.now();
        let is_fresh = |hop| {
            let min_ttl = self.resolver.options.min_ttl;
            self.cached(hop).is_some_and(|found| found.lease.judge(now, min_ttl) == Freshness::Fresh)
        };
        self.plan.hops[0].mfa_serial.is_some() && !(0..index).any(is_fresh)
    }

    /// Calls STS for hop `index` and stores what it gives.
    fn fetch(&mut self, index: usize, signer: &Credentials) -> Result<Credentials, ResolveError> {
        let hop = &self.plan.hops[index];
        let session = match &hop.mfa_serial {
            None => self.assume(index, signer, None).map_err(|error| self.failed(index, error))?,
            Some(serial) => match self.assume_with_code(index, signer, &serial.value)? {
                Given::Session(session) => session,
                Given::Cached(credentials) => return Ok(credentials),
            },
        };
        self.clock_offset = session.clock_offset;
        if session.clock_offset.abs() > CLOCK_TOLERANCE_SECONDS {
            self.resolver.mishaps.push(Mishap::ClockOff(session.clock_offset));
        }
        if self.resolver.options.use_cache {
            self.store(index, &session);
        }
        Ok(session.credentials)
    }

    fn assume(&self, index: usize, signer: &Credentials, mfa: Option<(&str, &Secret)>) -> Result<Session, StsError> {
        let Hop { profile: _, role_arn, session_name, external_id, mfa_serial: _, duration, region } =
            &self.plan.hops[index];
        let request = AssumeRole {
            role_arn: role_arn.value.as_str(),
            session_name: &session_name.value,
            external_id: external_id.as_ref().map(|id| id.value.as_str()),
            duration_seconds: duration.seconds,
            mfa,
            region: &region.value,
            endpoint: self.plan.endpoint.as_ref().map(|url| url.value.as_str()),
        };
        self.resolver.sts.assume_role(&request, signer)
    }

    /// One code, one call: the device's lock is held over both, so that two roles never send the same code.
    fn assume_with_code(&mut self, index: usize, signer: &Credentials, serial: &str) -> Result<Given, ResolveError> {
        let _device = match self.lock(&device_lock_id(serial, &signer.access_key_id), index)? {
            Waited::Session(credentials) => return Ok(Given::Cached(credentials)),
            Waited::Lock(lock) => lock,
        };
        let (mut rejected, mut typed_and_refused) = (None, 0);
        loop {
            let Answer { code, typed } = match self.code(index, serial, typed_and_refused > 0) {
                Ok(Asked::Answer(answer)) => answer,
                Ok(Asked::Cached(credentials)) => return Ok(Given::Cached(credentials)),
                // Nobody is left to ask: then the refusal is what the user must hear of.
                Err(ResolveError::Prompt { error: PromptError::NobodyToAsk, at }) => {
                    return Err(match rejected {
                        Some(error) => self.failed(index, error),
                        None => ResolveError::Prompt { error: PromptError::NobodyToAsk, at },
                    });
                }
                Err(other) => return Err(other),
            };
            typed_and_refused += u32::from(typed);
            match self.assume(index, signer, Some((serial, &code))) {
                Ok(session) => return Ok(Given::Session(session)),
                Err(error) if error.is_mfa_rejected() && typed_and_refused < REJECTIONS => rejected = Some(error),
                Err(error) => return Err(self.failed(index, error)),
            }
        }
    }

    fn code(&mut self, index: usize, serial: &str, again: bool) -> Result<Asked, ResolveError> {
        let plan = self.plan;
        let hop = &plan.hops[index];
        let chain = self.resolver.chain;
        let question = Question {
            profile: &hop.profile,
            role_arn: Some(hop.role_arn.value.as_str()),
            mfa_serial: serial,
            again,
            mfa_process: None,
            chain,
            spent: &|_| None,
        };
        let _terminal = match self.resolver.prompt.terminal(&question) {
            Some(id) => match self.lock(&id, index)? {
                Waited::Session(credentials) => return Ok(Asked::Cached(credentials)),
                Waited::Lock(lock) => lock,
            },
            None => None,
        };
        let answer = self.resolver.prompt.code(&question).map(Asked::Answer);
        answer.map_err(|error| ResolveError::Prompt { error, at: Box::new(self.place(index)) })
    }

    fn store(&mut self, index: usize, session: &Session) {
        let now = self.resolver.clock.now();
        let Some(expiration) = session.credentials.expiration else { return };
        let mark = Mark {
            v: MARK_VERSION,
            fingerprint: self.keys[index].fingerprint.hex().to_owned(),
            written_at: now.rfc3339(),
            lifetime: expiration.since(now.plus(session.clock_offset)),
            profile: self.plan.hops[index].profile.clone(),
            account_id: session.credentials.account_id.clone(),
            clock_offset: session.clock_offset,
        };
        let Ok(entry) = entry::write(&session.credentials, expiration, &mark) else { return };
        if let Err(error) = self.resolver.store.put(&self.keys[index], &entry, now) {
            self.resolver.mishaps.push(Mishap::NotCached(error));
        }
    }

    /// Waits for the lock `id`, looking at the cache for hop `index` meanwhile, so that all who wait leave together.
    fn lock(&mut self, id: &str, index: usize) -> Result<Waited, ResolveError> {
        if !self.resolver.store.is_ours() {
            return Ok(Waited::Lock(None));
        }
        if self.resolver.chain.locks.iter().any(|held| held == id) {
            return Err(ResolveError::Recursion);
        }
        let locks = self.resolver.store.locks();
        let timeout = self.resolver.options.lock_timeout;
        let mut seen = self.resolver.store.stamp();
        let mut pause = PAUSE.0;
        loop {
            match locks.try_take(id) {
                Attempt::Held(guard) => {
                    self.held.push(id.to_owned());
                    return Ok(Waited::Lock(Some(guard)));
                }
                Attempt::Unavailable(error) => {
                    self.resolver.mishaps.push(Mishap::NoLock(error));
                    return Ok(Waited::Lock(None));
                }
                Attempt::Busy => {}
            }
            let stamp = self.resolver.store.stamp();
            if stamp != seen
                && let Some(session) = self.good_enough(index)
            {
                return Ok(Waited::Session(session));
            }
            seen = stamp;
            if self.waited >= timeout {
                return match self.lasting(index) {
                    Some((session, _)) => Ok(Waited::Session(session)),
                    None => Err(ResolveError::LockTimeout(timeout.as_secs())),
                };
            }
            let since = Instant::now();
            sleep(Duration::from_millis(jitter(pause)));
            self.waited += since.elapsed();
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    fn failed(&self, index: usize, error: StsError) -> ResolveError {
        ResolveError::Sts { error, at: Box::new(self.place(index)) }
    }

    fn place(&self, index: usize) -> FailedHop {
        FailedHop { hop: self.plan.hops[index].clone(), number: index + 1, count: self.plan.hops.len() }
    }
}

/// A device of one user; the serial may stand in a file name only as a hash.
fn device_lock_id(serial: &str, access_key_id: &str) -> String {
    let hash = Sha256::digest(format!("{serial}\n{access_key_id}"));
    hash.iter().take(16).fold("mfa-".to_owned(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// From half of `pause` to the whole of it: waiters that began together must not stay in step. The clock's nanoseconds
/// and the process's number are random enough for that.
fn jitter(pause: u64) -> u64 {
    let nanos = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| u64::from(d.subsec_nanos()));
    let half = pause / 2;
    half + (nanos ^ u64::from(std::process::id())) % (half + 1)
}
