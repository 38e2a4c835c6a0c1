use crate::broker::{CredentialsReply, IdentityReply, Reply};
use crate::cli::grant::Grant;

pub(super) enum Answer {
    Credentials(Grant),
    Identity(IdentityReply),
}

impl Answer {
    pub(super) fn reply(&self) -> Reply<'_> {
        match self {
            Self::Credentials(Grant { profile, region, credentials, are_environment_keys: _ }) => {
                let profile = profile.as_deref().unwrap_or_default();
                Reply::Credentials(CredentialsReply::new(profile, region.as_deref(), credentials))
            }
            Self::Identity(identity) => Reply::Identity(identity.clone()),
        }
    }
}
