use std::time::{Duration, Instant};

use crate::access_keys::RotationStep;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, ROTATION};
use crate::cli::errors::rotation::{RotatedProfile, failure};
use crate::cli::errors::shell_word::shell_word;
use crate::cli::output::note;
use crate::iam::AccessKeyMetadata;
use crate::key_store::KeyStore;
use crate::prompt::Watch;
use crate::resolve::watched;
use crate::rotation::{KeysAtIam, KeysVerdict, LocalStep, RotationError, Rotator, verify};
use crate::sts::CallerIdentity;

use super::ask;
use super::second_key;
use super::signer::{Signed, Signer};

/// Longer than any step.
const STEP_LIMIT: Duration = Duration::from_hours(1);

pub(super) struct RotationRun<'a> {
    pub(super) context: &'a Context,
    pub(super) profile: &'a str,
    signer: &'a Signer<'a>,
    pub(super) rotator: Rotator<'a>,
    signed: Option<Signed>,
    is_verified: bool,
}

impl<'a> RotationRun<'a> {
    pub(super) fn new(context: &'a Context, profile: &'a str, signer: &'a Signer<'a>, rotator: Rotator<'a>) -> Self {
        Self { context, profile, signer, rotator, signed: None, is_verified: false }
    }

    pub(super) fn rotate(&mut self, yes: bool) -> Result<(), Failure> {
        let word = shell_word(self.profile);
        if let Some(rotation) = self.rotator.journal.rotation() {
            if rotation.next == RotationStep::Delete {
                let message = format!("an earlier rotation of profile {} is not finished", self.profile);
                return Err(Failure::new(ROTATION, message)
                    .hint(format!("to delete the old key: amplify-creds keys rotate {word} --finish")));
            }
            note(self.context, &format!("continuing the rotation that began {}", rotation.started_at));
        }
        loop {
            match self.rotator.next() {
                LocalStep::List => {
                    if !self.create(yes)? {
                        return Ok(());
                    }
                }
                LocalStep::DeleteLost(id) => {
                    let id = id.to_owned();
                    self.with_iam(|rotator, iam, _| rotator.delete_lost(iam, &id))?;
                    note(self.context, &format!("deleted {id}: it was created, but not stored"));
                }
                LocalStep::Replace => self.replace()?,
                LocalStep::Deactivate => return self.deactivate(),
                LocalStep::Finish => return Ok(()),
            }
        }
    }

    /// False if the user declined.
    fn create(&mut self, yes: bool) -> Result<bool, Failure> {
        let is_begun = self.rotator.journal.rotation().is_some();
        if !is_begun && !yes {
            ask::check_terminal(self.context)?;
        }
        if is_begun {
            self.delete_leftover()?;
        }
        let listed = self.with_iam(|_, iam, _| iam.list())?;
        match self.rotator.judge(&listed) {
            KeysVerdict::Create => {}
            KeysVerdict::Continue(rotation) => {
                note(self.context, "continuing an earlier rotation: the key store has its new key");
                self.with_iam(|rotator, _, user| rotator.continue_with(rotation.clone(), user))?;
                return Ok(true);
            }
            KeysVerdict::Second(second) => return second_key::offer(self, &listed, second),
            KeysVerdict::Unlisted => return Err(self.failure(RotationError::Unlisted)),
            KeysVerdict::Inactive => return Err(self.failure(RotationError::Inactive)),
        }
        if self.rotator.journal.rotation().is_none() && !self.confirm(&listed, yes)? {
            return Ok(false);
        }
        self.with_iam(|rotator, _, user| rotator.begin(user))?;
        let (what, reporter) = ("IAM (CreateAccessKey)", self.signer.reporter());
        self.with_iam(|rotator, iam, _| watched(&reporter, what, || rotator.create(iam)))?;
        if let Some(new) = self.new_key_id() {
            note(self.context, &format!("created {new} and stored it in the {}", KeyStore::name()));
        }
        Ok(true)
    }

    /// Drops the journal if the second key has another origin. Then the user decides.
    fn delete_leftover(&mut self) -> Result<(), Failure> {
        let outcome = self.with_iam(|rotator, iam, _| match rotator.delete_leftover(iam) {
            Err(RotationError::SecondKey(_)) => rotator.end().map(|()| None),
            outcome => outcome,
        })?;
        if let Some(id) = outcome {
            note(self.context, &format!("deleted {id}: it was created, but not stored"));
        }
        Ok(())
    }

    fn confirm(&mut self, listed: &[AccessKeyMetadata], yes: bool) -> Result<bool, Failure> {
        let Some(old) = listed.iter().find(|key| key.id == self.rotator.current()) else { return Ok(false) };
        let (profile, store) = (self.profile, KeyStore::name());
        let user = self.with_iam(|_, _, user| Ok(user.arn.clone()))?;
        let old = &old.id;
        let plan = format!(
            "Rotate {old}, the key of {user} (profile {profile}):\n\
             1. create a new key, and store it in the {store} next to the old one\n\
             2. use the new key until AWS accepts it\n\
             3. replace the old key in the {store}, and deactivate it\n"
        );
        if yes {
            note(self.context, plan.trim_end());
            return Ok(true);
        }
        ask::confirm(self.context, &plan, "Rotate the key?")
    }

