//! The options of every command, and what single commands make of them.

use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Args, ValueEnum, ValueHint, value_parser};
use clap_complete::ArgValueCandidates;

use super::candidates::{environments, profiles};
use super::headings::{FILES, GLOBAL, PROMPTING};

/// Global options come last under a heading.
const AFTER_OTHERS: usize = 100;
const REGION: usize = AFTER_OTHERS + 1;

#[derive(Debug, Default, Clone, Args)]
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

/// Options that some commands do not use.
pub(super) const NO_PROFILE: [&str; 2] = ["profile", "region"];
pub(super) const NO_FILES: [&str; 7] =
    ["profile", "region", "env", "dialect", "config_file", "credentials_file", "no_input"];

/// Those of [`NO_FILES`] for a command that can select one of the profiles.
pub(super) const ALL_PROFILES: [&str; 6] = ["region", "env", "dialect", "config_file", "credentials_file", "no_input"];

/// `--profile` of a command that uses all profiles without it.
pub(super) fn profile_filter(help: &'static str) -> Arg {
    let arg = Arg::new("profile").short('p').long("profile").value_name("PROFILE").help(help);
    arg.global(true).add(ArgValueCandidates::new(profiles))
}

/// `--region` with the help text of one command.
pub(super) fn region(help: &'static str) -> Arg {
    let arg = Arg::new("region").long("region").value_name("REGION").help(help);
    arg.global(true).help_heading(GLOBAL).display_order(REGION)
}

/// The same as an option of the command, where it is no setting of a session.
pub(super) fn own_region(help: &'static str) -> Arg {
    Arg::new("region").long("region").value_name("REGION").help(help).global(true)
}

/// Global options that a command does not use. They are parsed, so that the error can name the commands that do.
pub(super) fn unused<const N: usize>(ids: [&'static str; N]) -> [Arg; N] {
    ids.map(|id| {
        let arg = Arg::new(id).long(id).global(true).hide(true);
        match id {
            "profile" => arg.short('p'),
            "no_input" => arg.long("no-input").action(ArgAction::SetTrue),
            "dialect" => arg.value_parser(value_parser!(DialectArg)),
            "config_file" => arg.long("config-file").value_parser(ValueParser::path_buf()),
            "credentials_file" => arg.long("credentials-file").value_parser(ValueParser::path_buf()),
            _ => arg,
        }
    })
}
