//! The long-term access keys of users: their status, their last use and the delay of new keys.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::mint;

/// The creation of every user, key and device for which a test sets no time: 2025-01-15T10:00:00Z.
pub(crate) const CREATED: DateTime<Utc> = DateTime::from_timestamp(1_736_935_200, 0).expect("a valid time");

/// A long-term access key of a user.
#[must_use]
#[derive(Clone, Debug)]
pub struct AccessKey {
    id: String,
    secret: String,
    active: bool,
    created: DateTime<Utc>,
    last_used: Option<LastUse>,
    delay: KeyDelay,
}

/// The last request that was signed with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// The time by the double's clock.
    pub at: DateTime<Utc>,
    /// The signed service, `iam` or `sts`.
    pub service: String,
    /// The signed region.
    pub region: String,
}

/// The requests that AWS rejects until a new key has reached all its servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyDelay {
    /// Whether the next requests with the key succeed. The later ones do.
    answers: VecDeque<bool>,
    /// The time from the creation until the first request can succeed.
    time: TimeDelta,
}

impl KeyDelay {
    pub(crate) fn of_answers(answers: impl IntoIterator<Item = bool>) -> Self {
        Self { answers: answers.into_iter().collect(), ..Self::default() }
    }

    /// # Panics
    ///
    /// If the time is longer than chrono supports.
    pub(crate) fn of_time(time: Duration) -> Self {
        Self { time: TimeDelta::from_std(time).expect("a short delay"), ..Self::default() }
    }
}

impl AccessKey {
    /// An active key without a delay that was never used.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            active: true,
            created: CREATED,
            last_used: None,
            delay: KeyDelay::default(),
        }
    }

    pub(crate) fn mint(now: DateTime<Utc>, delay: KeyDelay) -> Self {
        Self { created: now, delay, ..Self::new(mint::access_key_id(), mint::secret_access_key()) }
    }

    /// Makes the key inactive.
    pub fn inactive(mut self) -> Self {
        self.active = false;
        self
    }

    /// Sets the creation time.
    pub fn created_at(mut self, at: DateTime<Utc>) -> Self {
        self.created = at;
        self
    }

    /// Sets the last use.
    pub fn last_used_at(mut self, at: DateTime<Utc>, service: &str, region: &str) -> Self {
        self.record_use(at, service, region);
        self
    }

    /// The access key id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret access key.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether the status is `Active`. A new key can be active and still delayed.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The creation time.
    pub fn created(&self) -> DateTime<Utc> {
        self.created
    }

    /// The last use; `None` if the key was never used.
    pub fn last_used(&self) -> Option<&LastUse> {
        self.last_used.as_ref()
    }

    pub(crate) fn status(&self) -> &'static str {
        if self.active { "Active" } else { "Inactive" }
    }

    pub(crate) fn set_active(&mut self, active: bool) {
        self.active = active;
    }

    /// Whether AWS accepts a request with this key now. Counts the request.
    pub(crate) fn accepts_request(&mut self, now: DateTime<Utc>) -> bool {
        self.active && now >= self.created + self.delay.time && self.delay.answers.pop_front().unwrap_or(true)
    }

    pub(crate) fn record_use(&mut self, at: DateTime<Utc>, service: &str, region: &str) {
        self.last_used = Some(LastUse { at, service: service.to_owned(), region: region.to_owned() });
    }
}
