//! Encrypts the secrets of a session with AES-256-GCM. The key is in the platform's key store and, on Linux, also in the
//! kernel's keyring, so that a hit makes no call to the key store.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::core::base64;
use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::digest::sha256_hex;
use crate::core::secret::Secret;
use crate::key_store::{KeyStore, KeyStoreError, KeyStoreItem, Unlock};
use crate::os::lock::{Attempt, Locks};
use crate::os::{kernel_keyring, random};

use super::entry::{CachedEntry, CachedSession, EntryMetadata, EntrySecrets, SealedSecrets, write_sealed};
use super::members::Members;

/// Seconds after which the kernel forgets the key.
const KERNEL_SECONDS: usize = 12 * 3600;
const KEY_BYTES: usize = 32;
const LOCK: &str = "sealing-key";
/// Another process makes the key; it may wait for the key store.
const LOCK_WAIT: Duration = Duration::from_secs(4);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plaintext<T> {
    secret_access_key: T,
    session_token: T,
}

/// Where the sealing key is found, and whether new entries are sealed.
#[derive(Debug)]
pub struct Sealing {
    pub is_on: bool,
    store: KeyStore,
    unlock: Unlock,
    directory: PathBuf,
    /// The answer of the key store, which is asked once.
    stored: Mutex<Option<Result<Option<SealingKey>, KeyStoreError>>>,
}

#[derive(Clone)]
struct SealingKey {
    bytes: Zeroizing<Vec<u8>>,
    /// The first 16 hex digits of its SHA-256.
    id: String,
}

/// The description of the key in the kernel's keyring. Two home directories of a user may have different key stores.
pub fn kernel_key_name(directory: &Path) -> String {
    let directory = sha256_hex(directory.as_os_str().as_encoded_bytes());
    format!("amplify-creds:sealing-key:{}", &directory[..16])
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.id)
    }
}

impl SealingKey {
    fn new(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let id = sha256_hex(&*bytes)[..16].to_owned();
        (bytes.len() == KEY_BYTES).then_some(Self { bytes, id })
    }

    fn aead(&self) -> Option<LessSafeKey> {
        Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.bytes).ok()?))
    }

    fn seal(&self, session: &Credentials, expiration: Timestamp, mark: &EntryMetadata) -> Option<Box<RawValue>> {
        let token = session.session_token.as_ref().map_or("", Secret::expose);
        let plain = Plaintext { secret_access_key: session.secret_access_key.expose(), session_token: token };
        let nonce = random::bytes(NONCE_LEN).ok()?;
        let sealed = SealedSecrets {
            key: self.id.clone(),
            access_key_id: session.access_key_id.clone(),
            expiration: expiration.rfc3339(),
            nonce: base64::encode(&nonce),
            data: String::new(),
        };
        let mut mark = EntryMetadata { sealed: Some(sealed), ..mark.clone() };
        let associated = serde_json::to_vec(&mark).ok()?;
        // Encrypted in place. The buffer never grows, because a reallocation would leave a copy of the secrets.
        let mut data = Zeroizing::new(Vec::with_capacity(session.secret_access_key.expose().len() + token.len() + 128));
        serde_json::to_writer(&mut *data, &plain).ok()?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        self.aead()?.seal_in_place_append_tag(nonce, Aad::from(associated), &mut *data).ok()?;
        mark.sealed.as_mut()?.data = base64::encode(&data);
        write_sealed(&mark).ok()
    }

    fn unseal(&self, mark: &EntryMetadata, sealed: &SealedSecrets) -> Option<EntrySecrets> {
        let without_data = SealedSecrets { data: String::new(), ..sealed.clone() };
        let associated = serde_json::to_vec(&EntryMetadata { sealed: Some(without_data), ..mark.clone() }).ok()?;
        let mut data = Zeroizing::new(base64::decode(&sealed.data)?);
        let nonce = Nonce::try_assume_unique_for_key(&base64::decode(&sealed.nonce)?).ok()?;
        let plain = self.aead()?.open_in_place(nonce, Aad::from(associated), &mut data).ok()?;
        let Plaintext { secret_access_key, session_token } = serde_json::from_slice::<Plaintext<String>>(plain).ok()?;
        let (secret_access_key, session_token) = (Secret::new(secret_access_key), Secret::new(session_token));
        Some(EntrySecrets { secret_access_key, session_token })
    }
}

