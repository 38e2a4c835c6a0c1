use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum KeyStoreError {
    /// The system or session has no key store.
    #[error("{0}")]
    Missing(String),
    /// A prompt was not allowed.
    #[error("the key store is locked")]
    Locked,
    /// Creating the user's first keyring needs a prompt, which was not allowed.
    #[error("the key store has no default keyring yet")]
    NoKeyring,
    /// By the user, in this process or in the process that this one waited for.
    #[error("the key store is locked, and its prompt was dismissed or could not be shown")]
    Dismissed,
    #[error("the key store did not answer within {0} s")]
    TimedOut(u64),
    #[error("{0}")]
    Failed(String),
}
