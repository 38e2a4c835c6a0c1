use crate::access_keys::StoredKey;
use crate::cli::args::keys::AddKey;
use crate::cli::confirm::{agree, report_written};
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::{CONFIG, Failure, NOBODY_TO_ASK, USAGE};
use crate::cli::errors::keys::of_key_profile;
use crate::cli::output::note;
use crate::cli::program::ProfileProgram;
use crate::cli::questions::Questions;
use crate::core::shell_word::shell_word;
use crate::edit::{Change, Editor};
use crate::key_store::KeyStore;
use crate::plan::BaseSource;
use crate::plan::limits::MFA_SERIAL;
use crate::profile::load::Files;
use crate::profile_file::Dialect;
use crate::setup::key_profile::{self, KeyProfile};
use crate::sts::CallerIdentity;

use super::key_entry;
use super::key_lock::{CHANGE_WAIT, lock};
use super::profile_files::ProfileFiles;
use super::profile_key::{ProfileKey, StoredItem};
use super::sources::{check_no_other, uses_store};
use super::verification::Verification;

/// What `keys add` and `keys import --from` have in common.
pub(super) struct NewKey<'o> {
    pub(super) name: &'o str,
    pub(super) verb: &'static str,
    pub(super) mfa_serial: Option<&'o str>,
    pub(super) yes: bool,
    /// Whether a `credential_process` is replaced.
    pub(super) is_replaced: &'o dyn Fn(&str) -> bool,
}

pub(super) fn run(context: &Context, name: &str, options: &AddKey) -> Result<(), Failure> {
    let AddKey { name: _, stdin: _, mfa_serial, yes } = options;
    if mfa_serial.as_ref().is_some_and(|serial| !MFA_SERIAL.allows(serial)) {
        let message = format!("invalid --mfa-serial (expected {MFA_SERIAL}, such as an ARN of an MFA device)");
        return Err(Failure::new(USAGE, message));
    }
    let verb = "keys add";
    let new = NewKey { name, verb, mfa_serial: mfa_serial.as_deref(), yes: *yes, is_replaced: &|_| false };
    let program = new.prepare(context)?;
    let key = key_entry::read(context, name, options)?;
    new.finish(context, key, &program).map(|_| ())
}

