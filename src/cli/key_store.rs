use crate::access_keys::{AccessKeyRecord, AccessKeyRecords};
use crate::cache::sealing::Sealing;
use crate::cache::store::Store;
use crate::cli::context::Context;
use crate::cli::errors::base;
use crate::cli::errors::failure::{CONFIG, Failure, UNSUPPORTED};
use crate::core::clock::Clock;
use crate::key_store::{KeyStore, Unlock};
use crate::os::env;
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

impl Context {
    /// The cached sessions. Only `login` may unlock the key store for the sealing key, so that no other command opens a
    /// prompt for the cache.
    pub(crate) fn session_store(&self) -> Result<Store, Failure> {
        let unlock = if self.verb == "login" { self.unlock() } else { Unlock::Never };
        let directory = &self.paths.cache_dir;
        let sealing = Sealing::new(self.seals()?, self.key_store(), unlock, directory);
        Ok(Store::new(directory).with_sealing(sealing))
    }

    pub(crate) fn seals(&self) -> Result<bool, Failure> {
        let Some(found) = self.setting(env::AMPLIFY_CREDS_SEAL, "seal") else { return Ok(false) };
        match found.value.to_ascii_lowercase().as_str() {
            "off" => Ok(false),
            "on" if cfg!(target_os = "linux") => Ok(true),
            "on" => Err(Failure::new(UNSUPPORTED, "seal = on is supported only on Linux")
                .at(&found.from, None)
                .hint("elsewhere each use of a session would call the key store; remove the setting")),
            _ => Err(Failure::new(CONFIG, format!("invalid seal in {}", found.from))
                .at(&found.from, None)
                .hint("expected on or off")),
        }
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
            let config = Some(context.config());
            let record = AccessKeyRecord { config, ..AccessKeyRecord::of(&key, Clock::System.now()) };
            if let Err(error) = AccessKeyRecords::set(&context.paths.cache_dir, &key_store.profile, record) {
                context.warn(|| error.to_string());
            }
            key_store.access_key_id = Some(key.access_key_id);
            Ok(())
        }
        Err(error) => Err(base::without_key(&error, &plan.base)),
    }
}
