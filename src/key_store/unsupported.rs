use super::error::KeyStoreError;
use super::item::KeyStoreItem;
use super::unlock::Unlock;
use crate::core::secret::Secret;
use crate::os::env::Env;
use crate::os::lock::Locks;

#[derive(Debug, Clone)]
pub(super) struct Store;

#[expect(clippy::unused_self, reason = "the stores of other systems have a state")]
impl Store {
    pub(super) const NAME: &str = "key store";

    pub(super) fn new(_env: &Env, _locks: Locks) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "on Linux it depends on the session")]
    pub(super) fn may_exist(&self) -> bool {
        false
    }

    pub(super) fn get(&self, _item: &KeyStoreItem, _unlock: Unlock) -> Result<Option<Secret>, KeyStoreError> {
        Err(missing())
    }

    pub(super) fn put(&self, _item: &KeyStoreItem, _secret: &Secret, _unlock: Unlock) -> Result<(), KeyStoreError> {
        Err(missing())
    }

    pub(super) fn delete(&self, _item: &KeyStoreItem, _unlock: Unlock) -> Result<bool, KeyStoreError> {
        Err(missing())
    }
}

fn missing() -> KeyStoreError {
    KeyStoreError::Missing("this system has no supported key store".to_owned())
}
