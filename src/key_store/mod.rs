//! The system's store for keys and passwords: Secret Service, Keychain or Credential Manager.

mod error;
mod item;
#[cfg(any(target_os = "macos", windows, test))]
mod native;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod single_prompt;
mod unlock;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod unsupported;

use crate::core::secret::Secret;
use crate::os::env::Env;
use crate::os::lock::Locks;

pub use error::KeyStoreError;
pub use item::KeyStoreItem;
#[cfg(any(target_os = "macos", windows))]
use native::Store;
#[cfg(target_os = "linux")]
use secret_service::Store;
pub use unlock::Unlock;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
use unsupported::Store;

#[derive(Debug, Clone)]
pub struct KeyStore(Store);

impl KeyStore {
    /// Without I/O.
    pub fn new(env: &Env, locks: Locks) -> Self {
        Self(Store::new(env, locks))
    }

    pub fn name() -> &'static str {
        Store::NAME
    }

    /// Whether this session may have a key store. Calls no service.
    pub fn may_exist(&self) -> bool {
        self.0.may_exist()
    }

    pub fn get(&self, item: &KeyStoreItem, unlock: Unlock) -> Result<Option<Secret>, KeyStoreError> {
        self.0.get(item, unlock)
    }

    /// Replaces the stored secret.
    pub fn put(&self, item: &KeyStoreItem, secret: &Secret, unlock: Unlock) -> Result<(), KeyStoreError> {
        self.0.put(item, secret, unlock)
    }

    /// False if the item is missing.
    pub fn delete(&self, item: &KeyStoreItem, unlock: Unlock) -> Result<bool, KeyStoreError> {
        self.0.delete(item, unlock)
    }
}
