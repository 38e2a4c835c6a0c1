use serde_json::json;

use crate::amplify::boundary::{clear, is_boundary, set};
use crate::amplify::environment::Source;
use crate::amplify::project::{MAX_BYTES, Project};
use crate::cli::args::policy::{BoundaryVerb, Write};
use crate::cli::confirm::{confirm, report_written};
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::Failure;
use crate::cli::errors::files::at_edited_line;
use crate::cli::output::{note, write_json, write_stdout};
use crate::cli::selection;
use crate::cli::selection::no_boundary;
use crate::core::sanitize::printable;
use crate::edit::{Change, Editor, Original, diff};
use crate::policy::ArnScope;

pub(crate) fn run(context: &Context, command: &BoundaryVerb) -> Result<(), Failure> {
    let message = "the current directory is in no Amplify project, whose environments have boundaries";
    let project = selection::required(context, message)?;
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
        return write_json(&json!({
            "environment": environment,
            "arn": found.as_ref().map(|found| &found.value),
            "file": at.map(|at| at.file.path.display().to_string()),
            "line": at.map(|at| at.line),
        }));
    }
    let Some(found) = found else {
        note(context, &format!("environment {environment} has no permissions boundary"));
        return Ok(());
    };
    context.info(|| format!("boundary of environment {environment} ({})", found.from));
    note_limits(context, project, environment, &found.value);
    write_stdout(format!("{}\n", printable(&found.value)).as_bytes())
}

/// Sets or removes the boundary. The diff is shown at the question, since stdout has the ARN.
fn change(
    context: &Context,
    project: &Project,
    environment: &str,
    arn: Option<&str>,
    write: &Write,
) -> Result<(), Failure> {
    let editor = Editor::new(&context.paths.cache_dir);
    let early = write.yes.then(|| editor.lock()).transpose()?;
    let original = Original::read(&project.team_file()?, &context.paths.home, MAX_BYTES)?;
    let new = match arn {
        Some(arn) => set(original.text(), environment, arn),
        None => clear(original.text(), environment),
    };
    let new = new.map_err(|error| at_edited_line(&original, error.line, error.problem))?;
    let change = Change::new(original, &new);
    if change.is_nothing() {
        note(context, &format!("nothing to change in environment {environment}"));
    } else if write.dry_run {
        return write_stdout(diff(&change).as_bytes());
    } else {
        change.check()?;
        if !write.yes {
            confirm(context, "boundary", &diff(&change), false)?;
        }
        let lock = early.map_or_else(|| editor.lock(), Ok)?;
        report_written(context, &editor.write(std::slice::from_ref(&change), &lock)?);
        note(context, "it holds from the next amplify push on; with nothing else to push: amplify push --force");
    }
    let Some(arn) = arn else { return Ok(()) };
    note_limits(context, project, environment, arn);
    write_stdout(format!("{}\n", printable(arn)).as_bytes())
}

/// Prints what the Amplify CLI does not do by itself in other accounts and partitions.
fn note_limits(context: &Context, project: &Project, environment: &str, arn: &str) {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, _, _, of_boundary, resource] = parts[..] else { return };
    // The lines below have commands to paste.
    if !arn.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@/:-".contains(&byte)) {
        return;
    }
    let account = account(context, project, environment);
    if let Some(account) = account.filter(|account| of_boundary != "aws" && account != of_boundary) {
        let line = format!(
            "environment {environment} lies in account {account}, the boundary in {of_boundary}: IAM takes a boundary \
             of the role's own account alone, and the Amplify CLI makes none there; make it, and: \
             amplify-creds boundary set arn:{partition}:iam::{account}:{resource} --env {environment}"
        );
        note(context, &line);
    }
    let owner = if of_boundary == "aws" { "aws" } else { "ACCOUNT" };
    let line = format!(
        "amplify env add takes it over from the current environment; for one in another account it cannot: \
         amplify env add --permissions-boundary arn:{partition}:iam::{owner}:{resource} ('' for none)"
    );
    note(context, &line);
    if partition != "aws" {
        let line = "the Amplify CLI reads this one from the file; its own --permissions-boundary takes arn:aws: alone";
        note(context, line);
    }
}

fn account(context: &Context, project: &Project, environment: &str) -> Option<String> {
    let Source::Profile(profile) = project.environment(Some(environment)).ok()?.source else { return None };
    let set = context.profiles().ok()?;
    let plan = plan_of(&set, &profile, &context.inputs().ok()?).ok()?;
    ArnScope::of(&plan).account
}
