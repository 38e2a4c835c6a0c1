//! Selects the profile and the permissions boundary, also from the Amplify project around the current directory.

use std::path::{Component, Path};
use std::sync::atomic::Ordering;

use crate::amplify::boundary::{is_customer_policy, is_policy};
use crate::amplify::environment::Source;
use crate::amplify::project::{Environment, Project, ProjectError};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure, UNSUPPORTED, USAGE};
use crate::cli::output::note;
use crate::core::origin::Located;
use crate::os::env;
use crate::output::print_message;
use crate::policy::deployed_names::DeployedNames;

const EXPECTED: &str = "arn:aws:iam::222222222222:policy/NAME";

impl Context {
    /// `None` means `default`. `--env` is an argument, so it has priority over the variables.
    pub(super) fn selected(&self) -> Result<Option<Located<String>>, Failure> {
        let asks_project = self.named.is_none() || (self.global.env.is_some() && !self.is_named_on_command_line());
        if asks_project
            && self.looks_at_project
            && let Some(profile) = profile(self)?
        {
            return Ok(Some(profile));
        }
        self.info(|| match &self.named {
            Some(named) => format!("profile {} ({})", named.value, named.from),
            None => "profile default (no other profile given)".to_owned(),
        });
        Ok(self.named.clone())
    }
}

/// `None` outside a project.
pub(crate) fn environment(context: &Context) -> Result<Option<(Project, Environment)>, Failure> {
    let name = context.global.env.as_deref();
    match find(context)? {
        Some(project) => {
            let environment = project.environment(name)?;
            Ok(Some((project, environment)))
        }
        None if name.is_none() || !context.looks_at_project => Ok(None),
        None => {
            Err(Failure::new(CONFIG, "--env needs an Amplify project, but the current directory is not inside one"))
        }
    }
}

/// Outside a project, `--env` is only a part of names.
pub(crate) fn with_env_as_name(mut context: Context) -> Result<Context, Failure> {
    context.looks_at_project = context.global.env.is_none() || find(&context)?.is_some();
    Ok(context)
}

/// The names in the selected environment. As in [`bounded`], an unreadable project is an error only with `--env`.
/// Patterns cover unknown names.
pub(crate) fn deployed_names(context: &Context) -> Result<DeployedNames, Failure> {
    match read_names(context) {
        Err(failure) if context.global.env.is_none() => {
            context.warn(|| failure.message);
            Ok(DeployedNames::default())
        }
        found => found,
    }
}

fn read_names(context: &Context) -> Result<DeployedNames, Failure> {
    let asked = context.global.env.as_deref();
    let names = match find(context)? {
        Some(project) => {
            let env = project.environment_name(asked)?;
            DeployedNames { api_id: project.api_id(&env)?, stack: project.stack(&env)?, env: Some(env) }
        }
        None => DeployedNames { env: asked.map(str::to_owned), ..DeployedNames::default() },
    };
    match &names.env {
        Some(env) if env.is_empty() || !env.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Err(Failure::new(USAGE, format!("invalid environment name {env:?} (expected for example dev)")))
        }
        _ => Ok(names),
    }
}

/// The profile that commands use where none is named, without a line on stderr. A project that cannot be read has none.
pub(crate) fn active(context: &Context) -> String {
    if context.global.env.is_none()
        && let Some(named) = &context.named
    {
        return named.value.clone();
    }
    match environment(context).ok().flatten() {
        Some((_, Environment { source: Source::Profile(profile), .. })) => profile,
        _ => "default".to_owned(),
    }
}

/// Prints the profile of the selected environment on stderr.
pub(crate) fn profile(context: &Context) -> Result<Option<Located<String>>, Failure> {
    let Some(project) = find(context)? else { return environment(context).map(|_| None) };
    let environment = match project.environment(context.global.env.as_deref()) {
        // A fresh clone has no current environment yet.
        Err(ProjectError::NoEnvironment { .. }) => return Ok(None),
        found => found?,
    };
    let Environment { name, source, from } = &environment;
    match source {
        Source::Profile(profile) => {
            if !context.global.quiet && !context.is_project_noted.swap(true, Ordering::Relaxed) {
                print_message(&format!("using profile {profile} (Amplify environment {name}, {from})"));
            }
            Ok(Some(Located::new(profile.clone(), from.clone())))
        }
        Source::Anything => {
            context.info(|| format!("Amplify environment {name} names no profile"));
            Ok(None)
        }
        Source::Keys(_) | Source::Studio => Err(unusable(&environment)),
    }
}

/// The boundary of the selected environment, if that environment uses `profile`.
pub(crate) fn boundary(context: &Context, profile: Option<&str>) -> Result<Option<Located<String>>, Failure> {
    let Some(profile) = profile else { return Ok(None) };
    Ok(bounded(context)?.filter(|(bounded, _)| bounded == profile).map(|(_, boundary)| boundary))
}