impl Sealing {
    /// `directory` is that of the cache. Without I/O.
    pub fn new(is_on: bool, store: KeyStore, unlock: Unlock, directory: &Path) -> Self {
        Self { is_on, store, unlock, directory: directory.to_owned(), stored: Mutex::default() }
    }

    /// An error if new entries are to be sealed and the key cannot be had.
    pub fn check(&self) -> Result<(), KeyStoreError> {
        if self.is_on { self.key().map(|_| ()) } else { Ok(()) }
    }

    pub(super) fn open(&self, entry: CachedEntry) -> Option<CachedSession> {
        entry.open(|mark, sealed| self.key_of(&sealed.key)?.unseal(mark, sealed))
    }

    pub(super) fn seal(
        &self,
        session: &Credentials,
        expiration: Timestamp,
        mark: &EntryMetadata,
    ) -> Result<Box<RawValue>, KeyStoreError> {
        let sealed = self.key()?.seal(session, expiration, mark);
        sealed.ok_or_else(|| KeyStoreError::Failed("a session could not be encrypted".to_owned()))
    }

    /// Our own entries that are not sealed: role or device, session name and sealed entry.
    pub(super) fn seal_clear(&self, file: &Members<'_>) -> Vec<(String, String, Box<RawValue>)> {
        let mut sealed = Vec::new();
        for (outer, sessions) in file.iter() {
            for (inner, raw) in Members::parse(sessions.get()).unwrap_or_default().iter() {
                let clear = CachedEntry::read(raw.get()).filter(|entry| entry.mark.is_some() && !entry.is_sealed());
                let Some(session) = clear.and_then(|entry| entry.open(|_, _| None)) else { continue };
                let Some(mark) = &session.mark else { continue };
                let entry = self.seal(&session.credentials, session.lease.expiration, mark);
                sealed.extend(entry.ok().map(|entry| (outer.to_owned(), inner.to_owned(), entry)));
            }
        }
        sealed
    }

    fn key_of(&self, id: &str) -> Option<SealingKey> {
        let is_it = |key: &SealingKey| key.id == id;
        self.of_kernel().filter(is_it).or_else(|| self.of_store(Self::stored).ok()?.filter(is_it))
    }

    fn key(&self) -> Result<SealingKey, KeyStoreError> {
        if let Some(key) = self.of_kernel() {
            return Ok(key);
        }
        let missing = || KeyStoreError::Failed("the key store did not keep the sealing key".to_owned());
        self.of_store(Self::stored_or_new)?.ok_or_else(missing)
    }

    fn of_kernel(&self) -> Option<SealingKey> {
        SealingKey::new(kernel_keyring::read(&kernel_key_name(&self.directory))?)
    }

    /// Gives the key to the kernel. Without a kernel's keyring, each run asks the key store.
    fn of_store(
        &self,
        find: impl FnOnce(&Self) -> Result<Option<SealingKey>, KeyStoreError>,
    ) -> Result<Option<SealingKey>, KeyStoreError> {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        // A missing key may be made now.
        if !matches!(*stored, Some(Err(_) | Ok(Some(_)))) {
            let found = find(self);
            if let Ok(Some(key)) = &found {
                let _ = kernel_keyring::write(&kernel_key_name(&self.directory), &key.bytes, KERNEL_SECONDS);
            }
            *stored = Some(found);
        }
        stored.clone().unwrap_or(Ok(None))
    }

    fn stored(&self) -> Result<Option<SealingKey>, KeyStoreError> {
        let Some(item) = self.store.get(&KeyStoreItem::SealingKey, self.unlock)? else { return Ok(None) };
        // Another content than a key is replaced.
        Ok(base64::decode(item.expose()).and_then(|bytes| SealingKey::new(Zeroizing::new(bytes))))
    }

