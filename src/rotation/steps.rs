use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::access_keys::{Rotation, RotationStep, StoredKey};
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::iam::{AccessKeyMetadata, NewAccessKey};
use crate::key_store::{KeyStore, KeyStoreItem, Unlock};
use crate::sts::{CallerIdentity, StsError};

use super::decision::{KeysVerdict, LocalStep, Secrets, is_leftover, judge_keys, local_step};
use super::error::RotationError;
use super::journal::Journal;
use super::keys_at_iam::KeysAtIam;

/// If the response of CreateAccessKey is lost, the created key is deleted and another one created.
const ATTEMPTS: u32 = 3;
const UNKNOWN_KEY_ATTEMPTS: u32 = 4;
const UNKNOWN_KEY_PAUSE: Duration = Duration::from_secs(2);

/// The rotation of one profile. The caller holds its lock.
#[derive(Debug)]
pub struct Rotator<'a> {
    profile: &'a str,
    key_store: &'a KeyStore,
    unlock: Unlock,
    clock: Clock,
    pub journal: Journal<'a>,
    current: StoredKey,
    /// Whether the item of the current key is missing or unreadable. Then the new key is the current one.
    is_current_lost: bool,
    new: Option<StoredKey>,
    /// RFC 3339, if this run has created the new key.
    created_at: Option<String>,
}

impl<'a> Rotator<'a> {
    pub fn open(
        directory: &'a Path,
        profile: &'a str,
        key_store: &'a KeyStore,
        unlock: Unlock,
        clock: Clock,
    ) -> Result<Self, RotationError> {
        let read = |item: KeyStoreItem| Ok::<_, RotationError>(key_store.get(&item, unlock)?);
        let item = read(KeyStoreItem::AccessKey(profile.to_owned()))?;
        let new = read(KeyStoreItem::NewAccessKey(profile.to_owned()))?.as_ref().and_then(StoredKey::parse);
        let parsed = item.as_ref().and_then(StoredKey::parse);
        let is_current_lost = parsed.is_none();
        let current = match (parsed, &new) {
            (Some(current), _) => current,
            (None, Some(new)) => new.clone(),
            (None, None) if item.is_some() => return Err(RotationError::InvalidKey),
            (None, None) => return Err(RotationError::NoKey),
        };
        let journal = Journal::open(directory, profile, &current, clock.now())?;
        Ok(Self { profile, key_store, unlock, clock, journal, current, is_current_lost, new, created_at: None })
    }

    /// The id of the stored key.
    pub fn current(&self) -> &str {
        &self.current.access_key_id
    }

