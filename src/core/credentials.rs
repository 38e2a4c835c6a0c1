use std::fmt;

use thiserror::Error;

use crate::core::clock::Timestamp;
use crate::core::invalid_text::{InvalidText, check_text, check_token};
use crate::core::secret::Secret;

/// A cached session with fewer seconds left is never used. The Amplify CLI uses the same limit.
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
pub enum CredentialField {
    AccessKeyId,
    SecretAccessKey,
    SessionToken,
    AccountId,
}

/// Names the field and the character, never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the {field} {problem}")]
pub struct InvalidCredentials {
    pub field: CredentialField,
    pub problem: InvalidText,
}

impl fmt::Display for CredentialField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKeyId => "access key id",
            Self::SecretAccessKey => "secret access key",
            Self::SessionToken => "session token",
            Self::AccountId => "account id",
        })
    }
}

impl Credentials {
    /// Every source must call this before it signs, stores or prints anything: a control character in a key id makes
    /// the SDK's signer panic (aws-sigv4 1.6), and a token with one is not a valid HTTP header.
    pub fn checked(self) -> Result<Self, InvalidCredentials> {
        let Self { access_key_id, secret_access_key, session_token, expiration: _, account_id } = &self;
        let is_id = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`' | '/' | ',' | '$' | '{' | '}');
        let is_no_control = |c: char| c.is_ascii_graphic() || !c.is_control();
        let in_field = |field| move |problem| InvalidCredentials { field, problem };
        check_text(access_key_id, is_id).map_err(in_field(CredentialField::AccessKeyId))?;
        check_text(secret_access_key.expose(), is_no_control).map_err(in_field(CredentialField::SecretAccessKey))?;
        if let Some(token) = session_token {
            check_token(token.expose()).map_err(in_field(CredentialField::SessionToken))?;
        }
        if let Some(account) = account_id {
            check_text(account, is_no_control).map_err(in_field(CredentialField::AccountId))?;
        }
        Ok(self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// By AWS's clock.
    pub expiration: Timestamp,
    /// By this machine's clock; unknown for entries of the Amplify CLI.
    pub written_at: Option<Timestamp>,
    /// In seconds; unknown for entries of the Amplify CLI.
    pub lifetime: Option<i64>,
    /// Seconds by which AWS's clock was ahead of this machine's; set only when the clock was more than five minutes
    /// off.
    pub clock_offset: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    /// To be renewed, but used if renewal would need a prompt or fails because of the network.
    Ageing,
    Stale,
}

impl Lease {
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        self.expiration.since(now.plus(self.clock_offset))
    }

    /// `now` is by this machine's clock. `min_ttl` is limited to a quarter of the lifetime, so that a new session is
    /// always fresh. If a session was fetched later than now, or has more time left than its lifetime, a clock has
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
    fn invalid_characters_are_named() {
        let credentials = |id: &str, secret: &str, token: Option<&str>| Credentials {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::from(secret),
            session_token: token.map(Secret::from),
            expiration: None,
            account_id: None,
        };
        for (id, secret, token) in [
            ("AKIAIOSFODNN7EXAMPLE", "wJalr/+=", None),
            ("test", "test", Some("IQoJb3/+=")),
            ("minio-user", "s p\u{e9}", None),
            ("a_b.c:d@e", "s", None),
        ] {
            assert!(credentials(id, secret, token).checked().is_ok(), "{id}");
        }
        for (id, secret, token, message) in [
            ("", "s", None, "the access key id is empty"),
            ("AKIA", "", None, "the secret access key is empty"),
            ("AKIA", "s", Some(""), "the session token is empty"),
            ("AKIA\r", "s", None, "the access key id contains the character U+000D (a carriage return)"),
            ("AK IA", "s", None, "the access key id contains the character U+0020 (a space)"),
            ("AKIA\u{200b}", "s", None, "the access key id contains the character U+200B (a zero-width character)"),
            ("\u{201c}AKIA", "s", None, "the access key id contains the character U+201C (a quotation mark)"),
            ("\"AKIA\"", "s", None, "the access key id contains the character \" (a quotation mark)"),
            ("${AKIA}", "s", None, "the access key id contains the character $ (a variable that is not expanded)"),
            ("AKIA", "s\0", None, "the secret access key contains the character U+0000 (a NUL)"),
            ("AKIA", "s", Some("t\nt"), "the session token contains the character U+000A (a line feed)"),
            ("AKIA", "s", Some("t\u{85}"), "the session token contains the character U+0085 (a control character)"),
        ] {
            assert_eq!(credentials(id, secret, token).checked().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn freshness_depends_on_time_left_lifetime_and_clock() {
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
