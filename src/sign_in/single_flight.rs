//! One process signs in to a session at a time. The others wait for it and use its token.

use std::fmt::Display;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cache::store::Store;
use crate::core::clock::Clock;
use crate::core::digest::sha256_hex;
use crate::os::lock::{Attempt, Guard};

const PAUSE: Duration = Duration::from_millis(50);
/// A wait that is shorter than this is not reported.
const SILENCE: Duration = Duration::from_secs(1);
/// After a sign-in that the user did not complete, in seconds. Otherwise each process of a build would open another
/// browser tab.
const BACKOFF: i64 = 300;

/// Describes the process that signs in, to those that wait for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Holder {
    pid: u32,
    verb: String,
    profile: String,
    /// Seconds since 1970 of the last sign-in that the user was asked for, and that failed.
    refused_at: Option<i64>,
    /// The number of failures, and the last one. Processes that waited meanwhile fail in the same way.
    failures: u64,
    failure: String,
}

pub struct Turn<'a> {
    pub store: &'a Store,
    pub clock: Clock,
    /// The session's name or start URL, or the ARN of `login_session`.
    pub session: &'a str,
    pub verb: &'a str,
    pub profile: &'a str,
    /// `login` signs in again at once after a sign-in that the user denied.
    pub is_automatic: bool,
    pub limit: Duration,
}

pub enum TurnError<E> {
    /// The process that signs in, as in an error message.
    Waited(String),
    /// The seconds until the next automatic sign-in.
    Backoff(i64),
    /// The sign-in of the process that this one waited for failed.
    Elsewhere {
        holder: String,
        failure: String,
    },
    Failed(E),
}

impl Turn<'_> {
    /// Runs `sign_in` unless another process has signed in meanwhile: `None`. `was_asked` is whether the user was asked
    /// for the sign-in that failed.
    pub fn take<T, E: Display>(
        &self,
        is_signed_in: impl Fn() -> bool,
        report_wait: impl FnOnce(&str),
        was_asked: impl FnOnce() -> bool,
        sign_in: impl FnOnce() -> Result<T, E>,
    ) -> Result<Option<T>, TurnError<E>> {
        // Under sudo, a lock file of root would block the owner of this home directory.
        if !self.store.is_ours() {
            return sign_in().map(Some).map_err(TurnError::Failed);
        }
        let id = format!("sign-in-{}", &sha256_hex(self.session)[..32]);
        let name = format!("{id}.holder");
        let failures_before = self.holder(&name).failures;
        let Some(guard) = self.wait(&id, &name, report_wait)? else {
            return sign_in().map(Some).map_err(TurnError::Failed);
        };
        if is_signed_in() {
            return Ok(None);
        }
        let mut holder = self.holder(&name);
        if self.is_automatic {
            let backoff = holder.refused_at.map(|at| BACKOFF - (self.clock.now().0 - at));
            if let Some(left) = backoff.filter(|left| (1..=BACKOFF).contains(left)) {
                return Err(TurnError::Backoff(left));
            }
            if holder.failures != failures_before {
                return Err(TurnError::Elsewhere { holder: holder.description(), failure: holder.failure });
            }
        }
        holder.pid = std::process::id();
        (holder.verb, holder.profile) = (self.verb.to_owned(), self.profile.to_owned());
        self.store.notes().put(&name, &holder, &guard);
        let outcome = sign_in();
        holder.refused_at = None;
        if let Err(error) = &outcome {
            holder.refused_at = was_asked().then(|| self.clock.now().0);
            (holder.failures, holder.failure) = (holder.failures + 1, error.to_string());
        }
        self.store.notes().put(&name, &holder, &guard);
        outcome.map(Some).map_err(TurnError::Failed)
    }

    /// `None` if the file system has no locks.
    fn wait<E>(&self, id: &str, name: &str, report_wait: impl FnOnce(&str)) -> Result<Option<Guard>, TurnError<E>> {
        let (began, mut report_wait) = (Instant::now(), Some(report_wait));
        let locks = self.store.locks();
        loop {
            match locks.try_lock(id) {
                Attempt::Held(guard) => return Ok(Some(guard)),
                Attempt::Unavailable(_) => return Ok(None),
                Attempt::Busy => {}
            }
            if began.elapsed() > SILENCE
                && let Some(report) = report_wait.take()
            {
                report(&self.holder(name).description());
            }
            if began.elapsed() >= self.limit {
                return Err(TurnError::Waited(self.holder(name).description()));
            }
            sleep(PAUSE);
        }
    }

    fn holder(&self, name: &str) -> Holder {
        self.store.notes().get(name).unwrap_or_default()
    }
}

impl Holder {
    fn description(&self) -> String {
        let Self { pid, verb, profile, .. } = self;
        match pid {
            0 => "another process".to_owned(),
            pid => format!("process {pid} (amplify-creds {verb} {profile})"),
        }
    }
}
