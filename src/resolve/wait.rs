//! Waiting for locks of other processes. The holder's failure becomes the failure of the waiters.

use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

use crate::cache::holder::Holder;
use crate::os::lock::{Attempt, Guard};
use crate::prompt::PromptError;
use crate::sts::StsError;

use super::error::{ResolveError, ResolveWarning};
use super::state::{Run, WaitPolicy, Waited};

/// Shortest and longest pause (milliseconds) between two attempts.
const PAUSE: (u64, u64) = (5, 60);

/// After this time the terminal shows which process is waited for.
const SILENCE: Duration = Duration::from_secs(2);

/// A failure that waiters adopt. Failures that depend on the holder's own flags or environment are not shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Shared {
    Sts(StsError),
    Cancelled,
    NotACode,
    TimedOut(u64),
}

type HolderFacts = Holder<(u64, Shared)>;

impl Shared {
    fn of(error: &ResolveError) -> Option<Self> {
        match error {
            ResolveError::Sts { error, .. } if error.is_passing() || error.is_mfa_rejected() => {
                Some(Self::Sts(error.clone()))
            }
            ResolveError::Prompt { error: PromptError::Cancelled, .. } => Some(Self::Cancelled),
            ResolveError::Prompt { error: PromptError::NotACode, .. } => Some(Self::NotACode),
            ResolveError::Prompt { error: PromptError::TimedOut(seconds), .. } => Some(Self::TimedOut(*seconds)),
            _ => None,
        }
    }
}

impl Run<'_, '_> {
    /// Waits for the lock `id` and reads the cache for step `at` meanwhile, so that all waiters return together.
    pub(super) fn lock(&mut self, id: &str, at: usize) -> Result<Waited, ResolveError> {
        if !self.resolver.store.is_ours() {
            return Ok(Waited::Lock);
        }
        if self.resolver.chain.locks.iter().any(|held| held == id) {
            return Err(ResolveError::Recursion);
        }
        let locks = self.resolver.store.locks();
        let timeout = self.resolver.request.options.lock_timeout;
        let mut seen = self.resolver.store.stamp();
        let mut pause = PAUSE.0;
        let mut known = None;
        let (began, mut is_told) = (Instant::now(), false);
        loop {
            let guard = match locks.try_lock(id) {
                Attempt::Held(guard) => Some(guard),
                Attempt::Unavailable(error) => {
                    self.resolver.mishaps.push(ResolveWarning::NoLock(error));
                    return Ok(Waited::Lock);
                }
                Attempt::Busy if matches!(self.waiting.patience, WaitPolicy::Early(_)) => {
                    return Err(ResolveError::LockTimeout { seconds: 0, holder: None });
                }
                Attempt::Busy => None,
            };
            let stamp = self.resolver.store.stamp();
            if stamp != seen
                && let Some(session) = self.cached_if_usable(at)
            {
                return Ok(Waited::Session(session));
            }
            seen = stamp;
            let facts = if guard.is_none() || known.is_some() { self.facts(id) } else { HolderFacts::default() };
            let baseline = *known.get_or_insert(facts.generation);
            if let Some(shared) = facts.failure.as_ref().filter(|(number, _)| *number > baseline) {
                return Err(self.adopt(&shared.1, at));
            }
            if let Some(guard) = guard {
                self.hold(id, guard);
                return Ok(Waited::Lock);
            }
            if !is_told && began.elapsed() >= SILENCE {
                is_told = true;
                self.tell_of(&facts);
            }
            if self.waiting.waited >= timeout {
                return match self.cached_unexpired(at) {
                    Some((session, _)) => Ok(Waited::Session(session)),
                    None => Err(ResolveError::LockTimeout {
                        seconds: timeout.as_secs(),
                        holder: holder_description(&facts),
                    }),
                };
            }
            let since = Instant::now();
            sleep(Duration::from_millis(jitter(pause)));
            self.waiting.waited += since.elapsed();
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    fn hold(&mut self, id: &str, lock: Guard) {
        let facts = HolderFacts {
            pid: std::process::id(),
            since: self.resolver.clock.now().0,
            verb: self.resolver.verb.to_owned(),
            profile: self.plan.profile.clone(),
            prompt_tty: None,
            ..self.facts(id)
        };
        self.resolver.store.holders().put(id, &facts, &lock);
        self.waiting.held.push((id.to_owned(), lock));
    }

    pub(super) fn with_locks_released<T>(&mut self, what: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.waiting.held.len();
        let outcome = what(self);
        self.waiting.held.truncate(before);
        outcome
    }

    pub(super) fn guard(&self, id: &str) -> Option<&Guard> {
        self.waiting.held.iter().find(|(held, _)| held == id).map(|(_, guard)| guard)
    }

    /// Publishes the terminal that shows the prompt, or `None` when it has ended.
    pub(super) fn asking(&self, terminal: Option<&str>) {
        for (id, _) in &self.waiting.held {
            self.tell_waiters(id, |facts| facts.prompt_tty = terminal.map(str::to_owned));
        }
    }

    pub(super) fn share(&self, id: &str, error: &ResolveError) {
        if let Some(shared) = Shared::of(error) {
            self.tell_waiters(id, |facts| {
                facts.generation += 1;
                facts.failure = Some((facts.generation, shared));
            });
        }
    }

    pub(super) fn rest(&self, id: &str) {
        let now = self.resolver.clock.now().0;
        self.tell_waiters(id, |facts| facts.renewal_failed_at = Some(now));
    }

    fn tell_waiters(&self, id: &str, change: impl FnOnce(&mut HolderFacts)) {
        if let Some(lock) = self.guard(id) {
            let mut facts = self.facts(id);
            change(&mut facts);
            self.resolver.store.holders().put(id, &facts, lock);
        }
    }

    pub(super) fn in_backoff(&self, id: &str) -> bool {
        self.facts(id).in_backoff(self.resolver.clock.now())
    }

    fn facts(&self, id: &str) -> HolderFacts {
        self.resolver.store.holders().get(id)
    }

    fn adopt(&self, shared: &Shared, at: usize) -> ResolveError {
        let prompt = |error| ResolveError::Prompt { error, at: Box::new(self.failed_call(at)) };
        match shared {
            Shared::Sts(error) => self.failed(at, error.clone()),
            Shared::Cancelled => prompt(PromptError::Cancelled),
            Shared::NotACode => prompt(PromptError::NotACode),
            Shared::TimedOut(seconds) => prompt(PromptError::TimedOut(*seconds)),
        }
    }

    fn tell_of(&mut self, facts: &HolderFacts) {
        let doing = match &facts.prompt_tty {
            Some(terminal) if self.resolver.prompt.own_terminal().as_ref() == Some(terminal) => return,
            Some(_) => ", which asks for an MFA code elsewhere",
            None => "",
        };
        if let Some(holder) = holder_description(facts) {
            self.resolver.prompt.print_line(&format!("waiting for {holder}{doing}"));
        }
    }
}

fn holder_description(facts: &HolderFacts) -> Option<String> {
    let HolderFacts { pid, verb, profile, .. } = facts;
    (*pid != 0).then(|| format!("process {pid} (amplify-creds {verb} {profile})"))
}

/// Between half of `pause` and all of it, so that waiters that began together do not stay in step.
fn jitter(pause: u64) -> u64 {
    let nanos = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| u64::from(d.subsec_nanos()));
    let half = pause / 2;
    half + (nanos ^ u64::from(std::process::id())) % (half + 1)
}
