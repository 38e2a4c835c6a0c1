use std::path::PathBuf;

use thiserror::Error;

use crate::prompt::PromptError;
use crate::source::SourceError;

#[derive(Debug, Error)]
pub enum SignInError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the sign-in was denied")]
    Denied,
    #[error("the sign-in was cancelled")]
    Cancelled,
    #[error("terminated by signal {0}")]
    Signalled(i32),
    #[error("the program that needs the sign-in has ended")]
    CallerEnded,
    /// The error of the authorization server (RFC 6749 section 4.1.2.1).
    #[error("the sign-in failed: {error}")]
    Failed { error: String, description: Option<String> },
    #[error("the code expired before the sign-in")]
    Expired,
    #[error("no sign-in within {0} s")]
    TimedOut(u64),
    #[error("the pasted text is not the response to this sign-in")]
    InvalidPaste,
    #[error("the browser is signed in as {0}")]
    OtherIdentity(String),
    #[error("there is no terminal")]
    NoTerminal,
    #[error("cannot listen on 127.0.0.1: {0}")]
    Listener(String),
    #[error("the start URL {url} {problem}")]
    StartUrl { url: String, problem: String },
    #[error("cannot write the token to {}: {reason}", file.display())]
    NotSaved { file: PathBuf, reason: String },
}

impl SignInError {
    /// `limit` is in seconds.
    pub fn of_wait(error: &PromptError, limit: u64) -> Self {
        match error {
            PromptError::TimedOut(_) => Self::TimedOut(limit),
            PromptError::Signalled(signal) => Self::Signalled(*signal),
            PromptError::CallerEnded => Self::CallerEnded,
            PromptError::NobodyToAsk => Self::NoTerminal,
            _ => Self::Cancelled,
        }
    }
}
