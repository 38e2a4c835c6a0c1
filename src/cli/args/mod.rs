//! Defines the command line. Help, man pages and completions are generated from it.

mod broker;
mod candidates;
mod console;
pub(super) mod examples;
mod global;
mod headings;
pub mod keys;
mod keys_examples;
mod overview;
pub mod policy;
mod policy_examples;
mod setup;
mod setup_sso;
mod shared;
mod shell;
mod verbs;
mod version;

use std::ffi::OsString;

use clap::{Arg, Parser, Subcommand};

use crate::output::shell::Shell;

pub use broker::BrokerOptions;
pub use console::ConsoleOptions;
pub use global::{ColorArg, DialectArg, Global};
pub use setup::Setup;
pub use setup_sso::SessionSetup;
pub use shared::{Fetch, FlowArg, PromptArg, SessionArgs};
pub use shell::{Acreds, InitShell};
pub use verbs::{
    Amplify, Audit, Check, CompletionShell, Doctor, EnvOptions, ExecOptions, Explain, Export, ExportFormat, List,
    Login, Logout, ResetCache, Sessions, TargetArg, WhoAmI,
};

use examples::{
    ACREDS_EXAMPLES, AUDIT_EXAMPLES, BROKER_EXAMPLES, CHECK_EXAMPLES, COMPLETIONS_EXAMPLES, CONSOLE_EXAMPLES,
    DOCTOR_EXAMPLES, ENV_EXAMPLES, EXEC_EXAMPLES, EXPLAIN_EXAMPLES, HELP_EXAMPLES, INIT_EXAMPLES, LIST_EXAMPLES,
    LOGIN_EXAMPLES, LOGOUT_EXAMPLES, MAN_EXAMPLES, PROCESS_EXAMPLES, RESET_EXAMPLES, SESSIONS_EXAMPLES, SETUP_EXAMPLES,
    WHOAMI_EXAMPLES,
};
use global::{ALL_PROFILES, NO_FILES, own_region, profile_filter, region, unused};
use keys::KeysVerb;
use keys_examples::KEYS_EXAMPLES;
use overview::OVERVIEW;
use policy::{BoundaryVerb, PolicyVerb};
use policy_examples::{BOUNDARY_EXAMPLES, POLICY_EXAMPLES};
use version::version;

