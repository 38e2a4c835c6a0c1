//! freedesktop.org's Secret Service: gnome-keyring, KWallet or KeePassXC.

mod address;
mod bus;
mod call_error;
mod items;

use tokio::runtime::Builder;
use zbus::Address;

use super::error::KeyStoreError;
use super::item::KeyStoreItem;
use super::single_prompt::SinglePrompt;
use super::unlock::Unlock;
use crate::core::secret::Secret;
use crate::os::env::Env;
use crate::os::lock::Locks;
use address::SessionBus;
use bus::{Budget, Bus};
use call_error::CallError;

#[derive(Debug, Clone)]
pub(super) struct Store {
    bus: SessionBus,
    locks: Locks,
}

impl Store {
    pub(super) const NAME: &str = "Secret Service";

    pub(super) fn new(env: &Env, locks: Locks) -> Self {
        Self { bus: SessionBus::new(env), locks }
    }

    pub(super) fn may_exist(&self) -> bool {
        self.bus.address().is_ok()
    }

    pub(super) fn get(&self, item: &KeyStoreItem, unlock: Unlock) -> Result<Option<Secret>, KeyStoreError> {
        self.run(unlock, &async |bus: &Bus<'_>| items::get(bus, item).await)
    }

    pub(super) fn put(&self, item: &KeyStoreItem, secret: &Secret, unlock: Unlock) -> Result<(), KeyStoreError> {
        self.run(unlock, &async |bus: &Bus<'_>| items::put(bus, item, secret).await)
    }

    pub(super) fn delete(&self, item: &KeyStoreItem, unlock: Unlock) -> Result<bool, KeyStoreError> {
        self.run(unlock, &async |bus: &Bus<'_>| items::delete(bus, item).await)
    }

    /// Runs the operation without prompts first, because most calls need neither a prompt nor the lock.
    fn run<T>(
        &self,
        unlock: Unlock,
        operation: &impl AsyncFn(&Bus<'_>) -> Result<T, CallError>,
    ) -> Result<T, KeyStoreError> {
        let address = self.bus.address()?;
        let budget = Budget::new();
        let prompt = SinglePrompt::new(&self.locks);
        match connected(&address, &budget, Unlock::Never, operation) {
            Err(CallError::NeedsPrompt(_)) if unlock == Unlock::Ask => {}
            result => return result.map_err(key_store_error),
        }
        // The operation does not show a prompt if another process has unlocked the store.
        prompt.run(|| connected(&address, &budget, Unlock::Ask, operation).map_err(key_store_error))
    }
}

fn connected<T>(
    address: &Address,
    budget: &Budget,
    unlock: Unlock,
    operation: &impl AsyncFn(&Bus<'_>) -> Result<T, CallError>,
) -> Result<T, CallError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|reason| KeyStoreError::Failed(format!("cannot start a runtime: {reason}")))?;
    let result = runtime.block_on(async {
        let bus = Bus::connect(address.clone(), budget, unlock).await?;
        operation(&bus).await
    });
    // A drop would wait for threads that still connect.
    runtime.shutdown_background();
    result
}

fn key_store_error(error: CallError) -> KeyStoreError {
    match error {
        CallError::NeedsPrompt(error) | CallError::Disconnected(error) | CallError::Failed(error) => error,
    }
}
