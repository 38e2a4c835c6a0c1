mod cloud;
mod hint;

use serde_json::json;

use crate::amplify::boundary::{clear, is_policy, set};
use crate::amplify::environment::Source;
use crate::amplify::project::{MAX_BYTES, META_KEY, Project};
use crate::cli::args::policy::{BoundaryVerb, Write};
use crate::cli::color::Painter;
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

use hint::{is_pasteable, set_again};

pub(crate) fn run(context: &Context, command: &BoundaryVerb) -> Result<(), Failure> {
    let project = selection::required(context, "not inside an Amplify project")?;
    let environment = project.environment_name(context.global.env.as_deref())?;
    match command {
        BoundaryVerb::Show { json, cloud: true } => cloud::show(context, &project, &environment, *json),
        BoundaryVerb::Show { json, cloud: false } => show(context, &project, &environment, *json),
        BoundaryVerb::Set { arn, write } if arn.is_empty() => change(context, &project, &environment, None, write),
        BoundaryVerb::Set { arn, .. } if !is_policy(arn) => Err(no_boundary(arn)),
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
    if project.is_current(environment)?
        && let Some(meta) = project.meta_boundary()?
        && found.as_ref().is_none_or(|found| found.value != meta.value)
    {
        let arn = printable(&meta.value);
        note(context, &format!("{} has another boundary, {arn}: the Amplify CLI copies it back at a push", meta.from));
        note(context, &format!("hint: {}", set_again(found.as_ref().map(|found| found.value.as_str()))));
    }
    let Some(found) = found else {
        note(context, &format!("environment {environment} has no permissions boundary"));
        return Ok(());
    };
    context.info(|| format!("boundary of environment {environment} ({})", found.from));
    note_limits(context, project, environment, &found.value);
    write_stdout(format!("{}\n", printable(&found.value)).as_bytes())
}

/// Shows the diff with the question, because stdout has the ARN.
fn change(
    context: &Context,
    project: &Project,
    environment: &str,
    arn: Option<&str>,
    write: &Write,
) -> Result<(), Failure> {
    let editor = Editor::new(&context.paths.cache_dir);
    let early = write.yes.then(|| editor.lock()).transpose()?;
    let is_current = project.is_current(environment)?;
    let meta = if is_current { project.meta_file()? } else { None };
    let files = [(project.team_file()?, environment)].into_iter().chain(meta.map(|meta| (meta, META_KEY)));
    let mut changes = Vec::new();
    for (path, key) in files {
        let original = Original::read(&path, &context.paths.home, MAX_BYTES)?;
        let new = match arn {
            Some(arn) => set(original.text(), key, arn),
            None => clear(original.text(), key),
        };
        let new = new.map_err(|error| at_edited_line(&original, error.line, error.problem))?;
        changes.push(Change::new(original, &new));
    }
    changes.retain(|change| !change.is_nothing());
    let shown: String = changes.iter().map(diff).collect();
    if changes.is_empty() {
        note(context, &format!("nothing to change in environment {environment}"));
    } else if write.dry_run {
        return write_stdout(Painter::stdout(context).diff(&shown).as_bytes());
    } else {
        changes.iter().try_for_each(Change::check)?;
        if write.yes {
            note(context, shown.trim_end());
        } else if !confirm(context, "boundary", &shown, false)? {
            return Ok(());
        }
        let lock = early.map_or_else(|| editor.lock(), Ok)?;
        report_written(context, &editor.write(&changes, &lock)?);
        let next = if is_current {
            "it takes effect at the next amplify push; if nothing else changed: amplify push --force".to_owned()
        } else {
            format!("it takes effect after: amplify env checkout {environment}, then amplify push --force")
        };
        note(context, &next);
        if let Some(arn) = arn {
            note_limits(context, project, environment, arn);
            if is_current {
                note_new_environments(context, arn);
            }
        }
    }
    let Some(arn) = arn else { return Ok(()) };
    write_stdout(format!("{}\n", printable(arn)).as_bytes())
}

/// Prints the Amplify CLI's limitations for the environment's account or partition.
fn note_limits(context: &Context, project: &Project, environment: &str, arn: &str) {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, _, _, of_boundary, resource] = parts[..] else { return };
    if !is_pasteable(arn) {
        return;
    }
    let account = account(context, project, environment);
    if let Some(account) = account.filter(|account| of_boundary != "aws" && account != of_boundary) {
        let line = format!(
            "environment {environment} is in account {account}, but the boundary is in {of_boundary}. IAM accepts only a \
             boundary of the role's own account. Create the policy in {account}, then run: \
             amplify-creds boundary set arn:{partition}:iam::{account}:{resource} --env {environment}"
        );
        note(context, &line);
    }
    if partition != "aws" {
        let line =
            "the Amplify CLI reads this ARN from the file, but its own --permissions-boundary accepts only arn:aws:";
        note(context, line);
    }
}

/// Prints how to set the boundary in another environment.
fn note_new_environments(context: &Context, arn: &str) {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, _, _, of_boundary, resource] = parts[..] else { return };
    if !is_pasteable(arn) {
        return;
    }
    let owner = if of_boundary == "aws" { "aws" } else { "ACCOUNT" };
    let line = format!(
        "amplify env add copies the boundary to a new environment in the same account; for another account, run: \
         amplify env add --permissions-boundary arn:{partition}:iam::{owner}:{resource}"
    );
    note(context, &line);
}

fn account(context: &Context, project: &Project, environment: &str) -> Option<String> {
    let Source::Profile(profile) = project.environment(Some(environment)).ok()?.source else { return None };
    let set = context.profiles().ok()?;
    let plan = plan_of(&set, &profile, &context.inputs().ok()?).ok()?;
    ArnScope::of(&plan).account
}
