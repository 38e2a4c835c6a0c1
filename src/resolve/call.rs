use std::time::{Duration, Instant};

use crate::core::credentials::Credentials;
use crate::core::masking::shown_url;
use crate::core::secret::Secret;
use crate::plan::Hop;
use crate::plan::endpoint::Endpoint;
use crate::plan::limits::ONE_HOUR;
use crate::plan::sources::WebIdentityBase;
use crate::source::web_identity;
use crate::sts;
use crate::sts::{AssumeRole, AssumeRoleWithWebIdentity, Host, Session, StsError};

use super::error::{FailedCall, ResolveError, StsCall};
use super::reporter::watched;
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
        let call = || self.resolver.sts.assume_role_with_web_identity(&request);
        match self.reported("AssumeRoleWithWebIdentity", sts, &call) {
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
        self.signed_by_a_steady_clock("AssumeRole", sts, &|| self.resolver.sts.assume_role(&request, signer))
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

    /// Repeats a call that AWS rejected because of the clock: the SDK measures the offset at the answer, so that a
    /// clock set between signing and answer leaves it nothing to correct.
    pub(super) fn signed_by_a_steady_clock(
        &self,
        action: &str,
        sts: &Endpoint,
        call: &dyn Fn() -> Result<Session, StsError>,
    ) -> Result<Session, StsError> {
        match self.reported(action, sts, call) {
            Err(error) if error.is_of_clock() => {
                self.resolver
                    .reporter
                    .detail(&|| format!("{action} is sent again: AWS rejected the time of the request"));
                self.reported(action, sts, call)
            }
            other => other,
        }
    }

    /// Makes a call to STS, and reports its host, duration and outcome.
    fn reported(
        &self,
        action: &str,
        sts: &Endpoint,
        call: &dyn Fn() -> Result<Session, StsError>,
    ) -> Result<Session, StsError> {
        let url = shown_url(&sts.url.value);
        let host = url.split("://").last().unwrap_or_default().trim_end_matches('/');
        let began = Instant::now();
        let outcome = watched(self.resolver.reporter, &format!("STS ({action} at {host})"), call);
        self.resolver.reporter.detail(&|| {
            let result = outcome.as_ref().map_or_else(ToString::to_string, |_| "succeeded".to_owned());
            let attempts = match self.resolver.sts.attempts() {
                0 | 1 => String::new(),
                several => format!(", {several} attempts"),
            };
            format!("{action} at {host}: {result} ({} ms{attempts})", began.elapsed().as_millis())
        });
        outcome
    }
}
