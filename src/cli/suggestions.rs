//! clap's "a similar subcommand exists" without names that help does not show.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{Command, Error};

/// Replaces hidden aliases with the name of their command, and removes hidden commands and options. An option of
/// another command is not misspelt, so that similar ones are removed, too.
pub(super) fn visible_only(
    mut error: Error,
    program: &Command,
    words: impl Iterator<Item = OsString>,
    is_of_another: bool,
) -> Error {
    if is_of_another {
        for kind in [ContextKind::SuggestedArg, ContextKind::Suggested, ContextKind::Usage] {
            error.remove(kind);
        }
    }
    let used = used_command(program, words);
    if let Some(ContextValue::Strings(names)) = error.remove(ContextKind::SuggestedSubcommand) {
        let commands = names.iter().filter_map(|name| used.find_subcommand(name)).filter(|one| !one.is_hide_set());
        let mut visible: Vec<_> = commands.map(|command| command.get_name().to_owned()).collect();
        visible.dedup();
        if !visible.is_empty() {
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(visible));
        }
    }
    if let Some(ContextValue::String(option)) = error.get(ContextKind::SuggestedArg) {
        let long = option.trim_start_matches("--");
        if used.get_arguments().any(|arg| arg.is_hide_set() && arg.get_long() == Some(long)) {
            error.remove(ContextKind::SuggestedArg);
        }
    }
    error
}

fn used_command(program: &Command, words: impl Iterator<Item = OsString>) -> &Command {
    let mut used = program;
    for word in words.skip(1).filter(|word| !word.to_string_lossy().starts_with('-')) {
        match used.find_subcommand(word) {
            Some(below) => used = below,
            None => break,
        }
    }
    used
}
