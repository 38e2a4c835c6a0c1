use crate::cli::credentials::Fetched;
use crate::core::credentials::Credentials;
use crate::plan::BaseSource;

/// The credentials that a command hands out.
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
    fn from(Fetched { plan, credentials, source: _ }: Fetched) -> Self {
        let are_environment_keys = plan.is_of_environment && matches!(plan.base.source, BaseSource::Environment(_));
        Self {
            profile: (!plan.is_of_environment).then_some(plan.profile),
            region: plan.region.map(|region| region.value),
            credentials,
            are_environment_keys,
        }
    }
}