    fn secrets(&self) -> Secrets<'_> {
        Secrets { current: &self.current.access_key_id, new: self.new.as_ref().map(|key| key.access_key_id.as_str()) }
    }

    pub fn next(&self) -> LocalStep<'_> {
        match local_step(self.journal.rotation(), self.secrets()) {
            LocalStep::Deactivate if self.is_current_lost => LocalStep::Replace,
            step => step,
        }
    }

    pub fn judge<'k>(&self, listed: &'k [AccessKeyMetadata]) -> KeysVerdict<'k> {
        judge_keys(self.secrets(), listed, self.clock.now())
    }

    /// The credentials of the new key, from either item.
    pub fn new_credentials(&self) -> Option<Credentials> {
        let id = self.journal.rotation()?.new_key_id.as_deref()?;
        let keys = self.new.iter().chain([&self.current]);
        keys.into_iter().find(|key| key.access_key_id == id).map(StoredKey::credentials)
    }

    pub fn begin(&mut self, user: &CallerIdentity) -> Result<(), RotationError> {
        let rotation = Rotation {
            started_at: self.clock.now().rfc3339(),
            old_key_id: self.current.access_key_id.clone(),
            new_key_id: None,
            next: RotationStep::Create,
            deactivated_at: None,
        };
        self.journal.change(|record| {
            record.account_id = Some(user.account.clone());
            record.user_arn = Some(user.arn.clone());
            record.rotation = Some(rotation);
        })
    }

    /// After the journal was lost.
    pub fn continue_with(&mut self, rotation: Rotation, user: &CallerIdentity) -> Result<(), RotationError> {
        self.journal.change(|record| {
            record.account_id = Some(user.account.clone());
            record.user_arn = Some(user.arn.clone());
            record.rotation = Some(rotation);
        })
    }

    /// Nothing has been changed yet, or the rotation is finished.
    pub fn end(&mut self) -> Result<(), RotationError> {
        self.journal.change(|record| record.rotation = None)
    }

    /// The key of a killed run. Fails for any other second key.
    pub fn delete_leftover(&self, iam: &KeysAtIam<'_>) -> Result<Option<String>, RotationError> {
        let Some(rotation) = self.journal.rotation() else { return Ok(None) };
        let listed = iam.list()?;
        let Some(second) = listed.iter().find(|key| key.id != rotation.old_key_id) else { return Ok(None) };
        let is_own = iam.last_use(&second.id).is_ok_and(|last_use| is_leftover(rotation, second, &last_use));
        if !is_own {
            return Err(RotationError::SecondKey(second.id.clone()));
        }
        iam.delete(&second.id)?;
        Ok(Some(second.id.clone()))
    }

    /// Creates the new key and stores it next to the old one. `is_repeated` if a killed run may have created a key that
    /// IAM does not list yet.
    pub fn create(
        &mut self,
        iam: &KeysAtIam<'_>,
        is_repeated: bool,
        is_interrupted: &dyn Fn() -> bool,
    ) -> Result<(), RotationError> {
        let mut attempt = 1;
        loop {
            match iam.create() {
                Ok(key) => return self.store(iam, key),
                Err(error) if attempt < ATTEMPTS && may_have_been_executed(&error) && !is_interrupted() => {
                    attempt += 1;
                    if self.delete_leftover(iam).is_err() {
                        return Err(RotationError::Iam { action: "CreateAccessKey", error });
                    }
                }
                Err(error) => {
                    let is_limit = matches!(&error, StsError::Refused { code, .. } if code == "LimitExceeded");
                    let is_refused = matches!(error, StsError::Refused { .. });
                    if attempt == 1 && is_refused && !(is_limit && is_repeated) {
                        self.end()?;
                    }
                    return Err(RotationError::Iam { action: "CreateAccessKey", error });
                }
            }
        }
    }

    fn store(&mut self, iam: &KeysAtIam<'_>, key: NewAccessKey) -> Result<(), RotationError> {
        let NewAccessKey { id, secret, created } = key;
        self.created_at = created.map(Timestamp::rfc3339);
        let account_id = self.journal.record().account_id.clone();
        let key = StoredKey { access_key_id: id.clone(), secret_access_key: secret, account_id };
        let stored = self.journal.change(|record| {
            if let Some(rotation) = &mut record.rotation {
                rotation.new_key_id = Some(id.clone());
                rotation.next = RotationStep::Store;
            }
        });
        let stored = stored.and_then(|()| self.put(&KeyStoreItem::NewAccessKey(self.profile.to_owned()), &key));
        if let Err(error) = stored {
            // Without the secret the key is useless. If this fails, the next run deletes the key.
            if iam.delete(&id).is_ok() {
                let _ = self.delete_new_item();
                let _ = self.end();
            }
            return Err(error);
        }
        self.new = Some(key);
        self.journal.set_next(RotationStep::Verify)
    }

    /// Deletes a key without a stored secret, and begins again.
    pub fn delete_lost(&mut self, iam: &KeysAtIam<'_>, id: &str) -> Result<(), RotationError> {
        let listed = iam.list()?;
        match listed.iter().find(|key| key.id == self.current.access_key_id) {
            None => return Err(RotationError::Unlisted),
            Some(current) if !current.is_active => return Err(RotationError::Inactive),
            Some(_) => {}
        }
        iam.delete(id)?;
        self.forget_new()
    }

    /// The new key no longer exists.
    pub fn forget_new(&mut self) -> Result<(), RotationError> {
        self.delete_new_item()?;
        let now = self.clock.now().rfc3339();
        self.journal.change(|record| {
            if let Some(rotation) = &mut record.rotation {
                rotation.started_at = now;
                rotation.new_key_id = None;
                rotation.next = RotationStep::Create;
            }
        })
    }

    pub fn verified(&mut self) -> Result<(), RotationError> {
        if self.journal.rotation().is_some_and(|rotation| rotation.next == RotationStep::Deactivate) {
            return Ok(());
        }
        self.journal.set_next(RotationStep::Replace)
    }

    /// The new key must be verified in the same run.
    pub fn replace(&mut self) -> Result<(), RotationError> {
        let id = self.journal.rotation().and_then(|rotation| rotation.new_key_id.clone());
        let is_new = |key: &StoredKey| Some(&key.access_key_id) == id.as_ref();
        if self.is_current_lost || !is_new(&self.current) {
            let new = self.new.clone().filter(is_new).ok_or(RotationError::NotStored)?;
            self.put(&KeyStoreItem::AccessKey(self.profile.to_owned()), &new)?;
            self.current = new;
            self.is_current_lost = false;
        }
        let (id, stored_at) = (self.current.access_key_id.clone(), self.clock.now().rfc3339());
        let created_at = self.created_at.take();
        self.journal.change(|record| {
            record.access_key_id = id;
            record.created_at = created_at;
            record.stored_at = stored_at;
        })?;
        self.delete_new_item()?;
        self.journal.set_next(RotationStep::Deactivate)
    }

    /// False if the old key no longer exists. Then the rotation is finished.
    pub fn deactivate(&mut self, iam: &KeysAtIam<'_>) -> Result<bool, RotationError> {
        let Some(old) = self.journal.rotation().map(|rotation| rotation.old_key_id.clone()) else { return Ok(false) };
        if !deactivated(iam, &old)? {
            self.end()?;
            return Ok(false);
        }
        let now = self.clock.now().rfc3339();
        self.journal.change(|record| {
            if let Some(rotation) = &mut record.rotation {
                rotation.next = RotationStep::Delete;
                rotation.deactivated_at = Some(now);
            }
        })?;
        Ok(true)
    }

    fn delete_new_item(&mut self) -> Result<(), RotationError> {
        self.key_store.delete(&KeyStoreItem::NewAccessKey(self.profile.to_owned()), self.unlock)?;
        self.new = None;
        Ok(())
    }

    fn put(&self, item: &KeyStoreItem, key: &StoredKey) -> Result<(), RotationError> {
        self.key_store.put(item, &key.item(), self.unlock)?;
        let read = self.key_store.get(item, self.unlock)?.as_ref().and_then(StoredKey::parse);
        let is_same = |read: StoredKey| {
            read.access_key_id == key.access_key_id && read.secret_access_key.expose() == key.secret_access_key.expose()
        };
        if read.is_some_and(is_same) { Ok(()) } else { Err(RotationError::NotStored) }
    }
}

/// IAM may know the new key, which signs the call, later than STS.
fn deactivated(iam: &KeysAtIam<'_>, old: &str) -> Result<bool, RotationError> {
    let mut attempt = 1;
    loop {
        match iam.deactivate(old) {
            Err(RotationError::Iam { error: StsError::Refused { code, .. }, .. })
                if code == "InvalidClientTokenId" && attempt < UNKNOWN_KEY_ATTEMPTS =>
            {
                attempt += 1;
                sleep(UNKNOWN_KEY_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

/// Whether IAM may have created a key although no response arrived.
fn may_have_been_executed(error: &StsError) -> bool {
    error.is_passing() && *error != StsError::Throttled
}
