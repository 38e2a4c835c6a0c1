use std::path::Path;

use crate::access_keys::{AccessKeyRecord, AccessKeyRecords, RecordError, Rotation, RotationStep, StoredKey};
use crate::core::clock::Timestamp;

use super::error::RotationError;

/// The record of one profile. Every change is written at once.
#[derive(Debug)]
pub struct Journal<'a> {
    directory: &'a Path,
    profile: &'a str,
    record: AccessKeyRecord,
}

impl<'a> Journal<'a> {
    /// A lost record is made again. A rotation of other keys than the stored one is dropped.
    pub(super) fn open(
        directory: &'a Path,
        profile: &'a str,
        current: &StoredKey,
        now: Timestamp,
    ) -> Result<Self, RotationError> {
        let records = match AccessKeyRecords::load(directory) {
            Err(RecordError::Invalid { .. }) => AccessKeyRecords::default(),
            loaded => loaded?,
        };
        let found = records.get(profile).cloned();
        let id = &current.access_key_id;
        let is_known = |record: &AccessKeyRecord| {
            let of_rotation =
                |rotation: &Rotation| rotation.old_key_id == *id || rotation.new_key_id.as_ref() == Some(id);
            record.rotation.as_ref().map_or(record.access_key_id == *id, of_rotation)
        };
        let record = match found.clone().filter(is_known) {
            Some(record) => AccessKeyRecord { access_key_id: id.clone(), ..record },
            None => AccessKeyRecord::of(current, now),
        };
        let journal = Self { directory, profile, record };
        if found.as_ref() != Some(&journal.record) {
            journal.write()?;
        }
        Ok(journal)
    }

    pub fn record(&self) -> &AccessKeyRecord {
        &self.record
    }

    pub fn rotation(&self) -> Option<&Rotation> {
        self.record.rotation.as_ref()
    }

    pub(super) fn change(&mut self, change: impl FnOnce(&mut AccessKeyRecord)) -> Result<(), RotationError> {
        change(&mut self.record);
        self.write()
    }

    pub(super) fn set_next(&mut self, next: RotationStep) -> Result<(), RotationError> {
        self.change(|record| {
            if let Some(rotation) = &mut record.rotation {
                rotation.next = next;
            }
        })
    }

    fn write(&self) -> Result<(), RotationError> {
        Ok(AccessKeyRecords::set(self.directory, self.profile, self.record.clone())?)
    }
}
