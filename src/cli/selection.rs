//! Selects the profile and the permissions boundary, also by the Amplify project around the current directory.

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
use crate::policy::amplify_names::AmplifyNames;

const EXPECTED: &str = "arn:aws:iam::222222222222:policy/NAME";

impl Context {
    /// `None` means `default`. `--env` is an argument, and so comes before the variables.
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

/// The selected environment and its project; `None` outside a project.
pub(crate) fn environment(context: &Context) -> Result<Option<(Project, Environment)>, Failure> {
    let name = context.global.env.as_deref();
    match find(context)? {
        Some(project) => {
            let environment = project.environment(name)?;
            Ok(Some((project, environment)))
        }
        None if name.is_none() || context.accepts_any_environment => Ok(None),
        None => {
            Err(Failure::new(CONFIG, "--env needs an Amplify project, but the current directory is not inside one"))
        }
    }
}

/// How the Amplify CLI extends names in the selected environment.
pub(crate) fn amplify_names(context: &Context) -> Result<AmplifyNames, Failure> {
    let asked = context.global.env.as_deref();
    let project = find(context)?;
    let environment = match project.as_ref().map(|project| project.environment_name(asked)) {
        // In a fresh clone, no environment is chosen yet.
        Some(Err(ProjectError::NoEnvironment { .. })) => None,
        Some(found) => Some(found?),
        None => asked.map(str::to_owned),
    };
    if let Some(name) = environment.as_ref().filter(|name| !name.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        let message = format!("invalid name of an Amplify environment: {name:?} (expected letters and digits)");
        return Err(Failure::new(CONFIG, message));
    }
    let api_ids = match &project {
        Some(project) if project.current()? == environment => project.graphql_api_ids()?,
        _ => Vec::new(),
    };
    Ok(AmplifyNames { environment, api_ids })
}

/// The profile of the selected environment, which is printed on stderr.
pub(crate) fn profile(context: &Context) -> Result<Option<Located<String>>, Failure> {
    let Some(project) = find(context)? else { return environment(context).map(|_| None) };
    let environment = match project.environment(context.global.env.as_deref()) {
        // In a fresh clone, no environment is chosen yet.
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
/// where `--env` asks for one.
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

/// The boundary as a session policy. An AWS managed policy is not accepted, since AdministratorAccess would lift every
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

/// Fails if a link in an Amplify project leads a file that is to be written out of the project.
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

/// The names of the project's categories, if a project is around and they are known.
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

/// The project around the current directory, which the command cannot do without.
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
