//! Makes identifiers and secrets in AWS's formats.
//!
//! They are hashes of a counter, the time and the process: unique across parallel doubles, but predictable.

use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::Utc;
use sha2::{Digest, Sha256};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The id of a long-term key: `AKIA` and sixteen characters.
pub(crate) fn access_key_id() -> String {
    format!("AKIA{}", letters(BASE32, &fresh_bytes(16)))
}

/// The id of temporary keys: `ASIA` and sixteen characters.
pub(crate) fn temporary_key_id() -> String {
    format!("ASIA{}", letters(BASE32, &fresh_bytes(16)))
}

/// A secret access key of 40 characters, which may include `+` and `/`.
pub(crate) fn secret_access_key() -> String {
    letters(BASE64, &fresh_bytes(40))
}

/// A session token of about AWS's length. It contains `+`, `/` and a trailing `==` to detect clients that quote or
/// encode them wrongly.
pub(crate) fn session_token() -> String {
    format!("IQoJb3JpZ2luX2Vj+/{}==", letters(BASE64, &fresh_bytes(400)))
}

/// A request id in the form of a UUID.
pub(crate) fn request_id() -> String {
    let hex: String = fresh_bytes(16).iter().map(|b| format!("{b:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// The unique id that IAM gives an entity: `prefix` (`AIDA`, `AROA`) and seventeen characters, always the same for the
/// same ARN.
pub(crate) fn entity_id(prefix: &str, arn: &str) -> String {
    let digest = Sha256::digest(arn.as_bytes());
    format!("{prefix}{}", letters(BASE32, &digest[..17]))
}

fn letters(alphabet: &[u8], bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}

fn fresh_bytes(length: usize) -> Vec<u8> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut bytes = Vec::with_capacity(length + 32);
    while bytes.len() < length {
        let digest = Sha256::new()
            .chain_update(COUNTER.fetch_add(1, Ordering::Relaxed).to_le_bytes())
            .chain_update(Utc::now().timestamp_micros().to_le_bytes())
            .chain_update(process::id().to_le_bytes())
            .finalize();
        bytes.extend_from_slice(&digest);
    }
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_have_aws_lengths() {
        assert_eq!(access_key_id().len(), 20);
        assert_eq!(temporary_key_id().len(), 20);
        assert_eq!(secret_access_key().len(), 40);
        assert_eq!(request_id().len(), 36);
        assert_eq!(entity_id("AROA", "arn").len(), 21);
    }

    #[test]
    fn generated_tokens_and_ids_are_unique() {
        assert_ne!(session_token(), session_token());
        assert_eq!(entity_id("AIDA", "a"), entity_id("AIDA", "a"));
        assert_ne!(entity_id("AIDA", "a"), entity_id("AIDA", "b"));
    }
}
