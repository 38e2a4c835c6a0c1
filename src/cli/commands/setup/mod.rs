mod agent;
mod answers;
mod invitation;
mod report;
mod sso;
mod sso_roles;
mod sso_section;

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::amplify::project::MAX_BYTES;
use crate::amplify::repoint::point;
use crate::cli::args::Setup;
use crate::cli::confirm::{report_written, write_changes};
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::{Failure, USAGE};
use crate::cli::errors::files::at_edited_line;
use crate::cli::output::note;
use crate::cli::program::ProfileProgram;
use crate::cli::questions::Questions;
use crate::cli::selection;
use crate::edit::{Change, Editor, Original, Written};
use crate::os::env;
use crate::plan::error::PlanError;
use crate::plan::mfa_strategy::Mfa;
use crate::profile::load::{Files, MAX_FILE_BYTES};
use crate::profile_file::{Dialect, FileKind};
use crate::setup::task::{Done, Task};
use crate::setup::{Draft, Role};
use crate::tools::Tool;

use answers::answers;
use report::{note_blind, note_unreadable};

pub(crate) fn run(context: &Context, options: &Setup) -> Result<(), Failure> {
    if let Some(session) = &options.session.sso {
        return sso::run(context, options, session);
    }
    if options.from.as_deref() == Some(Path::new("-")) && options.secret_access_key.is_some() {
        return Err(Failure::new(USAGE, "--from - and --secret-access-key - cannot both read stdin"));
    }
    let invitation = options.from.as_ref().map(|path| invitation::read(context, path)).transpose()?;
    let named = context.command_line_profile();
    agent::require_profile(options, named)?;
    let mut program = ProfileProgram::find(context)?;
    let role = match named {
        None => Some(answers(context, options, invitation.as_ref())?),
        Some(_) => refuse_new_role(options).map(|()| None)?,
    };
    let editor = Editor::new(&context.paths.cache_dir);
    // Reads and writes under one lock, unless a question would make other processes wait.
    let lock = (options.yes && !options.dry_run).then(|| editor.lock()).transpose()?;
    let (mut done, mut changes) = prepare(context, options, named, role.as_ref(), &program.paths)?;
    if program.needs_copy() && !options.yes && !options.dry_run {
        program = program.agreed(context)?;
        (done, changes) = prepare(context, options, named, role.as_ref(), &program.paths)?;
    }
    if changes.is_empty() {
        drop(lock);
        program.write_only_copy(context, &editor, options.dry_run)?;
        let prefix = if program.needs_copy() { "" } else { "nothing to change: " };
        note(context, &format!("{prefix}profile {} is set up already", done.wrapper));
        return Ok(());
    }
    if let Some(limits) = &done.agent {
        if !options.yes && !options.dry_run {
            // Without a person the error comes first.
            Questions::open_to_write(context, "setup")?;
        }
        agent::note_limits(context, limits, named.unwrap_or_default());
    }
    if let Some(written) = write_changes(context, "setup", &editor, &changes, options.dry_run, lock, Some(&program))? {
        done.verify(&Files::load(&context.paths)?)?;
        let mfa = mfa(context, &done.wrapper);
        report(context, &done, &written, mfa.as_ref());
        if done.agent.is_some() {
            agent::note_use(context, &done.wrapper);
        }
        if !options.yes {
            offer_next(context, &done.wrapper, mfa.as_ref(), invitation.is_some());
        }
    }
    Ok(())
}

fn mfa(context: &Context, profile: &str) -> Option<Mfa> {
    let files = Files::load(&context.paths).ok()?;
    plan_of(&files.profiles(Dialect::Auto).ok()?, profile, &context.inputs().ok()?).ok()?.mfa
}

/// Errors are those of the commands, which print them: the profile is written.
fn offer_next(context: &Context, profile: &str, mfa: Option<&Mfa>, is_invited: bool) {
    let has_code = match mfa {
        Some(mfa) => !mfa.is_security_key() && offer(context, "Log in now with an MFA code?", &["login", profile]),
        None => true,
    };
    // Without a login, the test would ask for the code.
    if is_invited && has_code {
        offer(context, "Test the role now?", &["check", profile]);
    }
}

/// Whether the command was run and succeeded.
fn offer(context: &Context, question: &str, command: &[&str]) -> bool {
    let asked = Questions::open(context).ok().map(|mut person| person.confirm(question));
    let (Some(Ok(true)), Some(program)) = (asked, env::executable()) else { return false };
    let files = [("--config-file", &context.paths.config), ("--credentials-file", &context.paths.credentials)];
    let files = files.into_iter().flat_map(|(option, path)| [OsStr::new(option), path.as_os_str()]);
    Command::new(program).args(command).args(files).status().is_ok_and(|status| status.success())
}

