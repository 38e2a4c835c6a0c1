//! Owns base credentials: from a plan's base to the credentials that sign the first call.
//!
//! Refuses to cache: the sessions made with them are cached, and whoever gives them knows best how long they last.

pub mod process;

use crate::chain::Chain;
use crate::credentials::Credentials;
use crate::plan::{Base, BaseSource};
use crate::profile::keys::Keys;

use process::ProcessError;

/// The credentials of `base`. `chain` is what a program that we run must not ask us for again.
pub fn fetch(base: &Base, chain: &Chain) -> Result<Credentials, ProcessError> {
    match &base.source {
        BaseSource::Static(keys) | BaseSource::Environment(keys) => Ok(of_keys(keys)),
        BaseSource::Process(process) => process::run(&process.command.value, chain),
    }
}

fn of_keys(keys: &Keys) -> Credentials {
    Credentials {
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        session_token: keys.session_token.clone(),
        expiration: None,
        account_id: None,
    }
}
