//! The way from a plan to credentials: the nearest valid cached hop, then forward; the only place where cache, STS and
//! prompt meet.
//!
//! A fresh leaf answers without lock, runtime, prompt or socket.

mod call;
mod code;
mod error;
pub mod memory;
mod mfa;
mod resolver;
mod run;
mod state;
mod wait;

use crate::core::credentials::Credentials;
use crate::plan::CredentialPlan;
use crate::plan::mfa_strategy::MfaAction;

pub use error::{FailedCall, ResolveError, ResolveWarning, What};
pub use resolver::{Options, Resolver};

impl Resolver<'_> {
    /// The credentials of `plan`.
    pub fn credentials(&mut self, plan: &CredentialPlan) -> Result<Credentials, ResolveError> {
        let mut run = state::Run::new(self, plan);
        let credentials = run.credentials();
        let (offset, asked) = (run.clock_offset, run.asked);
        self.asked |= asked;
        let credentials = credentials?;
        match credentials.expiration {
            // An SDK would take them for expired and run us again, and again.
            Some(end) if end <= self.clock.now() => {
                self.mishaps.retain(|mishap| !matches!(mishap, ResolveWarning::ClockOff(_)));
                Err(ResolveError::ClockWrong(offset))
            }
            _ => Ok(credentials),
        }
    }

    /// What a code would be spent on for `plan`, nothing where the cache serves.
    pub fn will_spend(&mut self, plan: &CredentialPlan) -> MfaAction {
        state::Run::new(self, plan).will_spend()
    }
}

#[cfg(test)]
mod tests;
