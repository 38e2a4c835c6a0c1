//! The scripts of `completions` run `complete` for each Tab.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::CommandFactory;
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use crate::cli::args::{Cli, CompletionShell};
use crate::cli::errors::failure::Failure;
use crate::cli::manual::TOPICS;
use crate::cli::output::write_stdout;
use crate::os::env::current_directory;

pub(crate) fn script(shell: CompletionShell) -> &'static str {
    match shell {
        CompletionShell::Bash => include_str!("../../../completions/amplify-creds.bash"),
        CompletionShell::Zsh => include_str!("../../../completions/_amplify-creds"),
        CompletionShell::Fish => include_str!("../../../completions/amplify-creds.fish"),
        CompletionShell::Powershell => include_str!("../../../completions/_amplify-creds.ps1"),
        CompletionShell::Elvish => include_str!("../../../completions/amplify-creds.elv"),
        CompletionShell::Nu => include_str!("../../../completions/amplify-creds.nu"),
    }
}

/// `new_word` adds an empty last word, which Windows PowerShell does not pass.
pub(crate) fn run(mut words: Vec<OsString>, new_word: bool) -> Result<(), Failure> {
    words.extend(new_word.then(OsString::new));
    let last = words.len().saturating_sub(1);
    let wants_option = words.last().is_some_and(|word| word.to_string_lossy().starts_with('-'));
    let found = clap_complete::engine::complete(&mut command(), words, last, current_directory().as_deref());
    let (options, others): (Vec<_>, Vec<_>) = found
        .unwrap_or_default()
        .into_iter()
        .partition(|candidate| candidate.get_value().to_string_lossy().starts_with('-'));
    // Thirty options would hide three profiles.
    let shown = if wants_option || others.is_empty() { options } else { others };
    let mut text = String::new();
    for candidate in shown {
        let value = candidate.get_value().to_str();
        // A value with a line end would become two candidates.
        let Some(value) = value.filter(|value| !value.contains(char::is_control)) else { continue };
        text.push_str(value);
        if let Some(help) = candidate.get_help() {
            let _ = write!(text, "\t{}", help.to_string().lines().next().unwrap_or_default());
        }
        text.push('\n');
    }
    write_stdout(text.as_bytes())
}

fn command() -> clap::Command {
    let with = |candidates: fn() -> Vec<CompletionCandidate>| {
        move |argument: clap::Arg| argument.add(ArgValueCandidates::new(candidates))
    };
    Cli::command()
        .mut_subcommand("help", |help| help.mut_arg("topic", with(topics)))
        .mut_subcommand("man", |man| man.mut_arg("page", with(man_pages)))
}

fn topics() -> Vec<CompletionCandidate> {
    TOPICS.into_iter().map(CompletionCandidate::new).chain(commands()).collect()
}

fn man_pages() -> Vec<CompletionCandidate> {
    commands().into_iter().chain(["config", "guide"].map(CompletionCandidate::new)).collect()
}

fn commands() -> Vec<CompletionCandidate> {
    let program = Cli::command();
    let shown = program.get_subcommands().filter(|command| !command.is_hide_set());
    shown.map(|command| CompletionCandidate::new(command.get_name())).collect()
}
