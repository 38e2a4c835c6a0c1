use std::convert::Infallible;
use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use crate::output::shell::{SHELL_NAMES, Shell, ShellName};

use super::candidates::profiles;
use super::policy::{CategoryArg, GenerationArg};
use super::shared::{Fetch, SessionArgs, duration};

/// Options of `env`.
#[derive(Debug, Args)]
pub struct EnvOptions {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// The shell [default: the one that started this command, else $SHELL]
    #[arg(long, value_name = "SHELL", value_parser = shell())]
    pub shell: Option<Shell>,
    /// Take the variables away again
    #[arg(long)]
    pub unset: bool,
}

/// Options of `export`, for people who come from the AWS CLI.
#[derive(Debug, Args)]
pub struct Export {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// For whom
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
    /// Assignments alone
    EnvNoExport,
    /// PowerShell
    Powershell,
    /// The command prompt of Windows
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

/// Options of `exec`.
#[derive(Debug, Args)]
pub struct ExecOptions {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// Give it a local endpoint that renews the credentials while it runs
    #[arg(long)]
    pub serve: bool,
    /// The command and its arguments, after -- [default: a shell, $SHELL]
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// Options of `login`.
#[derive(Debug, Args)]
pub struct Login {
    /// Profiles [default: the one that the environment or the Amplify project names]
    #[arg(value_name = "PROFILE", conflicts_with = "all", add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Every profile that leads to a session
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// How to get them.
    #[command(flatten)]
    pub session: SessionArgs,
}

/// Options of `whoami`.
#[derive(Debug, Args)]
pub struct WhoAmI {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `check`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Check {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// Also ask IAM whether the credentials may do what this tool does
    #[arg(long = "for", value_name = "TOOL")]
    pub target: Option<TargetArg>,
    /// With --for amplify: generation of Amplify [default: the project's, else 1]
    #[arg(long = "gen", value_name = "NUMBER", requires = "target")]
    pub generation: Option<GenerationArg>,
    /// With --for amplify: what cdk bootstrap needs
    #[arg(long, requires = "target", conflicts_with_all = ["category", "documented", "managed"])]
    pub bootstrap: bool,
    /// With --for amplify: categories, with commas between them [default: the
    /// project's, else all]
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "target")]
    pub category: Vec<CategoryArg>,
    /// With --for amplify: only the actions of the Amplify documentation
    #[arg(long, requires = "target", conflicts_with_all = ["category", "managed"])]
    pub documented: bool,
    /// With --for amplify: the actions of AWS's managed policy instead of the
    /// minimal ones
    #[arg(long, requires = "target")]
    pub managed: bool,
    /// With --for amplify: name of the project, which stacks are called by
    /// [default: that around the current directory]
    #[arg(long, value_name = "NAME", requires = "target")]
    pub app: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The tools whose permissions are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetArg {
    /// The Amplify CLI
    Amplify,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Profile [default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE,
    /// AWS_DEFAULT_PROFILE, the Amplify project's, "default"]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Explain with this session duration
    #[arg(short, long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<u64>,
    /// Explain with sessions that are to be renewed when they last no longer than this
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub min_ttl: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `reset-cache`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ResetCache {
    /// Forget the sessions of this profile's chain [default: the Amplify project's]
    #[arg(
        value_name = "PROFILE",
        conflicts_with_all = ["project", "all", "expired"],
        add = ArgValueCandidates::new(profiles)
    )]
    pub name: Option<String>,
    /// Forget the sessions of the Amplify project's chain
    #[arg(long, conflicts_with_all = ["all", "expired"])]
    pub project: bool,
    /// Forget every session
    #[arg(long)]
    pub all: bool,
    /// Forget the expired sessions
    #[arg(long)]
    pub expired: bool,
    /// Print what would be removed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The Amplify CLI's way to `reset-cache`.
#[derive(Debug, Subcommand)]
pub enum Amplify {
    /// Forget cached sessions
    #[command(alias = "resetCache")]
    ResetCache(ResetCache),
}

/// Options of `list`.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// With --json: every property with file, line, and the value of known keys
    #[arg(long, requires = "json")]
    pub properties: bool,
    /// With --properties: also show the values of unknown keys, never secrets
    #[arg(long, requires = "properties")]
    pub show_values: bool,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Doctor {
    /// Profiles [default: all]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Print JSON: findings, who sees which profile, what each header is to whom
    #[arg(long)]
    pub json: bool,
    /// First mend what can be mended without guessing: a byte-order mark, what
    /// stands behind a header, dotted names for the Amplify CLI, rights of others
    #[arg(long, conflicts_with = "json")]
    pub fix: bool,
    /// With --fix: only show what would change
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// With --fix: write without asking
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    pub yes: bool,
}

/// Options of `sessions`.
#[derive(Debug, Args)]
pub struct Sessions {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `setup`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Setup {
    /// Profile to make usable everywhere [default: ask for a new one]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Name of the profile to add [default: PROFILE-amplify]; without PROFILE,
    /// of the new role's profile
    #[arg(long = "name", value_name = "NAME")]
    pub new_name: Option<String>,
    /// Let the tools' profile keep the name; the role's keys move to NAME-role,
    /// and what points at them follows
    #[arg(long)]
    pub in_place: bool,
    /// Also point the Amplify project's environment at it
    #[arg(long)]
    pub project: bool,
    /// Print the diff, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
    /// The new role's ARN
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// Profile whose keys assume the new role
    #[arg(long, value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub source_profile: Option<String>,
    /// External id that the new role asks for
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// MFA device that the new role asks for
    #[arg(long, value_name = "SERIAL")]
    pub mfa_serial: Option<String>,
    /// Access key id of a new source profile
    #[arg(long, value_name = "ID")]
    pub access_key_id: Option<String>,
    /// Secret access key of a new source profile: "-" reads it from stdin; an
    /// argument could be seen by other processes
    #[arg(long, value_name = "-", value_parser = is_stdin, requires = "access_key_id")]
    pub secret_access_key: Option<bool>,
}

fn shell() -> impl TypedValueParser<Value = Shell> {
    let value = |name: &ShellName| PossibleValue::new(name.name).help(name.about).aliases(name.alias);
    let find = |given: String| SHELL_NAMES.iter().find(|name| name.matches(&given));
    PossibleValuesParser::new(SHELL_NAMES.iter().map(value))
        .map(move |given| find(given).map_or(Shell::Posix, |name| name.shell))
}

/// Accepts any text, since clap's error for another value would repeat a secret.
#[expect(clippy::unnecessary_wraps, reason = "clap asks for a Result")]
fn is_stdin(text: &str) -> Result<bool, Infallible> {
    Ok(text == "-")
}