fn refuse_new_role(options: &Setup) -> Result<(), Failure> {
    let Setup { role_arn, source_profile, external_id, mfa_serial, access_key_id, new_name, in_place, .. } = options;
    if [role_arn, source_profile, external_id, mfa_serial, access_key_id].into_iter().any(Option::is_some) {
        return Err(Failure::new(USAGE, "--role-arn and related options create a new profile; omit PROFILE")
            .hint("--name sets the name of the new profile"));
    }
    if new_name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Failure::new(USAGE, "--name is empty (expected a name of letters, digits, - and _)"));
    }
    if *in_place && new_name.is_some() {
        return Err(Failure::new(USAGE, "--in-place cannot be used with --name"));
    }
    Ok(())
}

/// Also checks that every tool finds the new profile, and that it has a plan.
fn prepare(
    context: &Context,
    options: &Setup,
    named: Option<&str>,
    role: Option<&Role>,
    programs: &[String],
) -> Result<(Done, Vec<Change>), Failure> {
    let home = &context.paths.home;
    let config = Original::read(&context.paths.config, home, MAX_FILE_BYTES)?;
    let credentials = Original::read(&context.paths.credentials, home, MAX_FILE_BYTES)?;
    let mut draft = Draft::new([(config.file.clone(), config.text()), (credentials.file.clone(), credentials.text())]);
    let inputs = context.inputs()?;
    let task = match (named, role) {
        (Some(name), _) => {
            // A profile that fails now would also fail through a wrapper.
            let plan = plan_of(&draft.files().profiles(Dialect::Auto)?, name, &inputs).map_err(|error| {
                let is_unknown = matches!(error, PlanError::UnknownProfile { named_by: None, .. });
                let failure = Failure::from(error);
                let hint = "setup PROFILE needs an existing profile; to create one for a role: amplify-creds setup";
                if is_unknown { failure.hint(hint) } else { failure }
            })?;
            if let Some(limits) = agent::limits(options, &plan)? {
                Task::for_agent(&draft, name, options.new_name.as_deref(), limits)?
            } else if options.in_place {
                Task::in_place(&mut draft, name, programs)?
            } else {
                Task::wrapping(&draft, name, options.new_name.as_deref(), programs)?
            }
        }
        (None, Some(role)) => Task::new_role(&mut draft, role, options.in_place)?,
        (None, None) => return Err(Failure::new(USAGE, "no profile given")),
    };
    let region = context.global.region.as_deref().filter(|region| !region.is_empty());
    let done = task.finish(&mut draft, region, programs)?;
    let plan = plan_of(&draft.files().profiles(Dialect::Auto)?, &done.wrapper, &inputs)?;
    done.check_limits(&plan, &draft)?;
    let mut credentials = Change::new(credentials, draft.text(FileKind::Credentials));
    if !credentials.is_nothing() && role.is_some_and(|role| role.source_keys.is_some()) {
        credentials = credentials.private();
    }
    let mut changes = vec![credentials, Change::new(config, draft.text(FileKind::Config))];
    if options.project {
        changes.push(repoint(context, &done.wrapper)?);
    }
    changes.retain(|change| !change.is_nothing());
    Ok((done, changes))
}

fn repoint(context: &Context, profile: &str) -> Result<Change, Failure> {
    let project = selection::required(context, "--project: not inside an Amplify project")?;
    let environment = project.environment_name(context.global.env.as_deref())?;
    let original = Original::read(&project.credentials_file()?, &context.paths.home, MAX_BYTES)?;
    let text = point(original.text(), &environment, profile)
        .map_err(|error| at_edited_line(&original, error.line, error.problem))?;
    Ok(Change::new(original, &text))
}

fn report(context: &Context, done: &Done, written: &[Written], mfa: Option<&Mfa>) {
    report_written(context, written);
    let Done { wrapper, region, unreadable, blind, .. } = done;
    note_unreadable(context, unreadable);
    note_blind(context, blind, wrapper);
    if region.is_none() {
        note(context, &format!("profile {wrapper} has no region, and most tools need one: --region REGION"));
    }
    if let Some(mfa) = mfa.filter(|mfa| mfa.is_security_key()) {
        let problem = "is a security key, which cannot generate codes; set it to a virtual MFA device";
        note(context, &format!("no tool can use profile {wrapper} yet: mfa_serial ({}) {problem}", mfa.serial.from));
        return;
    }
    let who = if blind.is_empty() { "every tool" } else { "every other tool" };
    let has_aws_cli = blind.iter().all(|(tool, _)| *tool != Tool::AwsCli);
    let own = || format!("amplify-creds whoami {wrapper}");
    let attempt = if has_aws_cli { format!("aws sts get-caller-identity --profile {wrapper}") } else { own() };
    note(context, &format!("{who} can use profile {wrapper}; try: {attempt}"));
}
