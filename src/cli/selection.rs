//! What the Amplify project around the current directory means for a verb: its profile, and its boundary.

use crate::amplify::environment::Source;
use crate::amplify::project::{Environment, Project, ProjectError};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure, UNSUPPORTED, USAGE};
use crate::core::origin::Located;
use crate::core::sanitize::printable;
use crate::os::env;
use crate::output::tell;

impl Context {
    /// The profile asked for and what asked for it; `None` when nothing did, which means `default`. `--env` is said by
    /// hand, and so comes before the variables.
    pub(super) fn selected(&self) -> Result<Option<Located<String>>, Failure> {
        let asks_project = self.named.is_none() || (self.global.env.is_some() && !self.selected_by_hand());
        let of_project = if asks_project && self.looks_at_project { profile(self)? } else { None };
        if of_project.is_some() {
            return Ok(of_project);
        }
        self.say(|| match &self.named {
            Some(named) => format!("profile {} ({})", named.value, named.from),
            None => "profile default (nothing names another)".to_owned(),
        });
        Ok(self.named.clone())
    }
}

/// The environment that is meant and its project; `None` outside a project.
pub(crate) fn environment(context: &Context) -> Result<Option<(Project, Environment)>, Failure> {
    match find(context) {
        Some(project) => {
            let environment = project.environment(context.global.env.as_deref())?;
            Ok(Some((project, environment)))
        }
        None if context.global.env.is_some() => {
            Err(Failure::new(CONFIG, "--env names an environment, and the current directory is in no Amplify project"))
        }
        None => Ok(None),
    }
}

/// The profile of the environment that is meant, said on stderr; `None` where no project names any.
pub(crate) fn profile(context: &Context) -> Result<Option<Located<String>>, Failure> {
    let Some(project) = find(context) else { return environment(context).map(|_| None) };
    let environment = match project.environment(context.global.env.as_deref()) {
        // A fresh clone: nobody has chosen an environment yet.
        Err(ProjectError::NoEnvironment { .. }) => return Ok(None),
        found => found?,
    };
    let Environment { name, source, from } = &environment;
    match source {
        Source::Profile(profile) => {
            if !context.global.quiet {
                let line = format!("profile {profile} of the Amplify project's environment {name} ({from})");
                tell(&format!("{}\n", printable(&line)));
            }
            Ok(Some(Located::new(profile.clone(), from.clone())))
        }
        Source::Anything => {
            context.say(|| format!("the Amplify project's environment {name} names no profile"));
            Ok(None)
        }
        Source::Keys(_) | Source::Studio => Err(unusable(&environment)),
    }
}

/// The boundary of the environment that is meant, if `profile` is that environment's.
pub(crate) fn boundary(context: &Context, profile: &str) -> Result<Option<Located<String>>, Failure> {
    Ok(bounded(context)?.filter(|(bounded, _)| bounded == profile).map(|(_, boundary)| boundary))
}

/// The profile of the environment that is meant, and the boundary of that environment, where there are both. Nobody who
/// only looks at profiles is kept from it by a project that cannot be read, unless `--env` asks for one.
pub(crate) fn bounded(context: &Context) -> Result<Option<(String, Located<String>)>, Failure> {
    let found = environment(context).and_then(|found| match found {
        Some((project, Environment { name, source: Source::Profile(profile), .. })) => {
            Ok(project.boundary(&name)?.map(|boundary| (profile, boundary)))
        }
        _ => Ok(None),
    });
    match found {
        Err(failure) if context.global.env.is_none() => {
            context.say(|| format!("the permissions boundary is not known: {}", failure.message));
            Ok(None)
        }
        found => found,
    }
}

/// What `project` or `env` stands for in a session name, if a project around the current directory says it.
pub(crate) fn word(context: &Context, word: &str) -> Option<String> {
    let project = find(context)?;
    match word {
        "project" => project.name().ok().flatten(),
        "env" => context.global.env.clone().or_else(|| project.current().ok().flatten()),
        _ => None,
    }
}

/// The project around the current directory.
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

/// What a boundary must be.
pub(crate) fn no_boundary(arn: &str) -> Failure {
    Failure::new(USAGE, format!("{arn} is no ARN of a managed policy"))
        .hint("such as arn:aws:iam::222222222222:policy/NAME")
}
