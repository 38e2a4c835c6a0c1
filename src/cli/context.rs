use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use clap::ValueEnum;

use crate::audit::asker::Asker;
use crate::cli::args::{DialectArg, Global};
#[cfg(not(unix))]
use crate::cli::errors::failure::UNSUPPORTED;
use crate::cli::errors::failure::{CONFIG, Failure, USAGE};
use crate::core::call_chain::CallChain;
use crate::core::origin::{Located, Origin};
use crate::os::env::{self, Env};
use crate::os::paths::{Overrides, Paths};
use crate::output::print_message;
use crate::plan::limits::{is_region, of_zone};
use crate::profile::ProfileSet;
use crate::profile::load::Files;
use crate::profile_file::Dialect;
use crate::settings::{SETTING_NAMES, Settings};

pub(super) struct Context {
    pub(super) env: Env,
    pub(super) paths: Paths,
    pub(super) settings: Settings,
    pub(super) global: Global,
    pub(super) verb: &'static str,
    files: Files,
    dialect: Dialect,
    /// From an argument, a flag or a variable.
    pub(super) named: Option<Located<String>>,
    pub(super) looks_at_project: bool,
    pub(super) is_project_noted: AtomicBool,
    /// The socket of the broker that answers instead of the files.
    #[cfg(unix)]
    pub(super) broker: Option<PathBuf>,
    /// For the audit log.
    pub(super) asker: Asker,
}

/// The commands that a broker answers. `doctor` checks the broker.
#[cfg(unix)]
const BROKER_VERBS: [&str; 6] = ["process", "env", "exec", "whoami", "list", "doctor"];

impl Context {
    /// `argument` is the profile as an argument, in addition to `--profile`.
    pub(super) fn new(verb: &'static str, global: Global, argument: Option<&str>) -> Result<Self, Failure> {
        let env = Env::process();
        if let Some(socket) = env.path(env::AMPLIFY_CREDS_SOCKET) {
            return Self::of_broker(verb, global, argument, env, socket);
        }
        let overrides = Overrides { config: global.config_file.clone(), credentials: global.credentials_file.clone() };
        let paths = Paths::find(&env, &overrides)?;
        let settings = Settings::load(paths.settings.as_deref(), &paths.home)?;
        let named = named(argument, global.profile.as_deref(), &env)?;
        let files = Files::load(&paths)?;
        let dialect = dialect(&global, &env, &settings)?;
        let region = global.region.map(|region| region.trim().to_ascii_lowercase());
        let global = Global { region, ..global };
        if let Some(region) = global.region.as_deref().and_then(of_zone) {
            return Err(Failure::new(USAGE, "--region names an availability zone (expected a region)")
                .hint(format!("did you mean --region {region}?")));
        }
        if global.region.as_ref().is_some_and(|region| !region.is_empty() && !is_region(region)) {
            return Err(Failure::new(USAGE, "invalid region in --region (expected for example eu-west-1)"));
        }
        let context = Self {
            env,
            paths,
            settings,
            global,
            verb,
            files,
            dialect,
            named,
            looks_at_project: true,
            is_project_noted: AtomicBool::default(),
            #[cfg(unix)]
            broker: None,
            asker: Asker::default(),
        };
        context.report_settings();
        Ok(context)
    }

    /// The context of a broker's client, which reads no file.
    #[cfg(unix)]
    fn of_broker(
        verb: &'static str,
        global: Global,
        argument: Option<&str>,
        env: Env,
        socket: PathBuf,
    ) -> Result<Self, Failure> {
        let variable = env::AMPLIFY_CREDS_SOCKET;
        if !BROKER_VERBS.contains(&verb) {
            let message = format!("{verb} works on local files, but {variable} selects a broker");
            return Err(Failure::new(USAGE, message).hint(format!(
                "run it on the broker's host; for the local files: env -u {variable} amplify-creds {verb}"
            )));
        }
        let of_files = [
            ("--config-file", global.config_file.is_some()),
            ("--credentials-file", global.credentials_file.is_some()),
            ("--dialect", global.dialect.is_some()),
            ("--env", global.env.is_some()),
        ];
        if let Some((option, _)) = of_files.into_iter().find(|(_, is_given)| *is_given) {
            let message = format!("{option} concerns local files, but {variable} selects a broker");
            return Err(Failure::new(USAGE, message).hint(format!("for the local files: unset {variable}")));
        }
        let named = named(argument, global.profile.as_deref(), &env)?;
        Ok(Self {
            env,
            paths: Paths::default(),
            settings: Settings::default(),
            global,
            verb,
            files: Files::from_text("", ""),
            dialect: Dialect::Auto,
            named,
            looks_at_project: false,
            is_project_noted: AtomicBool::default(),
            broker: Some(socket),
            asker: Asker::default(),
        })
    }

