//! `boundary show --cloud` compares the Amplify CLI's two files with the roles at AWS (iam:GetRole).

use serde_json::json;

use crate::amplify::environment::Source;
use crate::amplify::project::Project;
use crate::cli::args::SessionArgs;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::{self, with_resolver};
use crate::cli::errors::failure::{ACCESS_DENIED, CONFIG, CREDENTIALS_REJECTED, Failure};
use crate::cli::errors::network::unanswered_by;
use crate::cli::iam::{iam_endpoint, rejects_keys};
use crate::cli::output::{note, write_json, write_stdout};
use crate::cli::plan_inputs::{complete, inputs};
use crate::cli::prompts::prompt_chain;
use crate::core::origin::Located;
use crate::core::sanitize::printable;
use crate::iam::Client;
use crate::output::table;
use crate::plan::CredentialPlan;
use crate::policy::ArnScope;
use crate::resolve::watched;
use crate::sts::StsError;

use super::hint::set_again;

struct CloudRole {
    name: String,
    found: FoundRole,
}

#[derive(PartialEq, Eq)]
enum FoundRole {
    Missing,
    /// The ARN of its boundary.
    With(Option<String>),
}

pub(super) fn show(context: &Context, project: &Project, environment: &str, as_json: bool) -> Result<(), Failure> {
    let team = project.boundary(environment)?;
    let is_current = project.is_current(environment)?;
    let meta = if is_current { project.meta_boundary()? } else { None };
    let names = project.auth_roles(environment)?;
    if names.is_empty() {
        let message = format!("environment {environment} has no roles in team-provider-info.json");
        return Err(Failure::new(CONFIG, message).hint("first run: amplify init, or amplify env checkout"));
    }
    let roles = roles(context, project, environment, &names)?;
    let wanted = team.as_ref().map(|team| team.value.as_str());
    // A missing boundary means nothing; see `Project::meta_boundary`.
    let is_copied_back = meta.as_ref().is_some_and(|meta| Some(meta.value.as_str()) != wanted);
    let expected = FoundRole::With(wanted.map(str::to_owned));
    let is_deployed = roles.iter().all(|role| role.found == expected);
    if as_json {
        let located = |found: Option<&Located<String>>| {
            let found = found?;
            let at = found.from.location()?;
            Some(json!({"arn": found.value, "file": at.file.path.display().to_string(), "line": at.line}))
        };
        let role = |CloudRole { name, found }: &CloudRole| match found {
            FoundRole::Missing => json!({"role": name, "exists": false, "arn": null}),
            FoundRole::With(arn) => json!({"role": name, "exists": true, "arn": arn}),
        };
        write_json(&json!({
            "environment": environment,
            "team_provider_info": located(team.as_ref()),
            "amplify_meta": located(meta.as_ref()),
            "roles": roles.iter().map(role).collect::<Vec<_>>(),
            "same": is_deployed && !is_copied_back,
        }))?;
    } else {
        let mut files = vec![("team-provider-info.json", team.as_ref())];
        // The file is about the current environment.
        files.extend(is_current.then_some(("amplify-meta.json", meta.as_ref())));
        write_stdout(text(&files, &roles).as_bytes())?;
    }
    if is_copied_back {
        note(context, "the two files differ: the Amplify CLI copies the boundary of amplify-meta.json back at a push");
        note(context, &format!("hint: {}", set_again(wanted)));
    } else if roles.iter().any(|role| role.found == FoundRole::Missing) {
        note(
            context,
            "a role does not exist: check the account of the profile, and that the environment was not deleted",
        );
    } else if !is_deployed {
        note(context, "the roles differ from the files: deploy them with amplify push --force");
    } else {
        note(context, "the files and the roles have the same boundary");
    }
    if is_copied_back || !is_deployed { Err(Failure::found()) } else { Ok(()) }
}

fn text(files: &[(&str, Option<&Located<String>>)], roles: &[CloudRole]) -> String {
    let none = || "none".to_owned();
    let file = |(name, found): &(&str, Option<&Located<String>>)| {
        let place = found.map_or_else(|| (*name).to_owned(), |found| found.from.to_string());
        [place, found.map_or_else(none, |found| found.value.clone())]
    };
    let role = |CloudRole { name, found }: &CloudRole| {
        let boundary = match found {
            FoundRole::Missing => "the role does not exist".to_owned(),
            FoundRole::With(arn) => arn.clone().unwrap_or_else(none),
        };
        [format!("role {name}"), boundary]
    };
    let rows: Vec<_> = files.iter().map(file).chain(roles.iter().map(role)).collect();
    table::render(["WHERE", "BOUNDARY"], &rows)
}

fn roles(context: &Context, project: &Project, environment: &str, all: &[String]) -> Result<Vec<CloudRole>, Failure> {
    let session = SessionArgs::default();
    let set = context.profiles()?;
    let inputs = inputs(context, &session)?;
    // Variables that name another profile are ignored, because the roles are in the environment's account.
    let plan = match project.environment(Some(environment))?.source {
        Source::Profile(profile) if !context.is_named_on_command_line() => {
            complete(context, credentials::plan_of(&set, &profile, &inputs)?)?
        }
        _ => credentials::plan(context, &set, &inputs)?,
    };
    let endpoint = iam_endpoint(context, &set, &plan, &inputs.sts)?;
    let mut prompt = prompt_chain(context, &session, Some(&plan.options))?;
    let pool = ConnectionPool::default();
    with_resolver(context, &pool, &set, &plan, &session, &mut prompt, |resolver, sts| {
        let credentials = resolver.credentials()?;
        let client = Client::new(sts.connections, &endpoint, &credentials);
        let client = client.map_err(|error| unanswered_by("IAM", error, "cannot call IAM"))?;
        let role = |name: String| match watched(resolver.reporter, "IAM (GetRole)", || client.role(&name)) {
            Ok(role) => Ok(CloudRole { name, found: FoundRole::With(role.boundary) }),
            Err(StsError::Refused { code, .. }) if code == "NoSuchEntity" => {
                Ok(CloudRole { name, found: FoundRole::Missing })
            }
            Err(error) => Err(unread(error, &name, all, &plan)),
        };
        all.iter().cloned().map(role).collect()
    })?
}

/// The statement in the hint is for all of `names`, so that the next call is not denied for another one.
fn unread(error: StsError, name: &str, names: &[String], plan: &CredentialPlan) -> Failure {
    let what = format!("cannot read the role {}", printable(name));
    match error {
        StsError::Refused { code, message } if rejects_keys(&code) => {
            Failure::by_aws(CREDENTIALS_REJECTED, format!("{what}: {code}"), message)
        }
        StsError::Refused { code, message } => {
            let place = ArnScope::of(plan);
            let roles: Vec<_> =
                names.iter().map(|name| place.fill(&format!("arn:{{p}}:iam::{{a}}:role/{name}"))).collect();
            let statement = json!({"Effect": "Allow", "Action": "iam:GetRole", "Resource": roles});
            let failure = Failure::by_aws(ACCESS_DENIED, format!("{what}: {code}"), message);
            failure.hint(format!("add this statement to the caller's identity policy: {statement}"))
        }
        error => unanswered_by("IAM", error, &what),
    }
}
