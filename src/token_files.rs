//! The AWS CLI's token files. One process at a time renews a token, and unknown fields are preserved.

use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::cache::store::Store;
use crate::core::clock::Timestamp;
use crate::core::digest::sha256_hex;
use crate::core::invalid_text::check_token;
use crate::core::utf8::without_mark;
use crate::os::atomic_file::{ABANDONED, Access, AtomicFile, remove_abandoned, replace, unique_name};
use crate::os::fs::{create_private_dir, read_regular};
use crate::os::lock::Attempt;

/// In bytes.
const LARGEST: u64 = 64 << 10;
/// A token with less time left is renewed, in seconds. The SDK for Rust uses the same limit.
pub(crate) const RENEW_BEFORE: i64 = 300;

#[derive(Debug, Error)]
pub(crate) enum TokenFileError {
    #[error("{0}")]
    Unusable(String),
    #[error("{problem} ({})", path.display())]
    Inaccessible { problem: String, path: PathBuf },
    #[error("{problem} ({})", path.display())]
    Invalid { problem: String, path: PathBuf },
}

/// The SDK for JavaScript and the AWS CLI 2.9 write into the file instead of replacing it, so that it is empty or
/// incomplete for a moment.
const TORN_TRIES: u32 = 5;
const TORN_PAUSE: Duration = Duration::from_millis(20);
const RACE_TRIES: u32 = 4;
const RACE_PAUSE: Duration = Duration::from_millis(100);
const WRITE_WAIT: Duration = Duration::from_secs(5);

const TEMPORARY: &str = "token.amplify-creds.";

/// The fields that are sent to AWS.
const SENT: [&str; 4] = ["accessToken", "refreshToken", "clientId", "clientSecret"];

pub(crate) struct TokenFile {
    path: PathBuf,
}

pub(crate) type TokenFields = Map<String, Value>;

