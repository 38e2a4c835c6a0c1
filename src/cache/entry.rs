//! The JSON of one session: flat for the Amplify CLI before 14.2.2, nested for later versions, with our metadata.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::core::clock::Timestamp;
use crate::core::credentials::{Credentials, Lease};
use crate::core::secret::Secret;

use super::key::Fingerprint;
use super::members::Members;

/// An entry whose secrets may be sealed.
#[derive(Debug, Clone)]
pub struct CachedEntry {
    pub lease: Lease,
    /// `None` in entries of the Amplify CLI.
    pub mark: Option<EntryMetadata>,
    pub access_key_id: String,
    /// `None` in a sealed entry.
    secrets: Option<EntrySecrets>,
}

#[derive(Debug, Clone)]
pub struct CachedSession {
    pub credentials: Credentials,
    pub lease: Lease,
    pub mark: Option<EntryMetadata>,
}

#[derive(Debug, Clone)]
pub(super) struct EntrySecrets {
    pub(super) secret_access_key: Secret,
    pub(super) session_token: Secret,
}

/// The `amplifyCreds` object. Fields of later versions are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryMetadata {
    pub v: u32,
    /// 64 hex digits.
    pub fingerprint: String,
    /// RFC 3339, by the local clock.
    pub written_at: String,
    /// Seconds.
    pub lifetime: i64,
    pub profile: String,
    pub account_id: Option<String>,
    /// Seconds by which AWS's clock was ahead; stored only when the clock was more than five minutes off.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub clock_offset: i64,
    /// Only for a session of a plan with a `credential_process`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessMetadata>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedSecrets>,
}

/// Two fingerprints of the same session that identify the process less precisely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessMetadata {
    /// [`CacheKey::of_command`](super::key::CacheKey::of_command)
    pub command: String,
    /// [`CacheKey::of_key`](super::key::CacheKey::of_key), if the program returned a long-term key.
    pub key: Option<String>,
}

/// The secrets of an entry, and what a reader needs without the key. The other members of the metadata and these are
/// associated data: a changed one makes the secrets unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecrets {
    /// The first 16 hex digits of the SHA-256 of the sealing key.
    pub(super) key: String,
    pub(super) access_key_id: String,
    /// RFC 3339.
    pub(super) expiration: String,
    /// Base64.
    pub(super) nonce: String,
    /// Base64 of the ciphertext and the tag. Empty in the associated data.
    pub(super) data: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
fn is_zero(seconds: &i64) -> bool {
    *seconds == 0
}

pub const METADATA_VERSION: u32 = 1;

impl EntryMetadata {
    pub fn is_for(&self, fingerprint: &Fingerprint) -> bool {
        self.v == METADATA_VERSION && self.fingerprint == fingerprint.hex()
    }
}

impl CachedEntry {
    /// `None` if the entry is not a complete session.
    pub fn read(entry: &str) -> Option<Self> {
        let flat = Members::parse(entry)?;
        let mark: Option<EntryMetadata> = match flat.get("amplifyCreds") {
            Some(mark) => Some(serde_json::from_str(mark.get()).ok()?),
            None => None,
        };
        let (access_key_id, expiration, secrets) =
            if let Some(sealed) = mark.as_ref().and_then(|mark| mark.sealed.as_ref()) {
                (sealed.access_key_id.clone(), Timestamp::parse(&sealed.expiration)?, None)
            } else {
                let (id, expiration, secrets) =
                    parse_credentials(&flat).or_else(|| parse_credentials(&flat.object("credentials")?))?;
                (id, expiration, Some(secrets))
            };
        let lease = Lease {
            expiration,
            written_at: mark.as_ref().and_then(|mark| Timestamp::parse(&mark.written_at)),
            lifetime: mark.as_ref().map(|mark| mark.lifetime),
            clock_offset: mark.as_ref().map_or(0, |mark| mark.clock_offset),
        };
        Some(Self { lease, mark, access_key_id, secrets })
    }

    pub fn is_sealed(&self) -> bool {
        self.secrets.is_none()
    }

    /// `unseal` is called for a sealed entry.
    pub(super) fn open(
        self,
        unseal: impl FnOnce(&EntryMetadata, &SealedSecrets) -> Option<EntrySecrets>,
    ) -> Option<CachedSession> {
        let Self { lease, mark, access_key_id, secrets } = self;
        let EntrySecrets { secret_access_key, session_token } = match (secrets, &mark) {
            (Some(secrets), _) => secrets,
            (None, Some(mark)) => unseal(mark, mark.sealed.as_ref()?)?,
            (None, None) => return None,
        };
        let credentials = Credentials {
            access_key_id,
            secret_access_key,
            session_token: Some(session_token),
            expiration: Some(lease.expiration),
            account_id: mark.as_ref().and_then(|mark| mark.account_id.clone()),
        };
        Some(CachedSession { credentials: credentials.checked().ok()?, lease, mark })
    }
}

fn parse_credentials(object: &Members<'_>) -> Option<(String, Timestamp, EntrySecrets)> {
    let expiration = expiration(object.get("expiration")?)?;
    let secrets = EntrySecrets {
        secret_access_key: Secret::new(object.text("secretAccessKey")?),
        session_token: Secret::new(object.text("sessionToken")?),
    };
    let is_empty = secrets.secret_access_key.is_empty() || secrets.session_token.is_empty();
    let access_key_id = object.text("accessKeyId").filter(|id| !id.is_empty() && !is_empty)?;
    Some((access_key_id, expiration, secrets))
}

