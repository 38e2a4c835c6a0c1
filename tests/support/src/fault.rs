//! The faults that a test asks for: which, for how many requests, and how long a hanging or slow answer waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Something that goes wrong.
///
/// Three kinds combine: one [`Fault::ClockOffset`], one [`Fault::Slow`] and one of the others can
/// act on the same request. Of one kind, those given for a number of requests act first, in the
/// order they were given; after them the latest that was given without a number.
///
/// A fault that replaces the answer also keeps the request from being carried out: it is not
/// authenticated and spends no one-time code. [`Fault::Truncated`] alone loses the answer of a
/// request that was carried out, as a connection that breaks late does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400 `Throttling`, `Rate exceeded`.
    Throttle,
    /// This status (5xx) with AWS's `InternalFailure` document.
    ServerError(u16),
    /// This status (5xx) with a page of HTML, as a load balancer gives.
    ServerErrorHtml(u16),
    /// No answer until the faults are cleared or the double stops; then the connection closes.
    Hang,
    /// The answer comes this much later; the request is carried out at once.
    Slow(Duration),
    /// 200 with bytes that are neither XML nor text.
    Garbage,
    /// The right answer, cut off: more bytes are promised than sent.
    Truncated,
    /// The connection is closed without an answer.
    Close,
    /// Any AWS error.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The sentence for people.
        message: String,
    },
    /// The double's clock is this many seconds ahead of the real one (negative: behind). The
    /// `Date` header, the age of signatures and expirations go by it.
    ClockOffset(i64),
}

impl Fault {
    /// The answer comes when the faults are cleared; the request is carried out at once.
    pub const HELD: Self = Self::Slow(Duration::MAX);

    /// An AWS error of the caller's own choice.
    pub fn error(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Error { status, code: code.into(), message: message.into() }
    }
}

/// What is to happen to one request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Seconds that the clock is ahead.
    pub clock_offset: i64,
    /// How long the answer is held back.
    pub delay: Option<Duration>,
    /// What replaces or breaks the answer; never `ClockOffset` or `Slow`.
    pub instead: Option<Fault>,
    /// Which clearing of the faults came last when the request did.
    epoch: u64,
}

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    given: Vec<Given>,
    epoch: u64,
    stopped: bool,
}

#[derive(Debug)]
struct Given {
    fault: Fault,
    action: Option<String>,
    /// Requests left, nothing for "until cleared".
    left: Option<u32>,
}

impl Faults {
    /// Puts a fault in force, for requests with this action only if one is named.
    pub(crate) fn give(&self, fault: Fault, action: Option<&str>, times: Option<u32>) {
        if times == Some(0) {
            return;
        }
        self.lock().given.push(Given { fault, action: action.map(str::to_owned), left: times });
    }

    /// Forgets all faults, puts another in force where one is given, and lets go of the requests that hang or wait.
    pub(crate) fn replace(&self, fault: Option<Fault>) {
        let mut state = self.lock();
        state.given = fault.map(|fault| Given { fault, action: None, left: None }).into_iter().collect();
        state.epoch += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Lets go of all requests, now and later.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// What is to happen to a request with this action; counts it.
    pub(crate) fn plan(&self, action: &str) -> Plan {
        let mut state = self.lock();
        let is_clock = |fault: &Fault| matches!(fault, Fault::ClockOffset(_));
        let is_delay = |fault: &Fault| matches!(fault, Fault::Slow(_));
        let clock = state.take(action, is_clock);
        let delay = state.take(action, is_delay);
        let instead = state.take(action, |fault| !is_clock(fault) && !is_delay(fault));
        Plan {
            clock_offset: seconds(clock.as_ref()),
            delay: delay.and_then(|fault| match fault {
                Fault::Slow(delay) => Some(delay),
                _ => None,
            }),
            instead,
            epoch: state.epoch,
        }
    }

    /// How far the clock will be ahead for the next request, in seconds; counts nothing.
    pub(crate) fn clock_offset(&self) -> i64 {
        let state = self.lock();
        let next = state.next(|given| matches!(given.fault, Fault::ClockOffset(_)));
        seconds(next.map(|index| &state.given[index].fault))
    }

    /// Waits out a delay, or the clearing of faults if there is none. False when the double
    /// stopped meanwhile.
    pub(crate) fn wait(&self, plan: &Plan, delay: Option<Duration>) -> bool {
        let held = |state: &mut State| !state.stopped && state.epoch == plan.epoch;
        let state = match delay {
            Some(delay) => {
                self.changed.wait_timeout_while(self.lock(), delay, held).unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.changed.wait_while(self.lock(), held).unwrap_or_else(PoisonError::into_inner),
        };
        !state.stopped
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, action: &str, kind: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let index = self.next(|given| kind(&given.fault) && given.action.as_ref().is_none_or(|only| only == action))?;
        let fault = self.given[index].fault.clone();
        if let Some(left) = &mut self.given[index].left {
            *left -= 1;
            if *left == 0 {
                self.given.remove(index);
            }
        }
        Some(fault)
    }

    fn next(&self, wanted: impl Fn(&Given) -> bool) -> Option<usize> {
        let counted = |given: &Given| given.left.is_some() && wanted(given);
        let unending = |given: &Given| given.left.is_none() && wanted(given);
        let first = self.given.iter().position(counted);
        first.or_else(|| self.given.iter().rposition(unending))
    }
}

fn seconds(fault: Option<&Fault>) -> i64 {
    match fault {
        Some(Fault::ClockOffset(seconds)) => *seconds,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_faults_act_in_order_and_before_unending_ones() {
        let faults = Faults::default();
        faults.give(Fault::Close, None, None);
        faults.give(Fault::Throttle, None, Some(2));
        faults.give(Fault::Garbage, None, Some(1));
        let seen: Vec<_> = (0..5).map(|_| faults.plan("A").instead.unwrap()).collect();
        assert_eq!(seen, [Fault::Throttle, Fault::Throttle, Fault::Garbage, Fault::Close, Fault::Close]);
        faults.give(Fault::Hang, None, None);
        assert_eq!(faults.plan("A").instead, Some(Fault::Hang));
        faults.replace(None);
        assert_eq!(faults.plan("A").instead, None);
    }

    #[test]
    fn kinds_combine_and_actions_are_told_apart() {
        let faults = Faults::default();
        faults.give(Fault::ClockOffset(-7), None, None);
        faults.give(Fault::Slow(Duration::from_secs(1)), None, Some(1));
        faults.give(Fault::Throttle, Some("A"), Some(1));
        assert_eq!(faults.clock_offset(), -7);
        let other = faults.plan("B");
        assert_eq!((other.clock_offset, other.instead), (-7, None));
        assert_eq!(other.delay, Some(Duration::from_secs(1)));
        assert_eq!(faults.plan("A").instead, Some(Fault::Throttle));
    }
}