    /// Under a lock, so that two processes do not make two keys.
    fn stored_or_new(&self) -> Result<Option<SealingKey>, KeyStoreError> {
        if let Some(key) = self.stored()? {
            return Ok(Some(key));
        }
        let _guard = match Locks::in_dir(&self.directory).lock_within(LOCK, LOCK_WAIT) {
            Attempt::Held(guard) => Some(guard),
            Attempt::Busy | Attempt::Unavailable(_) => None,
        };
        if let Some(key) = self.stored()? {
            return Ok(Some(key));
        }
        let bytes = random::bytes(KEY_BYTES).map_err(|error| KeyStoreError::Failed(error.to_string()))?;
        self.store.put(&KeyStoreItem::SealingKey, &Secret::new(base64::encode(&bytes)), self.unlock)?;
        self.stored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::entry::METADATA_VERSION;

    const EXPIRATION: Timestamp = Timestamp(1_893_456_000);

    fn key(byte: u8) -> SealingKey {
        SealingKey::new(Zeroizing::new(vec![byte; KEY_BYTES])).unwrap()
    }

    fn mark() -> EntryMetadata {
        EntryMetadata {
            v: METADATA_VERSION,
            fingerprint: "ab".repeat(32),
            written_at: "2029-12-31T23:00:00Z".into(),
            lifetime: 3600,
            profile: "dev".into(),
            account_id: Some("222222222222".into()),
            clock_offset: 0,
            process: None,
            sealed: None,
        }
    }

    fn session() -> Credentials {
        Credentials {
            access_key_id: "ASIA1".into(),
            secret_access_key: "hunter2/+\"".into(),
            session_token: Some("token".into()),
            expiration: None,
            account_id: None,
        }
    }

    fn opened(text: &str, key: &SealingKey) -> Option<CachedSession> {
        CachedEntry::read(text)?.open(|mark, sealed| key.unseal(mark, sealed))
    }

    #[test]
    fn sealed_entry_opens_with_its_key_only() {
        let sealed = key(7).seal(&session(), EXPIRATION, &mark()).unwrap();
        let text = sealed.get();
        let entry = CachedEntry::read(text).unwrap();
        assert!(entry.is_sealed() && entry.access_key_id == "ASIA1" && entry.lease.expiration == EXPIRATION);
        let found = opened(text, &key(7)).unwrap();
        assert_eq!(found.credentials.secret_access_key.expose(), "hunter2/+\"");
        assert_eq!(found.credentials.session_token.unwrap().expose(), "token");
        assert_eq!(found.credentials.account_id.as_deref(), Some("222222222222"));
        assert!(opened(text, &key(8)).is_none());
        assert!(!text.contains("hunter2") && !text.contains("\"token"), "{text}");
        // The fields of the Amplify CLI.
        let members: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(members.as_object().unwrap().keys().collect::<Vec<_>>(), ["amplifyCreds"]);
    }

    #[test]
    fn changed_metadata_makes_sealed_secrets_unreadable() {
        let sealed = key(7).seal(&session(), EXPIRATION, &mark()).unwrap();
        for (from, to) in [
            ("abab", "abac"),
            ("2030-01-01", "2031-01-01"),
            ("ASIA1", "ASIA2"),
            ("222222222222", "333333333333"),
            ("\"lifetime\":3600", "\"lifetime\":7200"),
            ("\"profile\":\"dev\"", "\"profile\":\"other\""),
            ("\"writtenAt\":\"2029", "\"writtenAt\":\"2028"),
        ] {
            let changed = sealed.get().replacen(from, to, 1);
            assert!(changed != sealed.get() && CachedEntry::read(&changed).is_some(), "{from}");
            assert!(opened(&changed, &key(7)).is_none(), "{from}");
        }
    }

    #[test]
    fn two_sealed_entries_differ() {
        let seal = || key(7).seal(&session(), EXPIRATION, &mark()).unwrap();
        assert_ne!(seal().get(), seal().get());
    }

    #[test]
    fn damaged_sealed_entry_is_not_a_session() {
        let sealed = key(7).seal(&session(), EXPIRATION, &mark()).unwrap();
        let sealed: serde_json::Value = serde_json::from_str(sealed.get()).unwrap();
        for (member, value) in [("nonce", ""), ("nonce", "!"), ("data", ""), ("data", "AAAA"), ("expiration", "soon")] {
            let mut damaged = sealed.clone();
            damaged["amplifyCreds"]["sealed"][member] = value.into();
            assert!(opened(&damaged.to_string(), &key(7)).is_none(), "{member} = {value}");
        }
    }
}
