//! `boundary`: the permissions boundary of the Amplify project's environment, shown, set and cleared.

use serde_json::json;

use crate::amplify::boundary::{clear, is_boundary, set};
use crate::amplify::environment::Source;
use crate::amplify::project::{MAX_BYTES, Project};
use crate::cli::args::policy::{BoundaryVerb, Write};
use crate::cli::confirm::report_written;
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::{CANCELLED, CONFIG, Failure, NOBODY_TO_ASK};
use crate::cli::output::{note, write_stdout};
use crate::cli::questions::Questions;
use crate::cli::selection;
use crate::cli::selection::no_boundary;
use crate::core::origin::Location;
use crate::edit::{Change, Editor, Original, diff};
use crate::policy::ArnScope;

pub(crate) fn run(context: &Context, command: &BoundaryVerb) -> Result<(), Failure> {
    let project = selection::find(context).ok_or_else(|| {
        Failure::new(CONFIG, "the current directory is in no Amplify project, whose environments have boundaries")
            .hint("run it below the directory that amplify init was run in")
    })?;
    let environment = project.environment_name(context.global.env.as_deref())?;
    match command {
        BoundaryVerb::Show { json } => show(context, &project, &environment, *json),
        BoundaryVerb::Set { arn, write } if arn.is_empty() => change(context, &project, &environment, None, write),
        BoundaryVerb::Set { arn, .. } if !is_boundary(arn) => Err(no_boundary(arn)),
        BoundaryVerb::Set { arn, write } => change(context, &project, &environment, Some(arn), write),
        BoundaryVerb::Clear { write } => change(context, &project, &environment, None, write),
    }
}

fn show(context: &Context, project: &Project, environment: &str, as_json: bool) -> Result<(), Failure> {
    let found = project.boundary(environment)?;
    if as_json {
        let at = found.as_ref().and_then(|found| found.from.location());
        let document = json!({
            "environment": environment,
            "arn": found.as_ref().map(|found| &found.value),
            "file": at.map(|at| at.file.path.display().to_string()),
            "line": at.map(|at| at.line),
        });
        return write_stdout(format!("{document}\n").as_bytes());
    }
    let Some(found) = found else {
        note(context, &format!("environment {environment} has no permissions boundary"));
        return Ok(());
    };
    context.info(|| format!("boundary of environment {environment} ({})", found.from));
    across(context, project, environment, &found.value);
    write_stdout(format!("{}\n", found.value).as_bytes())
}

/// Gives the environment another boundary, or none. The diff goes where the question is; stdout has the ARN.
fn change(
    context: &Context,
    project: &Project,
    environment: &str,
    arn: Option<&str>,
    write: &Write,
) -> Result<(), Failure> {
    let editor = Editor::new(&context.paths.cache_dir);
    let early = if write.yes { Some(editor.lock()?) } else { None };
    let original = Original::read(&project.team_file(), &context.paths.home, MAX_BYTES)?;
    let new = match arn {
        Some(arn) => set(original.text(), environment, arn),
        None => clear(original.text(), environment),
    };
    let new = new.map_err(|error| {
        let at = Location { file: original.file.clone(), line: error.line };
        Failure::new(CONFIG, format!("{at}: {}", error.problem)).at_line(&at, None)
    })?;
    let change = Change::new(original, &new);
    if change.is_nothing() {
        note(context, &format!("nothing to change in environment {environment}"));
    } else if write.dry_run {
        return write_stdout(diff(&change).as_bytes());
    } else {
        change.check()?;
        if !write.yes {
            confirm(context, &diff(&change))?;
        }
        let lock = early.map_or_else(|| editor.lock(), Ok)?;
        report_written(context, &editor.write(std::slice::from_ref(&change), &lock)?);
        note(context, "it holds from the next amplify push on; with nothing else to push: amplify push --force");
    }
    let Some(arn) = arn else { return Ok(()) };
    across(context, project, environment, arn);
    write_stdout(format!("{arn}\n").as_bytes())
}

fn confirm(context: &Context, shown: &str) -> Result<(), Failure> {
    let mut person = Questions::open(context).map_err(|_| {
        let message = "boundary asks before it writes, and there is nobody to ask here; add --yes";
        Failure::new(NOBODY_TO_ASK, message).hint("--dry-run shows what would be written")
    })?;
    person.say(shown);
    if person.confirm("Write this?")? { Ok(()) } else { Err(Failure::new(CANCELLED, "nothing was changed")) }
}

/// Says what the Amplify CLI does not do by itself in other accounts and partitions.
fn across(context: &Context, project: &Project, environment: &str, arn: &str) {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, _, _, of_boundary, resource] = parts[..] else { return };
    let account = account(context, project, environment);
    if let Some(account) = account.filter(|account| of_boundary != "aws" && account != of_boundary) {
        note(
            context,
            &format!(
                "environment {environment} lies in account {account}, the boundary in {of_boundary}: IAM takes a boundary \
                 of the role's own account alone, and the Amplify CLI makes none there; make it, and: \
                 amplify-creds boundary set arn:{partition}:iam::{account}:{resource} --env {environment}"
            ),
        );
    }
    note(
        context,
        &format!(
            "amplify env add takes it over from the current environment; for one in another account it cannot: \
             amplify env add --permissions-boundary arn:{partition}:iam::{}:{resource} ('' for none)",
            if of_boundary == "aws" { "aws" } else { "ACCOUNT" }
        ),
    );
    if partition != "aws" {
        note(
            context,
            "the Amplify CLI reads this one from the file; its own --permissions-boundary takes arn:aws: alone",
        );
    }
}

/// The account that the environment's profile leads to, where the files say it.
fn account(context: &Context, project: &Project, environment: &str) -> Option<String> {
    let Source::Profile(profile) = project.environment(Some(environment)).ok()?.source else { return None };
    let set = context.profiles().ok()?;
    let plan = plan_of(&set, &profile, &context.inputs().ok()?).ok()?;
    ArnScope::of(&plan).account
}
