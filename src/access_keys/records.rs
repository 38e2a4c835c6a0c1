use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::core::clock::Timestamp;
use crate::os::atomic_file::{Access, AtomicFile};
use crate::os::fs::{create_private_dir, read_capped, rename};
use crate::os::lock::{Attempt, Locks};

use super::rotation::Rotation;
use super::stored_key::StoredKey;

/// In bytes. A record has about 300.
const LARGEST: u64 = 1 << 20;
const LOCK: &str = "keys";
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// The file `keys.json` in the cache's directory, by profile. It has no secrets. A lost record is made again from the
/// item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyRecords {
    #[serde(default)]
    profiles: BTreeMap<String, AccessKeyRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyRecord {
    pub access_key_id: String,
    pub account_id: Option<String>,
    /// The ARN of the user, or of the root user.
    pub user_arn: Option<String>,
    /// RFC 3339: when IAM created the key, if the user may see that.
    pub created_at: Option<String>,
    /// RFC 3339.
    pub stored_at: String,
    /// The path of the config file with the profile.
    #[serde(default)]
    pub config: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
}

#[derive(Debug, Error)]
pub enum RecordError {
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: io::Error },
    #[error("{} is not a record of access keys", path.display())]
    Invalid { path: PathBuf },
    #[error("cannot write {}: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: io::Error },
    #[error("another process has held the lock of the key records for {} s", LOCK_WAIT.as_secs())]
    Locked,
}

impl AccessKeyRecord {
    /// Of a key whose user is unknown.
    pub fn of(key: &StoredKey, now: Timestamp) -> Self {
        Self {
            access_key_id: key.access_key_id.clone(),
            account_id: key.account_id.clone(),
            user_arn: None,
            created_at: None,
            stored_at: now.rfc3339(),
            config: None,
            rotation: None,
        }
    }
}

impl AccessKeyRecords {
    /// A missing file has no records.
    pub fn load(directory: &Path) -> Result<Self, RecordError> {
        let path = path(directory);
        match read_capped(&path, LARGEST) {
            Err(reason) => Err(RecordError::Unreadable { path, reason }),
            Ok(None) => Ok(Self::default()),
            Ok(Some(bytes)) => serde_json::from_slice(&bytes).map_err(|_| RecordError::Invalid { path }),
        }
    }

    pub fn get(&self, profile: &str) -> Option<&AccessKeyRecord> {
        self.profiles.get(profile)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &AccessKeyRecord)> {
        self.profiles.iter().map(|(profile, record)| (profile.as_str(), record))
    }

    pub fn set(directory: &Path, profile: &str, record: AccessKeyRecord) -> Result<(), RecordError> {
        Self::update(directory, |records| {
            records.profiles.insert(profile.to_owned(), record);
        })
    }

    pub fn remove(directory: &Path, profile: &str) -> Result<(), RecordError> {
        Self::update(directory, |records| {
            records.profiles.remove(profile);
        })
    }

    fn update(directory: &Path, change: impl FnOnce(&mut Self)) -> Result<(), RecordError> {
        let path = path(directory);
        let unwritable = |reason| RecordError::Unwritable { path: path.clone(), reason };
        create_private_dir(directory).map_err(unwritable)?;
        let _guard = match Locks::in_dir(directory).lock_within(LOCK, LOCK_WAIT) {
            Attempt::Held(guard) => Some(guard),
            Attempt::Busy => return Err(RecordError::Locked),
            // Some file systems have no locks.
            Attempt::Unavailable(_) => None,
        };
        let mut records = match Self::load(directory) {
            Err(RecordError::Invalid { .. }) => {
                rename(&path, &directory.join("keys.json.corrupt")).map_err(unwritable)?;
                Self::default()
            }
            loaded => loaded?,
        };
        change(&mut records);
        let text = serde_json::to_vec_pretty(&records).map_err(|error| unwritable(error.into()))?;
        let temporary = directory.join("keys.json.tmp");
        let written = AtomicFile::write(&path, temporary, Access::Private, &text, |_, _| Ok(()));
        written.and_then(AtomicFile::commit).map_err(unwritable)
    }
}

fn path(directory: &Path) -> PathBuf {
    directory.join("keys.json")
}
