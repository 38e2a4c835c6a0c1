use crate::cli::credentials::Fetched;
use crate::core::clock::Timestamp;
use crate::core::secret::Secret;
use crate::os::env;
use crate::output::shell::Assignment;

/// The variables that `env` sets or removes, and `env --unset` removes.
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

/// Also removed for a child: other credential sources, and variables for this run only.
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

pub(crate) fn expiration(fetched: &Fetched) -> Option<String> {
    fetched.credentials.expiration.map(Timestamp::rfc3339)
}

pub(crate) fn assignments<'a>(fetched: &'a Fetched, expiration: Option<&'a str>) -> Vec<Assignment<'a>> {
    let credentials = &fetched.credentials;
    let region = fetched.plan.region.as_ref().map(|region| region.value.as_str());
    let assignment = |name| match name {
        env::AWS_ACCESS_KEY_ID => Some((name, Some(credentials.access_key_id.as_str()))),
        env::AWS_SECRET_ACCESS_KEY => Some((name, Some(credentials.secret_access_key.expose()))),
        env::AWS_SESSION_TOKEN => Some((name, credentials.session_token.as_ref().map(Secret::expose))),
        env::AWS_CREDENTIAL_EXPIRATION => Some((name, expiration)),
        // Without a region in the profile, the one in the environment stays.
        env::AWS_REGION | env::AWS_DEFAULT_REGION => region.map(|region| (name, Some(region))),
        env::AMPLIFY_CREDS_ACTIVE_PROFILE => Some((name, Some(fetched.plan.profile.as_str()))),
        // In some SDKs a profile precedes the keys; the other variables are stale.
        _ => Some((name, None)),
    };
    EXPORTED_VARS.into_iter().filter_map(assignment).collect()
}