/// The profile and the boundary of the selected environment, if it has both. An unreadable project is an error only
/// with `--env`.
pub(crate) fn bounded(context: &Context) -> Result<Option<(String, Located<String>)>, Failure> {
    match read_boundary(context) {
        Err(failure) if context.global.env.is_none() => {
            context.info(|| format!("cannot read the permissions boundary: {}", failure.message));
            Ok(None)
        }
        found => found,
    }
}

fn read_boundary(context: &Context) -> Result<Option<(String, Located<String>)>, Failure> {
    match environment(context)? {
        Some((project, Environment { name, source: Source::Profile(profile), .. })) => {
            Ok(project.boundary(&name)?.map(|boundary| (profile, boundary)))
        }
        _ => Ok(None),
    }
}

/// The boundary for a document or a call of IAM. The file may come with a cloned repository, so any other text is an
/// error.
pub(crate) fn iam_boundary(context: &Context, profile: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(found) = boundary(context, profile)? else { return Ok(None) };
    if is_policy(&found.value) {
        return Ok(Some(found.value));
    }
    let message = format!("{}: PermissionsBoundaryPolicyArn is not the ARN of a managed policy", found.from);
    Err(Failure::new(CONFIG, message).at(&found.from, None).hint(format!("expected {EXPECTED}")))
}

/// The boundary as a session policy. An AWS managed policy is an error, because AdministratorAccess would remove every
/// limit.
pub(crate) fn boundary_as_session_policy(context: &Context, profile: &str) -> Result<Option<Located<String>>, Failure> {
    let found = read_boundary(context)?.filter(|(bounded, _)| bounded == profile);
    let Some((_, found)) = found else { return Ok(None) };
    if is_customer_policy(&found.value) {
        return Ok(Some(found));
    }
    let message = format!("{}: PermissionsBoundaryPolicyArn is not the ARN of a customer managed policy", found.from);
    Err(Failure::new(CONFIG, message)
        .at(&found.from, None)
        .hint(format!("expected {EXPECTED}; for an AWS managed policy, give its ARN instead of boundary")))
}

/// Fails if a link in an Amplify project leads the output file out of the project.
pub(crate) fn check_output(context: &Context, path: &Path) -> Result<(), Failure> {
    let Some(mut full) = env::current_directory() else { return Ok(()) };
    for name in path.components() {
        if name == Component::ParentDir {
            full.pop();
        } else {
            full.push(name);
        }
    }
    let project = full.parent().and_then(|directory| Project::nearest(directory, &context.paths.home));
    Ok(project.map_or(Ok(()), |project| project.checked(full).map(drop))?)
}

/// The value of the placeholder `project` or `env` of a session name.
pub(crate) fn word(context: &Context, word: &str) -> Option<String> {
    let project = find(context).unwrap_or_else(|failure| {
        context.info(|| failure.message);
        None
    });
    match word {
        "project" => project?.name().ok().flatten(),
        "env" => context.global.env.clone().or_else(|| project?.current().ok().flatten()),
        _ => None,
    }
}

/// `None` outside a project, or if the categories are unknown.
pub(crate) fn project_categories(context: &Context) -> Option<Vec<String>> {
    let found = find(context).and_then(|project| Ok(project.map(|project| project.categories()).transpose()?));
    let found = found.unwrap_or_else(|failure| {
        note(context, &format!("cannot read the categories of the Amplify project: {}", failure.message));
        None
    });
    found.flatten()
}

fn find(context: &Context) -> Result<Option<Project>, Failure> {
    let Some(directory) = env::current_directory() else { return Ok(None) };
    Ok(Project::around(&directory, &context.paths.home)?)
}

/// Fails with `message` outside a project.
pub(crate) fn required(context: &Context, message: &str) -> Result<Project, Failure> {
    find(context)?.ok_or_else(|| {
        Failure::new(CONFIG, message).hint("run the command inside the directory of the Amplify project")
    })
}

fn unusable(environment: &Environment) -> Failure {
    let Environment { name, source, from } = environment;
    let why = match source {
        Source::Keys(path) => format!("access keys in {path}"),
        _ => "the sign-in of Amplify Studio".to_owned(),
    };
    Failure::new(UNSUPPORTED, format!("Amplify environment {name} uses {why}, not a profile"))
        .at(from, None)
        .hint("name a profile: --profile NAME, or AWS_PROFILE")
}

pub(crate) fn no_boundary(arn: &str) -> Failure {
    Failure::new(USAGE, format!("{arn} is not the ARN of a managed policy")).hint(format!("expected {EXPECTED}"))
}
