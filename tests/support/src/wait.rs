//! Waits for an event instead of for a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Ends a test that would hang. The result of a test does not depend on durations: even under load, a working machine
/// is faster than this.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// Waits until `is_there`.
///
/// # Panics
/// After [`PATIENCE`].
#[track_caller]
pub fn wait_until(what: &str, mut is_there: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_there() {
        assert!(Instant::now() < until, "{what} did not happen");
        // The pace of polling does not affect the result.
        sleep(Duration::from_millis(10));
    }
}
