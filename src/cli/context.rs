//! What every verb begins with: paths, settings, files, and which profile is meant and why.

use crate::cli::args::{DialectArg, Global};
use crate::cli::errors::failure::{CONFIG, Failure, USAGE};
use crate::core::call_chain::CallChain;
use crate::core::origin::{Located, Origin};
use crate::core::sanitize::printable;
use crate::os::env;
use crate::os::env::Env;
use crate::os::paths::{Overrides, Paths};
use crate::output::tell;
use crate::profile::ProfileSet;
use crate::profile::load::Files;
use crate::profile_file::{Dialect, Property};
use crate::settings::Settings;
use crate::source::Endpoints;

/// The world of one run.
pub(super) struct Context {
    pub(super) env: Env,
    pub(super) paths: Paths,
    pub(super) settings: Settings,
    pub(super) global: Global,
    /// The verb, for those who wait for this run.
    pub(super) verb: &'static str,
    files: Files,
    dialect: Dialect,
    /// What an argument, a flag or a variable names.
    pub(super) named: Option<Located<String>>,
    pub(super) looks_at_project: bool,
}

impl Context {
    /// Reads settings and profile files. `argument` is the profile as an argument, beside `--profile`.
    pub(super) fn new(verb: &'static str, global: Global, argument: Option<&str>, env: Env) -> Result<Self, Failure> {
        let overrides = Overrides { config: global.config_file.clone(), credentials: global.credentials_file.clone() };
        let paths = Paths::find(&env, &overrides)?;
        let settings = Settings::load(paths.settings.as_deref(), &paths.home)?;
        let named = named(argument, global.profile.as_deref(), &env)?;
        let files = Files::load(&paths)?;
        let dialect = dialect(&global, &env, &settings)?;
        Ok(Self { env, paths, settings, global, verb, files, dialect, named, looks_at_project: true })
    }

    /// The same with the profile files as they are now.
    pub(super) fn read_again(self) -> Result<Self, Failure> {
        Ok(Self { files: Files::load(&self.paths)?, ..self })
    }

    /// The same without regard to the Amplify project around the current directory: `process` is started by tools from
    /// wherever they happen to be.
    pub(super) fn without_project(self) -> Result<Self, Failure> {
        if self.global.env.is_some() {
            return Err(Failure::new(
                USAGE,
                "process does not look at the Amplify project, so that --env means nothing",
            )
            .hint("name the environment's profile; explain --env NAME says which it is"));
        }
        Ok(Self { looks_at_project: false, ..self })
    }