impl NewKey<'_> {
    /// Checks everything that does not depend on the key, before the user enters it.
    pub(super) fn prepare(&self, context: &Context) -> Result<ProfileProgram, Failure> {
        let name = self.name;
        let files = Files::load(&context.paths)?;
        let set = files.profiles(Dialect::Auto)?;
        check_no_other(&set, name, self.is_replaced)?;
        let profile_key = ProfileKey::new(context, name);
        if let StoredItem::Key(stored) = profile_key.stored()?
            && uses_store(&set, name)
            && profile_key.known().is_some_and(|known| known.access_key_id == stored.access_key_id)
        {
            let (word, id) = (shell_word(name), &stored.access_key_id);
            let message = format!("profile {name} has a key in the {} already: {id}", KeyStore::name());
            return Err(Failure::new(CONFIG, message)
                .hint(format!("to replace it by a new key of the same user: amplify-creds keys rotate {word}"))
                .hint(format!("to delete it: amplify-creds keys remove {word}")));
        }
        let program = ProfileProgram::find(context)?;
        self.edit(context, &program, self.mfa_serial)?;
        if self.yes {
            return Ok(program);
        }
        Questions::open(context).map_err(|_| {
            let message = format!("{} asks before it writes, but no prompt is possible here; add --yes", self.verb);
            Failure::new(NOBODY_TO_ASK, message)
        })?;
        program.agreed(context)
    }

    /// Verifies the key and stores it, then writes the profile. A run after a crash continues. False for a no.
    pub(super) fn finish(&self, context: &Context, key: StoredKey, program: &ProfileProgram) -> Result<bool, Failure> {
        let profile_key = ProfileKey::new(context, self.name);
        let _key_lock = lock(context, self.name, CHANGE_WAIT)?;
        profile_key.check_free(&key)?;
        let (files, _) = self.edit(context, program, self.mfa_serial)?;
        self.check_plan(context, &files)?;
        let verification = Verification::new(context, files, self.name);
        let identity = verification.identity(&key)?;
        let key = StoredKey { account_id: Some(identity.account.clone()), ..key };
        let device = self
            .mfa_serial
            .map(str::to_owned)
            .map_or_else(|| self.choose_device(context, &verification, &key, &identity), |serial| Ok(Some(serial)))?;
        let editor = Editor::new(&context.paths.cache_dir);
        let lock = self.yes.then(|| editor.lock()).transpose()?;
        let (_, changes) = self.edit(context, program, device.as_deref())?;
        let lock = match lock {
            None if changes.is_empty() => editor.lock()?,
            lock => {
                let agreed = agree(context, self.verb, &editor, &changes, false, lock, Some(program))?;
                let Some(lock) = agreed else { return Ok(false) };
                lock
            }
        };
        changes.iter().try_for_each(Change::check_unchanged)?;
        profile_key.store(&key)?;
        profile_key.record(&key, &identity)?;
        program.write_copy(context)?;
        let written = editor.write(&changes, &lock)?;
        drop(lock);
        note(context, &format!("stored {} of {} in the {}", key.access_key_id, identity.arn, KeyStore::name()));
        report_written(context, &written);
        self.report(context);
        Ok(true)
    }

    /// Prints the diff, without the MFA device, which IAM lists only for the key.
    pub(super) fn print_diff(&self, context: &Context) -> Result<(), Failure> {
        let program = ProfileProgram::find(context)?;
        let (_, changes) = self.edit(context, &program, self.mfa_serial)?;
        let editor = Editor::new(&context.paths.cache_dir);
        agree(context, self.verb, &editor, &changes, true, None, Some(&program)).map(|_| ())
    }

    fn edit(
        &self,
        context: &Context,
        program: &ProfileProgram,
        mfa_serial: Option<&str>,
    ) -> Result<(Files, Vec<Change>), Failure> {
        let files = ProfileFiles::read(context)?;
        let mut draft = files.draft();
        check_no_other(&draft.files().profiles(Dialect::Auto)?, self.name, self.is_replaced)?;
        let region = context.global.region.as_deref().filter(|region| !region.is_empty());
        let profile = KeyProfile { name: self.name, programs: &program.paths, mfa_serial, region };
        key_profile::add(&mut draft, &profile).map_err(of_key_profile)?;
        Ok((draft.files(), files.changes(&draft, None)))
    }

    /// An included profile can have a source of its own.
    fn check_plan(&self, context: &Context, files: &Files) -> Result<(), Failure> {
        let plan = plan_of(&files.profiles(Dialect::Auto)?, self.name, &context.inputs()?)?;
        if plan.hops.is_empty() && matches!(plan.base.source, BaseSource::KeyStore(_)) {
            return Ok(());
        }
        let message = format!("profile {} has another source of credentials in an included profile", self.name);
        Err(Failure::new(CONFIG, message).at(plan.base.source.origin(), Some(self.name)))
    }

    fn choose_device(
        &self,
        context: &Context,
        verification: &Verification<'_>,
        key: &StoredKey,
        identity: &CallerIdentity,
    ) -> Result<Option<String>, Failure> {
        let files = Files::load(&context.paths)?;
        if files.profiles(Dialect::Auto)?.get(self.name).is_some_and(|profile| profile.has("mfa_serial")) {
            return Ok(None);
        }
        let Some(device) = verification.mfa_device(key, identity).filter(|serial| MFA_SERIAL.allows(serial)) else {
            return Ok(None);
        };
        let person = if self.yes { None } else { Questions::open(context).ok() };
        let Some(mut person) = person else {
            note(context, &format!("the user has an MFA device; to use it: mfa_serial = {device}"));
            return Ok(None);
        };
        person.say(&format!("The user has the MFA device {device}.\n"));
        let is_used = person.confirm("Use it? Tools then get an MFA session instead of the key.")?;
        Ok(is_used.then_some(device))
    }

    fn report(&self, context: &Context) {
        let name = self.name;
        let word = shell_word(name);
        let Ok(files) = Files::load(&context.paths) else { return };
        let Ok(set) = files.profiles(Dialect::Auto) else { return };
        let has = |key| set.get(name).is_some_and(|profile| profile.has(key));
        if !has("region") {
            note(
                context,
                &format!("profile {name} has no region, and most tools need one; add a line region = REGION"),
            );
        }
        let attempt = if has("mfa_serial") {
            format!("to enter an MFA code now: amplify-creds login {word}")
        } else {
            format!("try: aws sts get-caller-identity --profile {word}")
        };
        note(context, &format!("every tool can use profile {name}; {attempt}"));
    }
}
