use crate::broker::{CredentialsReply, IdentityReply, Reply};
use crate::cli::credentials::Fetched;

pub(super) enum Answer {
    Credentials(Box<Fetched>),
    Identity(IdentityReply),
}

impl Answer {
    pub(super) fn reply(&self) -> Reply<'_> {
        match self {
            Self::Credentials(fetched) => {
                let Fetched { plan, credentials, source: _ } = &**fetched;
                let region = plan.region.as_ref().map(|region| region.value.as_str());
                Reply::Credentials(CredentialsReply::new(&plan.profile, region, credentials))
            }
            Self::Identity(identity) => Reply::Identity(identity.clone()),
        }
    }
}
