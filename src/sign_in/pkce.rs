//! Proof Key for Code Exchange (RFC 7636): only the process that started a sign-in can use its code.

use std::io;

use ring::digest::{SHA256, digest};

use crate::core::base64url;
use crate::core::secret::Secret;
use crate::os::random;

pub(super) struct Pkce {
    pub(super) verifier: Secret,
    pub(super) challenge: String,
    /// Identifies the response to this sign-in (RFC 6749 section 10.12).
    pub(super) state: String,
}

impl Pkce {
    pub(super) fn new() -> io::Result<Self> {
        // 64 characters.
        let verifier = Secret::new(base64url::encode(&random::bytes(48)?));
        let challenge = base64url::encode(digest(&SHA256, verifier.expose().as_bytes()).as_ref());
        Ok(Self { verifier, challenge, state: random::hex(16)?.expose().to_owned() })
    }
}
