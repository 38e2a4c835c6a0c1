use crate::core::clock::Timestamp;
use crate::core::secret::Secret;

/// A cached session with fewer seconds left is never used: the Amplify CLI's own window.
pub const FLOOR_SECONDS: i64 = 60;

/// Seconds by which the machine's clock may be off: the tolerance of AWS signatures.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 300;

#[derive(Debug, Clone)]
pub struct Credentials {
    /// Not secret: AWS prints it in its logs.
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Option<Secret>,
    /// By AWS's clock; none for long-term keys.
    pub expiration: Option<Timestamp>,
    pub account_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// By AWS's clock.
    pub expiration: Timestamp,
    /// By this machine's clock; unknown for entries of the Amplify CLI.
    pub written_at: Option<Timestamp>,
    /// In seconds; unknown for entries of the Amplify CLI.
    pub lifetime: Option<i64>,
    /// Seconds that AWS's clock was ahead of this machine's, where it was more than five minutes off.
    pub clock_offset: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    /// To be renewed, but used when renewal would need a person or fails by network.
    Ageing,
    Stale,
}

impl Lease {
    /// By AWS's clock; negative when expired.
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        self.expiration.since(now.plus(self.clock_offset))
    }

    /// `now` is by this machine's clock. `min_ttl` is limited to a quarter of the lifetime, so that a new session is always
    /// fresh. A session from the future (fetched later than now, or with more left than its lifetime) means that a clock
    /// jumped.
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
    fn lease_time_left_lifetime_and_clock_give_freshness() {
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
