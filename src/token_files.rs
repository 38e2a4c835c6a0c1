//! The files in which the AWS CLI keeps what a sign-in gave: read, renewed by one process at a time, and replaced
//! whole. What is in them that we do not know stays in them.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::cache::store::Store;
use crate::core::clock::Timestamp;
use crate::core::hex::hex;
use crate::os::atomic_file::replace;
use crate::os::fs::read_capped;
use crate::os::lock::Attempt;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 10;
/// A token with less left, in seconds, is renewed where it can be; the SDK for Rust does so at the same time.
pub(crate) const RENEW_BEFORE: i64 = 300;

/// Why a token file is of no use.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct TokenFileError(pub(crate) String);

/// One of the files.
pub(crate) struct TokenFile {
    path: PathBuf,
}

pub(crate) type Token = Map<String, Value>;

impl TokenFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What the file says, nothing where there is none.
    pub(crate) fn read(&self) -> Result<Option<Token>, TokenFileError> {
        let unusable = |reason: &dyn std::fmt::Display| {
            TokenFileError(format!("cannot read its token: {reason} ({})", self.path.display()))
        };
        let Some(bytes) = read_capped(&self.path, LARGEST).map_err(|error| unusable(&error))? else { return Ok(None) };
        let bytes = Zeroizing::new(bytes);
        serde_json::from_slice(&bytes).map(Some).map_err(|_| unusable(&"it is not one JSON object"))
    }

    /// Replaces what the file says. Where that fails the token still serves this once, and a person signs in earlier.
    pub(crate) fn write(&self, token: &Token) {
        if let Ok(text) = serde_json::to_vec_pretty(token).map(Zeroizing::new) {
            let _ = replace(&self.path, &text);
        }
    }

    /// Runs `renew` while no other process of ours renews the same token, or takes what that one has left. Waits for it no
    /// longer than a call of our own would take.
    pub(crate) fn renewed<T, E: From<TokenFileError>>(
        &self,
        store: &Store,
        patience: Duration,
        look: impl Fn() -> Option<T>,
        renew: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let id = format!("token-{}", &hex(&Sha256::digest(self.path.as_os_str().as_encoded_bytes()))[..32]);
        // In another user's home, as under sudo, a lock file of ours would be in that user's way.
        if !store.is_ours() {
            return look().map_or_else(renew, Ok);
        }
        let _lock = match store.locks().lock_within(&id, patience) {
            Attempt::Held(guard) => Some(guard),
            Attempt::Busy => {
                let reason = "another process renews its token and does not finish".to_owned();
                return Err(TokenFileError(reason).into());
            }
            // Without locks two may renew; one of them then fails.
            Attempt::Unavailable(_) => None,
        };
        look().map_or_else(renew, Ok)
    }
}

/// A text of the file.
pub(crate) fn text<'t>(token: &'t Token, name: &str) -> Option<&'t str> {
    token.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A moment of the file; old AWS CLIs wrote `UTC` for `Z`.
pub(crate) fn moment(token: &Token, name: &str) -> Option<Timestamp> {
    let text = text(token, name)?;
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{}Z", text.strip_suffix("UTC")?)))
}
