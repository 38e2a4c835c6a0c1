use std::fmt;

use crate::core::origin::{Located, Origin};

use super::endpoint::Endpoint;

#[derive(Debug, Clone)]
pub struct Mfa {
    pub profile: String,
    pub serial: Located<String>,
    pub process: Option<Located<String>>,
    pub way: MfaStrategy,
    pub sts: Endpoint,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MfaStrategy {
    /// A user session of this many seconds.
    Session(Located<u32>),
    Role(DirectReason),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectReason {
    /// The role is requested for longer than the hour that AWS allows from a session.
    LongerThanAnHour(Located<u32>),
    SwitchedOff(Origin),
    /// The base keys are temporary, so AWS rejects GetSessionToken.
    TemporaryKeys,
    Program,
    Root,
    SessionDenied,
    /// The role requires a code that is newer than the session (`aws:MultiFactorAuthAge`).
    TooOld,
}

impl fmt::Display for DirectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LongerThanAnHour(asked) => {
                write!(f, "{} s are requested ({}), but role chaining is limited to one hour", asked.value, asked.from)
            }
            Self::SwitchedOff(from) => write!(f, "mfa_session is off ({from})"),
            Self::TemporaryKeys => {
                f.write_str("the source credentials are temporary, and AWS issues no MFA session for those")
            }
            Self::Program => f.write_str("the source credentials come from another program and may be temporary"),
            Self::Root => f.write_str("the device belongs to the root user"),
            Self::SessionDenied => f.write_str("AWS denies the user sts:GetSessionToken"),
            Self::TooOld => f.write_str("the role requires a newer MFA code than that of the MFA session"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MfaState {
    pub has_session: bool,
    /// Whether AWS has denied this user GetSessionToken.
    pub session_denied: bool,
    /// Whether this role accepted a new code after it had denied the cached session.
    pub wants_fresh_code: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MfaAction {
    Nothing,
    OnSession,
    OnRole(DirectReason),
}

impl Mfa {
    /// FIDO security keys and passkeys work only for console sign-in (IAM user guide, "Assign a passkey or security
    /// key").
    pub fn is_security_key(&self) -> bool {
        self.serial.value.split(':').nth(5).is_some_and(|resource| resource.starts_with("u2f/"))
    }

    pub fn action(&self, known: MfaState, has_role: bool) -> MfaAction {
        match &self.way {
            MfaStrategy::Role(why) => MfaAction::OnRole(why.clone()),
            MfaStrategy::Session(_) if has_role && known.wants_fresh_code => MfaAction::OnRole(DirectReason::TooOld),
            MfaStrategy::Session(_) if known.has_session => MfaAction::Nothing,
            MfaStrategy::Session(_) if has_role && known.session_denied => {
                MfaAction::OnRole(DirectReason::SessionDenied)
            }
            MfaStrategy::Session(_) => MfaAction::OnSession,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    WebIdentity,
    Mfa,
    /// The role of that hop, counted from 0.
    Hop(usize),
}
