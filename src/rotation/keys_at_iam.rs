use crate::iam::{AccessKeyMetadata, Client, LastUse, NewAccessKey};
use crate::sts::StsError;

use super::error::RotationError;

/// The access keys of one user.
pub struct KeysAtIam<'a> {
    pub client: Client<'a>,
    pub user_name: &'a str,
}

impl KeysAtIam<'_> {
    pub fn list(&self) -> Result<Vec<AccessKeyMetadata>, RotationError> {
        self.client.access_keys(self.user_name).map_err(RotationError::of("ListAccessKeys"))
    }

    pub fn last_use(&self, id: &str) -> Result<LastUse, RotationError> {
        self.client.access_key_last_used(id).map_err(RotationError::of("GetAccessKeyLastUsed"))
    }

    pub(super) fn create(&self) -> Result<NewAccessKey, StsError> {
        self.client.create_access_key(self.user_name)
    }

    /// False if the key no longer exists.
    pub fn deactivate(&self, id: &str) -> Result<bool, RotationError> {
        exists(self.client.deactivate_access_key(self.user_name, id), "UpdateAccessKey")
    }

    /// False if the key no longer exists.
    pub fn delete(&self, id: &str) -> Result<bool, RotationError> {
        exists(self.client.delete_access_key(self.user_name, id), "DeleteAccessKey")
    }
}

fn exists(outcome: Result<(), StsError>, action: &'static str) -> Result<bool, RotationError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(StsError::Refused { code, .. }) if code == "NoSuchEntity" => Ok(false),
        Err(error) => Err(RotationError::Iam { action, error }),
    }
}