impl TokenFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The files of a directory, with the AWS CLI's registrations of clients.
    pub(crate) fn all(directory: &Path) -> Vec<Self> {
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
        paths.sort();
        paths.into_iter().map(Self::new).collect()
    }

    /// `None` if the file is missing.
    pub(crate) fn read(&self) -> Result<Option<TokenFields>, TokenFileError> {
        self.read_with(|| sleep(TORN_PAUSE))
    }

    /// Calls `pause` while another program is writing the file.
    fn read_with(&self, pause: impl Fn()) -> Result<Option<TokenFields>, TokenFileError> {
        let mut tries = 1;
        let fields = loop {
            let bytes = read_regular(&self.path, LARGEST)
                .map_err(|error| self.invalid(format!("cannot read its token: {error}")))?;
            let Some(bytes) = bytes.map(Zeroizing::new) else { return Ok(None) };
            match serde_json::from_slice::<TokenFields>(without_mark(&bytes)) {
                Ok(fields) => break fields,
                Err(error) if error.is_eof() && tries < TORN_TRIES => tries += 1,
                Err(_) => return Err(self.invalid("cannot read its token: it is not a JSON object")),
            }
            pause();
        };
        for name in SENT {
            if let Some(Err(problem)) = text(&fields, name).map(check_token) {
                return Err(self.invalid(format!("the {name} in its token file {problem}")));
            }
        }
        Ok(Some(fields))
    }

    pub(crate) fn invalid(&self, problem: impl Into<String>) -> TokenFileError {
        TokenFileError::Invalid { problem: problem.into(), path: self.path.clone() }
    }

    /// Replaces the token `before`, unless another process has already replaced it, because the AWS CLI does not use
    /// our lock. Ignores a failure: this run has its token, and the user only has to sign in earlier.
    pub(crate) fn write(&self, before: &TokenFields, token: &TokenFields) {
        let is_unchanged = || matches!(self.read(), Ok(Some(there)) if there == *before);
        if let Ok(text) = serde_json::to_vec_pretty(token).map(Zeroizing::new) {
            let _ = replace(&self.path, &text, is_unchanged);
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Before a renewal, because the service accepts a refresh token once. A read-only mount in a container would
    /// otherwise end the session of its host.
    pub(crate) fn check_renewable(&self) -> Result<(), TokenFileError> {
        self.check_writable().map_err(|error| TokenFileError::Inaccessible {
            problem: format!("cannot renew its token, because its file cannot be written: {error}"),
            path: self.path.clone(),
        })
    }

    /// Checks before a sign-in that [`TokenFile::put_locked`] will succeed.
    pub(crate) fn check_writable(&self) -> io::Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        create_private_dir(directory)?;
        if self.path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        self.check_link()?;
        let temporary = directory.join(unique_name(TEMPORARY)?);
        AtomicFile::write(&self.path, temporary, Access::Private, b"{}", |_, _| Ok(())).map(drop)
    }

    /// A link may lead to a file with another purpose.
    fn check_link(&self) -> io::Result<()> {
        if !self.path.is_symlink() || matches!(self.read(), Ok(Some(_))) {
            return Ok(());
        }
        Err(io::Error::other("it is a link, but not to a token file"))
    }

    /// Writes the file of a new sign-in, and its directory. Only the owner can read it. A link to a file is followed.
    fn put(&self, fields: &TokenFields) -> io::Result<()> {
        let text = Zeroizing::new(serde_json::to_vec_pretty(fields)?);
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        create_private_dir(directory)?;
        if self.path.is_symlink() {
            self.check_link()?;
            return replace(&self.path, &text, || true);
        }
        // A killed run may have left a token in one.
        remove_abandoned(directory, TEMPORARY, ABANDONED);
        let temporary = directory.join(unique_name(TEMPORARY)?);
        AtomicFile::write(&self.path, temporary, Access::Private, &text, |_, _| Ok(()))?.commit()
    }

    /// Like [`TokenFile::put`], while no other process renews the token.
    pub(crate) fn put_locked(&self, store: &Store, fields: &TokenFields) -> io::Result<()> {
        // A sign-in is not given up for a lock.
        let _lock = store.is_ours().then(|| store.locks().lock_within(&self.lock_id(), WRITE_WAIT));
        self.put(fields)
    }

    /// Removes the file while no other process renews its token. `false` if it is missing.
    pub(crate) fn remove_locked(&self, store: &Store) -> io::Result<bool> {
        let _lock = store.is_ours().then(|| store.locks().lock_within(&self.lock_id(), WRITE_WAIT));
        // A sign-in writes through a link, so that the token is in its target.
        if self.path.is_symlink()
            && matches!(self.read(), Ok(Some(_)))
            && let Ok(target) = std::fs::canonicalize(&self.path)
        {
            std::fs::remove_file(target)?;
        }
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    fn lock_id(&self) -> String {
        format!("token-{}", &sha256_hex(self.path.as_os_str().as_encoded_bytes())[..32])
    }

    /// Returns the token that another process has renewed, or runs `renew` under a lock. `timeout` is that of a call.
    pub(crate) fn renew_locked<T, E: From<TokenFileError>>(
        &self,
        store: &Store,
        timeout: Duration,
        find_renewed: impl Fn() -> Option<T>,
        renew: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        // Under sudo, a lock file of root would block the owner of this home directory.
        if !store.is_ours() {
            return find_renewed().map_or_else(renew, Ok);
        }
        let _lock = match store.locks().lock_within(&self.lock_id(), timeout) {
            Attempt::Held(guard) => Some(guard),
            Attempt::Busy => {
                let reason = "another process renews its token and does not finish".to_owned();
                return Err(TokenFileError::Unusable(reason).into());
            }
            // Without locks, two processes may renew at the same time, and one of them fails.
            Attempt::Unavailable(_) => None,
        };
        find_renewed().map_or_else(renew, Ok)
    }
}

/// Another tool may have used the refresh token first, because it does not use our lock. Its token is then in the file
/// soon.
pub(crate) fn renewed_elsewhere<T>(find: impl Fn() -> Option<T>) -> Option<T> {
    (0..RACE_TRIES).find_map(|attempt| {
        if attempt > 0 {
            sleep(RACE_PAUSE);
        }
        find()
    })
}

pub(crate) fn text<'t>(token: &'t TokenFields, name: &str) -> Option<&'t str> {
    token.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Distinguishes tokens in messages between parts of the program, without being a secret.
pub(crate) fn token_id(fields: &TokenFields) -> String {
    match fields.get("accessToken") {
        Some(Value::String(token)) => secret_id(token),
        other => secret_id(&other.map_or_else(String::new, Value::to_string)),
    }
}

pub(crate) fn secret_id(secret: &str) -> String {
    sha256_hex(secret)[..16].to_owned()
}

/// Old versions of the AWS CLI wrote `UTC` instead of `Z`.
pub(crate) fn timestamp(token: &TokenFields, name: &str) -> Option<Timestamp> {
    Timestamp::parse_lenient(text(token, name)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(token: &str) -> TokenFields {
        json!({"accessToken": token}).as_object().cloned().unwrap()
    }

    #[test]
    fn token_that_is_being_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = TokenFile::new(dir.path().join("token.json"));
        let text = json!(fields("whole")).to_string();
        for torn in ["", &text[..9]] {
            std::fs::write(&file.path, torn).unwrap();
            assert!(matches!(file.read(), Err(TokenFileError::Invalid { .. })));
            let is_written = || std::fs::write(&file.path, &text).unwrap();
            assert_eq!(file.read_with(is_written).unwrap(), Some(fields("whole")));
        }
    }

    #[test]
    fn token_that_changed_meanwhile_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let file = TokenFile::new(dir.path().join("token.json"));
        for (there, expected) in [("old", "new"), ("of a new sign-in", "of a new sign-in")] {
            std::fs::write(&file.path, json!(fields(there)).to_string()).unwrap();
            file.write(&fields("old"), &fields("new"));
            assert_eq!(file.read().unwrap().unwrap(), fields(expected));
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        }
        std::fs::remove_file(&file.path).unwrap();
        file.write(&fields("old"), &fields("new"));
        assert!(file.read().unwrap().is_none(), "the user has signed out");
    }
}
