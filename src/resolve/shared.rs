//! Failures that the holder of a lock shares with the processes that wait for it.

use serde::{Deserialize, Serialize};

use crate::core::digest::sha256_hex;
use crate::key_store::KeyStoreError;
use crate::os::child::ChildError;
use crate::plan::BaseSource;
use crate::plan::endpoint::Endpoint;
use crate::prompt::PromptError;
use crate::source::process::ProcessError;
use crate::source::{Service, SourceError};
use crate::sts::StsError;

use super::error::{ResolveError, StsCall};
use super::state::{Call, Run};
use super::story::process_name;

/// Failures that depend on the holder's own flags or terminal are not shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SharedFailure {
    reason: Reason,
    /// Hash of the call or command that failed. Waiters may request the same role with another duration or region.
    of: Option<String>,
    #[serde(default)]
    cancelled: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Reason {
    Sts(StsError),
    Cancelled,
    NotACode,
    TimedOut(u64),
    MfaProcess(ChildError),
    MfaProcessAnswer,
    Process(ProcessError),
    Service(Service, StsError),
    KeyStore(KeyStoreError),
    Sealing(KeyStoreError),
}

impl Run<'_, '_> {
    pub(super) fn shared(&self, error: &ResolveError) -> Option<SharedFailure> {
        let mut cancelled = None;
        let (reason, of) = match error {
            ResolveError::Sts { error, at } => (Reason::Sts(error.clone()), self.call_id(self.step_of(&at.what)?)),
            ResolveError::Prompt { error, .. } => match error {
                PromptError::Cancelled => {
                    cancelled = Some(process_name(std::process::id(), self.resolver.verb, &self.plan.profile));
                    (Reason::Cancelled, None)
                }
                PromptError::CancelledElsewhere(process) => {
                    cancelled = Some(process.clone());
                    (Reason::Cancelled, None)
                }
                PromptError::NotACode => (Reason::NotACode, None),
                PromptError::TimedOut(seconds) => (Reason::TimedOut(*seconds), None),
                PromptError::Program(error) => (Reason::MfaProcess(error.clone()), self.mfa_process_id()),
                PromptError::ProgramAnswer => (Reason::MfaProcessAnswer, self.mfa_process_id()),
                PromptError::NobodyToAsk
                | PromptError::SecurityKey(_)
                | PromptError::CallerEnded
                | PromptError::Malformed(_)
                | PromptError::Signalled(_) => return None,
            },
            ResolveError::Base { error, .. } => match error {
                SourceError::Process(error) => (Reason::Process(error.clone()), self.process_id()),
                SourceError::Service { service, error } => (Reason::Service(*service, error.clone()), None),
                // The other processes would prompt again, one after the other.
                SourceError::KeyStore(error @ (KeyStoreError::Dismissed | KeyStoreError::TimedOut(_))) => {
                    (Reason::KeyStore(error.clone()), None)
                }
                _ => return None,
            },
            // Each process would wait for the key store again, one after the other.
            ResolveError::Sealing { error: error @ KeyStoreError::TimedOut(_), .. } => {
                (Reason::Sealing(error.clone()), None)
            }
            _ => return None,
        };
        Some(SharedFailure { reason, of, cancelled })
    }

    /// Converts the failure of another process to a failure of this run at step `at`. `None` if it does not concern
    /// this run.
    pub(super) fn adopt(&self, shared: &SharedFailure, at: usize) -> Option<ResolveError> {
        let SharedFailure { reason, of, cancelled } = shared;
        let prompt = |error| {
            let failed = || ResolveError::Prompt { error, at: Box::new(self.failed_call(at)) };
            (!self.resolver.prompt.has_code()).then(failed)
        };
        match reason {
            Reason::Sts(error) => {
                let same = (0..self.steps.len()).find(|step| self.call_id(*step) == *of);
                let concerns_all = error.is_passing() || error.is_mfa_rejected();
                same.or(concerns_all.then_some(at)).map(|at| self.failed(at, error.clone()))
            }
            Reason::Cancelled => {
                prompt(cancelled.clone().map_or(PromptError::Cancelled, PromptError::CancelledElsewhere))
            }
            Reason::NotACode => prompt(PromptError::NotACode),
            Reason::TimedOut(seconds) => prompt(PromptError::TimedOut(*seconds)),
            Reason::MfaProcess(_) | Reason::MfaProcessAnswer if self.mfa_process_id() != *of => None,
            Reason::MfaProcess(error) => prompt(PromptError::Program(error.clone())),
            Reason::MfaProcessAnswer => prompt(PromptError::ProgramAnswer),
            Reason::Process(error) => {
                (self.process_id() == *of).then(|| self.base_failed(SourceError::Process(error.clone())))
            }
            Reason::Service(service, error) => {
                Some(self.base_failed(SourceError::Service { service: *service, error: error.clone() }))
            }
            Reason::Sealing(error) => {
                let failed = || ResolveError::Sealing { error: error.clone(), profile: self.plan.profile.clone() };
                (!self.resolver.prompt.has_code()).then(failed)
            }
            Reason::KeyStore(error) => Some(self.base_failed(SourceError::KeyStore(error.clone()))),
        }
    }

    fn step_of(&self, call: &StsCall) -> Option<usize> {
        self.steps.iter().position(|(step, _)| match (step, call) {
            (Call::MfaSession(..), StsCall::MfaSession(_)) | (Call::WebIdentity(_), StsCall::WebIdentity(..)) => true,
            (Call::Role(index), StsCall::Role { number, .. }) => index + 1 == *number,
            _ => false,
        })
    }

    fn call_id(&self, at: usize) -> Option<String> {
        let (call, key) = self.steps.get(at)?;
        let (Endpoint { url, signing_region, .. }, seconds) = match call {
            Call::MfaSession(mfa, seconds) => (&mfa.sts, *seconds),
            Call::WebIdentity(web) => (&web.sts, web.duration.seconds),
            Call::Role(index) => (&self.plan.hops[*index].sts, self.plan.hops[*index].duration.seconds),
        };
        let (fingerprint, url, region) = (key.fingerprint.hex(), &url.value, &signing_region.value);
        Some(short(&format!("{fingerprint}\n{url}\n{region}\n{seconds}")))
    }

    fn mfa_process_id(&self) -> Option<String> {
        self.plan.mfa.as_ref()?.process.as_ref().map(|command| short(&command.value))
    }

    fn process_id(&self) -> Option<String> {
        match &self.plan.base.source {
            BaseSource::Process(command) => Some(short(&command.command.value)),
            _ => None,
        }
    }
}

/// Hashed, because a command may contain a secret.
fn short(text: &str) -> String {
    sha256_hex(text)[..32].to_owned()
}
