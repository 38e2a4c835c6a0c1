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
    /// Its `credential_process` is this program, for the same profile.
    KeyStore,
    /// Its `credential_process` is this program, for another profile.
    Wrapper,
    Empty,
}

impl ProfileKind {
    pub fn of(profile: &Profile<'_>) -> Self {
        let has = |key| profile.has(key);
        let process = profile.get("credential_process");
        let wrapper = process.as_ref().and_then(|process| Wrapper::parse(process.value, None));
        let is_wrapper = wrapper.is_some();
        match () {
            // With a token file the role is a base, even if the profile has a source.
            () if has("role_arn") && !has("web_identity_token_file") => Self::Role,
            () if has("web_identity_token_file") => Self::WebIdentity,
            () if has("sso_session") || has("sso_start_url") || has("sso_account_id") => Self::Sso,
            () if has("login_session") => Self::Login,
            () if wrapper.is_some_and(|wrapper| wrapper.is_for(&profile.name)) => Self::KeyStore,
            () if is_wrapper => Self::Wrapper,
            () if process.is_some() => Self::Process,
            () if !matches!(profile.keys(), Ok(None)) => Self::Static,
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
            Self::KeyStore => "key_store",
            Self::Wrapper => "wrapper",
            Self::Empty => "empty",
        }
    }
}
