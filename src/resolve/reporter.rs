use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// After this time a wait is reported.
pub(super) const SILENCE: Duration = Duration::from_secs(1);

/// Where a run reports what it does and what it waits for.
pub trait Reporter: Sync {
    /// Whether [`Reporter::waiting`] prints anything.
    fn shows_waits(&self) -> bool;

    /// Whether no wait is to be reported, not even on the terminal of the prompts.
    fn is_quiet(&self) -> bool;

    fn waiting(&self, what: &str);

    fn detail(&self, line: &dyn Fn() -> String);
}

#[cfg(test)]
pub struct Silent;

#[cfg(test)]
impl Reporter for Silent {
    fn shows_waits(&self) -> bool {
        false
    }

    fn is_quiet(&self) -> bool {
        true
    }

    fn waiting(&self, _what: &str) {}

    fn detail(&self, _line: &dyn Fn() -> String) {}
}

/// Runs `call`, and reports `what` if it takes longer than a second.
pub fn watched<T>(reporter: &dyn Reporter, what: &str, call: impl FnOnce() -> T) -> T {
    if !reporter.shows_waits() {
        return call();
    }
    thread::scope(|scope| {
        let (ended, end) = channel::<()>();
        let watch = move || {
            if end.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout) {
                reporter.waiting(what);
            }
        };
        // Without a thread the wait is not reported.
        let _ = thread::Builder::new().spawn_scoped(scope, watch);
        let outcome = call();
        drop(ended);
        outcome
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    struct Recorder(Mutex<Vec<String>>);

    impl Reporter for Recorder {
        fn shows_waits(&self) -> bool {
            true
        }

        fn is_quiet(&self) -> bool {
            false
        }

        fn waiting(&self, what: &str) {
            self.0.lock().unwrap().push(what.to_owned());
        }

        fn detail(&self, _line: &dyn Fn() -> String) {}
    }

    #[test]
    fn only_a_long_wait_is_reported() {
        let recorder = Recorder(Mutex::default());
        assert_eq!(watched(&recorder, "short", || 1), 1);
        watched(&recorder, "long", || {
            while recorder.0.lock().unwrap().is_empty() {
                thread::sleep(Duration::from_millis(10));
            }
        });
        assert_eq!(*recorder.0.lock().unwrap(), ["long"]);
    }
}
