//! Records each request and its outcome, unmasked: tests need the one-time codes, and a double has no real secrets.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::wait::PATIENCE;

/// One request that reached the double.
#[derive(Clone, Debug)]
pub struct Call {
    /// The `Action` it asked for; empty if it named none.
    pub action: String,
    /// All its parameters, `Action` and `Version` among them, decoded.
    pub params: BTreeMap<String, String>,
    /// The access key id it claims to be signed with, known or not.
    pub access_key_id: Option<String>,
    /// The region it claims to be signed for.
    pub region: Option<String>,
    /// Its `User-Agent` header.
    pub user_agent: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it came, by the real clock (never the one that `Fault::ClockOffset` moves).
    pub at: DateTime<Utc>,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out and its answer sent.
    Ok,
    /// It was answered with this AWS error.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The sentence for people.
        message: String,
    },
    /// A fault left it without an answer that could be read as AWS's.
    NoAnswer,
}

impl Call {
    /// The value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// Whether it was carried out and answered.
    pub fn is_ok(&self) -> bool {
        self.outcome == Outcome::Ok
    }

    /// The code of the AWS error it was answered with.
    pub fn error_code(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Error { code, .. } => Some(code),
            Outcome::Ok | Outcome::NoAnswer => None,
        }
    }
}

/// All calls so far, and those who want to hear of the next.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pages: Mutex<Pages>,
    grown: Condvar,
}

#[derive(Debug, Default)]
struct Pages {
    calls: Vec<Call>,
    followers: Vec<Sender<Call>>,
}

impl Journal {
    /// Adds a call. Done before its answer is sent, so whoever has an answer finds the call.
    pub(crate) fn record(&self, call: Call) {
        let mut pages = self.lock();
        pages.followers.retain(|follower| follower.send(call.clone()).is_ok());
        pages.calls.push(call);
        drop(pages);
        self.grown.notify_all();
    }

    /// All calls, the oldest first.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// How many calls are of this kind.
    pub(crate) fn count(&self, wanted: impl Fn(&Call) -> bool) -> usize {
        self.lock().calls.iter().filter(|call| wanted(call)).count()
    }

    /// A channel that gets every call from now on.
    pub(crate) fn follow(&self) -> Receiver<Call> {
        let (sender, receiver) = channel();
        self.lock().followers.push(sender);
        receiver
    }

    /// Waits until there are this many calls of this action; panics after [`PATIENCE`].
    #[track_caller]
    pub(crate) fn wait_for(&self, action: &str, wanted: usize) {
        let of_action = |pages: &Pages| pages.calls.iter().filter(|c| c.action == action).count();
        let (pages, _) = self
            .grown
            .wait_timeout_while(self.lock(), PATIENCE, |pages| of_action(pages) < wanted)
            .unwrap_or_else(PoisonError::into_inner);
        let came = of_action(&pages);
        assert!(came >= wanted, "{came} of {wanted} calls of {action} came");
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
