//! One process signs in to a session at a time. The others wait for it and use its token.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cache::store::Store;
use crate::core::clock::Clock;
use crate::core::digest::sha256_hex;
use crate::os::lock::Attempt;

const PAUSE: Duration = Duration::from_millis(50);
/// A wait that is shorter than this is not reported.
const SILENCE: Duration = Duration::from_secs(1);
/// After a denied or ignored sign-in, in seconds. Otherwise each process of a build would open another browser tab.
const REST: i64 = 300;

/// Describes the process that signs in, to those that wait for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Holder {
    pid: u32,
    verb: String,
    profile: String,
    /// Seconds since 1970 of the last sign-in that the user denied or ignored.
    refused_at: Option<i64>,
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
    Rests(i64),
    Failed(E),
}

impl Turn<'_> {
    /// Runs `sign_in` unless another process has signed in meanwhile: `None`. `was_refused` recognises a sign-in that
    /// the user denied or ignored.
    pub fn take<T, E>(
        &self,
        is_signed_in: impl Fn() -> bool,
        report_wait: impl FnOnce(&str),
        was_refused: impl FnOnce(&E) -> bool,
        sign_in: impl FnOnce() -> Result<T, E>,
    ) -> Result<Option<T>, TurnError<E>> {
        // Under sudo, a lock file of root would block the owner of this home directory.
        if !self.store.is_ours() {
            return sign_in().map(Some).map_err(TurnError::Failed);
        }
        let id = format!("sign-in-{}", &sha256_hex(self.session)[..32]);
        let name = format!("{id}.holder");
        let (began, mut report_wait) = (Instant::now(), Some(report_wait));
        let locks = self.store.locks();
        let guard = loop {
            match locks.try_lock(&id) {
                Attempt::Held(guard) => break guard,
                Attempt::Unavailable(_) => return sign_in().map(Some).map_err(TurnError::Failed),
                Attempt::Busy => {}
            }
            if began.elapsed() > SILENCE
                && let Some(report) = report_wait.take()
            {
                report(&self.holder(&name).description());
            }
            if began.elapsed() >= self.limit {
                return Err(TurnError::Waited(self.holder(&name).description()));
            }
            sleep(PAUSE);
        };
        if is_signed_in() {
            return Ok(None);
        }
        let refused_at = self.holder(&name).refused_at;
        let rest = refused_at.map(|at| REST - (self.clock.now().0 - at)).filter(|left| (1..=REST).contains(left));
        if let Some(left) = rest.filter(|_| self.is_automatic) {
            return Err(TurnError::Rests(left));
        }
        let mut holder = Holder {
            pid: std::process::id(),
            verb: self.verb.to_owned(),
            profile: self.profile.to_owned(),
            refused_at: None,
        };
        self.store.notes().put(&name, &holder, &guard);
        let outcome = sign_in();
        if outcome.as_ref().is_err_and(was_refused) {
            holder.refused_at = Some(self.clock.now().0);
            self.store.notes().put(&name, &holder, &guard);
        }
        outcome.map(Some).map_err(TurnError::Failed)
    }

    fn holder(&self, name: &str) -> Holder {
        self.store.notes().get(name).unwrap_or_default()
    }
}

impl Holder {
    fn description(&self) -> String {
        let Self { pid, verb, profile, refused_at: _ } = self;
        match pid {
            0 => "another process".to_owned(),
            pid => format!("process {pid} (amplify-creds {verb} {profile})"),
        }
    }
}
