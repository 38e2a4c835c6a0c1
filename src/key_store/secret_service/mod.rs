//! freedesktop.org's Secret Service: gnome-keyring, KWallet or KeePassXC.

mod address;
mod bus;
mod items;
mod stop;

use std::time::Duration;

use tokio::runtime::Builder;
use zbus::Address;

use super::error::KeyStoreError;
use super::item::KeyStoreItem;
use super::unlock::Unlock;
use crate::core::secret::Secret;
use crate::os::env::Env;
use crate::os::lock::{Attempt, Guard, Locks};
use address::SessionBus;
use bus::{Budget, Bus, PROMPT_LIMIT};
use stop::Stop;

/// Held while a prompt is open, so that parallel processes show one prompt. Its mark counts failed prompts.
const LOCK: &str = "key-store";
const LOCK_LIMIT: Duration = PROMPT_LIMIT.saturating_add(Duration::from_secs(3));
const MAX_MARK: u64 = 1000;

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

    pub(super) fn get(&self, item: &KeyStoreItem, unlock: Unlock) -> Result<Option<Secret>, KeyStoreError> {
        self.run(unlock, async |bus: &Bus<'_>| items::get(bus, item).await)
    }

    pub(super) fn put(&self, item: &KeyStoreItem, secret: &Secret, unlock: Unlock) -> Result<(), KeyStoreError> {
        self.run(unlock, async |bus: &Bus<'_>| items::put(bus, item, secret).await)
    }

    pub(super) fn delete(&self, item: &KeyStoreItem, unlock: Unlock) -> Result<bool, KeyStoreError> {
        self.run(unlock, async |bus: &Bus<'_>| items::delete(bus, item).await)
    }

    /// Runs the operation without prompts first, because most calls need neither a prompt nor the lock.
    fn run<T>(
        &self,
        unlock: Unlock,
        operation: impl AsyncFn(&Bus<'_>) -> Result<T, Stop>,
    ) -> Result<T, KeyStoreError> {
        let address = self.bus.address()?;
        let budget = Budget::new();
        let failed_before = self.locks.mark(LOCK);
        match connected(&address, &budget, Unlock::Never, &operation) {
            Err(Stop::NeedsPrompt(_)) if unlock == Unlock::Ask => {}
            result => return result.map_err(error),
        }
        let guard = self.lock(failed_before)?;
        let result = connected(&address, &budget, Unlock::Ask, &operation).map_err(error);
        if let (Some(guard), Err(KeyStoreError::Dismissed | KeyStoreError::TimedOut(_))) = (guard, &result) {
            guard.set_mark(failed_before % MAX_MARK + 1);
        }
        result
    }

    /// `None` if the file system has no locks. Fails if another process's prompt failed meanwhile.
    fn lock(&self, failed_before: u64) -> Result<Option<Guard>, KeyStoreError> {
        match self.locks.lock_within(LOCK, LOCK_LIMIT) {
            // A new lock file has no mark.
            Attempt::Held(_) if ![0, failed_before].contains(&self.locks.mark(LOCK)) => Err(KeyStoreError::Dismissed),
            Attempt::Held(guard) => Ok(Some(guard)),
            Attempt::Busy => Err(KeyStoreError::TimedOut(LOCK_LIMIT.as_secs())),
            Attempt::Unavailable(_) => Ok(None),
        }
    }
}

fn connected<T>(
    address: &Address,
    budget: &Budget,
    unlock: Unlock,
    operation: &impl AsyncFn(&Bus<'_>) -> Result<T, Stop>,
) -> Result<T, Stop> {
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

fn error(stop: Stop) -> KeyStoreError {
    match stop {
        Stop::NeedsPrompt(error) | Stop::Failed(error) => error,
    }
}