    #[cfg(not(unix))]
    fn of_broker(_: &'static str, _: Global, _: Option<&str>, _: Env, _: PathBuf) -> Result<Self, Failure> {
        let message = format!("{} needs UNIX sockets, which this system does not have", env::AMPLIFY_CREDS_SOCKET);
        Err(Failure::new(UNSUPPORTED, message).hint(format!("remove the variable {}", env::AMPLIFY_CREDS_SOCKET)))
    }

    /// Prints the settings in use with their origins under `-vv`.
    fn report_settings(&self) {
        if self.global.verbose < 2 {
            return;
        }
        let origin = |at: usize| self.paths.named_by[at].clone().unwrap_or(Origin::Default);
        let Paths { config, credentials, cache_dir, settings, .. } = &self.paths;
        print_message(&format!("config file: {} ({})", config.display(), origin(0)));
        print_message(&format!("credentials file: {} ({})", credentials.display(), origin(1)));
        print_message(&format!("cache directory: {}", cache_dir.display()));
        if let Some(settings) = settings {
            print_message(&format!("settings file: {}", settings.display()));
        }
        for name in SETTING_NAMES {
            let variable = format!("AMPLIFY_CREDS_{}", name.to_ascii_uppercase());
            let setting = match (self.env.text(&variable), self.settings.get(name)) {
                (Some(value), _) => format!("{name}: {value} (${variable})"),
                (None, Some(found)) => format!("{name}: {} ({})", found.value, found.from),
                (None, None) => format!("{name}: default"),
            };
            print_message(&setting);
        }
    }

    pub(super) fn with_profile(self, name: String) -> Self {
        Self { named: Some(Located::new(name, Origin::Flag("PROFILE"))), ..self }
    }

    pub(super) fn reload(self) -> Result<Self, Failure> {
        Ok(Self { files: Files::load(&self.paths)?, ..self })
    }

    /// Ignores the Amplify project around the current directory, because tools start `process` in any directory.
    pub(super) fn without_project(self) -> Result<Self, Failure> {
        if self.global.env.is_some() {
            let message = "--env cannot be used with process, which does not use the Amplify project";
            return Err(Failure::new(USAGE, message)
                .hint("name the profile of the environment; to find it: amplify-creds explain --env NAME"));
        }
        Ok(Self { looks_at_project: false, ..self })
    }

