//! Owns the way from a plan to credentials: the nearest valid cached hop, then forward; the only place where cache,
//! STS and prompt meet.
//!
//! A fresh leaf answers without lock, runtime, prompt or socket. Refuses to hand out a session that the plan did not
//! ask for, and to turn a refusal by AWS into an old session.

mod call;
mod code;
pub mod memory;
mod mfa;
mod run;
mod wait;

use std::time::Duration;

use thiserror::Error;

use crate::cache::key::CacheKey;
use crate::cache::store::{Store, WriteError};
use crate::chain::Chain;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::plan::base::WebIdentityBase;
use crate::plan::mfa::{Mfa, Spend};
use crate::plan::{Base, CredentialPlan, Hop};
use crate::prompt::{Prompt, PromptError};
use crate::source::{SourceError, Sources};
use crate::sts::{Sts, StsError};

/// What the user asked of this run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Seconds that a session must still last.
    pub min_ttl: i64,
    /// Whether that came from the command line: then it holds even where renewing needs a prompt.
    pub min_ttl_is_strict: bool,
    /// Take no cached session for the asked profile.
    pub refresh: bool,
    /// Read and write the cache.
    pub use_cache: bool,
    /// How long to wait for other processes, in all.
    pub lock_timeout: Duration,
}

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
        /// What holds the lock, as it told: `process 4711 (amplify-creds process dev)`.
        holder: Option<String>,
    },
    /// The session looks expired to this machine, whose clock is off by so many seconds.
    #[error("the clock is off by {0} seconds")]
    ClockWrong(i64),
}

/// What went wrong without stopping anything.
#[derive(Debug)]
pub enum Mishap {
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

/// Turns plans into credentials.
pub struct Resolver<'a> {
    /// The cache.
    pub store: &'a Store,
    /// What calls AWS.
    pub sts: &'a dyn Sts,
    /// What gives base credentials.
    pub sources: &'a Sources<'a>,
    /// What asks for codes.
    pub prompt: &'a mut dyn Prompt,
    /// The time.
    pub clock: Clock,
    /// What the user asked.
    pub options: Options,
    /// Whether a single profile names the role and session of a key.
    pub is_only_profile: &'a dyn Fn(&CacheKey) -> bool,
    /// Who waits for this run, up the line of processes.
    pub chain: &'a Chain,
    /// The config file, as the chain names it.
    pub config: &'a str,
    /// The verb that is run, for those who wait for this run.
    pub verb: &'a str,
    /// What went wrong on the way.
    pub mishaps: Vec<Mishap>,
    /// Whether a code was asked for on the way.
    pub asked: bool,
}

impl Resolver<'_> {
    /// The credentials of `plan`.
    pub fn credentials(&mut self, plan: &CredentialPlan) -> Result<Credentials, ResolveError> {
        let mut run = run::Run::new(self, plan);
        let credentials = run.credentials();
        let (offset, asked) = (run.clock_offset, run.asked);
        self.asked |= asked;
        let credentials = credentials?;
        match credentials.expiration {
            // An SDK would take them for expired and run us again, and again.
            Some(end) if end <= self.clock.now() => {
                self.mishaps.retain(|mishap| !matches!(mishap, Mishap::ClockOff(_)));
                Err(ResolveError::ClockWrong(offset))
            }
            _ => Ok(credentials),
        }
    }

    /// What a code would be spent on for `plan`, nothing where the cache serves.
    pub fn will_spend(&mut self, plan: &CredentialPlan) -> Spend {
        run::Run::new(self, plan).will_spend()
    }
}

#[cfg(test)]
mod tests;
