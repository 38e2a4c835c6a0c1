//! The AWS CLI's token files. One process at a time renews a token, and unknown fields are kept.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::cache::store::Store;
use crate::core::clock::Timestamp;
use crate::core::digest::sha256_hex;
use crate::os::atomic_file::replace;
use crate::os::fs::read_capped;
use crate::os::lock::Attempt;

/// In bytes.
const LARGEST: u64 = 64 << 10;
/// A token that lasts no longer is renewed, in seconds; the SDK for Rust does so at the same time.
pub(crate) const RENEW_BEFORE: i64 = 300;

#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct TokenFileError(pub(crate) String);

pub(crate) struct TokenFile {
    path: PathBuf,
}

pub(crate) type TokenFields = Map<String, Value>;

impl TokenFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// `None` if the file is missing.
    pub(crate) fn read(&self) -> Result<Option<TokenFields>, TokenFileError> {
        let unusable =
            |reason: &str| TokenFileError(format!("cannot read its token: {reason} ({})", self.path.display()));
        let bytes = read_capped(&self.path, LARGEST).map_err(|error| unusable(&error.to_string()))?;
        let Some(bytes) = bytes.map(Zeroizing::new) else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|_| unusable("it is not one JSON object"))
    }

    /// Ignores a failure: this run has its token, and the user only has to sign in earlier.
    pub(crate) fn write(&self, token: &TokenFields) {
        if let Ok(text) = serde_json::to_vec_pretty(token).map(Zeroizing::new) {
            let _ = replace(&self.path, &text);
        }
    }

    /// Returns the token that another process has renewed, or runs `renew` under a lock. `timeout` is that of a call.
    pub(crate) fn renew_locked<T, E: From<TokenFileError>>(
        &self,
        store: &Store,
        timeout: Duration,
        find_renewed: impl Fn() -> Option<T>,
        renew: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let id = format!("token-{}", &sha256_hex(self.path.as_os_str().as_encoded_bytes())[..32]);
        // Under sudo, a lock file of root would block the user whose home this is.
        if !store.is_ours() {
            return find_renewed().map_or_else(renew, Ok);
        }
        let _lock = match store.locks().lock_within(&id, timeout) {
            Attempt::Held(guard) => Some(guard),
            Attempt::Busy => {
                let reason = "another process renews its token and does not finish".to_owned();
                return Err(TokenFileError(reason).into());
            }
            // Without locks, two processes may renew, and one of them fails.
            Attempt::Unavailable(_) => None,
        };
        find_renewed().map_or_else(renew, Ok)
    }
}

pub(crate) fn text<'t>(token: &'t TokenFields, name: &str) -> Option<&'t str> {
    token.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Old AWS CLIs wrote `UTC` for `Z`.
pub(crate) fn timestamp(token: &TokenFields, name: &str) -> Option<Timestamp> {
    let text = text(token, name)?;
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{}Z", text.strip_suffix("UTC")?)))
}
