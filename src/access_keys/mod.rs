//! Long-term access keys in the platform's key store, and their record, which has key ids only. The record gives a plan
//! the identity of its base, so that a cached session is found without a call of the key store.

mod records;
mod rotation;
mod stored_key;

pub use records::{AccessKeyRecord, AccessKeyRecords, RecordError};
pub use rotation::{Rotation, RotationStep};
pub use stored_key::StoredKey;