    fn replace(&mut self) -> Result<(), Failure> {
        if !self.verify()? {
            return Ok(());
        }
        self.step(|rotator, _| rotator.verified())?;
        self.step(|rotator, _| rotator.replace())?;
        if let Some(new) = self.new_key_id() {
            note(self.context, &format!("profile {} uses {new}", self.profile));
        }
        Ok(())
    }

    /// False if the new key no longer exists at IAM, and the rotation begins again.
    fn verify(&mut self) -> Result<bool, Failure> {
        let Some(key) = self.rotator.new_credentials().filter(|_| !self.is_verified) else { return Ok(true) };
        let (signer, reporter) = (self.signer, self.signer.reporter());
        let outcome = self.step(|rotator, watch| {
            let user_arn = rotator.journal.record().user_arn.as_deref();
            let call = || verify(&|key| signer.identity(key), &key, user_arn, watch);
            let what = format!("AWS to accept the new key {}", key.access_key_id);
            match watched(&reporter, &what, call) {
                Err(error @ RotationError::NotAccepted(_)) => Ok(Err(error)),
                outcome => outcome.map(Ok),
            }
        })?;
        self.is_verified = outcome.is_ok();
        let Err(error) = outcome else { return Ok(true) };
        if self.rotator.current() == key.access_key_id {
            return Err(self.failure(error));
        }
        // The old key can show why.
        let Ok(listed) = self.with_iam(|_, iam, _| iam.list()) else { return Err(self.failure(error)) };
        let new = &key.access_key_id;
        match listed.iter().find(|listed| listed.id == *new) {
            None => {
                self.step(|rotator, _| rotator.forget_new())?;
                note(self.context, &format!("the new key {new} was deleted at IAM"));
                Ok(false)
            }
            Some(AccessKeyMetadata { is_active: false, .. }) => {
                let word = shell_word(self.profile);
                let command = format!("aws iam update-access-key --access-key-id {new} --status Active");
                let message =
                    format!("cannot rotate the key of profile {}: the new key {new} is inactive", self.profile);
                Err(Failure::new(ROTATION, message).hint(format!("to activate it: {command} --profile {word}")))
            }
            Some(_) => Err(self.failure(error)),
        }
    }

    fn deactivate(&mut self) -> Result<(), Failure> {
        self.verify()?;
        let old = self.rotator.journal.rotation().map(|rotation| rotation.old_key_id.clone()).unwrap_or_default();
        let (profile, word) = (self.profile, shell_word(self.profile));
        if self.with_iam(|rotator, iam, _| rotator.deactivate(iam))? {
            note(self.context, &format!("the old key {old} is inactive"));
            let command = format!("aws iam update-access-key --access-key-id {old} --status Active --profile {word}");
            note(self.context, &format!("if a program still needs it: {command}"));
            note(self.context, &format!("after a day, delete it: amplify-creds keys rotate {word} --finish"));
        } else {
            note(
                self.context,
                &format!("the old key {old} no longer exists; the rotation of profile {profile} is finished"),
            );
        }
        Ok(())
    }

    pub(super) fn with_iam<T>(
        &mut self,
        what: impl FnOnce(&mut Rotator<'a>, &KeysAtIam<'_>, &CallerIdentity) -> Result<T, RotationError>,
    ) -> Result<T, Failure> {
        let signed = match self.signed.take() {
            Some(signed) => signed,
            None => self.signer.sign()?,
        };
        let keys = self.signer.keys(&signed);
        let outcome = keys.and_then(|keys| self.step(|rotator, _| what(rotator, &keys, &signed.user)));
        self.signed = Some(signed);
        outcome
    }

    /// A signal ends the run after the step.
    fn step<T>(
        &mut self,
        what: impl FnOnce(&mut Rotator<'a>, &Watch) -> Result<T, RotationError>,
    ) -> Result<T, Failure> {
        let watch = Watch::begin(Instant::now() + STEP_LIMIT);
        let outcome = what(&mut self.rotator, &watch);
        let outcome = outcome.and_then(|done| watch.check().map(|_| done).map_err(RotationError::Interrupted));
        outcome.map_err(|error| self.failure(error))
    }

    fn new_key_id(&self) -> Option<&str> {
        self.rotator.journal.rotation()?.new_key_id.as_deref()
    }

    fn failure(&self, error: RotationError) -> Failure {
        let of = RotatedProfile {
            profile: self.profile,
            user_arn: self.rotator.journal.record().user_arn.as_deref(),
            has_mfa: self.signer.has_mfa,
            new_key_id: self.new_key_id(),
        };
        failure(error, &of)
    }
}
