//! The faults that a test asks for: which, for how many requests, and how long a hanging or slow answer waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A fault. Three kinds combine: one [`Fault::ClockOffset`], one [`Fault::Slow`] and one of the others can affect the
/// same request. Of one kind, faults for a number of requests act first, in their order; then the latest one without a
/// number. A fault that replaces the response also prevents execution: the request is not authenticated and does not
/// use up a one-time code. Only [`Fault::Truncated`] loses the response of an executed request, as a late connection
/// failure does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400 `Throttling`, `Rate exceeded`.
    Throttle,
    /// This status (5xx) with AWS's `InternalFailure` document.
    ServerError(u16),
    /// This status (5xx) with a page of HTML, like that of a load balancer.
    ServerErrorHtml(u16),
    /// No response until the faults are cleared or the double stops. Then the connection closes.
    Hang,
    /// Delays the response. The request is executed at once.
    Slow(Duration),
    /// 200 with bytes that are neither XML nor text.
    Garbage,
    /// The correct response, cut off: it promises more bytes than it sends.
    Truncated,
    /// Closes the connection without a response.
    Close,
    /// Any AWS error.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The message.
        message: String,
    },
    /// Moves the double's clock this many seconds ahead (negative: behind). The `Date` header, the age of signatures
    /// and expirations use it.
    ClockOffset(i64),
}

impl Fault {
    /// Holds the response until the faults are cleared. The request is executed at once.
    pub const HELD: Self = Self::Slow(Duration::MAX);

    /// Any AWS error.
    pub fn error(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Error { status, code: code.into(), message: message.into() }
    }
}

/// The faults for one request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Seconds by which the clock is ahead.
    pub clock_offset: i64,
    /// The delay of the response.
    pub delay: Option<Duration>,
    /// The fault that replaces or breaks the response; never `ClockOffset` or `Slow`.
    pub instead: Option<Fault>,
    /// The number of the last clearing of faults before the request.
    epoch: u64,
}

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
    /// `None` until the faults are cleared.
    left: Option<u32>,
}

impl Faults {
    /// Adds a fault, only for requests with this action if one is named.
    pub(crate) fn give(&self, fault: Fault, action: Option<&str>, times: Option<u32>) {
        if times == Some(0) {
            return;
        }
        self.lock().given.push(Given { fault, action: action.map(str::to_owned), left: times });
    }

    /// Removes all faults, adds another if given, and releases the hanging and waiting requests.
    pub(crate) fn replace(&self, fault: Option<Fault>) {
        let mut state = self.lock();
        state.given = fault.map(|fault| Given { fault, action: None, left: None }).into_iter().collect();
        state.epoch += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Releases all requests, now and later.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Returns the faults for a request with this action, and counts the request.
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

    /// The clock offset of the next request in seconds. Does not count a request.
    pub(crate) fn clock_offset(&self) -> i64 {
        let state = self.lock();
        let next = state.next(|given| matches!(given.fault, Fault::ClockOffset(_)));
        seconds(next.map(|index| &state.given[index].fault))
    }

    /// Waits for the delay, or for the clearing of faults if there is no delay. False if the double stopped meanwhile.
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
    fn fault_kinds_combine_per_action() {
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
