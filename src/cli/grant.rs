//! The credentials that a command hands out, from the local files or from a broker.

use crate::cli::args::SessionArgs;
#[cfg(unix)]
use crate::cli::broker_client;
use crate::cli::context::Context;
use crate::cli::credentials::{Fetched, fetch};
use crate::cli::errors::failure::Failure;
use crate::core::credentials::Credentials;
use crate::plan::BaseSource;

#[derive(Debug)]
pub(crate) struct Grant {
    /// `None` for the credentials of the environment.
    pub(crate) profile: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) credentials: Credentials,
    /// Whether they are the keys in the environment themselves.
    pub(crate) are_environment_keys: bool,
}

impl From<Fetched> for Grant {
    fn from(Fetched { plan, credentials }: Fetched) -> Self {
        let are_environment_keys = plan.is_of_environment && matches!(plan.base.source, BaseSource::Environment(_));
        Self {
            profile: (!plan.is_of_environment).then_some(plan.profile),
            region: plan.region.map(|region| region.value),
            credentials,
            are_environment_keys,
        }
    }
}

pub(crate) fn grant(context: &Context, session: &SessionArgs) -> Result<Grant, Failure> {
    #[cfg(unix)]
    if let Some(socket) = &context.broker {
        return broker_client::credentials(context, socket, session);
    }
    fetch(context, session).map(Grant::from)
}
