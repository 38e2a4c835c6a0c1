//! Owns the proof that whoever asks AWS Sign-In has the key of the session (RFC 9449: DPoP, here ES256).
//!
//! Refuses keys without their public half, which every tool that writes these files puts there.

use aws_smithy_types::base64;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use zeroize::Zeroizing;

use crate::clock::Timestamp;

/// The key of a session.
pub(super) struct Key(EcdsaKeyPair);

/// What stands before the private half in an `EC PRIVATE KEY` of P-256 (SEC 1, C.4), but for the first two bytes: its
/// version, and 32 bytes.
const PRIVATE: [u8; 5] = [0x02, 0x01, 0x01, 0x04, 0x20];
/// What stands before the public half: a bit string of 65 bytes, tagged 1.
const PUBLIC: [u8; 5] = [0xa1, 0x44, 0x03, 0x42, 0x00];

impl Key {
    /// Reads PEM, as the AWS CLI writes it or as PKCS #8.
    pub(super) fn parse(pem: &str) -> Option<Self> {
        let lines = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        let text = Zeroizing::new(lines.collect::<String>());
        let der = Zeroizing::new(base64::decode(text.as_str()).ok()?);
        let random = SystemRandom::new();
        if let Ok(key) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random) {
            return Some(Self(key));
        }
        let (private, rest) = der.get(2..)?.strip_prefix(&PRIVATE)?.split_at_checked(32)?;
        let at = rest.windows(PUBLIC.len()).position(|bytes| bytes == PUBLIC)? + PUBLIC.len();
        let public = rest.get(at..at + 65)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        EcdsaKeyPair::from_private_key_and_public_key(algorithm, private, public, &random).ok().map(Self)
    }

    /// The header's value for one request.
    pub(super) fn proof(&self, method: &str, uri: &str, now: Timestamp) -> Option<String> {
        let random = SystemRandom::new();
        let mut identifier = [0; 16];
        random.fill(&mut identifier).ok()?;
        // A point that is not compressed: 4, x, y.
        let (x, y) = self.0.public_key().as_ref().get(1..)?.split_at_checked(32)?;
        let jwk = json!({"kty": "EC", "x": base64url(x), "y": base64url(y), "crv": "P-256"});
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let payload = json!({"jti": base64url(&identifier), "htm": method, "htu": uri, "iat": now.0});
        let part = |json: &serde_json::Value| base64url(json.to_string().as_bytes());
        let message = format!("{}.{}", part(&header), part(&payload));
        let signature = self.0.sign(&random, message.as_bytes()).ok()?;
        Some(format!("{message}.{}", base64url(signature.as_ref())))
    }
}

/// RFC 4648 section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    let text = base64::encode(bytes);
    let safe = |c| match c {
        '+' => '-',
        '/' => '_',
        other => other,
    };
    text.trim_end_matches('=').chars().map(safe).collect()
}
