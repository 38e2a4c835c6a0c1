//! Time as the rest of the program sees it: whole seconds since 1970, and how they are written.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Seconds from `earlier` to `self`; negative when `self` comes first.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `seconds` later, or earlier when negative.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// RFC 3339 in UTC with `Z` and no fraction: the only spelling that every SDK reads (`2026-01-02T03:04:05Z`).
    pub fn rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// As JavaScript's `Date` writes itself to JSON, which is what the Amplify CLI keeps in its cache
    /// (`2026-01-02T03:04:05.000Z`).
    pub fn iso_millis(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Reads RFC 3339 with or without fraction, any offset. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|at| Self(at.timestamp()))
    }

    fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let seconds = |d: Duration| i64::try_from(d.as_secs()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(seconds(after)),
            Err(before) => Self(-seconds(before.duration())),
        }
    }
}

/// What tells the time: this machine, or a fixed moment in tests.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this moment.
    Fixed(Timestamp),
}

impl Clock {
    /// The present moment.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => SystemTime::now().into(),
            Self::Fixed(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_written_in_the_two_forms_and_read_back() {
        let at = Timestamp(1_767_323_045);
        assert_eq!(at.rfc3339(), "2026-01-02T03:04:05Z");
        assert_eq!(at.iso_millis(), "2026-01-02T03:04:05.000Z");
        for text in ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.987654Z", "2026-01-02T05:04:05+02:00"] {
            assert_eq!(Timestamp::parse(text), Some(at), "{text}");
        }
        for text in ["", "tomorrow", "2026-01-02", "1767323045", "2026-01-02T03:04:05"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_moment_is_too_far_to_be_written() {
        for seconds in [i64::MIN, i64::MAX] {
            assert!(Timestamp(seconds).rfc3339().ends_with('Z'));
        }
    }
}
