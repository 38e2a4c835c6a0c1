use crate::access_keys::{AccessKeyRecord, AccessKeyRecords, StoredKey};
use crate::core::credentials::Credentials;
use crate::key_store::{KeyStore, KeyStoreItem, Unlock};
use crate::plan::sources::KeyStoreBase;

use super::error::SourceError;
use super::sources::Sources;

impl Sources<'_> {
    pub(super) fn key_store(&self, base: &KeyStoreBase, unlock: Unlock) -> Result<Credentials, SourceError> {
        let key = stored_key(self.key_store, &base.profile, unlock)?;
        // The cache would answer for the user of the recorded key.
        let is_other = base.access_key_id.as_ref().is_some_and(|recorded| *recorded != key.access_key_id);
        if is_other && !self.is_being_rotated(&base.profile, &key.access_key_id) {
            let record = AccessKeyRecord::of(&key, self.clock.now());
            let _ = AccessKeyRecords::set(self.store.directory(), &base.profile, record);
            return Err(SourceError::KeyReplaced);
        }
        Ok(key.credentials())
    }

    /// Both keys of a rotation have the same user.
    fn is_being_rotated(&self, profile: &str, id: &str) -> bool {
        let records = AccessKeyRecords::load(self.store.directory()).unwrap_or_default();
        let rotation = records.get(profile).and_then(|record| record.rotation.as_ref());
        rotation.is_some_and(|rotation| rotation.old_key_id == id || rotation.new_key_id.as_deref() == Some(id))
    }
}

pub fn stored_key(store: &KeyStore, profile: &str, unlock: Unlock) -> Result<StoredKey, SourceError> {
    let item = store.get(&KeyStoreItem::AccessKey(profile.to_owned()), unlock)?;
    StoredKey::parse(&item.ok_or(SourceError::NoKey)?).ok_or(SourceError::InvalidKey)
}
