use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::plan::mfa_strategy::{DirectReason, Mfa, MfaAction};
use crate::prompt::PromptError;
use crate::sts::{GetSessionToken, StsError};

use super::code::Device;
use super::error::{ResolveError, ResolveWarning};
use super::memory::Memory;
use super::state::{Call, Run, Waited};

/// Age in seconds from which a denial may mean that the role's trust policy limits `aws:MultiFactorAuthAge`.
const YOUNG: i64 = 300;

const TOO_OLD: &str = "The role denied the MFA session. It may require a new MFA code.";
const SESSION_DENIED: &str = "AWS denies this user an MFA session, so the code works for this role only.";

impl<'r> Run<'r, '_> {
    pub(super) fn mfa_session(
        &mut self,
        at: usize,
        mfa: &'r Mfa,
        duration_seconds: u32,
    ) -> Result<Credentials, ResolveError> {
        let signer = self.base()?;
        let memory = Memory::new(self.resolver.store.notes(), &mfa.serial.value, &signer.access_key_id);
        let device = Device { mfa, memory, note: None };
        let (host, sts) = (self.host(&mfa.sts), &mfa.sts);
        let call = |run: &Self, code: &Secret| {
            let mfa = (mfa.serial.value.as_str(), code);
            let request = GetSessionToken { duration_seconds, mfa, host };
            run.signed_by_a_steady_clock("GetSessionToken", sts, &|| {
                run.resolver.sts.get_session_token(&request, &signer)
            })
        };
        let exchanged = self.exchange(at, &device, &call);
        let denied_at = match &exchanged {
            Err(ResolveError::Sts { error, .. }) if error.is_denied() => Some(self.resolver.clock.now()),
            _ => None,
        };
        if let Some(lock) = self.guard(device.memory.device()) {
            device.memory.session_denied(denied_at, lock);
        }
        self.store_exchanged(at, exchanged?)
    }

    pub(super) fn first_role(&mut self, at: usize) -> Result<Credentials, ResolveError> {
        let Some(mfa) = &self.plan.mfa else {
            let signer = self.base()?;
            return match self.session_by_key(at, &signer) {
                Some(session) => Ok(session),
                None => self.role(at, 0, &signer),
            };
        };
        match self.action_with(mfa) {
            MfaAction::OnRole(why) => {
                let note = (why == DirectReason::TooOld).then_some(TOO_OLD);
                self.role_by_code(at, mfa, note)
            }
            MfaAction::Nothing | MfaAction::OnSession => match self.session(at - 1) {
                Ok(signer) => self.role_by_session(at, mfa, signer),
                Err(ResolveError::Sts { error, .. }) if error.is_denied() => {
                    self.resolver.mishaps.push(ResolveWarning::SessionDenied(error));
                    self.role_by_code(at, mfa, Some(SESSION_DENIED))
                }
                Err(error) => Err(error),
            },
        }
    }

    pub(super) fn mfa_action(&mut self) -> MfaAction {
        let leaf = self.steps.len().wrapping_sub(1);
        let is_served = (0..self.steps.len())
            .any(|at| (at == leaf || matches!(self.steps[at].0, Call::Role(_))) && self.cached_if_usable(at).is_some());
        match &self.plan.mfa {
            Some(_) if !is_served && self.plan.hops.is_empty() => MfaAction::OnSession,
            Some(mfa) if !is_served => self.action_with(mfa),
            _ => MfaAction::Nothing,
        }
    }

    pub(super) fn action_with(&self, mfa: &Mfa) -> MfaAction {
        let has_session = matches!(self.steps.first(), Some((Call::MfaSession(..), _)));
        let session = has_session.then(|| self.lasting_session(0)).flatten();
        let id = session.as_ref().map(|found| found.credentials.access_key_id.as_str());
        let memory = Memory::of(self.resolver.store.notes(), self.plan);
        let known = memory.map(|memory| memory.known(self.plan, id, self.resolver.clock.now()));
        mfa.action(known.unwrap_or_default(), true)
    }

    /// Assumes the role with the MFA session. If AWS denies an older session, retries once with a new code.
    fn role_by_session(
        &mut self,
        at: usize,
        mfa: &'r Mfa,
        mut signer: Credentials,
    ) -> Result<Credentials, ResolveError> {
        let mut outcome = self.assume(0, &signer, None);
        if outcome.as_ref().is_err_and(StsError::is_of_dead_keys) && self.distrust(at - 1) {
            signer = self.session(at - 1)?;
            outcome = self.assume(0, &signer, None);
        }
        let refusal = match outcome {
            Ok(session) => return self.store_session(at, session),
            Err(error) => error,
        };
        let written_at = self.lasting_session(at - 1).and_then(|found| found.lease.written_at);
        let age = written_at.map_or(0, |at| self.resolver.clock.now().since(at));
        let memory = Memory::of(self.resolver.store.notes(), self.plan).filter(|memory| {
            let known = memory.fresh_code_helped(&self.steps[at].1, &signer.access_key_id);
            refusal.is_denied() && age > YOUNG && known != Some(false)
        });
        let Some(memory) = memory else { return Err(self.failed(at, refusal)) };
        let again = self.role_by_code(at, mfa, Some(TOO_OLD));
        let is_denied = matches!(&again, Err(ResolveError::Sts { error, .. }) if error.is_denied());
        let role = &self.steps[at].1;
        if let Some(lock) = self.guard(role.fingerprint.hex()).filter(|_| again.is_ok() || is_denied) {
            memory.refused_session(role, &signer.access_key_id, again.is_ok(), lock);
        }
        match again {
            Err(ResolveError::Prompt { error: PromptError::NobodyToAsk, .. }) => Err(self.failed(at, refusal)),
            other => other,
        }
    }

    fn role_by_code(
        &mut self,
        at: usize,
        mfa: &'r Mfa,
        note: Option<&'static str>,
    ) -> Result<Credentials, ResolveError> {
        let signer = self.base()?;
        if let Some(session) = self.session_by_key(at, &signer) {
            return Ok(session);
        }
        let serial = mfa.serial.value.as_str();
        let memory = Memory::new(self.resolver.store.notes(), serial, &signer.access_key_id);
        self.with_locks_released(|run| {
            if let Waited::Session(credentials) = run.lock(memory.device(), at)? {
                return Ok(credentials);
            }
            let device = Device { mfa, memory, note };
            let call = |run: &Run<'_, '_>, code: &Secret| run.assume(0, &signer, Some((serial, code)));
            let exchanged = run.exchange(at, &device, &call);
            if let Err(error) = &exchanged {
                run.share(device.memory.device(), error);
            }
            run.store_exchanged(at, exchanged?)
        })
    }
}
