use std::path::PathBuf;

use crate::cli::context::Context;
use crate::cli::exported_region;
use crate::cli::grant::Grant;
use crate::core::clock::Timestamp;
use crate::core::secret::Secret;
use crate::os::env::{self, Env};
use crate::output::shell::Assignment;

/// The variables that `env` and `exec` set, without those of the region.
const EXPORTED_VARS: [&str; 6] = [
    env::AWS_ACCESS_KEY_ID,
    env::AWS_SECRET_ACCESS_KEY,
    env::AWS_SESSION_TOKEN,
    env::AWS_CREDENTIAL_EXPIRATION,
    env::AWS_ACCOUNT_ID,
    env::AMPLIFY_CREDS_ACTIVE_PROFILE,
];

/// Variables that make some tool use other credentials, including old names.
const REMOVED_VARS: [&str; 19] = [
    env::AWS_SECURITY_TOKEN,
    env::AWS_PROFILE,
    env::AWS_DEFAULT_PROFILE,
    env::AMPLIFY_CREDS_PROFILE,
    env::AMPLIFY_CREDS_CHAIN,
    env::AMPLIFY_CREDS_MFA_TOKEN,
    env::AWS_WEB_IDENTITY_TOKEN_FILE,
    env::AWS_ROLE_ARN,
    env::AWS_ROLE_SESSION_NAME,
    env::AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
    env::AWS_CONTAINER_CREDENTIALS_FULL_URI,
    env::AWS_CONTAINER_AUTHORIZATION_TOKEN,
    env::AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
    env::AWS_CREDENTIAL_FILE,
    env::AWS_ACCESS_KEY,
    env::AWS_SECRET_KEY,
    env::AMAZON_ACCESS_KEY_ID,
    env::AMAZON_SECRET_ACCESS_KEY,
    env::AMAZON_SESSION_TOKEN,
];

pub(crate) struct CredentialEnv<'a> {
    grant: &'a Grant,
    expiration: Option<String>,
    active_profile: Option<String>,
    region: Vec<(&'static str, Option<String>)>,
    files: Vec<(&'static str, String)>,
    removed: Vec<String>,
}

impl<'a> CredentialEnv<'a> {
    pub(crate) fn of(context: &Context, grant: &'a Grant) -> Self {
        Self {
            grant,
            expiration: grant.credentials.expiration.map(Timestamp::rfc3339),
            active_profile: active_profile(context, grant.profile.as_deref()),
            region: exported_region::assignments(&context.env, grant.region.as_deref()),
            files: user_files(context),
            removed: removed_vars(&context.env),
        }
    }

    pub(crate) fn assignments(&self) -> Vec<Assignment<'_>> {
        let Grant { credentials, are_environment_keys, .. } = self.grant;
        // They belong to the keys in the environment, which do not change.
        let stays =
            |name| *are_environment_keys && [env::AWS_ACCOUNT_ID, env::AWS_CREDENTIAL_EXPIRATION].contains(&name);
        let value = |name| match name {
            env::AWS_ACCESS_KEY_ID => Some(credentials.access_key_id.as_str()),
            env::AWS_SECRET_ACCESS_KEY => Some(credentials.secret_access_key.expose()),
            env::AWS_SESSION_TOKEN => credentials.session_token.as_ref().map(Secret::expose),
            env::AWS_CREDENTIAL_EXPIRATION => self.expiration.as_deref(),
            env::AWS_ACCOUNT_ID => credentials.account_id.as_deref(),
            _ => self.active_profile.as_deref(),
        };
        let exported = EXPORTED_VARS.into_iter().filter(|name| !stays(name)).map(|name| (name, value(name)));
        let files = self.files.iter().map(|(name, path)| (*name, Some(path.as_str())));
        let region = self.region.iter().map(|(name, value)| (*name, value.as_deref()));
        exported.chain(region).chain(files).chain(self.removed.iter().map(|name| (name.as_str(), None))).collect()
    }
}

/// The profile of the exported credentials, for prompts. Credentials that are passed on keep their profile.
pub(crate) fn active_profile(context: &Context, profile: Option<&str>) -> Option<String> {
    profile.map(str::to_owned).or_else(|| context.env.text(env::AMPLIFY_CREDS_ACTIVE_PROFILE))
}

/// The user's profile files inside `exec --serve`: the command's own file has region and settings of another profile.
pub(crate) fn user_files(context: &Context) -> Vec<(&'static str, String)> {
    let serves = |uri: String| uri.starts_with("http://127.0.0.1:");
    let is_served = context.env.text(env::AWS_CONTAINER_CREDENTIALS_FULL_URI).is_some_and(serves)
        && context.env.text(env::AMPLIFY_CREDS_CONFIG_FILE).is_some();
    if !is_served {
        return Vec::new();
    }
    let files =
        [(env::AWS_CONFIG_FILE, &context.paths.config), (env::AWS_SHARED_CREDENTIALS_FILE, &context.paths.credentials)];
    let text = |(name, path): (&'static str, &PathBuf)| Some((name, path.to_str()?.to_owned()));
    files.into_iter().filter_map(text).collect()
}

/// The variables that `env` sets, and the profile.
pub(crate) fn unset_vars(env: &Env) -> Vec<&'static str> {
    let region = exported_region::assignments(env, None).into_iter().map(|(name, _)| name);
    let others = [env::AWS_SECURITY_TOKEN, env::AWS_PROFILE, env::AWS_DEFAULT_PROFILE, env::AMPLIFY_CREDS_CHAIN];
    EXPORTED_VARS.into_iter().chain(region).chain(others).collect()
}

/// Every variable that sets or affects credentials, without those of the region.
pub(crate) fn all_vars(env: &Env) -> Vec<String> {
    EXPORTED_VARS.map(str::to_owned).into_iter().chain(removed_vars(env)).collect()
}

fn removed_vars(env: &Env) -> Vec<String> {
    let bearer = env.names_with_prefix(env::AWS_BEARER_TOKEN_PREFIX);
    // The shell evaluates the name.
    let bearer =
        bearer.into_iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
    REMOVED_VARS.map(str::to_owned).into_iter().chain(bearer).collect()
}
