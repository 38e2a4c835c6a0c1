//! Owns completion: the scripts of `completions`, and `complete`, which they run for each Tab.
//!
//! Refuses to fail: a broken file completes to nothing, and nobody is told while typing.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::CommandFactory;
use clap_complete::CompletionCandidate;

use crate::amplify::project::Project;
use crate::cache::store::Store;
use crate::env::{Env, current_directory};
use crate::paths::{Overrides, Paths};
use crate::profile::load::Files;
use crate::profile_file::Dialect;

use super::args::{Cli, CompletionShell};
use super::failure::Failure;
use super::{put, sessions};

/// The script that makes a shell ask us.
pub(super) fn script(shell: CompletionShell) -> &'static str {
    match shell {
        CompletionShell::Bash => include_str!("../../completions/amplify-creds.bash"),
        CompletionShell::Zsh => include_str!("../../completions/_amplify-creds"),
        CompletionShell::Fish => include_str!("../../completions/amplify-creds.fish"),
        CompletionShell::Powershell => include_str!("../../completions/_amplify-creds.ps1"),
        CompletionShell::Elvish => include_str!("../../completions/amplify-creds.elv"),
        CompletionShell::Nu => include_str!("../../completions/amplify-creds.nu"),
    }
}

/// Prints what the last word could be: a line for each, and what it means after a tab. `new_word` stands for an empty word
/// at the end, which Windows' PowerShell does not pass on.
pub(super) fn run(mut words: Vec<OsString>, new_word: bool) -> Result<(), Failure> {
    words.extend(new_word.then(OsString::new));
    let last = words.len().saturating_sub(1);
    let wants_option = words.last().is_some_and(|word| word.to_string_lossy().starts_with('-'));
    let found = clap_complete::engine::complete(&mut Cli::command(), words, last, current_directory().as_deref());
    let (options, others): (Vec<_>, Vec<_>) = found
        .unwrap_or_default()
        .into_iter()
        .partition(|candidate| candidate.get_value().to_string_lossy().starts_with('-'));
    // Thirty options would hide three profiles.
    let shown = if wants_option || others.is_empty() { options } else { others };
    let mut text = String::new();
    for candidate in shown {
        // A name with a line end would be two.
        let Some(value) = candidate.get_value().to_str().filter(|value| !value.contains(char::is_control)) else {
            continue;
        };
        text.push_str(value);
        if let Some(help) = candidate.get_help() {
            let _ = write!(text, "\t{}", help.to_string().lines().next().unwrap_or_default());
        }
        text.push('\n');
    }
    put(text.as_bytes())
}

/// The profiles, each with its role.
pub(super) fn profiles() -> Vec<CompletionCandidate> {
    let Some(files) = paths().and_then(|paths| Files::load(&paths).ok()) else { return Vec::new() };
    let Ok(profiles) = files.profiles(Dialect::Auto) else { return Vec::new() };
    let candidate = |profile: &crate::profile::Profile<'_>| {
        let role = profile.get("role_arn").map(|role| role.value.to_owned().into());
        CompletionCandidate::new(&profile.name).help(role)
    };
    profiles.all().iter().map(candidate).collect()
}

/// What `help` is about.
pub(super) fn topics() -> Vec<CompletionCandidate> {
    named(super::help::TOPICS.map(str::to_owned).into_iter().chain(verbs()))
}

/// What `man` has pages on.
pub(super) fn man_pages() -> Vec<CompletionCandidate> {
    named(verbs().chain(["config".to_owned()]))
}

fn verbs() -> impl Iterator<Item = String> {
    let program = Cli::command();
    let shown = program.get_subcommands().filter(|verb| !verb.is_hide_set());
    shown.map(|verb| verb.get_name().to_owned()).collect::<Vec<_>>().into_iter()
}

fn named(names: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// The environments of the Amplify project around the current directory.
pub(super) fn environments() -> Vec<CompletionCandidate> {
    let project = current_directory().zip(paths()).and_then(|(here, paths)| Project::around(&here, &paths.home));
    named(project.and_then(|project| project.environments().ok()).unwrap_or_default())
}

/// The names of cached sessions.
pub(super) fn session_names() -> Vec<CompletionCandidate> {
    let Some(paths) = paths() else { return Vec::new() };
    let mut names = sessions::names_of_roles(&Store::new(&paths.cache_dir));
    names.sort_unstable();
    names.dedup();
    named(names)
}

fn paths() -> Option<Paths> {
    Paths::find(&Env::process(), &Overrides::default()).ok()
}
