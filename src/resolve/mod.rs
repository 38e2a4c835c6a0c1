//! Turns a plan into credentials: finds the last valid cached step, then calls STS for the steps after it. Only this
//! module uses cache, STS and prompt together.

mod call;
mod code;
mod error;
pub mod memory;
mod mfa;
mod reporter;
mod request;
mod resolver;
mod run;
mod shared;
mod state;
mod story;
mod wait;

use crate::core::credentials::Credentials;
use crate::plan::mfa_strategy::MfaAction;

pub use error::{FailedCall, ResolveError, ResolveWarning, StorageError, StsCall};
pub use reporter::{Reporter, watched};
pub use request::{Options, Request};
pub use resolver::Resolver;

impl Resolver<'_> {
    pub fn credentials(&mut self) -> Result<Credentials, ResolveError> {
        let mut run = state::Run::new(self);
        let credentials = run.credentials();
        let (offset, asked) = (run.clock_offset, run.exchange.asked);
        self.is_new = run.is_new;
        self.asked |= asked;
        let credentials = credentials?;
        match credentials.expiration {
            // An SDK would treat them as expired and call again at once.
            Some(end) if end <= self.clock.now() => {
                self.mishaps.retain(|mishap| !matches!(mishap, ResolveWarning::ClockOff(_)));
                Err(ResolveError::ClockWrong(offset))
            }
            _ => Ok(credentials),
        }
    }

    pub fn mfa_action(&mut self) -> MfaAction {
        state::Run::new(self).mfa_action()
    }
}

#[cfg(test)]
mod tests;
