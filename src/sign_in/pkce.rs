//! Proof Key for Code Exchange (RFC 7636): only the process that started a sign-in can use its code.

use std::io;

use crate::core::base64;
use crate::core::digest::sha256;
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
        let verifier = Secret::new(base64::encode_url(&random::bytes(48)?));
        let challenge = base64::encode_url(&sha256(verifier.expose()));
        Ok(Self { verifier, challenge, state: random::hex(16)?.expose().to_owned() })
    }
}