    pub(super) fn profiles(&self) -> Result<ProfileSet<'_>, Failure> {
        if self.global.verbose > 0 && self.dialect == Dialect::Auto {
            for (at, finding) in self.files.findings() {
                self.info(|| format!("{at}: {finding}"));
            }
        }
        self.profiles_unreported()
    }

    /// Like [`Context::profiles`], for a second use: `-v` prints no findings.
    pub(super) fn profiles_unreported(&self) -> Result<ProfileSet<'_>, Failure> {
        Ok(self.files.profiles(self.dialect)?)
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn command_line_profile(&self) -> Option<&str> {
        self.named.as_ref().filter(|_| self.is_named_on_command_line()).map(|named| named.value.as_str())
    }

    /// Whether the command only describes a plan. Then a source does not need to have credentials yet.
    pub(super) fn is_offline(&self) -> bool {
        self.verb == "explain" || self.verb.starts_with("policy ")
    }

    pub(super) fn no_input(&self) -> bool {
        self.global.no_input || self.env.switch(env::AMPLIFY_CREDS_NO_INPUT)
    }

    /// Whether the command line names the profile. A variable may have been set for another purpose.
    pub(super) fn is_named_on_command_line(&self) -> bool {
        self.named.as_ref().is_some_and(|named| matches!(named.from, Origin::Flag(_)))
    }

    /// Whether the profile was selected for this program, not for every tool in the shell.
    pub(super) fn is_profile_chosen(&self) -> bool {
        let is_ours = |named: &Located<String>| named.from == Origin::Variable(env::AMPLIFY_CREDS_PROFILE);
        self.is_named_on_command_line() || self.global.env.is_some() || self.named.as_ref().is_some_and(is_ours)
    }

    /// Rejects a `--profile` that differs from one of `names`.
    pub(super) fn check_names(self, names: &[String]) -> Result<Self, Failure> {
        for name in names {
            named(Some(name), self.global.profile.as_deref(), &self.env)?;
        }
        Ok(self)
    }

    /// The runs of this program that wait for this one through a `credential_process`.
    pub(super) fn chain(&self) -> CallChain {
        self.env.text(env::AMPLIFY_CREDS_CHAIN).map_or_else(CallChain::default, |text| CallChain::parse(&text))
    }

    /// The config file in the form that [`CallChain`] uses.
    pub(super) fn config(&self) -> String {
        self.paths.config.display().to_string()
    }

    pub(super) fn setting(&self, variable: &'static str, key: &str) -> Option<Located<String>> {
        self.variable(&[variable]).or_else(|| self.settings.get(key).cloned())
    }

    /// Printed only with `-v`.
    pub(super) fn info(&self, text: impl FnOnce() -> String) {
        if self.global.verbose > 0 {
            print_message(&text());
        }
    }

    /// `process` prints no warnings without `-v`, because a tool reads its stderr.
    pub(super) fn warn(&self, text: impl FnOnce() -> String) {
        if self.global.verbose > 0 || !(self.global.quiet || self.verb == "process") {
            print_message(&format!("amplify-creds: {}", text()));
        }
    }

    /// Also printed by `process`: the next run may have to prompt again.
    pub(super) fn warn_always(&self, text: impl FnOnce() -> String) {
        if self.global.verbose > 0 || !self.global.quiet {
            print_message(&format!("amplify-creds: {}", text()));
        }
    }

    pub(super) fn variable(&self, names: &[&'static str]) -> Option<Located<String>> {
        first_variable(&self.env, names)
    }
}

fn named(argument: Option<&str>, flag: Option<&str>, env: &Env) -> Result<Option<Located<String>>, Failure> {
    let (name, from) = match (argument, flag) {
        (Some(argument), Some(flag)) if argument != flag => {
            let message = format!("two different profiles given: {argument} and --profile {flag}");
            return Err(Failure::new(USAGE, message));
        }
        (Some(name), _) => (name, "PROFILE"),
        (None, Some(name)) => (name, "--profile"),
        (None, None) => return Ok(env_profile(env)),
    };
    Ok(Some(Located::new(name.to_owned(), Origin::Flag(from))))
}

pub(super) fn env_profile(env: &Env) -> Option<Located<String>> {
    first_variable(env, &[env::AMPLIFY_CREDS_PROFILE, env::AWS_PROFILE, env::AWS_DEFAULT_PROFILE])
}

fn first_variable(env: &Env, names: &[&'static str]) -> Option<Located<String>> {
    env.first(names).map(|(name, value)| Located::new(value, Origin::Variable(name)))
}

fn dialect(global: &Global, env: &Env, settings: &Settings) -> Result<Dialect, Failure> {
    let named = first_variable(env, &[env::AMPLIFY_CREDS_DIALECT]).or_else(|| settings.get("dialect").cloned());
    let argument = match (global.dialect, named) {
        (Some(argument), _) => argument,
        (None, None) => DialectArg::Auto,
        (None, Some(name)) => DialectArg::from_str(&name.value, false).map_err(|_| {
            let message = format!("invalid dialect in {}", name.from);
            Failure::new(CONFIG, message).at(&name.from, None).hint("expected auto, amplify or aws")
        })?,
    };
    Ok(match argument {
        DialectArg::Auto => Dialect::Auto,
        DialectArg::Aws => Dialect::Aws,
        DialectArg::Amplify => Dialect::Amplify,
    })
}
