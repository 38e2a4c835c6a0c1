//! The reasons why a profile has no plan, as fields. `cli::errors` makes the text.

use crate::core::origin::{Location, Origin};
use crate::profile::Profile;
use crate::profile::near_miss::NearMiss;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub by: String,
    /// `source_profile`, `include_profile` or, if the command is ours, `credential_process`.
    pub key: &'static str,
    pub at: Location,
}

impl Mention {
    pub fn new(by: &str, key: &'static str, at: &Location) -> Self {
        Self { by: by.to_owned(), key, at: at.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    UnknownProfile {
        name: String,
        /// The setting that names it; `None` for the requested profile.
        named_by: Option<Mention>,
        nearest: Vec<String>,
        files: [String; 2],
        /// The profile's own header, which has no `]`.
        broken: Option<Location>,
        near: Vec<NearMiss>,
    },
    /// A header without `]` makes the profile's extent uncertain.
    BrokenHeader {
        profile: String,
        /// The header's profile name, if it can be read. It differs if the header is the next one after the profile.
        header: String,
        at: Location,
    },
    Loop {
        path: Vec<Mention>,
        back_to: String,
    },
    /// A role without `source_profile` and `credential_source`.
    NoSource {
        profile: String,
        at: Location,
    },
    TwoSources {
        profile: String,
        at: Location,
        other: Location,
    },
    /// `credential_source` has an unknown value.
    UnknownCredentialSource {
        profile: String,
        at: Location,
    },
    HalfPair {
        profile: String,
        missing: &'static str,
        at: Location,
        near: Vec<NearMiss>,
    },
    NoCredentials {
        profile: String,
        at: Option<Location>,
        /// The setting that names it; `None` for the requested profile.
        named_by: Option<Mention>,
        /// The session of a profile that names neither account nor role.
        sso_session: Option<String>,
        near: Vec<NearMiss>,
    },
    /// `credential_source = Environment`, but the environment has no keys.
    NoEnvironmentKeys {
        profile: String,
        at: Location,
    },
    /// `web_identity_token_file` without `role_arn`.
    NoRoleForToken {
        profile: String,
        at: Origin,
    },
    /// `sso_session` names a section that does not exist.
    NoSsoSession {
        profile: String,
        session: String,
        at: Origin,
    },
    SsoMismatch {
        profile: String,
        key: &'static str,
        at: Origin,
        other: Origin,
    },
    SsoIncomplete {
        profile: String,
        missing: &'static str,
        at: Origin,
    },
    /// A role option was given, but the profile has no role.
    NoRole {
        profile: String,
        /// The command that has the options; `None` for the user's own command.
        at: Option<Location>,
        /// The role is assumed with a web identity token.
        has_token: bool,
    },
    /// An option that would widen or redirect a session with a policy.
    PolicyIsSet {
        /// The requested profile, or the wrapper with the option in its command.
        profile: String,
        option: &'static str,
        /// The name of the managed policy, if it is the only one.
        policy: Option<String>,
        set: Origin,
        /// The wrapper's command; `None` for the user's own option.
        at: Option<Location>,
    },
    /// A profile with `policy` that inherits `policy_arns`, or the other way round.
    TwoPolicies {
        profile: String,
        at: Location,
        other: Location,
    },
    Invalid {
        profile: String,
        key: &'static str,
        expected: String,
        from: Origin,
    },
    /// The profile's own `credential_process` has led back to it.
    Recursion {
        profile: String,
        at: Option<Location>,
    },
    /// The profile's `services` names a section that does not exist or is empty.
    NoServices {
        profile: String,
        section: String,
        at: Location,
    },
    IncludeLoop {
        profile: String,
        at: Location,
    },
    /// `mfa_serial` on a role that is not assumed with a user's keys.
    MfaOnLaterHop {
        profile: String,
        /// The hop, counted from 1.
        hop: usize,
        at: Origin,
    },
}

impl PlanError {
    pub(super) fn no_credentials(profile: &Profile<'_>, named_by: Option<Mention>, near: Vec<NearMiss>) -> Self {
        let sso_session = profile.get("sso_session").map(|session| session.value.to_string());
        let (name, at) = (profile.name.clone(), profile.location());
        Self::NoCredentials { profile: name, at, named_by, sso_session, near }
    }

    pub fn location(&self) -> Option<&Location> {
        match self {
            Self::UnknownProfile { named_by: Some(Mention { at, .. }), .. }
            | Self::UnknownProfile { broken: Some(at), .. }
            | Self::BrokenHeader { at, .. }
            | Self::NoSource { at, .. }
            | Self::TwoSources { at, .. }
            | Self::TwoPolicies { at, .. }
            | Self::UnknownCredentialSource { at, .. }
            | Self::HalfPair { at, .. }
            | Self::IncludeLoop { at, .. }
            | Self::NoServices { at, .. }
            | Self::NoEnvironmentKeys { at, .. } => Some(at),
            Self::Loop { path, .. } => path.first().map(|first| &first.at),
            Self::NoCredentials { named_by, at, .. } => at.as_ref().or(named_by.as_ref().map(|named| &named.at)),
            Self::Invalid { from: at, .. }
            | Self::MfaOnLaterHop { at, .. }
            | Self::NoRoleForToken { at, .. }
            | Self::NoSsoSession { at, .. }
            | Self::SsoMismatch { at, .. }
            | Self::SsoIncomplete { at, .. } => at.location(),
            Self::PolicyIsSet { set, at, .. } => at.as_ref().or_else(|| set.location()),
            Self::Recursion { at, .. } | Self::NoRole { at, .. } => at.as_ref(),
            Self::UnknownProfile { .. } => None,
        }
    }
}
