//! After a refused prompt, a client that asks again does not open the next one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const PERIOD: Duration = Duration::from_mins(5);

/// The end of the silence of each profile.
#[derive(Debug, Default)]
pub(super) struct Silence(Mutex<HashMap<String, Instant>>);

impl Silence {
    pub(super) fn begin(&self, profile: &str) {
        self.locked().insert(profile.to_owned(), Instant::now() + PERIOD);
    }

    pub(super) fn end(&self, profile: &str) {
        self.locked().remove(profile);
    }

    pub(super) fn left(&self, profile: &str) -> Option<Duration> {
        let until = *self.locked().get(profile)?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_concerns_one_profile() {
        let silence = Silence::default();
        silence.begin("a");
        assert!(silence.left("a").is_some_and(|left| left <= PERIOD) && silence.left("b").is_none());
        silence.end("a");
        assert_eq!(silence.left("a"), None);
    }
}
