//! The headings of options in help, in this order. Options of one command only have none and come first.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, value_parser};

use super::DialectArg;

pub(super) const SESSION: &str = "Session";
pub(super) const FILES: &str = "Files";
pub(super) const PROMPTING: &str = "Prompting";
pub(super) const GLOBAL: &str = "Global options";

/// Global options come last under a heading.
pub(super) const AFTER_OTHERS: usize = 100;
pub(super) const REGION: usize = AFTER_OTHERS + 1;

/// The options that a command accepts everywhere but does not use. `--no-input` is accepted by every command.
pub(super) const NO_PROFILE: [&str; 2] = ["profile", "region"];
pub(super) const NO_FILES: [&str; 7] =
    ["profile", "region", "env", "dialect", "config_file", "credentials_file", "no_input"];

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
