//! Records each request and its outcome, unmasked: tests need the one-time codes, and a double has no real secrets.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::wait::PATIENCE;

/// One request to the double.
#[derive(Clone, Debug)]
pub struct Call {
    /// The `Action` of the request; empty if missing.
    pub action: String,
    /// All decoded parameters, including `Action` and `Version`.
    pub params: BTreeMap<String, String>,
    /// The access key id of the signature, even if unknown.
    pub access_key_id: Option<String>,
    /// The region of the signature.
    pub region: Option<String>,
    /// Its `User-Agent` header.
    pub user_agent: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// The time of arrival by the real clock, which `Fault::ClockOffset` does not move.
    pub at: DateTime<Utc>,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Executed and answered.
    Ok,
    /// Answered with this AWS error.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The message.
        message: String,
    },
    /// A fault prevented a readable AWS response.
    NoAnswer,
}

impl Call {
    /// The value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// Whether the request was executed and answered.
    pub fn is_ok(&self) -> bool {
        self.outcome == Outcome::Ok
    }

    /// The code of the AWS error in the response.
    pub fn error_code(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Error { code, .. } => Some(code),
            Outcome::Ok | Outcome::NoAnswer => None,
        }
    }
}

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
    /// Adds a call before its response is sent, so that a caller with the response finds the call.
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

    pub(crate) fn count(&self, wanted: impl Fn(&Call) -> bool) -> usize {
        self.lock().calls.iter().filter(|call| wanted(call)).count()
    }

    /// A channel that receives every later call.
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
