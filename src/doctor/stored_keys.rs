//! Collects the keys in the key store, their records, and the backups that hold keys. Never prompts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::access_keys::{AccessKeyRecords, RecordError, StoredKey};
use crate::key_store::{KeyStoreError, KeyStoreItem, Unlock};
use crate::os::backups::backups;
use crate::os::fs::read_regular;
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::load::MAX_FILE_BYTES;
use crate::profile::lost_keys::lost_keys;

use super::finding::FilePlace;
use super::world::World;

/// For all calls of the key store together.
const LIMIT: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub struct StoredKeyFacts {
    /// Whether the session may have a key store.
    pub may_have_store: bool,
    pub records: AccessKeyRecords,
    /// The path of the config file.
    pub config: String,
    pub record_problem: Option<(FilePlace, String)>,
    /// Why not all items were read.
    pub store_problem: Option<KeyStoreError>,
    /// By profile.
    pub items: BTreeMap<String, ItemState>,
    pub backups: Vec<BackupFacts>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    Missing,
    /// Another program has replaced the content.
    Invalid,
    Key,
}

/// A backup with long-term keys that no profile file has.
#[derive(Debug)]
pub struct BackupFacts {
    pub at: FilePlace,
    pub access_key_ids: Vec<String>,
}

impl StoredKeyFacts {
    pub(super) fn gather<'p>(
        plans: impl Iterator<Item = &'p CredentialPlan>,
        texts: [&str; 2],
        world: &World<'_>,
    ) -> Self {
        let directory = &world.paths.cache_dir;
        let (records, record_problem) = match AccessKeyRecords::load(directory) {
            Ok(records) => (records, None),
            Err(error) => {
                let place = |path| FilePlace::of_file(path, &world.paths.home);
                let problem = match error {
                    RecordError::Unreadable { path, reason } => Some((place(path), reason.to_string())),
                    RecordError::Invalid { path } => {
                        Some((place(path), "it is not a record of access keys".to_owned()))
                    }
                    RecordError::Unwritable { .. } | RecordError::Locked => None,
                };
                (AccessKeyRecords::default(), problem)
            }
        };
        let mut profiles: BTreeSet<_> = records.iter().map(|(profile, _)| profile.to_owned()).collect();
        profiles.extend(plans.filter_map(|plan| match &plan.base.source {
            BaseSource::KeyStore(base) => Some(base.profile.clone()),
            _ => None,
        }));
        let (items, store_problem) = items(&profiles, world);
        let of_sealing = || world.key_store.get(&KeyStoreItem::SealingKey, Unlock::Never).err();
        let store_problem = store_problem.or_else(|| world.seals.then(of_sealing).flatten());
        let backups = backups(directory).iter().filter_map(|path| backup(path, texts, world)).collect();
        let may_have_store = world.key_store.may_exist();
        let config = world.paths.config.display().to_string();
        Self { may_have_store, records, config, record_problem, store_problem, items, backups }
    }
}

/// Ends at the first error, because the store is the same for all items.
fn items(profiles: &BTreeSet<String>, world: &World<'_>) -> (BTreeMap<String, ItemState>, Option<KeyStoreError>) {
    let until = Instant::now() + LIMIT;
    let mut items = BTreeMap::new();
    for profile in profiles {
        if Instant::now() > until {
            return (items, Some(KeyStoreError::TimedOut(LIMIT.as_secs())));
        }
        let item = match world.key_store.get(&KeyStoreItem::AccessKey(profile.clone()), Unlock::Never) {
            Err(error) => return (items, Some(error)),
            Ok(item) => item,
        };
        let state = match item.map(|item| StoredKey::parse(&item)) {
            None => ItemState::Missing,
            Some(None) => ItemState::Invalid,
            Some(Some(_)) => ItemState::Key,
        };
        items.insert(profile.clone(), state);
    }
    (items, None)
}

fn backup(path: &Path, texts: [&str; 2], world: &World<'_>) -> Option<BackupFacts> {
    let bytes = Zeroizing::new(read_regular(path, MAX_FILE_BYTES).ok()??);
    let text = std::str::from_utf8(&bytes).ok()?;
    let lost = lost_keys(path.file_name()?.to_str()?, text, texts);
    let ids: BTreeSet<_> = lost.into_iter().map(|keys| keys.access_key_id).collect();
    let at = FilePlace::of_file(path.to_owned(), &world.paths.home);
    (!ids.is_empty()).then(|| BackupFacts { at, access_key_ids: ids.into_iter().collect() })
}
