use std::rc::Rc;

use crate::cli::args::SessionArgs;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::{plan_of, with_resolver};
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::errors::network::unanswered_by;
use crate::cli::errors::resolve::identity_failure;
use crate::cli::iam::iam_endpoint;
use crate::cli::login_command;
use crate::cli::plan_inputs::{complete, inputs};
use crate::cli::prompts::prompt_chain;
use crate::cli::reporter::StderrReporter;
use crate::cli::sources::connections;
use crate::core::credentials::Credentials;
use crate::core::sanitize::printable;
use crate::core::shell_word::shell_word;
use crate::iam::Client;
use crate::plan::build::identity_endpoint;
use crate::plan::endpoint::Endpoint;
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::ProfileSet;
use crate::resolve::watched;
use crate::rotation::KeysAtIam;
use crate::sts::client::SdkSts;
use crate::sts::connections::Connections;
use crate::sts::{CallerIdentity, StsError};

/// Calls AWS for a profile with a key in the key store.
pub(super) struct Signer<'a> {
    context: &'a Context,
    profile: &'a str,
    set: ProfileSet<'a>,
    session: SessionArgs,
    pool: ConnectionPool,
    connections: Rc<Connections>,
    sts: Endpoint,
    iam: Endpoint,
    pub(super) has_mfa: bool,
}

/// The credentials of the profile and their user.
pub(super) struct Signed {
    pub(super) credentials: Credentials,
    pub(super) user: CallerIdentity,
    name: String,
}

impl<'a> Signer<'a> {
    /// Without I/O. Fails for a profile whose key is not in the key store.
    pub(super) fn new(context: &'a Context, profile: &'a str, mfa_token: Option<String>) -> Result<Self, Failure> {
        let session = SessionArgs { mfa_token, ..SessionArgs::default() };
        let set = context.profiles()?;
        let inputs = inputs(context, &session)?;
        let plan = plan_of(&set, profile, &inputs)?;
        check_kind(&plan)?;
        let pool = ConnectionPool::default();
        let connections = connections(context, &pool, plan.ca_bundle.clone());
        let sts = identity_endpoint(&set, &plan, &inputs)?;
        let iam = iam_endpoint(context, &set, &plan, &inputs.sts)?;
        let has_mfa = plan.mfa.is_some();
        Ok(Self { context, profile, set, session, pool, connections, sts, iam, has_mfa })
    }

    /// Plans again, because the stored key may be another one than before.
    pub(super) fn sign(&self) -> Result<Signed, Failure> {
        let Self { context, profile, set, session, pool, .. } = self;
        let plan = complete(context, plan_of(set, profile, &inputs(context, session)?)?)?;
        let mut prompt = prompt_chain(context, session, Some(&plan.options))?;
        let (credentials, user) = with_resolver(context, pool, set, &plan, session, &mut prompt, |resolver, sts| {
            let options = resolver.request.options;
            let credentials = resolver
                .credentials()
                .map_err(|error| login_command::failure(context, error, &plan, session, &options))?;
            let call = || sts.get_caller_identity(&self.sts, &credentials);
            let user = watched(resolver.reporter, "STS (GetCallerIdentity)", call)
                .map_err(|error| identity_failure(error, Some(profile), self.has_mfa))?;
            Ok::<_, Failure>((credentials, user))
        })??;
        let name = user_name(&user.arn).ok_or_else(|| not_a_user(profile, &user.arn))?;
        Ok(Signed { credentials, user, name })
    }

    pub(super) fn keys<'s>(&'s self, signed: &'s Signed) -> Result<KeysAtIam<'s>, Failure> {
        let client = Client::new(&self.connections, &self.iam, &signed.credentials);
        let what = format!("cannot rotate the key of profile {}", self.profile);
        let client = client.map_err(|error| unanswered_by("IAM", error, &what))?;
        Ok(KeysAtIam { client, user_name: &signed.name })
    }

    pub(super) fn identity(&self, credentials: &Credentials) -> Result<CallerIdentity, StsError> {
        SdkSts::new(&self.connections).get_caller_identity(&self.sts, credentials)
    }

    pub(super) fn reporter(&self) -> StderrReporter {
        StderrReporter::of(self.context)
    }
}

fn check_kind(plan: &CredentialPlan) -> Result<(), Failure> {
    let profile = &plan.profile;
    let base = &plan.base.profile;
    let word = shell_word(profile);
    match &plan.base.source {
        BaseSource::KeyStore(_) if plan.hops.is_empty() && base == profile => Ok(()),
        BaseSource::KeyStore(_) => {
            Err(Failure::new(CONFIG, format!("profile {profile} uses the key of profile {base}"))
                .hint(format!("amplify-creds keys rotate {}", shell_word(base))))
        }
        BaseSource::Static(_) if base == profile => {
            let message = format!("the key of profile {profile} is not in the key store");
            Err(Failure::new(CONFIG, message)
                .at(plan.base.source.origin(), Some(base))
                .hint(format!("first move it there: amplify-creds keys import {word}")))
        }
        BaseSource::Static(_) => {
            let message = format!("profile {profile} uses the key of profile {base}, which is not in the key store");
            Err(Failure::new(CONFIG, message)
                .at(plan.base.source.origin(), Some(base))
                .hint(format!("first move it there: amplify-creds keys import {}", shell_word(base))))
        }
        _ => Err(Failure::new(CONFIG, format!("profile {profile} has no key in the key store"))
            .at(plan.base.source.origin(), Some(base))
            .hint(format!("to store a key: amplify-creds keys add {word}"))),
    }
}

fn user_name(arn: &str) -> Option<String> {
    let (_, path) = arn.split_once(":user/")?;
    path.rsplit('/').next().map(str::to_owned)
}

fn not_a_user(profile: &str, arn: &str) -> Failure {
    let arn = printable(arn);
    if arn.ends_with(":root") {
        return Failure::new(CONFIG, format!("the key of profile {profile} belongs to the root user {arn}"))
            .hint("create an IAM user and store its key; then delete the key of the root user in the console");
    }
    Failure::new(CONFIG, format!("the key of profile {profile} does not belong to an IAM user: {arn}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_name_has_no_path() {
        for (arn, expected) in [
            ("arn:aws:iam::111111111111:user/dev", Some("dev")),
            ("arn:aws-cn:iam::111111111111:user/a/b/dev", Some("dev")),
            ("arn:aws:iam::111111111111:root", None),
            ("arn:aws:sts::111111111111:assumed-role/r/s", None),
        ] {
            assert_eq!(user_name(arn).as_deref(), expected, "{arn}");
        }
    }
}
