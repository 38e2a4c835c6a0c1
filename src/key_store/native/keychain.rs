use std::time::Duration;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use security_framework::os::macos::keychain::SecKeychain;

use super::deadline::within;
use super::entry;
use crate::core::secret::Secret;
use crate::key_store::error::KeyStoreError;
use crate::key_store::item::KeyStoreItem;
use crate::key_store::single_prompt::{PROMPT_LIMIT, SinglePrompt};
use crate::key_store::unlock::Unlock;
use crate::os::env::Env;
use crate::os::lock::Locks;

const LIMIT: Duration = Duration::from_secs(3);
/// SecBase.h
const USER_CANCELED: i32 = -128;
const NOT_AVAILABLE: i32 = -25291;
const AUTH_FAILED: i32 = -25293;
const NO_DEFAULT_KEYCHAIN: i32 = -25307;
const INTERACTION_NOT_ALLOWED: i32 = -25308;
const INTERACTION_REQUIRED: i32 = -25315;

#[derive(Debug, Clone)]
pub(in crate::key_store) struct Store {
    locks: Locks,
}

impl Store {
    pub(in crate::key_store) const NAME: &str = "Keychain";

    pub(in crate::key_store) fn new(_env: &Env, locks: Locks) -> Self {
        Self { locks }
    }

    #[expect(clippy::unused_self, reason = "on Linux it depends on the session")]
    pub(in crate::key_store) fn may_exist(&self) -> bool {
        true
    }

    pub(in crate::key_store) fn get(
        &self,
        item: &KeyStoreItem,
        unlock: Unlock,
    ) -> Result<Option<Secret>, KeyStoreError> {
        self.run(item, unlock, |found| entry::get(found, classify))
    }

    pub(in crate::key_store) fn put(
        &self,
        item: &KeyStoreItem,
        secret: &Secret,
        unlock: Unlock,
    ) -> Result<(), KeyStoreError> {
        let secret = secret.clone();
        self.run(item, unlock, move |found| entry::put(found, &secret, classify))
    }

    pub(in crate::key_store) fn delete(&self, item: &KeyStoreItem, unlock: Unlock) -> Result<bool, KeyStoreError> {
        self.run(item, unlock, |found| entry::delete(found, classify))
    }

    /// Without a dialog first, because most calls need neither a dialog nor the lock.
    fn run<T: Send + 'static>(
        &self,
        item: &KeyStoreItem,
        unlock: Unlock,
        call: impl Fn(&Entry) -> Result<T, KeyStoreError> + Clone + Send + 'static,
    ) -> Result<T, KeyStoreError> {
        let prompt = SinglePrompt::new(&self.locks);
        let (name, silent) = (item.name(), call.clone());
        let result = within(LIMIT, move || {
            let _no_dialogs = SecKeychain::disable_user_interaction().map_err(|error| failed(error.into()))?;
            silent(&open(&name)?)
        });
        match result {
            Err(KeyStoreError::Locked) if unlock == Unlock::Ask => {}
            result => return result,
        }
        let name = item.name();
        prompt.run(|| within(PROMPT_LIMIT, move || call(&open(&name)?)))
    }
}

fn open(name: &str) -> Result<Entry, KeyStoreError> {
    let store = apple_native_keyring_store::keychain::Store::new();
    store.and_then(|store| store.build("amplify-creds", name, None)).map_err(failed_entry)
}

fn failed_entry(error: Error) -> KeyStoreError {
    entry::key_store_error(error, classify)
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> KeyStoreError {
    failed_entry(Error::PlatformFailure(error))
}

fn classify(error: &Error) -> Option<KeyStoreError> {
    let (Error::PlatformFailure(reason) | Error::NoStorageAccess(reason)) = error else { return None };
    match reason.downcast_ref::<security_framework::base::Error>()?.code() {
        // A wrong password after the last attempt has the same code as a denied access.
        USER_CANCELED | AUTH_FAILED => Some(KeyStoreError::Dismissed),
        INTERACTION_NOT_ALLOWED | INTERACTION_REQUIRED => Some(KeyStoreError::Locked),
        NOT_AVAILABLE | NO_DEFAULT_KEYCHAIN => {
            Some(KeyStoreError::Missing("this session has no default keychain".to_owned()))
        }
        _ => None,
    }
}
