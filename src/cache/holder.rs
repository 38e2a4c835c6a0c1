//! The file in which the process that holds a lock describes itself for the waiting processes: its process id, its command
//! and its result. It is in the directory of the lock (`<id>.holder`, JSON, 0600).

use serde::{Deserialize, Serialize};

use crate::core::clock::Timestamp;

use crate::cache::notes::Notes;
use crate::os::lock::Guard;

/// How long early renewals are left alone after one has failed, in seconds.
const REST: i64 = 60;

/// Facts of a holder. What a later version adds is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "F: Deserialize<'de>"))]
pub struct Holder<F> {
    /// Its process id.
    pub pid: u32,
    /// When it took the lock, in seconds since 1970.
    pub since: i64,
    /// The verb it runs: `process`, `env`, `login`.
    pub verb: String,
    /// The profile it runs it for.
    pub profile: String,
    /// The terminal that it asks on, while it asks; a name as the prompt gives it.
    pub prompt_tty: Option<String>,
    /// How many tries under this lock have failed so far.
    pub generation: u64,
    /// How the last of them ended: `generation` is its number.
    pub failure: Option<F>,
    /// When an early renewal failed, in seconds since 1970.
    pub renewal_failed_at: Option<i64>,
}

/// The holder files.
#[derive(Debug, Clone)]
pub struct Holders(Notes);

impl Holders {
    /// The holder files among `notes`.
    pub fn new(notes: Notes) -> Self {
        Self(notes)
    }

    /// The facts of the lock `id`'s holder, the last one's where nobody holds it.
    pub fn get<F: for<'de> Deserialize<'de>>(&self, id: &str) -> Holder<F> {
        self.0.get(&name(id)).unwrap_or_default()
    }

    /// Writes the facts of the lock `id`'s holder.
    pub fn put<F: Serialize>(&self, id: &str, holder: &Holder<F>, lock: &Guard) {
        self.0.put(&name(id), holder, lock);
    }
}

// By hand: a derived one would ask for a default failure.
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
    /// Whether early renewals rest because one has just failed.
    pub fn in_backoff(&self, now: Timestamp) -> bool {
        self.renewal_failed_at.is_some_and(|at| (0..REST).contains(&(now.0 - at)))
    }
}

fn name(id: &str) -> String {
    format!("{id}.holder")
}
