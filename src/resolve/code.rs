//! Exchanges an MFA code for a session, and prompts again when AWS rejects the code.

use std::time::{Duration, Instant};

use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::plan::mfa_strategy::Mfa;
use crate::prompt::{DEADLINE_SECONDS, MfaAnswer, MfaQuestion, PromptError};
use crate::sts::{Session, StsError};

use super::error::ResolveError;
use super::memory::Memory;
use super::state::{Exchanged, Run, Waited};

/// Rejected codes after which the prompt fails.
const REJECTIONS: u32 = 3;

enum CodeOutcome {
    Answer(MfaAnswer),
    Cached(Credentials),
}

/// A device's lock is held during prompt and call, so that no two processes send the same code.
pub(super) struct Device<'m> {
    pub(super) mfa: &'m Mfa,
    pub(super) memory: Memory,
    pub(super) note: Option<&'static str>,
}

impl Run<'_, '_> {
    pub(super) fn exchange(
        &mut self,
        at: usize,
        device: &Device<'_>,
        call: &dyn Fn(&Self, &Secret) -> Result<Session, StsError>,
    ) -> Result<Exchanged, ResolveError> {
        if device.mfa.is_security_key() {
            let at = Box::new(self.failed_call(at));
            return Err(ResolveError::Prompt { error: PromptError::SecurityKey(device.mfa.serial.from.clone()), at });
        }
        if self.resolver.request.options.use_cache && !self.resolver.prompt.has_code() {
            let profile = || self.plan.profile.clone();
            let checked = self.resolver.store.check_sealing();
            checked.map_err(|error| ResolveError::Sealing { error, profile: profile() })?;
        }
        let (mut rejected, mut typed_and_refused) = (None, 0);
        loop {
            // AWS may not have consumed the code of a call that it denied for another reason.
            let left_over = self.exchange.left_over.take();
            let is_left_over = left_over.is_some();
            let asked = match left_over {
                Some(code) => Ok(CodeOutcome::Answer(MfaAnswer { code, typed: false })),
                None => self.ask(at, device, rejected.is_some()),
            };
            let MfaAnswer { code, typed } = match (asked, rejected.take()) {
                (Ok(CodeOutcome::Answer(answer)), _) => answer,
                (Ok(CodeOutcome::Cached(credentials)), _) => return Ok(Exchanged::Cached(credentials)),
                // No prompt is possible any more, and AWS's rejection explains more.
                (Err(ResolveError::Prompt { error: PromptError::NobodyToAsk, .. }), Some(refusal)) => {
                    return Err(self.failed(at, refusal));
                }
                (Err(error), _) => return Err(error),
            };
            typed_and_refused += u32::from(typed);
            match call(self, &code) {
                Ok(session) => {
                    self.mark_used(device, &code);
                    return Ok(Exchanged::Session(session));
                }
                Err(error) if error.is_device_rejected() => return Err(self.failed(at, error)),
                Err(error) if error.is_mfa_rejected() && is_left_over => self.mark_used(device, &code),
                Err(error) if error.is_mfa_rejected() && typed_and_refused < REJECTIONS => rejected = Some(error),
                Err(error) => {
                    self.exchange.left_over = error.is_denied().then_some(code);
                    return Err(self.failed(at, error));
                }
            }
        }
    }

    fn mark_used(&self, device: &Device<'_>, code: &Secret) {
        if let Some(lock) = self.guard(device.memory.device()) {
            device.memory.mark_used(code, self.resolver.clock.now(), lock);
        }
    }

    fn ask(&mut self, at: usize, device: &Device<'_>, again: bool) -> Result<CodeOutcome, ResolveError> {
        let (plan, clock, chain) = (self.plan, self.resolver.clock, self.extended_chain());
        let Device { mfa, memory, note } = device;
        // A code concerns only the first role.
        let role = plan.hops.first();
        let question = MfaQuestion {
            profile: role.map_or(&mfa.profile, |hop| &hop.profile),
            role_arn: role.map(|hop| hop.role_arn.value.as_str()),
            mfa_serial: &mfa.serial.value,
            was_refused: again,
            note: *note,
            mfa_process: mfa.process.as_ref().map(|command| command.value.as_str()),
            chain: &chain,
            until: *self.exchange.until.get_or_insert_with(|| Instant::now() + Duration::from_secs(DEADLINE_SECONDS)),
            wait_if_used: &|code| memory.wait_after_use(code, clock.now()),
        };
        let terminal = self.resolver.prompt.terminal(&question);
        self.exchange.asked = true;
        let answer = self.with_locks_released(|run| {
            if let Some(id) = &terminal
                && let Waited::Session(credentials) = run.lock(id, at)?
            {
                return Ok(CodeOutcome::Cached(credentials));
            }
            run.asking(terminal.as_deref());
            let answer = run.resolver.prompt.code(&question).map(CodeOutcome::Answer);
            answer.map_err(|error| ResolveError::Prompt { error, at: Box::new(run.failed_call(at)) })
        });
        self.asking(None);
        answer
    }
}
