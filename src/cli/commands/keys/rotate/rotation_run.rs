use std::time::{Duration, Instant};

use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::errors::rotation::{RotatedProfile, failure};
use crate::core::credentials::Credentials;
use crate::iam::{AccessKeyMetadata, LastUse};
use crate::prompt::Watch;
use crate::resolve::watched;
use crate::rotation::{KeysAtIam, RotationError, Rotator, verify};
use crate::sts::CallerIdentity;

use super::signer::{Signed, Signer};

/// Longer than any step.
const STEP_LIMIT: Duration = Duration::from_hours(1);

/// What the steps of a rotation share. The credentials for IAM are fetched for the first call.
pub(super) struct RotationRun<'a> {
    pub(super) context: &'a Context,
    pub(super) profile: &'a str,
    signer: &'a Signer<'a>,
    pub(super) rotator: Rotator<'a>,
    signed: Option<Signed>,
    pub(super) is_verified: bool,
}

impl<'a> RotationRun<'a> {
    pub(super) fn new(context: &'a Context, profile: &'a str, signer: &'a Signer<'a>, rotator: Rotator<'a>) -> Self {
        Self { context, profile, signer, rotator, signed: None, is_verified: false }
    }

    /// Changes keys, so a signal ends the run only after the step. `what` is reported if it takes long.
    pub(super) fn change<T>(
        &mut self,
        what: &str,
        change: impl FnOnce(&mut Rotator<'a>, &KeysAtIam<'_>, &CallerIdentity) -> Result<T, RotationError>,
    ) -> Result<T, Failure> {
        let reporter = self.signer.reporter();
        self.with_iam(|run, keys, user| run.step(|rotator, _| watched(&reporter, what, || change(rotator, keys, user))))
    }

    pub(super) fn listed(&mut self) -> Result<Vec<AccessKeyMetadata>, Failure> {
        let reporter = self.signer.reporter();
        let list = |keys: &KeysAtIam<'_>| watched(&reporter, "IAM (ListAccessKeys)", || keys.list());
        self.with_iam(|run, keys, _| list(keys).map_err(|error| run.failure(error)))
    }

    /// `None` if the user's policies do not allow the look-up.
    pub(super) fn last_use(&mut self, id: &str) -> Result<Option<LastUse>, Failure> {
        let reporter = self.signer.reporter();
        let call = |keys: &KeysAtIam<'_>| watched(&reporter, "IAM (GetAccessKeyLastUsed)", || keys.last_use(id));
        self.with_iam(|_, keys, _| Ok(call(keys).ok()))
    }

    pub(super) fn user_arn(&mut self) -> Result<String, Failure> {
        self.with_iam(|_, _, user| Ok(user.arn.clone()))
    }

    fn with_iam<T>(
        &mut self,
        what: impl FnOnce(&mut Self, &KeysAtIam<'_>, &CallerIdentity) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let signed = match self.signed.take() {
            Some(signed) => signed,
            None => self.signer.sign()?,
        };
        let keys = self.signer.keys(&signed);
        let outcome = keys.and_then(|keys| what(self, &keys, &signed.user));
        self.signed = Some(signed);
        outcome
    }

    /// Creates the new key. A signal ends the run after the current attempt.
    pub(super) fn create(&mut self, is_repeated: bool) -> Result<(), Failure> {
        let reporter = self.signer.reporter();
        self.with_iam(|run, keys, _| {
            run.step(|rotator, watch| {
                let create = || rotator.create(keys, is_repeated, &|| watch.check().is_err());
                watched(&reporter, "IAM (CreateAccessKey)", create)
            })
        })
    }

    /// The next calls fail if the new key was deleted meanwhile, so that the user is not left without an active key.
    /// With MFA the new key has no session yet, and the session of the old one is used.
    pub(super) fn sign_with_new_key(&mut self) {
        if !self.signer.has_mfa
            && let (Some(signed), Some(new)) = (&mut self.signed, self.rotator.new_credentials())
        {
            signed.credentials = new;
        }
    }

    pub(super) fn has_mfa(&self) -> bool {
        self.signer.has_mfa
    }

    pub(super) fn step<T>(
        &mut self,
        what: impl FnOnce(&mut Rotator<'a>, &Watch) -> Result<T, RotationError>,
    ) -> Result<T, Failure> {
        let watch = Watch::begin(Instant::now() + STEP_LIMIT);
        let outcome = what(&mut self.rotator, &watch);
        let outcome = outcome.and_then(|done| watch.check().map(|_| done).map_err(RotationError::Interrupted));
        outcome.map_err(|error| self.failure(error))
    }

    /// The last error if AWS does not accept the new key within `limit`.
    pub(super) fn not_accepted(
        &mut self,
        key: &Credentials,
        limit: Duration,
    ) -> Result<Option<RotationError>, Failure> {
        let (signer, reporter) = (self.signer, self.signer.reporter());
        let error = self.step(|rotator, watch| {
            let user_arn = rotator.journal.record().user_arn.as_deref();
            let call = || verify(&|key| signer.identity(key), key, user_arn, limit, watch);
            match watched(&reporter, &format!("AWS to accept the new key {}", key.access_key_id), call) {
                Err(error @ RotationError::NotAccepted(_)) => Ok(Some(error)),
                outcome => outcome.map(|()| None),
            }
        })?;
        self.is_verified = error.is_none();
        Ok(error)
    }

    pub(super) fn new_key_id(&self) -> Option<&str> {
        self.rotator.journal.rotation()?.new_key_id.as_deref()
    }

    pub(super) fn failure(&self, error: RotationError) -> Failure {
        let of = RotatedProfile {
            profile: self.profile,
            user_arn: self.rotator.journal.record().user_arn.as_deref(),
            has_mfa: self.signer.has_mfa,
            new_key_id: self.new_key_id(),
        };
        failure(error, &of)
    }
}
