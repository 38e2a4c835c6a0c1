//! What kind of profile a profile is, for lists: by the keys it has, in one order of precedence.

use crate::profile::Profile;

use super::wrapper::Wrapper;

/// The kinds, by the name that `list` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileKind {
    /// It has a `role_arn`.
    Role,
    /// It has a `web_identity_token_file`.
    WebIdentity,
    Sso,
    Process,
    Static,
    /// It has a `login_session` of `aws login`.
    Login,
    /// Its `credential_process` is this program.
    Wrapper,
    /// It has no credentials.
    Empty,
}

impl ProfileKind {
    /// The kind of `profile`.
    pub fn of(profile: &Profile<'_>) -> Self {
        let has = |key| profile.has(key);
        let process = profile.get("credential_process");
        let is_wrapper = process.as_ref().is_some_and(|process| Wrapper::parse(process.value, None).is_some());
        match () {
            // With a token's file the role is a base, whatever source there is besides.
            () if has("role_arn") && !has("web_identity_token_file") => Self::Role,
            () if has("web_identity_token_file") => Self::WebIdentity,
            () if has("sso_session") || has("sso_start_url") || has("sso_account_id") => Self::Sso,
            () if process.is_some() && !is_wrapper => Self::Process,
            () if !matches!(profile.keys(), Ok(None)) => Self::Static,
            () if has("login_session") => Self::Login,
            () if is_wrapper => Self::Wrapper,
            () => Self::Empty,
        }
    }

    /// The name in `list` and its JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::WebIdentity => "web_identity",
            Self::Sso => "sso",
            Self::Process => "process",
            Self::Static => "static",
            Self::Login => "login",
            Self::Wrapper => "wrapper",
            Self::Empty => "empty",
        }
    }
}
