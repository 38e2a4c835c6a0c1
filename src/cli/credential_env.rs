//! Which variables carry credentials from one program to the next, and which must not go with them.

use crate::cli::credentials::Fetched;
use crate::core::clock::Timestamp;
use crate::core::secret::Secret;
use crate::os::env;
use crate::output::shell::Assignment;

/// Every variable that `env` sets or takes away, and `env --unset` takes away.
pub(crate) const EXPORTED_VARS: [&str; 11] = [
    env::AWS_ACCESS_KEY_ID,
    env::AWS_SECRET_ACCESS_KEY,
    env::AWS_SESSION_TOKEN,
    env::AWS_SECURITY_TOKEN,
    env::AWS_CREDENTIAL_EXPIRATION,
    env::AWS_REGION,
    env::AWS_DEFAULT_REGION,
    env::AWS_PROFILE,
    env::AWS_DEFAULT_PROFILE,
    env::AMPLIFY_CREDS_ACTIVE_PROFILE,
    env::AMPLIFY_CREDS_CHAIN,
];

/// What a child must not have besides: other ways to credentials, and what was meant for this run alone.
pub(crate) const REMOVED_VARS: [&str; 8] = [
    env::AWS_WEB_IDENTITY_TOKEN_FILE,
    env::AWS_ROLE_ARN,
    env::AWS_ROLE_SESSION_NAME,
    env::AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
    env::AWS_CONTAINER_CREDENTIALS_FULL_URI,
    env::AWS_CONTAINER_AUTHORIZATION_TOKEN,
    env::AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
    env::AMPLIFY_CREDS_MFA_TOKEN,
];

/// When the credentials end, as [`assignments`] has it.
pub(crate) fn expiration(fetched: &Fetched) -> Option<String> {
    fetched.credentials.expiration.map(Timestamp::rfc3339)
}

/// The variables of [`EXPORTED_VARS`] with what becomes of each.
pub(crate) fn assignments<'a>(fetched: &'a Fetched, expiration: Option<&'a str>) -> Vec<Assignment<'a>> {
    let credentials = &fetched.credentials;
    let region = fetched.plan.region.as_ref().map(|region| region.value.as_str());
    let assignment = |name| match name {
        env::AWS_ACCESS_KEY_ID => Some((name, Some(credentials.access_key_id.as_str()))),
        env::AWS_SECRET_ACCESS_KEY => Some((name, Some(credentials.secret_access_key.expose()))),
        env::AWS_SESSION_TOKEN => Some((name, credentials.session_token.as_ref().map(Secret::expose))),
        env::AWS_CREDENTIAL_EXPIRATION => Some((name, expiration)),
        // Where the profile names no region, the one that the environment has is nobody's mistake.
        env::AWS_REGION | env::AWS_DEFAULT_REGION => region.map(|region| (name, Some(region))),
        env::AMPLIFY_CREDS_ACTIVE_PROFILE => Some((name, Some(fetched.plan.profile.as_str()))),
        // A profile would win over the keys in some SDKs; the rest is stale.
        _ => Some((name, None)),
    };
    EXPORTED_VARS.into_iter().filter_map(assignment).collect()
}