    pub(super) fn profiles(&self) -> Result<ProfileSet<'_>, Failure> {
        if self.global.verbose > 0 && self.dialect == Dialect::Auto {
            for (at, finding) in self.files.findings() {
                self.say(|| format!("{at}: {finding}"));
            }
        }
        Ok(self.files.profiles(self.dialect)?)
    }

    /// The profile files.
    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    /// How many sections of both files have properties that `fits` takes.
    pub(super) fn sections_where(&self, fits: &dyn Fn(&[Property<'_>]) -> bool) -> usize {
        self.files.sections_where(fits)
    }

    /// The profile that the command line names.
    pub(super) fn named_by_hand(&self) -> Option<&str> {
        self.named.as_ref().filter(|_| self.selected_by_hand()).map(|named| named.value.as_str())
    }

    /// Whether nobody may be asked anything.
    pub(super) fn may_not_ask(&self) -> bool {
        self.global.no_input || self.env.switch(env::AMPLIFY_CREDS_NO_INPUT)
    }

    /// Whether the command line names the profile, not a variable that was set for something else.
    pub(super) fn selected_by_hand(&self) -> bool {
        self.named.as_ref().is_some_and(|named| matches!(named.from, Origin::Flag(_)))
    }

    /// The profile that `--profile` names, for a verb that takes several arguments.
    pub(super) fn named_by_flag(&self) -> Option<String> {
        self.global.profile.clone()
    }

    /// Refuses a `--profile` beside arguments that are others.
    pub(super) fn only_these(self, names: &[String]) -> Result<Self, Failure> {
        for name in names {
            named(Some(name), self.global.profile.as_deref(), &self.env)?;
        }
        Ok(self)
    }

    /// What variables say of the services besides STS that give credentials.
    pub(super) fn source_endpoints(&self) -> Endpoints {
        if self.env.switch(env::AWS_IGNORE_CONFIGURED_ENDPOINT_URLS) {
            return Endpoints::default();
        }
        let url = |name| self.variable(&[name, env::AWS_ENDPOINT_URL]).map(|url| url.value);
        Endpoints {
            sso: url(env::AWS_ENDPOINT_URL_SSO),
            sso_oidc: url(env::AWS_ENDPOINT_URL_SSO_OIDC),
            signin: url(env::AWS_ENDPOINT_URL_SIGNIN),
        }
    }

    /// Who waits for this run: set by a run of this program that started us through a `credential_process`.
    pub(super) fn chain(&self) -> CallChain {
        self.env.text(env::AMPLIFY_CREDS_CHAIN).map_or_else(CallChain::default, |text| CallChain::parse(&text))
    }

    /// The config file, as a chain names it.
    pub(super) fn config(&self) -> String {
        self.paths.config.display().to_string()
    }

    /// A variable or, after it, the setting of the same meaning.
    pub(super) fn setting(&self, variable: &'static str, key: &str) -> Option<Located<String>> {
        self.variable(&[variable]).or_else(|| self.settings.get(key).cloned())
    }

    /// Says something under `-v`.
    pub(super) fn say(&self, text: impl FnOnce() -> String) {
        if self.global.verbose > 0 {
            tell(&format!("{}\n", printable(&text())));
        }
    }

    /// Says something that the user should mend. `process` is silent when it succeeds, unless under `-v`: its stderr is
    /// some tool's.
    pub(super) fn warn(&self, text: impl FnOnce() -> String) {
        if self.global.verbose > 0 || !(self.global.quiet || self.verb == "process") {
            tell(&format!("amplify-creds: {}\n", printable(&text())));
        }
    }

    /// The first of `names` that is set.
    pub(super) fn variable(&self, names: &[&'static str]) -> Option<Located<String>> {
        self.env.first(names).map(|(name, value)| Located::new(value, Origin::Variable(name)))
    }
}

fn named(argument: Option<&str>, flag: Option<&str>, env: &Env) -> Result<Option<Located<String>>, Failure> {
    match (argument, flag) {
        (Some(argument), Some(flag)) if argument != flag => {
            Err(Failure::new(USAGE, format!("two profiles are asked for: {argument} and --profile {flag}")))
        }
        (Some(name), _) => Ok(Some(Located::new(name.to_owned(), Origin::Flag("PROFILE")))),
        (None, Some(name)) => Ok(Some(Located::new(name.to_owned(), Origin::Flag("--profile")))),
        (None, None) => Ok(name_in(env)),
    }
}

pub(super) fn name_in(env: &Env) -> Option<Located<String>> {
    let names = [env::AMPLIFY_CREDS_PROFILE, env::AWS_PROFILE, env::AWS_DEFAULT_PROFILE];
    env.first(&names).map(|(name, value)| Located::new(value, Origin::Variable(name)))
}

fn dialect(global: &Global, env: &Env, settings: &Settings) -> Result<Dialect, Failure> {
    let named = env
        .text(env::AMPLIFY_CREDS_DIALECT)
        .map(|name| Located::new(name, Origin::Variable(env::AMPLIFY_CREDS_DIALECT)));
    let named = named.or_else(|| settings.get("dialect").cloned());
    match (global.dialect, named) {
        (Some(DialectArg::Auto), _) | (None, None) => Ok(Dialect::Auto),
        (Some(DialectArg::Aws), _) => Ok(Dialect::Aws),
        (Some(DialectArg::Amplify), _) => Ok(Dialect::Amplify),
        (None, Some(name)) => match name.value.as_str() {
            "auto" => Ok(Dialect::Auto),
            "aws" => Ok(Dialect::Aws),
            "amplify" => Ok(Dialect::Amplify),
            _ => {
                let message = format!("the dialect from {} does not exist", name.from);
                Err(Failure::new(CONFIG, message).at(&name.from, None).hint("it is auto, amplify or aws"))
            }
        },
    }
}
