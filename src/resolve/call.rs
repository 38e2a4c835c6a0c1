use std::time::Duration;

use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::plan::Hop;
use crate::plan::endpoint::Endpoint;
use crate::plan::limits::ONE_HOUR;
use crate::plan::sources::WebIdentityBase;
use crate::source::web_identity;
use crate::sts;
use crate::sts::{AssumeRole, AssumeRoleWithWebIdentity, Host, Session, StsError};

use super::error::{FailedCall, ResolveError, StsCall};
use super::state::{Call, Run, WaitPolicy};

impl<'r> Run<'r, '_> {
    pub(super) fn role(&mut self, at: usize, index: usize, signer: &Credentials) -> Result<Credentials, ResolveError> {
        let mut outcome = self.assume(index, signer, None);
        // The session of the previous step may have been revoked.
        if outcome.as_ref().is_err_and(StsError::is_of_dead_keys) && at > 0 && self.distrust(at - 1) {
            let signer = self.session(at - 1)?;
            outcome = self.assume(index, &signer, None);
        }
        match outcome {
            Ok(session) => self.store_session(at, session),
            Err(error) => Err(self.failed(at, error)),
        }
    }

    pub(super) fn web_identity(&mut self, at: usize, web: &WebIdentityBase) -> Result<Credentials, ResolveError> {
        let WebIdentityBase { token_file, role_arn, session_name, duration, sts, machine: _, subject: _ } = web;
        let token = web_identity::token(&token_file.value).map_err(|error| self.base_failed(error))?;
        let request = AssumeRoleWithWebIdentity {
            role_arn: role_arn.value.as_str(),
            session_name: &session_name.value,
            token: &token,
            duration_seconds: duration.seconds,
            host: self.host(sts),
        };
        match self.resolver.sts.assume_role_with_web_identity(&request) {
            Ok(session) => self.store_session(at, session),
            Err(error) => Err(self.failed(at, error)),
        }
    }

    pub(super) fn assume(
        &self,
        index: usize,
        signer: &Credentials,
        mfa: Option<(&str, &Secret)>,
    ) -> Result<Session, StsError> {
        let Hop { profile: _, role_arn, session_name, external_id, mfa_serial: _, duration, extras, sts } =
            &self.plan.hops[index];
        // The program returned temporary keys, which the plan could not predict.
        let duration_seconds = match signer.session_token {
            Some(_) if index == 0 && mfa.is_none() => duration.seconds.min(ONE_HOUR),
            _ => duration.seconds,
        };
        let request = AssumeRole {
            role_arn: role_arn.value.as_str(),
            session_name: &session_name.value,
            external_id: external_id.as_ref().map(|id| id.value.as_str()),
            duration_seconds,
            mfa,
            extras,
            host: self.host(sts),
        };
        signed_by_a_steady_clock(|| self.resolver.sts.assume_role(&request, signer))
    }

    pub(super) fn host<'h>(&self, sts: &'h Endpoint) -> Host<'h>
    where
        'r: 'h,
    {
        Host { url: &sts.url.value, signing_region: &sts.signing_region.value, timeout: self.call_timeout() }
    }

    pub(super) fn call_timeout(&self) -> Duration {
        match self.waiting.patience {
            WaitPolicy::Full => sts::CALL_TIMEOUT,
            WaitPolicy::Early(timeout) => timeout,
        }
    }

    /// Marks the session of a step as unusable. Each step is fetched again at most once.
    pub(super) fn distrust(&mut self, at: usize) -> bool {
        let is_new = self.exchange.distrusted.is_none_or(|step| at < step);
        if is_new {
            self.exchange.distrusted = Some(at);
        }
        is_new
    }

    pub(super) fn failed(&self, at: usize, error: StsError) -> ResolveError {
        ResolveError::Sts { error, at: Box::new(self.failed_call(at)) }
    }

    pub(super) fn failed_call(&self, at: usize) -> FailedCall {
        let what = match self.steps[at].0 {
            Call::MfaSession(mfa, _) => StsCall::MfaSession(Box::new(mfa.clone())),
            Call::WebIdentity(web) => StsCall::WebIdentity(self.plan.base.profile.clone(), Box::new(web.clone())),
            Call::Role(index) => StsCall::Role {
                hop: Box::new(self.plan.hops[index].clone()),
                number: index + 1,
                count: self.plan.hops.len(),
                mfa_serial: self.plan.mfa.as_ref().map(|mfa| mfa.serial.clone()),
            },
        };
        FailedCall { asked: self.plan.profile.clone(), what }
    }
}

/// Repeats a call that AWS rejected because of the clock. The SDK computes the offset when the response arrives, so it
/// finds no offset if the clock was set after signing.
pub(super) fn signed_by_a_steady_clock(call: impl Fn() -> Result<Session, StsError>) -> Result<Session, StsError> {
    match call() {
        Err(error) if error.is_of_clock() => call(),
        other => other,
    }
}
