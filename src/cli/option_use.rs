//! Options that a command does not have, or accepts like every command but does not use.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use crate::cli::errors::failure::{Failure, USAGE};

/// Accepted by every command, so that a script or an alias can always pass it.
const ALWAYS_ACCEPTED: &str = "no_input";

/// Rejects global options that the command does not use (its definition hides them), and global options before the
/// command that conflict with options after it, which clap does not compare.
pub(super) fn refuse_unused(program: &Command, matches: &ArgMatches) -> Result<(), Failure> {
    let (mut command, mut matches, mut words) = (program, matches, Vec::new());
    while let Some((name, below)) = matches.subcommand() {
        let Some(found) = command.find_subcommand(name) else { return Ok(()) };
        (command, matches) = (found, below);
        words.push(name);
    }
    let is_given = |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let unused = command.get_arguments().filter(|arg| arg.is_hide_set() && arg.get_id() != ALWAYS_ACCEPTED);
    if let Some(option) = unused.filter(is_given).find_map(Arg::get_long) {
        let failure = Failure::new(USAGE, format!("{} does not use --{option}", words.join(" ")));
        // Commands that were not parsed have no global options yet.
        let mut program = program.clone();
        program.build();
        return Err(failure.hint(commands_hint(&program, option)));
    }
    for own in command.get_arguments().filter(|arg| !arg.is_global_set()).filter(is_given) {
        let conflicts = command.get_arg_conflicts_with(own).into_iter().filter(|other| other.is_global_set());
        if let (Some(own), Some(other)) = (own.get_long(), conflicts.filter(is_given).find_map(Arg::get_long)) {
            return Err(Failure::new(USAGE, format!("--{own} cannot be used with --{other}")));
        }
    }
    Ok(())
}

/// Rejects a profile before the command and another one after it.
pub(super) fn refuse_two_profiles(before: Option<&str>, used: Option<&str>) -> Result<(), Failure> {
    match (before, used) {
        (Some(before), Some(used)) if before != used => {
            let message = format!("two different profiles given: --profile {before} and --profile {used}");
            Err(Failure::new(USAGE, message))
        }
        _ => Ok(()),
    }
}

/// The commands that have the unknown option of `error`.
pub(super) fn hint(error: &clap::Error, program: &Command) -> Option<String> {
    let (ErrorKind::UnknownArgument, Some(ContextValue::String(given))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    else {
        return None;
    };
    let option = given.strip_prefix("--")?;
    (!commands_with(program, option, "").is_empty()).then(|| commands_hint(program, option))
}

fn commands_hint(program: &Command, option: &str) -> String {
    format!("commands with --{option}: {}", commands_with(program, option, "").join(", "))
}

/// The commands, with the words before them, that show the option in their help.
fn commands_with(command: &Command, option: &str, before: &str) -> Vec<String> {
    let visible = command.get_subcommands().filter(|below| !below.is_hide_set());
    let found = visible.flat_map(|below| {
        let name = format!("{before}{}", below.get_name());
        let is_it = |arg: &Arg| arg.get_long() == Some(option) && !arg.is_hide_set();
        if below.has_subcommands() {
            commands_with(below, option, &format!("{name} "))
        } else {
            Vec::from_iter(below.get_arguments().any(is_it).then_some(name))
        }
    });
    found.collect()
}
