use crate::access_keys::{AccessKeyRecord, AccessKeyRecords, StoredKey};
use crate::cli::context::Context;
use crate::cli::errors::failure::{BASE_FAILED, CONFIG, Failure};
use crate::cli::errors::keys::of_key_store;
use crate::core::clock::Clock;
use crate::core::shell_word::shell_word;
use crate::key_store::{KeyStore, KeyStoreItem};
use crate::sts::CallerIdentity;

/// The key of a profile in the key store.
pub(super) struct ProfileKey<'c> {
    context: &'c Context,
    name: &'c str,
    store: KeyStore,
}

pub(super) enum StoredItem {
    Missing,
    /// Another program has replaced the content.
    Invalid,
    Key(StoredKey),
}

impl<'c> ProfileKey<'c> {
    pub(super) fn new(context: &'c Context, name: &'c str) -> Self {
        Self { context, name, store: context.key_store() }
    }

    fn item(&self) -> KeyStoreItem {
        KeyStoreItem::AccessKey(self.name.to_owned())
    }

    pub(super) fn stored(&self) -> Result<StoredItem, Failure> {
        let item = self.store.get(&self.item(), self.context.unlock());
        let item = item.map_err(|error| of_key_store(&format!("read the key of profile {}", self.name), &error))?;
        Ok(match item.map(|item| StoredKey::parse(&item)) {
            None => StoredItem::Missing,
            Some(None) => StoredItem::Invalid,
            Some(Some(key)) => StoredItem::Key(key),
        })
    }

    /// Fails for a different key in the store, because its secret could not be recovered.
    pub(super) fn check_free(&self, key: &StoredKey) -> Result<(), Failure> {
        match self.stored()? {
            StoredItem::Key(stored) if !is_same(&stored, key) => {
                let (name, id) = (self.name, &stored.access_key_id);
                let message = format!("the {} already has another key of profile {name}: {id}", KeyStore::name());
                Err(Failure::new(CONFIG, message).hint(match self.other_config() {
                    Some(config) => format!("it is the key of profile {name} in {config}; rename one of the profiles"),
                    None => format!("to delete that key: amplify-creds keys remove {}", shell_word(name)),
                }))
            }
            _ => Ok(()),
        }
    }

    /// Stores the key, reads it back and compares it.
    pub(super) fn store(&self, key: &StoredKey) -> Result<(), Failure> {
        let put = self.store.put(&self.item(), &key.item(), self.context.unlock());
        put.map_err(|error| of_key_store(&format!("store the key of profile {}", self.name), &error))?;
        match self.stored()? {
            StoredItem::Key(stored) if is_same(&stored, key) => Ok(()),
            _ => {
                let message = format!("the {} returned another key than the stored one", KeyStore::name());
                Err(Failure::new(BASE_FAILED, message))
            }
        }
    }

    /// False if the item is missing.
    pub(super) fn delete(&self) -> Result<bool, Failure> {
        let items = [self.item(), KeyStoreItem::NewAccessKey(self.name.to_owned())];
        let mut was_there = false;
        for item in items {
            let deleted = self.store.delete(&item, self.context.unlock());
            let deleted =
                deleted.map_err(|error| of_key_store(&format!("delete the key of profile {}", self.name), &error));
            was_there |= deleted?;
        }
        Ok(was_there)
    }

    pub(super) fn record(&self, key: &StoredKey, identity: &CallerIdentity) -> Result<(), Failure> {
        let known = self.known().filter(|known| known.access_key_id == key.access_key_id);
        let record = AccessKeyRecord {
            account_id: Some(identity.account.clone()),
            user_arn: Some(identity.arn.clone()),
            config: Some(self.context.config()),
            ..known.unwrap_or_else(|| AccessKeyRecord::of(key, Clock::System.now()))
        };
        Ok(AccessKeyRecords::set(&self.context.paths.cache_dir, self.name, record)?)
    }

    /// `None` as well if the record is unreadable.
    pub(super) fn known(&self) -> Option<AccessKeyRecord> {
        AccessKeyRecords::load(&self.context.paths.cache_dir).ok()?.get(self.name).cloned()
    }

    /// The config file of the profile for which the key was stored, if it is another one.
    pub(super) fn other_config(&self) -> Option<String> {
        self.known()?.config.filter(|config| *config != self.context.config())
    }

    pub(super) fn forget(&self) -> Result<(), Failure> {
        Ok(AccessKeyRecords::remove(&self.context.paths.cache_dir, self.name)?)
    }
}

pub(super) fn is_same(one: &StoredKey, other: &StoredKey) -> bool {
    one.access_key_id == other.access_key_id && one.secret_access_key.expose() == other.secret_access_key.expose()
}
