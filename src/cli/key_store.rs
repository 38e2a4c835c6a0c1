use crate::access_keys::{AccessKeyRecord, AccessKeyRecords};
use crate::cli::context::Context;
use crate::cli::errors::base;
use crate::cli::errors::failure::Failure;
use crate::core::clock::Clock;
use crate::key_store::{KeyStore, Unlock};
use crate::os::lock::Locks;
use crate::plan::{BaseSource, CredentialPlan};
use crate::source::stored_key;

impl Context {
    pub(crate) fn key_store(&self) -> KeyStore {
        KeyStore::new(&self.env, Locks::in_dir(&self.paths.cache_dir))
    }

    pub(crate) fn unlock(&self) -> Unlock {
        if self.no_input() { Unlock::Never } else { Unlock::Ask }
    }
}

/// Without the record of its key, a plan has no identity, and an MFA session could not be requested.
pub(crate) fn recover_record(context: &Context, plan: &mut CredentialPlan) -> Result<(), Failure> {
    let BaseSource::KeyStore(key_store) = &mut plan.base.source else { return Ok(()) };
    if key_store.access_key_id.is_some() {
        return Ok(());
    }
    match stored_key(&context.key_store(), &key_store.profile, context.unlock()) {
        Ok(key) => {
            let record = AccessKeyRecord::of(&key, Clock::System.now());
            if let Err(error) = AccessKeyRecords::set(&context.paths.cache_dir, &key_store.profile, record) {
                context.warn(|| error.to_string());
            }
            key_store.access_key_id = Some(key.access_key_id);
            Ok(())
        }
        Err(error) => Err(base::failure(&error, &plan.base)),
    }
}