/// The end of the year 9999: no SDK reads a later date.
const LAST_MOMENT: Timestamp = Timestamp(253_402_300_799);

/// ISO text with or without fraction, or epoch milliseconds.
fn expiration(raw: &RawValue) -> Option<Timestamp> {
    let at = match serde_json::from_str::<Cow<'_, str>>(raw.get()) {
        Ok(text) => Timestamp::parse(&text)?,
        Err(_) => Timestamp(serde_json::from_str::<serde_json::Number>(raw.get()).ok()?.as_i64()? / 1000),
    };
    (at <= LAST_MOMENT).then_some(at)
}

/// Without the fields that the Amplify CLI reads: a version before 14.2.2 sees no session.
pub(super) fn write_sealed(mark: &EntryMetadata) -> serde_json::Result<Box<RawValue>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Sealed<'a> {
        amplify_creds: &'a EntryMetadata,
    }
    serde_json::value::to_raw_value(&Sealed { amplify_creds: mark })
}

/// The returned text holds secrets. serde allocates it, so it is not wiped.
pub fn write(
    credentials: &Credentials,
    expiration: Timestamp,
    mark: &EntryMetadata,
) -> serde_json::Result<Box<RawValue>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Four<'a> {
        access_key_id: &'a str,
        secret_access_key: &'a str,
        session_token: &'a str,
        expiration: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Hybrid<'a> {
        #[serde(flatten)]
        flat: &'a Four<'a>,
        credentials: &'a Four<'a>,
        amplify_creds: &'a EntryMetadata,
    }
    let parse_credentials = Four {
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.expose(),
        session_token: credentials.session_token.as_ref().map_or("", Secret::expose),
        expiration: &expiration.iso_millis(),
    };
    serde_json::value::to_raw_value(&Hybrid {
        flat: &parse_credentials,
        credentials: &parse_credentials,
        amplify_creds: mark,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<CachedSession> {
        CachedEntry::read(text)?.open(|_, _| None)
    }

    #[test]
    fn both_shapes_and_all_dates_are_read() {
        let parse_credentials = |expiration: &str| {
            format!(r#""accessKeyId":"ASIA1","secretAccessKey":"s","sessionToken":"t","expiration":{expiration}"#)
        };
        for expiration in ["\"2030-01-01T00:00:00.000Z\"", "\"2030-01-01T00:00:00Z\"", "1893456000000"] {
            for text in [
                format!("{{{}}}", parse_credentials(expiration)),
                format!("{{\"credentials\":{{{}}}}}", parse_credentials(expiration)),
            ] {
                let session = read(&text).expect(&text);
                assert_eq!(session.lease.expiration, Timestamp(1_893_456_000), "{text}");
                assert!(session.mark.is_none());
            }
        }
        for expiration in ["\"garbage\"", "null", "true", "\"\"", "1.5e300", "{}", "9000000000000000000"] {
            assert!(read(&format!("{{{}}}", parse_credentials(expiration))).is_none(), "{expiration}");
        }
    }

    #[test]
    fn incomplete_entry_is_not_a_session() {
        for text in [
            "{}",
            "null",
            "[1]",
            r#"{"accessKeyId":"ASIA1","secretAccessKey":"","sessionToken":"t","expiration":"2030-01-01T00:00:00Z"}"#,
            r#"{"accessKeyId":7,"secretAccessKey":"s","sessionToken":"t","expiration":"2030-01-01T00:00:00Z"}"#,
            r#"{"accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":"2030-01-01T00:00:00Z","amplifyCreds":1}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn written_entry_has_both_shapes_and_is_readable() {
        let credentials = Credentials {
            access_key_id: "ASIA1".into(),
            secret_access_key: "s/+\"".into(),
            session_token: Some("t".into()),
            expiration: None,
            account_id: None,
        };
        let mark = EntryMetadata {
            v: METADATA_VERSION,
            fingerprint: "ab".repeat(32),
            written_at: "2029-12-31T23:00:00Z".into(),
            lifetime: 3600,
            profile: "dev".into(),
            account_id: Some("222222222222".into()),
            clock_offset: 0,
            process: None,
            sealed: None,
        };
        let raw = write(&credentials, Timestamp(1_893_456_000), &mark).unwrap();
        assert_eq!(
            raw.get(),
            concat!(
                r#"{"accessKeyId":"ASIA1","secretAccessKey":"s/+\"","sessionToken":"t","expiration":"2030-01-01T00:00:00.000Z","#,
                r#""credentials":{"accessKeyId":"ASIA1","secretAccessKey":"s/+\"","sessionToken":"t","#,
                r#""expiration":"2030-01-01T00:00:00.000Z"},"amplifyCreds":{"v":1,"#,
                r#""fingerprint":"abababababababababababababababababababababababababababababababab","#,
                r#""writtenAt":"2029-12-31T23:00:00Z","lifetime":3600,"profile":"dev","accountId":"222222222222"}}"#
            )
        );
        let back = read(raw.get()).unwrap();
        assert_eq!(back.mark.as_ref(), Some(&mark));
        assert_eq!(back.credentials.secret_access_key.expose(), "s/+\"");
        assert_eq!(back.lease.lifetime, Some(3600));
    }
}
