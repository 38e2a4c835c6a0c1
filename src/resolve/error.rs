use std::path::PathBuf;

use thiserror::Error;

use crate::cache::store::CacheWriteError;
use crate::core::credentials::InvalidCredentials;
use crate::core::origin::Located;
use crate::key_store::KeyStoreError;
use crate::plan::mfa_strategy::Mfa;
use crate::plan::sources::WebIdentityBase;
use crate::plan::{Base, Hop};
use crate::prompt::PromptError;
use crate::source::SourceError;
use crate::sts::StsError;

#[derive(Debug, Clone)]
pub struct FailedCall {
    pub asked: String,
    pub what: StsCall,
}

#[derive(Debug, Clone)]
pub enum StsCall {
    MfaSession(Box<Mfa>),
    WebIdentity(String, Box<WebIdentityBase>),
    Role {
        hop: Box<Hop>,
        /// Counted from 1.
        number: usize,
        count: usize,
        /// The MFA device of the plan.
        mfa_serial: Option<Located<String>>,
    },
}

#[derive(Debug, Error)]
pub enum ResolveError {
    #[error("{error}")]
    Sts { error: StsError, at: Box<FailedCall> },
    #[error("{error}")]
    Prompt { error: PromptError, at: Box<FailedCall> },
    #[error("{error}")]
    Base { error: SourceError, base: Box<Base> },
    #[error("AWS returned invalid credentials: {error}")]
    InvalidAnswer { error: InvalidCredentials, at: Box<FailedCall> },
    #[error("this process would wait for its own parent")]
    Recursion,
    #[error("waited {seconds} seconds for another process")]
    LockTimeout {
        seconds: u64,
        /// `process 4711 (amplify-creds process dev)`
        holder: Option<String>,
    },
    /// Another process could not store its session, so this one would have to prompt, too.
    #[error("another process could not cache its session")]
    NotStored { file: PathBuf, reason: StorageError },
    /// The session of an MFA code could not be sealed, so no code is requested.
    #[error("{error}")]
    Sealing { error: KeyStoreError, profile: String },
    /// The session looks expired, because the local clock is wrong by this many seconds.
    #[error("the clock is off by {0} seconds")]
    ClockWrong(i64),
}

/// Why another process could not store a session, encoded as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageError {
    System(i32),
    Locked,
    Other,
}

#[derive(Debug)]
pub enum ResolveWarning {
    NotCached(CacheWriteError),
    NoLock(std::io::Error),
    /// AWS denied GetSessionToken, so the code was used for the role directly.
    SessionDenied(StsError),
    /// Seconds.
    ClockOff(i64),
    /// STS failed. The cached session is valid for this many seconds.
    Stale(StsError, i64),
}
