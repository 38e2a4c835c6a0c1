//! Classifies profiles for lists by their keys, in one order of precedence.

use crate::profile::Profile;

use super::wrapper::Wrapper;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileKind {
    Role,
    WebIdentity,
    Sso,
    Process,
    Static,
    Login,
    /// Its `credential_process` is this program.
    Wrapper,
    Empty,
}

impl ProfileKind {
    pub fn of(profile: &Profile<'_>) -> Self {
        let has = |key| profile.has(key);
        let process = profile.get("credential_process");
        let is_wrapper = process.as_ref().is_some_and(|process| Wrapper::parse(process.value, None).is_some());
        match () {
            // With a token file the role is a base, even if the profile has a source.
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
