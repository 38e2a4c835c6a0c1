//! `setup --sso`: creates, updates and removes the profiles of an IAM Identity Center session.

use crate::cli::args::Setup;
use crate::cli::confirm::{report_written, write_changes};
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::{Failure, USAGE};
use crate::cli::errors::sso_session::{profiles, setup};
use crate::cli::output::note;
use crate::cli::program::ProfileProgram;
use crate::edit::{Change, Editor, Original};
use crate::plan::sources::AccountRole;
use crate::profile::load::{Files, LoadError, MAX_FILE_BYTES};
use crate::profile_file::{Dialect, FileKind};
use crate::setup::Draft;
use crate::setup::sso_profiles::{SessionChanges, SessionProfiles};
use crate::setup::sso_template::{DEFAULT, NameTemplate};

use super::report::{note_blind, note_unreadable};
use super::sso_roles;
use super::sso_section::{self, SessionSection};

pub(super) fn run(context: &Context, options: &Setup, name: &str) -> Result<(), Failure> {
    let template = NameTemplate::parse(options.session.template.as_deref().unwrap_or(DEFAULT)).map_err(|error| {
        Failure::new(USAGE, format!("invalid --template: {error}"))
            .hint("the placeholders are {account_name}, {account_id}, {role} and {session}")
    })?;
    let mut program = ProfileProgram::find(context)?;
    let section = sso_section::find(context, options, name)?;
    let roles = sso_roles::list(context, options, &section.session)?;
    let editor = Editor::new(&context.paths.cache_dir);
    // Reads and writes under one lock, unless a question would make other processes wait.
    let lock = (options.yes && !options.dry_run).then(|| editor.lock()).transpose()?;
    let prepare = |programs: &[String]| prepare(context, options, &section, &template, &roles, programs);
    let (mut done, mut changes) = prepare(&program.paths)?;
    if program.needs_copy() && !options.yes && !options.dry_run {
        program = program.agreed(context)?;
        (done, changes) = prepare(&program.paths)?;
    }
    if changes.is_empty() {
        drop(lock);
        program.write_only_copy(context, &editor, options.dry_run)?;
        let prefix = if program.needs_copy() { "" } else { "nothing to change: " };
        let up_to_date = match done.changes.all.len() {
            1 => "1 profile is".to_owned(),
            several => format!("{several} profiles are"),
        };
        note(context, &format!("{prefix}{up_to_date} up to date (session {name})"));
    } else {
        let written = write_changes(context, "setup", &editor, &changes, options.dry_run, lock, Some(&program))?;
        if let Some(written) = &written {
            done.changes.verify(&Files::load(&context.paths)?).map_err(setup)?;
            report_written(context, written);
        }
        if written.is_some() || options.dry_run {
            report(context, &done, name, options.dry_run);
        }
    }
    note_unlisted(context, &done.changes, name);
    note_kept(context, &done.changes);
    Ok(())
}

struct Done {
    changes: SessionChanges,
    unreadable: Vec<LoadError>,
    after: Files,
}

/// Also checks that every tool reads the profiles, and that one of them has a plan.
fn prepare(
    context: &Context,
    options: &Setup,
    section: &SessionSection,
    template: &NameTemplate,
    roles: &[AccountRole],
    programs: &[String],
) -> Result<(Done, Vec<Change>), Failure> {
    let home = &context.paths.home;
    let config = Original::read(&context.paths.config, home, MAX_FILE_BYTES)?;
    let credentials = Original::read(&context.paths.credentials, home, MAX_FILE_BYTES)?;
    let mut draft = Draft::new([(config.file.clone(), config.text()), (credentials.file.clone(), credentials.text())]);
    let SessionSection { session, is_new } = section;
    let region = context.global.region.as_deref().filter(|region| !region.is_empty());
    let spec = SessionProfiles { session, is_new: *is_new, template, region, prune: options.session.prune, programs };
    let changes = spec.apply(&mut draft, roles).map_err(profiles)?;
    let after = draft.files();
    let unreadable = changes.verify(&after).map_err(setup)?;
    if let Some(name) = changes.all.first() {
        plan_of(&after.profiles(Dialect::Auto)?, name, &context.inputs()?)?;
    }
    let change = Change::new(config, draft.text(FileKind::Config));
    let edits = if change.is_nothing() { Vec::new() } else { vec![change] };
    Ok((Done { changes, unreadable, after }, edits))
}

fn report(context: &Context, done: &Done, session: &str, is_dry: bool) {
    let SessionChanges { added, updated, removed, all, .. } = &done.changes;
    note_unreadable(context, &done.unreadable);
    if let Some(first) = all.first() {
        note_blind(context, &done.changes.blind(&done.after), first);
    }
    let counts = [(added, "added"), (updated, "updated"), (removed, "removed")];
    let counts = counts.into_iter().filter(|(names, _)| !names.is_empty());
    let counts: Vec<_> = counts.map(|(names, what)| format!("{} {what}", names.len())).collect();
    let would = if is_dry { "would be " } else { "" };
    note(context, &format!("profiles of session {session}: {would}{}", counts.join(", ")));
    if let Some(name) = added.first().or(updated.first()).filter(|_| !is_dry) {
        note(context, &format!("try: aws sts get-caller-identity --profile {name}"));
    }
}

fn note_kept(context: &Context, changes: &SessionChanges) {
    if !changes.kept.is_empty() {
        note(context, &format!("not changed, because they have other settings, too: {}", shown(&changes.kept)));
    }
}

fn shown(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", "))
}

fn note_unlisted(context: &Context, changes: &SessionChanges, session: &str) {
    if !changes.unlisted.is_empty() {
        let names = shown(&changes.unlisted);
        note(
            context,
            &format!("profiles of roles that session {session} no longer lists: {names}; to remove: --prune"),
        );
    }
}
