use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// Whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// RFC 3339 in UTC with `Z` and without a fraction, the only spelling that every SDK reads
    /// (`2026-01-02T03:04:05Z`).
    pub fn rfc3339(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// JavaScript's JSON form of a `Date`, which the Amplify CLI stores in its cache (`2026-01-02T03:04:05.000Z`).
    pub fn iso_millis(self) -> String {
        self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// RFC 3339 with or without fraction, any offset.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|at| Self(at.timestamp()))
    }

    /// Also accepts spellings that botocore or the JavaScript SDK reads: RFC 1123, `UTC` for `Z`, an offset without
    /// colon. A time without a zone stays unknown: botocore rejects it, and JavaScript reads it as local.
    pub fn parse_lenient(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::parse(text)
            .or_else(|| DateTime::parse_from_rfc2822(text).ok().map(|at| Self(at.timestamp())))
            .or_else(|| {
                let zoneless = ["UTC", "GMT", "Z"].iter().find_map(|zone| text.strip_suffix(zone))?;
                Self::parse(&format!("{}Z", zoneless.trim_end()))
            })
            .or_else(|| {
                let (start, minutes) = text.split_at_checked(text.len().saturating_sub(2))?;
                let (start, hours) = start.split_at_checked(start.len().saturating_sub(3))?;
                Self::parse(&format!("{}{hours}:{minutes}", start.trim_end()))
            })
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

#[derive(Debug, Clone, Copy)]
pub enum Clock {
    System,
    Fixed(Timestamp),
}

impl Clock {
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
    fn timestamp_formats_round_trip() {
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
    fn lenient_timestamp_accepts_the_spellings_of_sdks() {
        let at = Timestamp(1_767_323_045);
        for text in [
            "2026-01-02T03:04:05Z",
            " 2026-01-02T03:04:05Z\n",
            "2026-01-02 03:04:05Z",
            "2026-01-02T03:04:05UTC",
            "2026-01-02 03:04:05 UTC",
            "2026-01-02T05:04:05+0200",
            "2026-01-02 05:04:05 +0200",
            "2026-01-02T03:04:05.5+0000",
            "Fri, 02 Jan 2026 03:04:05 GMT",
            "Fri, 2 Jan 2026 03:04:05 +0000",
            "Fri, 02 Jan 2026 05:04:05 +0200",
        ] {
            assert_eq!(Timestamp::parse_lenient(text), Some(at), "{text}");
        }
        for text in
            ["", "Z", "UTC", "tomorrow", "1767323045", "2026-01-02T03:04:05", "Fri, 02 Jan 2026", "\u{fc}\u{fc}\u{fc}"]
        {
            assert_eq!(Timestamp::parse_lenient(text), None, "{text}");
        }
    }

    #[test]
    fn extreme_timestamp_is_formatted() {
        for seconds in [i64::MIN, i64::MAX] {
            assert!(Timestamp(seconds).rfc3339().ends_with('Z'));
        }
    }
}
