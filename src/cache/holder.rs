//! The file `<id>.holder`, in which the process that holds a lock describes itself to waiting processes (JSON, 0600).

use serde::{Deserialize, Serialize};

use crate::core::clock::Timestamp;

use crate::cache::notes::Notes;
use crate::os::lock::Guard;

/// Seconds without early renewals after a failed one.
const REST: i64 = 60;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "F: Deserialize<'de>"))]
pub struct Holder<F> {
    pub pid: u32,
    /// Seconds since 1970.
    pub since: i64,
    /// The command: `process`, `env`, `login`.
    pub verb: String,
    pub profile: String,
    pub prompt_tty: Option<String>,
    pub generation: u64,
    pub failure: Option<F>,
    /// Seconds since 1970 of the last failed early renewal.
    pub renewal_failed_at: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct Holders(Notes);

impl Holders {
    pub fn new(notes: Notes) -> Self {
        Self(notes)
    }

    pub fn get<F: for<'de> Deserialize<'de>>(&self, id: &str) -> Holder<F> {
        self.0.get(&name(id)).unwrap_or_default()
    }

    pub fn put<F: Serialize>(&self, id: &str, holder: &Holder<F>, lock: &Guard) {
        self.0.put(&name(id), holder, lock);
    }
}

// Derived `Default` would require `F: Default`.
impl<F> Default for Holder<F> {
    fn default() -> Self {
        Self {
            pid: 0,
            since: 0,
            verb: String::new(),
            profile: String::new(),
            prompt_tty: None,
            generation: 0,
            failure: None,
            renewal_failed_at: None,
        }
    }
}

impl<F> Holder<F> {
    pub fn in_backoff(&self, now: Timestamp) -> bool {
        self.renewal_failed_at.is_some_and(|at| (0..REST).contains(&(now.0 - at)))
    }
}

fn name(id: &str) -> String {
    format!("{id}.holder")
}
