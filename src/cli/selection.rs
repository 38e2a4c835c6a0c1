//! Selects the profile and the permissions boundary, also by the Amplify project around the current directory.

use crate::amplify::environment::Source;
use crate::amplify::project::{Environment, Project, ProjectError};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure, UNSUPPORTED, USAGE};
use crate::core::origin::Located;
use crate::os::env;
use crate::output::print_message;

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
            None => "profile default (nothing names another)".to_owned(),
        });
        Ok(self.named.clone())
    }
}

/// The selected environment and its project; `None` outside a project.
pub(crate) fn environment(context: &Context) -> Result<Option<(Project, Environment)>, Failure> {
    let name = context.global.env.as_deref();
    match find(context) {
        Some(project) => {
            let environment = project.environment(name)?;
            Ok(Some((project, environment)))
        }
        None if name.is_none() => Ok(None),
        None => {
            Err(Failure::new(CONFIG, "--env names an environment, and the current directory is in no Amplify project"))
        }
    }
}

/// The profile of the selected environment, which is printed on stderr.
pub(crate) fn profile(context: &Context) -> Result<Option<Located<String>>, Failure> {
    let Some(project) = find(context) else { return environment(context).map(|_| None) };
    let environment = match project.environment(context.global.env.as_deref()) {
        // In a fresh clone, no environment is chosen yet.
        Err(ProjectError::NoEnvironment { .. }) => return Ok(None),
        found => found?,
    };
    let Environment { name, source, from } = &environment;
    match source {
        Source::Profile(profile) => {
            if !context.global.quiet {
                print_message(&format!("profile {profile} of the Amplify project's environment {name} ({from})"));
            }
            Ok(Some(Located::new(profile.clone(), from.clone())))
        }
        Source::Anything => {
            context.info(|| format!("the Amplify project's environment {name} names no profile"));
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
    let found = environment(context).and_then(|found| match found {
        Some((project, Environment { name, source: Source::Profile(profile), .. })) => {
            Ok(project.boundary(&name)?.map(|boundary| (profile, boundary)))
        }
        _ => Ok(None),
    });
    match found {
        Err(failure) if context.global.env.is_none() => {
            context.info(|| format!("the permissions boundary is not known: {}", failure.message));
            Ok(None)
        }
        found => found,
    }
}

/// The value of the placeholder `project` or `env` of a session name.
pub(crate) fn word(context: &Context, word: &str) -> Option<String> {
    let project = find(context)?;
    match word {
        "project" => project.name().ok().flatten(),
        "env" => context.global.env.clone().or_else(|| project.current().ok().flatten()),
        _ => None,
    }
}

pub(crate) fn find(context: &Context) -> Option<Project> {
    Project::around(&env::current_directory()?, &context.paths.home)
}

/// The project around the current directory, which the command cannot do without.
pub(crate) fn required(context: &Context, message: &str) -> Result<Project, Failure> {
    find(context)
        .ok_or_else(|| Failure::new(CONFIG, message).hint("run it below the directory that amplify init was run in"))
}

fn unusable(environment: &Environment) -> Failure {
    let Environment { name, source, from } = environment;
    let why = match source {
        Source::Keys(path) => format!("access keys that the Amplify CLI keeps in {path}"),
        _ => "Amplify Studio's own sign-in".to_owned(),
    };
    Failure::new(UNSUPPORTED, format!("the Amplify project's environment {name} uses {why}, and no profile"))
        .at(from, None)
        .hint("give a profile: --profile NAME, or AWS_PROFILE")
}

pub(crate) fn no_boundary(arn: &str) -> Failure {
    Failure::new(USAGE, format!("{arn} is no ARN of a managed policy"))
        .hint("such as arn:aws:iam::222222222222:policy/NAME")
}
