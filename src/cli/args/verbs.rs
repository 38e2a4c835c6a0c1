use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use crate::output::shell::{SHELL_NAMES, Shell, ShellName};

use super::candidates::profiles;
use super::headings::SESSION;
use super::policy::{CategoryArg, GenerationArg};
use super::shared::{Fetch, FlowArg, SESSION_OPTIONS, SessionArgs, duration};

#[derive(Debug, Args)]
pub struct EnvOptions {
    #[command(flatten)]
    pub fetch: Fetch,
    /// Format: bash, zsh, sh, fish, powershell, cmd, nu, elvish, dotenv or github
    ///
    /// dotenv is a .env file. github sets the variables for later steps of a
    /// GitHub Actions job and masks the secrets in its log. Default: the shell
    /// that started this command, then $SHELL.
    #[arg(long, value_name = "SHELL", hide_possible_values = true, value_parser = shell())]
    pub shell: Option<Shell>,
    /// Unset the variables instead
    #[arg(long, conflicts_with_all = SESSION_OPTIONS)]
    pub unset: bool,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub fetch: Fetch,
    /// Output format
    #[arg(long, default_value = "process")]
    pub format: ExportFormat,
}

/// The formats of `aws configure export-credentials` (AWS CLI 2.9.19 and later).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A credential_process document
    Process,
    /// Exports for a POSIX shell
    Env,
    /// Assignments without export
    EnvNoExport,
    /// PowerShell
    Powershell,
    /// Windows command prompt
    WindowsCmd,
    /// fish
    Fish,
}

/// The shells with a completion script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompletionShell {
    /// GNU bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    #[value(alias = "pwsh")]
    Powershell,
    /// Elvish
    Elvish,
    /// Nushell
    #[value(alias = "nushell")]
    Nu,
}

