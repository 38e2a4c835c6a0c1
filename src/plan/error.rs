//! The reasons why a profile gives no plan: fields, not sentences. The text is made in `cli::errors`.

use crate::core::origin::{Location, Origin};

/// Where a profile names another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The profile that does.
    pub by: String,
    /// `source_profile`, `include_profile` or, where the command is ours, `credential_process`.
    pub key: &'static str,
    /// The key's line.
    pub at: Location,
}

impl Mention {
    /// In the profile `by`.
    pub fn new(by: &str, key: &'static str, at: &Location) -> Self {
        Self { by: by.to_owned(), key, at: at.clone() }
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// No file has the profile.
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// What names it; none for the profile the user asked for.
        named_by: Option<Mention>,
        /// Names like it.
        nearest: Vec<String>,
        /// The files looked in, for people.
        files: [String; 2],
        /// A header without `]` that may be the reason.
        broken: Option<Location>,
    },
    /// A header without `]` leaves in doubt what belongs to the profile.
    BrokenHeader {
        profile: String,
        /// The header.
        at: Location,
    },
    /// The sources lead back to a profile already on the path.
    Loop {
        /// What leads from each profile on the path to the next; the last one closes the loop.
        path: Vec<Mention>,
        /// The profile that the last one leads back to.
        back_to: String,
    },
    /// A role without `source_profile` and `credential_source`.
    NoSource {
        profile: String,
        /// Its `role_arn`.
        at: Location,
    },
    /// A role with both.
    TwoSources {
        profile: String,
        /// Its `source_profile`.
        at: Location,
        /// Its `credential_source`.
        other: Location,
    },
    /// `credential_source` is none of the three that exist.
    UnknownCredentialSource {
        profile: String,
        /// The key.
        at: Location,
    },
    /// One of the key pair is missing.
    HalfPair {
        profile: String,
        /// The key that is missing.
        missing: &'static str,
        /// The one that is there.
        at: Location,
    },
    /// The profile has no credentials of any kind.
    NoCredentials {
        profile: String,
        /// Its header.
        at: Option<Location>,
        /// What names it; none for the profile the user asked for.
        named_by: Option<Mention>,
    },
    /// `credential_source = Environment`, and the environment has no keys.
    NoEnvironmentKeys {
        profile: String,
        /// The key.
        at: Location,
    },
    /// `web_identity_token_file` without a role to get with it.
    NoRoleForToken {
        /// The profile, or `environment`.
        profile: String,
        /// What names the file.
        at: Origin,
    },
    /// `sso_session` names a section that does not exist.
    NoSsoSession {
        profile: String,
        /// The name.
        session: String,
        /// The key.
        at: Origin,
    },
    /// The profile and its `[sso-session]` disagree.
    SsoMismatch {
        profile: String,
        /// The key that both have.
        key: &'static str,
        /// The profile's.
        at: Origin,
        /// The section's.
        other: Origin,
    },
    /// A key of IAM Identity Center is missing.
    SsoIncomplete {
        profile: String,
        /// The key.
        missing: &'static str,
        /// One that is there.
        at: Origin,
    },
    /// The command line says something of a role, and the profile has none.
    NoRole {
        profile: String,
        /// The command that has the flags; none where it is the user's own.
        at: Option<Location>,
    },
    /// A value that AWS would reject.
    Invalid {
        profile: String,
        key: &'static str,
        /// What it must be.
        expected: String,
        /// Where it stands.
        from: Origin,
    },
    /// The profile's own `credential_process` has led back to it.
    Recursion {
        profile: String,
        /// Its `credential_process`, or the first header.
        at: Option<Location>,
    },
    /// The profile's `services` names a section that does not exist or is empty.
    NoServices {
        profile: String,
        /// The section's name.
        section: String,
        /// The key.
        at: Location,
    },
    /// The included profiles lead back to one of them.
    IncludeLoop {
        profile: String,
        /// Its `include_profile`.
        at: Location,
    },
    /// `mfa_serial` on a role that is not assumed with a user's keys.
    MfaOnLaterHop {
        profile: String,
        /// The hop, counted from 1.
        hop: usize,
        /// The key.
        at: Origin,
    },
}

impl PlanError {
    /// The line to look at first.
    pub fn location(&self) -> Option<&Location> {
        match self {
            Self::UnknownProfile { broken: Some(at), .. }
            | Self::UnknownProfile { named_by: Some(Mention { at, .. }), .. }
            | Self::BrokenHeader { at, .. }
            | Self::NoSource { at, .. }
            | Self::TwoSources { at, .. }
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
            Self::Recursion { at, .. } | Self::NoRole { at, .. } => at.as_ref(),
            Self::UnknownProfile { .. } => None,
        }
    }
}
