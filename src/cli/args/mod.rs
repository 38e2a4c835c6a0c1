//! Defines the command line. Help, man pages and completions are generated from it.

mod candidates;
pub(super) mod examples;
pub mod policy;
mod shared;
mod verbs;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;

use crate::output::shell::Shell;

pub use shared::{Fetch, PromptArg, SessionArgs};
pub use verbs::{
    Amplify, Check, CompletionShell, Doctor, EnvOptions, ExecOptions, Explain, Export, ExportFormat, List, Login,
    ResetCache, Sessions, Setup, TargetArg, WhoAmI,
};

use candidates::{environments, profiles};
use examples::{
    CHECK_EXAMPLES, COMPLETIONS_EXAMPLES, DOCTOR_EXAMPLES, ENV_EXAMPLES, EXAMPLES, EXEC_EXAMPLES, EXPLAIN_EXAMPLES,
    HELP_EXAMPLES, LIST_EXAMPLES, LOGIN_EXAMPLES, MAN_EXAMPLES, PROCESS_EXAMPLES, RESET_EXAMPLES, SESSIONS_EXAMPLES,
    SETUP_EXAMPLES, WHOAMI_EXAMPLES,
};
use policy::{BOUNDARY_EXAMPLES, BoundaryVerb, POLICY_EXAMPLES, PolicyVerb};

/// Credentials for AWS role profiles, once, for every tool: role chains, external ids, MFA
#[derive(Debug, Parser)]
#[command(
    name = "amplify-creds",
    version,
    after_help = EXAMPLES,
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
    /// Profile; the same as the argument
    #[arg(short, long, global = true, value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub profile: Option<String>,
    /// Region of the STS to call, before AWS_REGION and the profile's
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Environment of the Amplify project, other than its current one
    #[arg(long, global = true, value_name = "NAME", add = ArgValueCandidates::new(environments))]
    pub env: Option<String>,
    /// How the profile files are read
    #[arg(long, global = true, value_name = "DIALECT")]
    pub dialect: Option<DialectArg>,
    /// Config file instead of ~/.aws/config
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::Other)]
    pub config_file: Option<PathBuf>,
    /// Credentials file instead of ~/.aws/credentials
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::Other)]
    pub credentials_file: Option<PathBuf>,
    /// Never ask anything
    #[arg(long, global = true)]
    pub no_input: bool,
    /// When to colour what is worth a second look [default: auto]
    #[arg(long, global = true, value_name = "WHEN")]
    pub color: Option<ColorArg>,
    /// Say on stderr what is done and why
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// How the profile files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// As any of your tools would mean it
    Auto,
    /// Exactly as the Amplify CLI
    Amplify,
    /// Exactly as the AWS SDKs
    Aws,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Into files and pipes, too
    Always,
    /// Not even on a terminal
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print credentials as a credential_process document
    #[command(alias = "credential-process", after_help = PROCESS_EXAMPLES)]
    Process(Fetch),
    /// Print credentials as assignments for a shell to evaluate
    #[command(after_help = ENV_EXAMPLES)]
    Env(EnvOptions),
    /// As `aws configure export-credentials` spells process and env
    #[command(hide = true)]
    Export(Export),
    /// Run a command with credentials in its environment
    #[command(after_help = EXEC_EXAMPLES)]
    Exec(ExecOptions),
    /// Show how a profile's credentials come about, without getting them
    #[command(alias = "show", after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Forget cached sessions
    #[command(aliases = ["resetCache", "clear"], after_help = RESET_EXAMPLES)]
    ResetCache(ResetCache),
    /// As the Amplify CLI spells it
    #[command(hide = true, aliases = ["awscloudformation", "awscfn"])]
    Aws {
        /// What to do.
        #[command(subcommand)]
        command: Amplify,
    },
    /// Answer for MFA once, now, so that no tool has to ask later
    #[command(after_help = LOGIN_EXAMPLES)]
    Login(Login),
    /// Ask AWS whose the credentials are
    #[command(name = "whoami", after_help = WHOAMI_EXAMPLES)]
    WhoAmI(WhoAmI),
    /// Try each hop of a profile's chain at AWS
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<Check>),
    /// List every profile
    #[command(aliases = ["ls", "profiles"], after_help = LIST_EXAMPLES)]
    List(List),
    /// Show which tool can use which profile, and what is wrong with the files
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(Doctor),
    /// Show the cached sessions
    #[command(after_help = SESSIONS_EXAMPLES)]
    Sessions(Sessions),
    /// Make a profile that every tool can use, of one that there is or of your answers
    #[command(after_help = SETUP_EXAMPLES)]
    Setup(Box<Setup>),
    /// Print the IAM documents of the cross-account set-up
    #[command(after_help = POLICY_EXAMPLES)]
    Policy {
        /// Which document.
        #[command(subcommand)]
        document: Box<PolicyVerb>,
    },
    /// Show or change the permissions boundary of the Amplify environment
    #[command(after_help = BOUNDARY_EXAMPLES)]
    Boundary {
        /// What to do.
        #[command(subcommand)]
        command: BoundaryVerb,
    },
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: CompletionShell,
    },
    /// Print what the last of the words could be; the completion scripts run it
    #[command(hide = true)]
    Complete {
        /// After the words comes an empty one, which this shell cannot pass on
        #[arg(long)]
        new_word: bool,
        /// The words of the command line, the program's first
        #[arg(last = true)]
        words: Vec<OsString>,
    },
    /// Show the manual page of a command, or of the files
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// Command, or config [default: the program's own page]
        #[arg(value_name = "PAGE")]
        page: Option<String>,
    },
    /// Print help on a command or a topic
    #[command(after_help = HELP_EXAMPLES)]
    Help {
        /// Command, or exit-codes, environment, config, process, findings
        topic: Vec<String>,
    },
}

impl Export {
    /// The command as we spell it.
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
