use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::os::env;
use crate::plan::endpoint::{Endpoint, EndpointVariables};
use crate::plan::{CredentialPlan, endpoint};
use crate::policy::ArnScope;
use crate::profile::ProfileSet;

pub(crate) fn iam_endpoint(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    variables: &EndpointVariables,
) -> Result<Endpoint, Failure> {
    let url = context.variable(&[env::AWS_ENDPOINT_URL_IAM, env::AWS_ENDPOINT_URL]);
    let variables = EndpointVariables { url, ..variables.clone() };
    let profile = plan.profile_in_files().and_then(|name| set.get(name));
    let place = ArnScope::of(plan);
    Ok(endpoint::iam(profile.as_ref().map(|profile| (set, profile)), &variables, &place.partition)?)
}

pub(crate) fn rejects_keys(code: &str) -> bool {
    ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "RequestExpired"].contains(&code)
}
