//! Defines the command line. Help, man pages and completions are generated from it.

mod candidates;
pub(super) mod examples;
mod headings;
mod overview;
pub mod policy;
mod policy_examples;
mod shared;
mod verbs;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;

use crate::output::shell::Shell;

pub use shared::{Fetch, PromptArg, SessionArgs};
pub use verbs::{
    Amplify, Check, CompletionShell, Doctor, EnvOptions, ExecOptions, Explain, Export, ExportFormat, List, Login,
    ResetCache, Sessions, Setup, TargetArg, WhoAmI,
};

use candidates::{environments, profiles};
use examples::{
    CHECK_EXAMPLES, COMPLETIONS_EXAMPLES, DOCTOR_EXAMPLES, ENV_EXAMPLES, EXEC_EXAMPLES, EXPLAIN_EXAMPLES,
    HELP_EXAMPLES, LIST_EXAMPLES, LOGIN_EXAMPLES, MAN_EXAMPLES, PROCESS_EXAMPLES, RESET_EXAMPLES, SESSIONS_EXAMPLES,
    SETUP_EXAMPLES, WHOAMI_EXAMPLES,
};
use headings::{AFTER_OTHERS, FILES, GLOBAL, NO_FILES, NO_PROFILE, PROMPTING, REGION, own_region, region, unused};
use overview::OVERVIEW;
use policy::{BoundaryVerb, PolicyVerb};
use policy_examples::{BOUNDARY_EXAMPLES, POLICY_EXAMPLES};

/// Get AWS credentials for role profiles, with MFA and external IDs, in every tool
#[derive(Debug, Parser)]
#[command(
    name = "amplify-creds",
    version,
    override_help = OVERVIEW,
    disable_help_flag = true,
    disable_help_subcommand = true,
    term_width = 80,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Default, Args)]
pub struct Global {
    /// Config file [default: ~/.aws/config]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_hint = ValueHint::Other,
        help_heading = FILES,
        display_order = AFTER_OTHERS
    )]
    pub config_file: Option<PathBuf>,
    /// Credentials file [default: ~/.aws/credentials]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        value_hint = ValueHint::Other,
        help_heading = FILES,
        display_order = AFTER_OTHERS + 1
    )]
    pub credentials_file: Option<PathBuf>,
    /// Syntax of both files [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "DIALECT",
        hide_short_help = true,
        help_heading = FILES,
        display_order = AFTER_OTHERS + 2
    )]
    pub dialect: Option<DialectArg>,
    /// Never prompt
    #[arg(long, global = true, help_heading = PROMPTING, display_order = AFTER_OTHERS)]
    pub no_input: bool,
    /// Profile to use (same as PROFILE)
    #[arg(
        short,
        long,
        global = true,
        value_name = "PROFILE",
        help_heading = GLOBAL,
        display_order = AFTER_OTHERS,
        add = ArgValueCandidates::new(profiles)
    )]
    pub profile: Option<String>,
    /// Region to use
    #[arg(long, global = true, value_name = "REGION", help_heading = GLOBAL, display_order = REGION)]
    pub region: Option<String>,
    /// Amplify environment [default: the current one]
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = GLOBAL,
        display_order = AFTER_OTHERS + 2,
        add = ArgValueCandidates::new(environments)
    )]
    pub env: Option<String>,
    /// Use colours: auto, always or never [default: auto]
    ///
    /// auto uses colours on a terminal, unless NO_COLOR is set.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        hide_possible_values = true,
        help_heading = GLOBAL,
        display_order = AFTER_OTHERS + 3
    )]
    pub color: Option<ColorArg>,
    /// Print on stderr what is done and why
    #[arg(
        short,
        long,
        global = true,
        action = ArgAction::Count,
        help_heading = GLOBAL,
        display_order = AFTER_OTHERS + 4
    )]
    pub verbose: u8,
    /// Print only errors on stderr
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = GLOBAL,
        display_order = AFTER_OTHERS + 5
    )]
    pub quiet: bool,
    /// Print help (--help prints more than -h)
    #[arg(
        short,
        long,
        global = true,
        action = ArgAction::Help,
        help_heading = GLOBAL,
        display_order = AFTER_OTHERS + 6
    )]
    pub help: Option<bool>,
}

