//! Uses a key before it is stored: its identity, and the MFA device of its user.

use crate::access_keys::StoredKey;
use crate::cache::store::Store;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::Failure;
use crate::cli::errors::resolve::identity_failure;
use crate::cli::iam::iam_endpoint;
use crate::cli::sources::with_sources;
use crate::iam;
use crate::plan::build::identity_endpoint;
use crate::profile::load::Files;
use crate::profile_file::Dialect;
use crate::sts::CallerIdentity;
use crate::sts::client::SdkSts;

/// The connections and the plan of a profile in `files`.
pub(super) struct Verification<'c> {
    context: &'c Context,
    files: Files,
    name: &'c str,
    pool: ConnectionPool,
}

impl<'c> Verification<'c> {
    pub(super) fn new(context: &'c Context, files: Files, name: &'c str) -> Self {
        Self { context, files, name, pool: ConnectionPool::default() }
    }

    /// sts:GetCallerIdentity at the endpoint of the profile.
    pub(super) fn identity(&self, key: &StoredKey) -> Result<CallerIdentity, Failure> {
        let Self { context, files, name, pool } = self;
        let set = files.profiles(Dialect::Auto)?;
        let inputs = context.inputs()?;
        let plan = plan_of(&set, name, &inputs)?;
        let endpoint = identity_endpoint(&set, &plan, &inputs)?;
        let store = Store::new(&context.paths.cache_dir);
        let identity = with_sources(context, pool, &plan, &store, |sources| {
            SdkSts::new(sources.connections).get_caller_identity(&endpoint, &key.credentials())
        });
        let identity = identity.map_err(|error| identity_failure(error, Some(name), false))?;
        if is_root(&identity) {
            context.warn(|| {
                "this is a key of the account's root user, which may do everything; use a key of an IAM user".to_owned()
            });
        }
        Ok(identity)
    }

    /// The first device with codes. `None` as well if the user must not list the devices.
    pub(super) fn mfa_device(&self, key: &StoredKey, identity: &CallerIdentity) -> Option<String> {
        let Self { context, files, name, pool } = self;
        if is_root(identity) {
            return None;
        }
        let set = files.profiles(Dialect::Auto).ok()?;
        let inputs = context.inputs().ok()?;
        let plan = plan_of(&set, name, &inputs).ok()?;
        let endpoint = iam_endpoint(context, &set, &plan, &inputs.sts).ok()?;
        let store = Store::new(&context.paths.cache_dir);
        let devices = with_sources(context, pool, &plan, &store, |sources| {
            let credentials = key.credentials();
            iam::Client::new(sources.connections, &endpoint, &credentials)?.own_mfa_devices()
        });
        devices.ok()?.into_iter().find(|serial| has_codes(serial))
    }
}

fn is_root(identity: &CallerIdentity) -> bool {
    identity.arn.ends_with(":root")
}

/// A security key (`:u2f/`) has no codes. A hardware device for codes has a serial number or a `:mfa/` ARN.
fn has_codes(serial: &str) -> bool {
    serial.contains(":mfa/") || !serial.starts_with("arn:")
}
