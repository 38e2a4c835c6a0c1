//! Credentials as they are handed out, and the rule for how long a cached session may still serve.

use crate::core::clock::Timestamp;
use crate::core::secret::Secret;

/// A session with less than this many seconds left is never handed out from the cache: the Amplify CLI's own window.
pub const FLOOR_SECONDS: i64 = 60;

/// How far (in seconds) the machine's clock may be off before it counts as wrong: the tolerance of AWS signatures.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 300;

/// One set of AWS credentials. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The access key id (`AKIA…`, `ASIA…`). Not secret: AWS prints it in its logs.
    pub access_key_id: String,
    pub secret_access_key: Secret,
    /// The session token; none for a user's long-term keys.
    pub session_token: Option<Secret>,
    /// When they end, by AWS's clock; none for long-term keys.
    pub expiration: Option<Timestamp>,
    /// The twelve digits of the account, where known.
    pub account_id: Option<String>,
}

/// How long a session was made for and how the machine's clock stood when it was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// When it ends, by AWS's clock.
    pub expiration: Timestamp,
    /// When it was fetched, by this machine's clock; unknown for entries of the Amplify CLI.
    pub written_at: Option<Timestamp>,
    /// Seconds it was made for; unknown for entries of the Amplify CLI.
    pub lifetime: Option<i64>,
    /// Seconds that AWS's clock was ahead of this machine's, where it was more than five minutes off.
    pub clock_offset: i64,
}

/// What a cached session is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Hand it out.
    Fresh,
    /// Renew it; hand it out when that would need a person or fails by network.
    Ageing,
    /// Of no use.
    Stale,
}

impl Lease {
    /// Seconds left by AWS's clock; negative when over.
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        self.expiration.since(now.plus(self.clock_offset))
    }

    /// Judges the session at `now` (this machine's clock) for a caller that wants `min_ttl` seconds.
    ///
    /// `min_ttl` is held to a quarter of the lifetime, so that what was just fetched is always fresh. A session from
    /// the future (fetched later than now, or with more left than it was made for) means that a clock jumped: stale.
    pub fn judge(&self, now: Timestamp, min_ttl: i64) -> Freshness {
        let left = self.seconds_left(now);
        let from_the_future = self.written_at.is_some_and(|at| at.since(now) > CLOCK_TOLERANCE_SECONDS)
            || self.lifetime.is_some_and(|lifetime| left > lifetime.saturating_add(CLOCK_TOLERANCE_SECONDS));
        if from_the_future || left <= FLOOR_SECONDS {
            return Freshness::Stale;
        }
        let margin = self.lifetime.map_or(min_ttl, |lifetime| min_ttl.min(lifetime / 4));
        if left > margin { Freshness::Fresh } else { Freshness::Ageing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Freshness::{Ageing, Fresh, Stale};

    #[test]
    fn freshness_by_time_left_lifetime_and_clock() {
        const NOW: Timestamp = Timestamp(1_800_000_000);
        let rows = [
            // name, seconds left by the entry, written seconds ago, lifetime, clock offset, min_ttl, outcome
            ("plenty left", 3000, Some(600), Some(3600), 0, 900, Fresh),
            ("exactly the margin", 900, Some(2700), Some(3600), 0, 900, Ageing),
            ("one second above", 901, Some(2699), Some(3600), 0, 900, Fresh),
            ("a quarter of a short lifetime is enough", 300, Some(600), Some(900), 0, 900, Fresh),
            ("just fetched, min_ttl out of reach", 900, Some(0), Some(900), 0, 86_400, Fresh),
            ("the floor", 60, Some(3540), Some(3600), 0, 0, Stale),
            ("above the floor, no margin asked", 61, Some(3539), Some(3600), 0, 0, Fresh),
            ("over", -5, Some(3605), Some(3600), 0, 900, Stale),
            ("amplify's, lifetime unknown", 1000, None, None, 0, 900, Fresh),
            ("amplify's, inside the margin", 800, None, None, 0, 900, Ageing),
            ("written in the future", 3000, Some(-301), Some(3600), 0, 900, Stale),
            ("written a little ahead", 3000, Some(-300), Some(3600), 0, 900, Fresh),
            ("more left than it was made for", 3901, Some(0), Some(3600), 0, 900, Stale),
            ("AWS's clock a little ahead", 3700, Some(0), Some(3600), 0, 900, Fresh),
            ("clock an hour behind AWS", 7000, Some(10), Some(3600), 3600, 900, Fresh),
            ("clock an hour ahead of AWS", -100, Some(10), Some(3600), -3600, 900, Fresh),
        ];
        for (name, left, age, lifetime, clock_offset, min_ttl, expected) in rows {
            let lease =
                Lease { expiration: NOW.plus(left), written_at: age.map(|age| NOW.plus(-age)), lifetime, clock_offset };
            assert_eq!(lease.judge(NOW, min_ttl), expected, "{name}");
        }
    }
}
