use std::collections::HashMap;
use std::time::Duration;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};

use super::deadline::within;
use super::entry;
use crate::core::secret::Secret;
use crate::key_store::error::KeyStoreError;
use crate::key_store::item::KeyStoreItem;
use crate::key_store::unlock::Unlock;
use crate::os::env::Env;
use crate::os::lock::Locks;

/// The Credential Manager has no lock and no dialogs.
const LIMIT: Duration = Duration::from_secs(3);

#[derive(Debug, Clone)]
pub(in crate::key_store) struct Store;

#[expect(clippy::unused_self, reason = "the stores of other systems have a state")]
impl Store {
    pub(in crate::key_store) const NAME: &str = "Credential Manager";

    pub(in crate::key_store) fn new(_env: &Env, _locks: Locks) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "on Linux it depends on the session")]
    pub(in crate::key_store) fn may_exist(&self) -> bool {
        true
    }

    pub(in crate::key_store) fn get(
        &self,
        item: &KeyStoreItem,
        _unlock: Unlock,
    ) -> Result<Option<Secret>, KeyStoreError> {
        run(item, |found| entry::get(found, classify))
    }

    pub(in crate::key_store) fn put(
        &self,
        item: &KeyStoreItem,
        secret: &Secret,
        _unlock: Unlock,
    ) -> Result<(), KeyStoreError> {
        let secret = secret.clone();
        run(item, move |found| entry::put(found, &secret, classify))
    }

    pub(in crate::key_store) fn delete(&self, item: &KeyStoreItem, _unlock: Unlock) -> Result<bool, KeyStoreError> {
        run(item, |found| entry::delete(found, classify))
    }
}

fn run<T: Send + 'static>(
    item: &KeyStoreItem,
    call: impl FnOnce(&Entry) -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<T, KeyStoreError> {
    let name = item.name();
    within(LIMIT, move || {
        // By default a domain copies the item to the user's other machines.
        let options = HashMap::from([("persistence", "local")]);
        let store = windows_native_keyring_store::Store::new();
        let found = store.and_then(|store| store.build("amplify-creds", &name, Some(&options)));
        call(&found.map_err(|error| entry::key_store_error(error, classify))?)
    })
}

fn classify(error: &Error) -> Option<KeyStoreError> {
    let missing = "this logon session has no Credential Manager (for example a network logon)";
    matches!(error, Error::NoStorageAccess(_)).then(|| KeyStoreError::Missing(missing.to_owned()))
}