/// Which syntax the profile files have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// Accept what any of the supported tools accepts
    Auto,
    /// Read the files exactly as the Amplify CLI does
    Amplify,
    /// Read the files exactly as the AWS SDKs do
    Aws,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Also in files and pipes
    Always,
    /// Without colours
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print credentials as a credential_process document
    #[command(
        alias = "credential-process",
        after_long_help = PROCESS_EXAMPLES,
        arg(region("Region of the STS endpoint")),
        args(unused(["env"])),
        mut_arg("name", |name| name.long_help(PROCESS_PROFILE))
    )]
    Process(Fetch),
    /// Print credentials as shell assignments
    #[command(after_long_help = ENV_EXAMPLES, arg(region("Region of the STS endpoint, and value of AWS_REGION")))]
    Env(EnvOptions),
    /// Print credentials in a format of `aws configure export-credentials`
    #[command(hide = true)]
    Export(Export),
    /// Run a command with credentials in its environment
    #[command(after_long_help = EXEC_EXAMPLES, arg(region("Region of the STS endpoint, and value of AWS_REGION")))]
    Exec(ExecOptions),
    /// Enter MFA codes now and cache the sessions for later use
    #[command(after_long_help = LOGIN_EXAMPLES, arg(region("Region of the STS endpoint")))]
    Login(Login),
    /// Show the caller identity (sts:GetCallerIdentity)
    #[command(name = "whoami", after_long_help = WHOAMI_EXAMPLES, arg(region("Region of the STS endpoint")))]
    WhoAmI(WhoAmI),
    /// List all profiles
    #[command(aliases = ["ls", "profiles"], after_long_help = LIST_EXAMPLES, args(unused(NO_PROFILE)))]
    List(List),
    /// Explain how credentials are resolved, without fetching them
    #[command(alias = "show", after_long_help = EXPLAIN_EXAMPLES, arg(own_region("Region to explain the profile with")))]
    Explain(Explain),
    /// List the cached sessions
    #[command(after_long_help = SESSIONS_EXAMPLES, args(unused(NO_FILES)))]
    Sessions(Sessions),
    /// Check profile files, and which tools can use a profile
    #[command(after_long_help = DOCTOR_EXAMPLES, args(unused(["region", "dialect"])))]
    Doctor(Doctor),
    /// Test each role of a profile's chain against AWS
    #[command(
        after_long_help = CHECK_EXAMPLES,
        arg(region("Region of the STS endpoint")),
        mut_args(hide_long_list)
    )]
    Check(Box<Check>),
    /// Create a profile that works in every AWS tool
    #[command(after_long_help = SETUP_EXAMPLES, arg(own_region("Region of the new profile")))]
    Setup(Box<Setup>),
    /// Print IAM policies for cross-account access
    #[command(after_long_help = POLICY_EXAMPLES)]
    Policy {
        /// Which document.
        #[command(subcommand)]
        document: Box<PolicyVerb>,
    },
    /// Show or change the Amplify permissions boundary
    #[command(after_long_help = BOUNDARY_EXAMPLES)]
    Boundary {
        /// What to do.
        #[command(subcommand)]
        command: BoundaryVerb,
    },
    /// Delete cached sessions
    #[command(
        aliases = ["resetCache", "clear"],
        after_long_help = RESET_EXAMPLES,
        args(unused(["region"])),
    )]
    ResetCache(ResetCache),
    /// Run a command of the Amplify CLI
    #[command(hide = true, aliases = ["awscloudformation", "awscfn"])]
    Aws {
        /// What to do.
        #[command(subcommand)]
        command: Amplify,
    },
    /// Print a completion script for a shell
    #[command(after_long_help = COMPLETIONS_EXAMPLES, args(unused(NO_FILES)))]
    Completions {
        /// Shell that runs the script
        shell: CompletionShell,
    },
    /// Print completions of the last word; the completion scripts run this
    #[command(hide = true)]
    Complete {
        /// Add an empty last word, which this shell cannot pass
        #[arg(long)]
        new_word: bool,
        /// Words of the command line, starting with the program
        #[arg(last = true)]
        words: Vec<OsString>,
    },
    /// Show a manual page
    #[command(after_long_help = MAN_EXAMPLES, args(unused(NO_FILES)))]
    Man {
        /// Command, or config [default: the page of the program]
        #[arg(value_name = "PAGE")]
        page: Option<String>,
    },
    /// Show help on a command or a topic
    #[command(after_long_help = HELP_EXAMPLES, args(unused(NO_FILES)))]
    Help {
        /// Command, or exit-codes, environment, config, process, findings
        topic: Vec<String>,
    },
}

/// Tools start `process` in any directory, so it does not use the Amplify project.
const PROCESS_PROFILE: &str = "Profile to use

Default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, \"default\".";

/// Leaves out of `check -h` what does not fit a screen next to the options of `--for`.
fn hide_long_list(arg: Arg) -> Arg {
    let is_rare = ["external_id", "session_name", "policy_arn", "policy"].contains(&arg.get_id().as_str());
    if is_rare { arg.hide_short_help(true) } else { arg }
}

impl Export {
    /// The same command as `process` or `env`.
    pub fn spelt_out(self) -> Command {
        let shell = match self.format {
            ExportFormat::Process => return Command::Process(self.fetch),
            ExportFormat::Env => Shell::Posix,
            ExportFormat::EnvNoExport => Shell::Dotenv,
            ExportFormat::Powershell => Shell::PowerShell,
            ExportFormat::WindowsCmd => Shell::Cmd,
            ExportFormat::Fish => Shell::Fish,
        };
        Command::Env(EnvOptions { fetch: self.fetch, shell: Some(shell), unset: false })
    }
}
