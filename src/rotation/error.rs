use thiserror::Error;

use crate::access_keys::RecordError;
use crate::key_store::KeyStoreError;
use crate::prompt::PromptError;
use crate::sts::StsError;

#[derive(Debug, Error)]
pub enum RotationError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    /// The profile has no item.
    #[error("the key store has no key of the profile")]
    NoKey,
    #[error("the item in the key store is not an access key")]
    InvalidKey,
    #[error("the key store returned another key than the one that was stored")]
    NotStored,
    #[error("{action}: {error}")]
    Iam { action: &'static str, error: StsError },
    /// AWS did not accept the new key in time.
    #[error("{0}")]
    NotAccepted(StsError),
    /// The new key belongs to another user or account.
    #[error("the new key belongs to {0}")]
    OtherUser(String),
    /// IAM does not list the stored key for this user.
    #[error("IAM does not list the stored key")]
    Unlisted,
    #[error("the stored key is inactive")]
    Inactive,
    /// A key that is not known to be the rotation's own.
    #[error("the user has a second key, {0}")]
    SecondKey(String),
    #[error("interrupted")]
    Interrupted(PromptError),
}

impl RotationError {
    pub(super) fn of(action: &'static str) -> impl FnOnce(StsError) -> Self {
        move |error| Self::Iam { action, error }
    }
}
