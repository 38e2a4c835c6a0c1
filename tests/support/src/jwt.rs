//! Signs an identity provider's JSON Web Tokens and the proofs of RFC 9449, both ES256 on P-256.

use std::sync::Arc;

use chrono::Utc;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde_json::{Value, json};

/// A new key pair of P-256.
#[derive(Clone, Debug)]
pub(crate) struct Signer(Arc<(EcdsaKeyPair, Vec<u8>)>);

impl Signer {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("random bytes").as_ref().to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &document, &random).expect("the key that was just made");
        Self(Arc::new((pair, document)))
    }

    /// The public key: 4, x, y.
    pub(crate) fn public(&self) -> Vec<u8> {
        self.0.0.public_key().as_ref().to_vec()
    }

    /// The whole key in the AWS CLI's form: `EC PRIVATE KEY` (SEC 1), with the private half from the PKCS #8 that ring
    /// generates.
    pub(crate) fn pem(&self) -> String {
        // ring writes SEC 1 without the curve's name: 02 01 01, 04 20 and 32 bytes, a1 44 and the public half.
        let inner = self.0.1.windows(5).position(|bytes| bytes == [2, 1, 1, 4, 32]).expect("SEC 1 in PKCS #8");
        let private = &self.0.1[inner + 5..inner + 37];
        let curve = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        let der = [&[0x30, 0x77, 2, 1, 1, 4, 32], private, &curve, &[0xa1, 0x44, 3, 0x42, 0], &self.public()].concat();
        let padded = base64(&der);
        let lines: Vec<&str> = padded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\n", lines.join("\n"))
    }

    pub(crate) fn sign(&self, header: &Value, payload: &Value) -> String {
        let message =
            format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(payload.to_string().as_bytes()));
        let signature = self.0.0.sign(&SystemRandom::new(), message.as_bytes()).expect("random bytes");
        format!("{message}.{}", base64url(signature.as_ref()))
    }
}

/// An identity provider that issues tokens to workloads, like Kubernetes and GitHub.
#[derive(Clone, Debug)]
pub struct Issuer {
    url: String,
    signer: Signer,
}

impl Issuer {
    /// A provider with its own key.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), signer: Signer::new() }
    }

    /// The provider's URL, which tokens contain as `iss`.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn public(&self) -> Vec<u8> {
        self.signer.public()
    }

    /// A token for this subject that is valid for so many seconds (negative: it expired so long ago).
    pub fn token(&self, subject: &str, seconds: i64) -> String {
        let now = Utc::now().timestamp();
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": "1"});
        let claims = json!({
            "iss": self.url,
            "sub": subject,
            "aud": ["sts.amazonaws.com"],
            "iat": now.min(now + seconds) - 1,
            "exp": now + seconds,
        });
        self.signer.sign(&header, &claims)
    }
}

/// Header and payload of a token if it is signed with this key.
pub(crate) fn verified(token: &str, public: &[u8]) -> Option<(Value, Value)> {
    let (message, signature) = token.rsplit_once('.')?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public);
    key.verify(message.as_bytes(), &from_base64url(signature)?).ok()?;
    read(token)
}

/// Header and payload of a token. The signature is not checked.
pub(crate) fn read(token: &str) -> Option<(Value, Value)> {
    let (header, rest) = token.split_once('.')?;
    let (payload, _) = rest.split_once('.')?;
    let part = |text| serde_json::from_slice(&from_base64url(text)?).ok();
    Some((part(header)?, part(payload)?))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648 section 5, without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0_u32, |word, (at, byte)| word | u32::from(*byte) << (16 - 8 * at));
        for at in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * at) & 63) as usize]));
        }
    }
    text
}

/// RFC 4648 section 4, with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let text = base64url(bytes).replace('-', "+").replace('_', "/");
    format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4))
}

pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut word, mut bits) = (0_u32, 0);
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|known| *known == byte)?;
        word = word << 6 | u32::try_from(digit).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits & 255) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_verifies_only_with_its_key() {
        let issuer = Issuer::new("https://issuer.example");
        let token = issuer.token("job", 60);
        let (_, claims) = verified(&token, &issuer.public()).expect("its own key");
        assert_eq!((claims["sub"].as_str(), claims["iss"].as_str()), (Some("job"), Some("https://issuer.example")));
        assert!(verified(&token, &Issuer::new("x").public()).is_none());
        assert!(verified(&token.replace('.', ".e"), &issuer.public()).is_none());
    }

    #[test]
    fn base64url_matches_rfc_4648() {
        for (text, encoded) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64url(text.as_bytes()), encoded);
            assert_eq!(from_base64url(encoded).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }
}