#[derive(Debug, Args)]
pub struct ExecOptions {
    #[command(flatten)]
    pub fetch: Fetch,
    /// Renew the credentials through a local endpoint
    #[arg(long)]
    pub serve: bool,
    /// Command and arguments, after -- [default: $SHELL]
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Login {
    /// Profiles to use
    ///
    /// Default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, the
    /// profile of the Amplify project, "default".
    #[arg(value_name = "PROFILE", conflicts_with = "all", add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Log in to every profile that needs a session
    #[arg(long, conflicts_with_all = ["profile", "env"])]
    pub all: bool,
    /// Sign in by a code for any browser
    ///
    /// Default: the browser of this machine, or a code over SSH and without a
    /// display.
    #[arg(long, conflicts_with = "paste")]
    pub device_code: bool,
    /// Sign in by pasting the response of a browser elsewhere
    #[arg(long, hide_short_help = true)]
    pub paste: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub session: SessionArgs,
}

#[derive(Debug, Args)]
pub struct Logout {
    /// Profiles to sign out
    ///
    /// Default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, the
    /// profile of the Amplify project, "default".
    #[arg(value_name = "PROFILE", conflicts_with_all = ["session", "all"], add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Sign out of an sso-session
    #[arg(long, value_name = "NAME", conflicts_with_all = ["all", "profile", "env"])]
    pub session: Option<String>,
    /// Sign out of every session
    #[arg(long, conflicts_with_all = ["profile", "env"])]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct WhoAmI {
    #[command(flatten)]
    pub fetch: Fetch,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Check {
    #[command(flatten)]
    pub fetch: Fetch,
    /// Also simulate what a tool needs: amplify
    #[arg(long = "for", value_name = "TOOL", hide_possible_values = true)]
    pub target: Option<TargetArg>,
    /// With --for: Amplify generation, 1 or 2
    ///
    /// 1 is the Amplify CLI; 2 is ampx and cdk. Default: the generation of the
    /// project, or 1.
    #[arg(long = "gen", value_name = "NUMBER", hide_possible_values = true, requires = "target")]
    pub generation: Option<GenerationArg>,
    /// With --for: what cdk bootstrap needs
    #[arg(long, hide_short_help = true, requires = "target", conflicts_with_all = ["category", "documented", "managed"])]
    pub bootstrap: bool,
    /// With --for: categories, separated by commas
    ///
    /// all, deployment, auth, api, storage, function, hosting, analytics,
    /// notifications, interactions, predictions or geo. Default: the categories
    /// of the project, or all.
    #[arg(long, value_name = "NAME", value_delimiter = ',', hide_possible_values = true, requires = "target")]
    pub category: Vec<CategoryArg>,
    /// With --for: only actions in the Amplify documentation
    #[arg(long, requires = "target", conflicts_with_all = ["category", "managed"])]
    pub documented: bool,
    /// With --for: actions of the AWS managed policy
    #[arg(long, requires = "target")]
    pub managed: bool,
    /// With --for: project name [default: the current one]
    #[arg(long, value_name = "NAME", requires = "target")]
    pub app: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetArg {
    /// The Amplify CLI
    Amplify,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// Profile to use
    ///
    /// Default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, the
    /// profile of the Amplify project, "default".
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Session duration to explain the profile with
    #[arg(short, long, value_name = "TIME", value_parser = duration, help_heading = SESSION)]
    pub duration: Option<u64>,
    /// Renew a session with less time left [default: 15m]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = SESSION)]
    pub min_ttl: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ResetCache {
    /// Profile to delete the sessions of [default: the Amplify project's]
    #[arg(
        value_name = "PROFILE",
        conflicts_with_all = ["project", "all", "expired"],
        add = ArgValueCandidates::new(profiles)
    )]
    pub name: Option<String>,
    /// Delete the sessions of the Amplify project's profile
    #[arg(long, conflicts_with_all = ["all", "expired"])]
    pub project: bool,
    /// Delete all sessions
    #[arg(long, conflicts_with_all = ["profile", "env", "expired"])]
    pub all: bool,
    /// Delete expired sessions
    #[arg(long, conflicts_with_all = ["profile", "env"])]
    pub expired: bool,
    /// Print what would be deleted, without deleting it
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The commands of `aws`.
#[derive(Debug, Subcommand)]
pub enum Amplify {
    /// Delete cached sessions
    #[command(alias = "resetCache")]
    ResetCache(ResetCache),
}

#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// With --json: add every property with its file and line
    ///
    /// Values of unknown keys and of secrets are "****".
    #[arg(long, requires = "json")]
    pub properties: bool,
    /// With --properties: show values of unknown keys
    #[arg(long, requires = "properties")]
    pub show_values: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Doctor {
    /// Profiles to check [default: all]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Fix what has only one possible fix
    ///
    /// Fixes a byte-order mark, text after a header, keys in capitals, dots in
    /// names for the Amplify CLI, files that other users can read or write, and
    /// in wrappers the path of a program that is missing, older or short-lived.
    #[arg(long, conflicts_with = "json")]
    pub fix: bool,
    /// With --fix: show the changes, without writing them
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// With --fix: write without a prompt
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct Sessions {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Audit {
    /// Only the credentials of this profile
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Only what was recorded within this time, for example 1h or 7d
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub since: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn shell() -> impl TypedValueParser<Value = Shell> {
    let value = |name: &ShellName| PossibleValue::new(name.name).help(name.about).aliases(name.alias);
    let find = |given: String| SHELL_NAMES.iter().find(|name| name.matches(&given));
    PossibleValuesParser::new(SHELL_NAMES.iter().map(value))
        .map(move |given| find(given).map_or(Shell::Posix, |name| name.shell))
}

impl Login {
    pub fn flow(&self) -> Option<FlowArg> {
        match self {
            Self { device_code: true, .. } => Some(FlowArg::Device),
            Self { paste: true, .. } => Some(FlowArg::Paste),
            _ => None,
        }
    }
}