/// Get AWS credentials for role profiles, with MFA and external IDs, in every tool
#[derive(Debug, Parser)]
#[command(
    name = "amplify-creds",
    bin_name = "amplify-creds",
    version = version(),
    override_help = OVERVIEW,
    disable_help_flag = true,
    disable_help_subcommand = true,
    term_width = 80,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

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
    /// Open the AWS console in the browser
    #[command(
        after_long_help = CONSOLE_EXAMPLES,
        arg(region("Region of the console and of the STS endpoint")),
        mut_arg("name", |name| name.long_help(CONSOLE_PROFILE)),
        mut_arg("duration", |duration| duration.long_help(CONSOLE_DURATION)),
        mut_arg("min_ttl", |min_ttl| min_ttl.help("Renew a session with less time left [default: 45m]")),
        mut_args(hide_long_list)
    )]
    Console(Box<ConsoleOptions>),
    /// Serve profiles on a socket to containers and SSH hosts
    #[command(
        after_long_help = BROKER_EXAMPLES,
        arg(region("Region of the STS endpoint, and of the clients")),
        args(unused(["profile", "env"])),
        // The options of one call.
        mut_args(|arg| {
            let is_of_one_call = ["refresh", "no_cache", "mfa_token"].contains(&arg.get_id().as_str());
            if is_of_one_call { arg.hide(true) } else { arg }
        }),
        mut_args(hide_long_list)
    )]
    Broker(Box<BrokerOptions>),
    /// Sign in and enter MFA codes now, for later use
    #[command(
        after_long_help = LOGIN_EXAMPLES,
        arg(region("Region of the STS endpoint")),
        // Without the cache a login has no effect.
        mut_arg("no_cache", |no_cache| no_cache.hide(true))
    )]
    Login(Login),
    /// Sign out and delete the sessions of a sign-in
    #[command(after_long_help = LOGOUT_EXAMPLES, args(unused(["region"])))]
    Logout(Logout),
    /// Show the caller identity (sts:GetCallerIdentity)
    #[command(name = "whoami", after_long_help = WHOAMI_EXAMPLES, arg(region("Region of the STS endpoint")))]
    WhoAmI(WhoAmI),
    /// List all profiles
    #[command(aliases = ["ls", "profiles"], after_long_help = LIST_EXAMPLES, args(unused(["region"])))]
    List(List),
    /// Explain how credentials are resolved, without fetching them
    #[command(alias = "show", after_long_help = EXPLAIN_EXAMPLES, arg(own_region("Region to explain the profile with")))]
    Explain(Explain),
    /// List the cached sessions
    #[command(after_long_help = SESSIONS_EXAMPLES, args(unused(NO_FILES)))]
    Sessions(Sessions),
    /// Show which credentials were handed out to which program
    #[command(
        after_long_help = AUDIT_EXAMPLES,
        args(unused(ALL_PROFILES)),
        arg(profile_filter("Only the credentials of this profile (same as PROFILE)"))
    )]
    Audit(Audit),
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
    /// Create profiles that work in every AWS tool
    #[command(after_long_help = SETUP_EXAMPLES, arg(own_region("Region of the new profiles")))]
    Setup(Box<Setup>),
    /// Print a shell function that selects a profile
    #[command(after_long_help = INIT_EXAMPLES, args(unused(NO_FILES)))]
    Init {
        /// Shell that runs the script: bash, zsh, fish or nu
        #[arg(hide_possible_values = true)]
        shell: InitShell,
    },
    /// Select a profile in this shell
    #[command(
        hide = true,
        after_long_help = ACREDS_EXAMPLES,
        override_usage = "acreds [OPTIONS] [PROFILE | -]",
        arg(region("Region of the STS endpoint, and value of AWS_REGION")),
        mut_arg("name", |name| name.help("Profile to select, or - for the previous one [default: choose]").long_help(None))
    )]
    Acreds(Acreds),
    /// Keep long-term keys in the system's key store
    #[command(after_long_help = KEYS_EXAMPLES)]
    Keys {
        #[command(subcommand)]
        command: KeysVerb,
    },
    /// Print IAM policies for cross-account access
    #[command(after_long_help = POLICY_EXAMPLES)]
    Policy {
        #[command(subcommand)]
        document: Box<PolicyVerb>,
    },
    /// Show or change the Amplify permissions boundary
    #[command(after_long_help = BOUNDARY_EXAMPLES)]
    Boundary {
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
        /// Command, config or guide [default: the page of the program]
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

const CONSOLE_PROFILE: &str = "Profile to use

Default: AMPLIFY_CREDS_PROFILE, the credentials of the environment, AWS_PROFILE,
AWS_DEFAULT_PROFILE, the profile of the Amplify project, \"default\".";

/// Tools start `process` in any directory, so it does not use the Amplify project.
const PROCESS_PROFILE: &str = "Profile to use

Default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, \"default\".";

const CONSOLE_DURATION: &str = "Session duration, for example 1h or 3600

The console lasts as long, if AWS allows it: for a role that a long-term
key assumes, for IAM Identity Center and for a web identity. Otherwise it
ends with the credentials.";

/// Hides options from `-h` of commands with many others, which would not fit a screen otherwise.
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn check_width(command: &clap::Command) {
        let after = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        let wide: Vec<_> = after.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "clap wraps these lines of {}: {wide:#?}", command.get_name());
        command.get_subcommands().for_each(check_width);
    }

    #[test]
    fn text_after_options_is_not_wrapped() {
        check_width(&Cli::command());
    }

    #[test]
    fn session_options_are_complete() {
        let command = <SessionArgs as clap::Args>::augment_args(clap::Command::new("test"));
        let mut ids: Vec<_> = command.get_arguments().map(|arg| arg.get_id().as_str()).collect();
        let mut named = shared::SESSION_OPTIONS.to_vec();
        ids.sort_unstable();
        named.sort_unstable();
        assert_eq!(ids, named);
    }
}
