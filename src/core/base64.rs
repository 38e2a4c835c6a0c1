//! Base64 (RFC 4648), and its variant for URLs without padding.

use aws_smithy_types::base64;

pub(crate) fn encode(bytes: &[u8]) -> String {
    base64::encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    base64::decode(text).ok()
}

pub(crate) fn encode_url(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

pub(crate) fn decode_url(text: &str) -> Option<Vec<u8>> {
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    base64::decode(text.replace('-', "+").replace('_', "/") + &padding).ok()
}
