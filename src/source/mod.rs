pub mod container;
pub(crate) mod dpop;
mod endpoint_rules;
mod error;
pub mod imds;
mod key_store;
pub mod login;
mod metadata;
pub mod process;
pub(crate) mod registration;
mod sign_in_state;
mod sources;
pub mod sso;
pub mod sso_accounts;
pub mod web_identity;

use crate::core::credentials::Credentials;
use crate::plan::{Base, BaseSource};

pub use error::{Service, SourceError};
pub use key_store::stored_key;
pub use process::ProcessError;
pub use sign_in_state::{Renewal, SignInSession, SignInState, SignInStates};
pub use sources::{FetchOptions, SourceEndpoints, Sources};

impl Sources<'_> {
    /// `None` if STS issues the credentials of the base: they are then a session, as for a role.
    pub fn fetch(&self, base: &Base, options: FetchOptions<'_>) -> Result<Option<Credentials>, SourceError> {
        let credentials = match &base.source {
            BaseSource::Static(keys) | BaseSource::Environment(keys) => keys.credentials(),
            BaseSource::Process(process) => process::run(&process.command.value, options.chain)?,
            BaseSource::Imds(imds) => self.imds(imds)?,
            BaseSource::Container(container) => self.container(container)?,
            BaseSource::Sso(sso) => self.sso(sso, options.timeout)?,
            BaseSource::Login(login) => self.login(login, options.timeout)?,
            BaseSource::KeyStore(key_store) => self.key_store(key_store, options.unlock)?,
            BaseSource::Missing(_) => return Err(SourceError::Unusable("it has none".to_owned())),
            BaseSource::WebIdentity(_) => return Ok(None),
        };
        Ok(Some(credentials.checked()?))
    }
}
