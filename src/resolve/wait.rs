//! Waits for locks of other processes. The holder's failure becomes the failure of the waiters.

use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use crate::cache::holder::Holder;
use crate::cache::store::CacheWriteError;
use crate::os::lock::{Attempt, Guard};

use super::error::{ResolveError, ResolveWarning, StorageError};
use super::reporter::SILENCE;
use super::shared::SharedFailure;
use super::state::{Run, WaitPolicy, Waited};
use super::story::process_name;

/// Shortest and longest pause in milliseconds between two attempts.
const PAUSE: (u64, u64) = (5, 60);

type HolderFacts = Holder<(u64, SharedFailure)>;

/// A lock's mark is the number of sessions that could not be stored, multiplied by this, plus the reason.
const ERRORS: u64 = 4096;

const COUNTED: u64 = 1024;

const LOCKED: u64 = ERRORS - 1;

impl StorageError {
    /// `None` if the next process has to fetch a session in any case.
    pub(super) fn of(error: &CacheWriteError) -> Option<Self> {
        match error {
            CacheWriteError::Forgotten => None,
            CacheWriteError::Locked(_) => Some(Self::Locked),
            CacheWriteError::Io { reason, .. } => Some(reason.raw_os_error().map_or(Self::Other, Self::System)),
            CacheWriteError::ForeignOwner(_) | CacheWriteError::TooLarge(_) | CacheWriteError::Sealing(_) => {
                Some(Self::Other)
            }
        }
    }

    fn number(self) -> u64 {
        match self {
            Self::System(code) => u64::try_from(code).ok().filter(|code| *code < LOCKED).unwrap_or_default(),
            Self::Locked => LOCKED,
            Self::Other => 0,
        }
    }

    fn of_number(number: u64) -> Self {
        match number {
            0 => Self::Other,
            LOCKED => Self::Locked,
            code => i32::try_from(code).map_or(Self::Other, Self::System),
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
        let (mut known, mut known_mark) = (None, None);
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
                let name = || format!("{}: another process has stored a session", self.step_name(at));
                self.resolver.reporter.detail(&name);
                return Ok(Waited::Session(session));
            }
            seen = stamp;
            let facts = if guard.is_none() || known.is_some() { self.facts(id) } else { HolderFacts::default() };
            let baseline = *known.get_or_insert(facts.generation);
            if let Some((_, shared)) = facts.failure.as_ref().filter(|(number, _)| *number > baseline)
                && let Some(error) = self.adopt(shared, at)
            {
                self.resolver.failed_elsewhere = true;
                return Err(error);
            }
            let mark = locks.mark(id);
            if mark != *known_mark.get_or_insert(mark) {
                return self.without_storage(mark, at);
            }
            if let Some(guard) = guard {
                self.resolver
                    .reporter
                    .detail(&|| format!("{}: lock acquired ({} ms)", self.step_name(at), began.elapsed().as_millis()));
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

    /// Publishes the terminal of the prompt, or `None` after the prompt.
    pub(super) fn asking(&self, terminal: Option<&str>) {
        for (id, _) in &self.waiting.held {
            self.tell_waiters(id, |facts| facts.prompt_tty = terminal.map(str::to_owned));
        }
    }

    pub(super) fn share(&self, id: &str, error: &ResolveError) {
        if let Some(shared) = self.shared(error) {
            self.tell_waiters(id, |facts| {
                facts.generation += 1;
                facts.failure = Some((facts.generation, shared));
            });
        }
    }

    /// Reports to the waiters of step `at` that its session could not be stored.
    pub(super) fn share_unstored(&self, at: usize, reason: StorageError) {
        let Some(id) = self.lock_id(at) else { return };
        if let Some(guard) = self.guard(&id) {
            let count = (self.resolver.store.locks().mark(&id) / ERRORS + 1) % COUNTED;
            guard.set_mark(count * ERRORS + reason.number());
        }
    }

    /// Fails if this process would have to prompt. Otherwise fetches a session at once, since a lock saves no call.
    fn without_storage(&self, mark: u64, at: usize) -> Result<Waited, ResolveError> {
        if !self.renewing_needs_a_prompt(at) {
            return Ok(Waited::Lock);
        }
        let reason = StorageError::of_number(mark % ERRORS);
        Err(ResolveError::NotStored { file: self.resolver.store.path().to_owned(), reason })
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

    fn tell_of(&mut self, facts: &HolderFacts) {
        let doing = match &facts.prompt_tty {
            Some(terminal) if self.resolver.prompt.own_terminal().as_ref() == Some(terminal) => return,
            Some(_) => ", which is waiting for an MFA code elsewhere",
            None => "",
        };
        if let Some(holder) = holder_description(facts) {
            let what = format!("{holder}{doing}");
            let reporter = self.resolver.reporter;
            if reporter.shows_waits() {
                reporter.waiting(&what);
            } else if !reporter.is_quiet() {
                self.resolver.prompt.print_line(&format!("waiting for {what}"));
            }
        }
    }
}

fn holder_description(facts: &HolderFacts) -> Option<String> {
    let HolderFacts { pid, verb, profile, .. } = facts;
    (*pid != 0).then(|| process_name(*pid, verb, profile))
}

/// Random between half of `pause` and all of it, so that waiters that began together do not stay synchronised.
fn jitter(pause: u64) -> u64 {
    let nanos = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| u64::from(d.subsec_nanos()));
    let half = pause / 2;
    half + (nanos ^ u64::from(std::process::id())) % (half + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_survives_as_a_number() {
        for reason in [StorageError::System(28), StorageError::System(122), StorageError::Locked, StorageError::Other] {
            assert_eq!(StorageError::of_number(reason.number()), reason);
        }
        assert_eq!(StorageError::of_number(StorageError::System(-1).number()), StorageError::Other);
        assert_eq!(StorageError::of(&CacheWriteError::Forgotten), None);
    }
}
