use thiserror::Error;

use crate::cache::store::WriteError;
use crate::plan::mfa_strategy::Mfa;
use crate::plan::sources::WebIdentityBase;
use crate::plan::{Base, Hop};
use crate::prompt::PromptError;
use crate::source::SourceError;
use crate::sts::StsError;

/// Which call failed, for messages.
#[derive(Debug, Clone)]
pub struct FailedCall {
    /// The profile that was asked for.
    pub asked: String,
    /// The call.
    pub what: What,
}

/// A call to STS.
#[derive(Debug, Clone)]
pub enum What {
    /// GetSessionToken.
    MfaSession(Box<Mfa>),
    /// AssumeRoleWithWebIdentity, for this profile.
    WebIdentity(String, Box<WebIdentityBase>),
    /// AssumeRole.
    Role {
        /// The hop's plan.
        hop: Box<Hop>,
        /// Its place, counted from 1.
        number: usize,
        /// How many there are.
        count: usize,
        /// Whether an MFA code was given, here or for the session that the first role is assumed from.
        has_mfa: bool,
    },
}

/// Why there are no credentials.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// STS gave none.
    #[error("{error}")]
    Sts {
        /// Why.
        error: StsError,
        /// Which call.
        at: Box<FailedCall>,
    },
    /// No MFA code was to be had.
    #[error("{error}")]
    Prompt {
        /// Why.
        error: PromptError,
        /// For which call.
        at: Box<FailedCall>,
    },
    /// The base credentials were not to be had.
    #[error("{error}")]
    Base {
        /// Why.
        error: SourceError,
        /// Whose they are.
        base: Box<Base>,
    },
    /// A program that we were run by holds the lock that we would wait for.
    #[error("this run is waited for by the one that it would wait for")]
    Recursion,
    /// Another process kept fetching the same session.
    #[error("waited {seconds} seconds for another process")]
    LockTimeout {
        /// How long.
        seconds: u64,
        /// The holder's description of itself: `process 4711 (amplify-creds process dev)`.
        holder: Option<String>,
    },
    /// The session looks expired to this machine, whose clock is off by so many seconds.
    #[error("the clock is off by {0} seconds")]
    ClockWrong(i64),
}

/// What went wrong without stopping anything.
#[derive(Debug)]
pub enum ResolveWarning {
    /// The session was not cached.
    NotCached(WriteError),
    /// There was no lock to be had, so two processes may have asked twice.
    NoLock(std::io::Error),
    /// AWS does not let the user call GetSessionToken: the code went to the role alone.
    SessionDenied(StsError),
    /// This machine's clock is off by so many seconds.
    ClockOff(i64),
    /// AWS did not answer; what was cached still lasts so many seconds.
    Stale(StsError, i64),
}
