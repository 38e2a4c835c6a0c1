//! Checks whether every tool can start a `credential_process`, and what each tool starts.

use std::borrow::Cow;

use crate::core::program_path::{Lifetime, Surroundings, lifetime};
use crate::doctor::facts::{Facts, Program};
use crate::doctor::finding::{FilePlace, Hit};
use crate::doctor::wrapper_programs::ProgramTrouble;
use crate::profile_file::botocore::words;

/// Shell syntax. The AWS CLI starts programs without a shell.
const SHELL: [char; 8] = ['$', '`', '|', '<', '>', '&', ';', '*'];

/// The commands: profile, location, text, words. No words if a quote is not closed.
fn commands<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = (&'f str, FilePlace, &'f str, Option<Vec<String>>)> {
    facts.profiles.iter().filter_map(|profile| {
        let command = profile.get("credential_process")?;
        Some((profile.name.as_str(), command.at.into(), command.value, words(command.value)))
    })
}

/// The first word, if a tool starts it unchanged.
fn program(words: Option<Vec<String>>) -> Option<String> {
    words?.into_iter().next().filter(|word| !word.starts_with('~') && !word.contains(SHELL))
}

pub(super) fn missing(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (profile, at, _, words) in commands(facts) {
        let Some(first) = words.as_ref().map(|words| words.first().cloned().unwrap_or_default()) else {
            found.push(Hit::new(profile, at, "the command has an unclosed quote").hint("close the quote"));
            continue;
        };
        let why = match facts.programs.get(&first) {
            _ if first.contains(SHELL) => continue,
            None | Some(Program::There) => continue,
            Some(Program::Missing) if is_whole_command(&first) => {
                let message = "the quotes make the whole command the name of one program";
                found.push(Hit::new(profile, at, message).hint("remove the quotes around the command"));
                continue;
            }
            Some(Program::Missing) if first.contains('/') => "the file does not exist",
            Some(Program::Missing) => "it is not in PATH",
            Some(Program::NotExecutable) => "the file is not executable",
        };
        let hint = match facts.wrapper_programs.get(&first) {
            Some(_) => use_this_program(facts),
            None => "write the program's absolute path".to_owned(),
        };
        found.push(Hit::new(profile, at, format!("{first} cannot be started: {why}")).hint(hint));
    }
    found
}

pub(super) fn older(facts: &Facts<'_>) -> Vec<Hit> {
    of_wrappers(facts, |program, trouble| match trouble {
        ProgramTrouble::Older(version) => {
            Some(format!("{program} is amplify-creds {version}; this is {}", env!("CARGO_PKG_VERSION")))
        }
        _ => None,
    })
}

pub(super) fn short_lived(facts: &Facts<'_>) -> Vec<Hit> {
    of_wrappers(facts, |program, trouble| match trouble {
        ProgramTrouble::ShortLived { place, .. } => Some(format!("{program} is in {place}, which may be removed")),
        _ => None,
    })
}

fn of_wrappers(facts: &Facts<'_>, message: impl Fn(&str, &ProgramTrouble) -> Option<String>) -> Vec<Hit> {
    commands(facts)
        .filter_map(|(profile, at, _, words)| {
            let program = program(words)?;
            let trouble = facts.wrapper_programs.get(&program)?;
            let hint = if trouble.can_be_fixed() {
                use_this_program(facts)
            } else {
                format!("it is newer than this program; run: {program} doctor --fix")
            };
            Some(Hit::new(profile, at, message(&program, trouble)?).hint(hint))
        })
        .collect()
}

fn use_this_program(facts: &Facts<'_>) -> String {
    let own = facts.program.as_ref().map_or(Cow::Borrowed(""), |program| program.to_string_lossy());
    match lifetime(&own, Surroundings::default()) {
        Lifetime::Temporary(_) => "install amplify-creds, then run: amplify-creds doctor --fix".to_owned(),
        _ => "to use this program: amplify-creds doctor --fix".to_owned(),
    }
}

fn is_whole_command(word: &str) -> bool {
    word.contains(" process ")
}

pub(super) fn relative(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (profile, at, _, words) in commands(facts) {
        let Some(first) = program(words).filter(|first| !is_absolute(first)) else { continue };
        let message = if first.contains(['/', '\\']) {
            format!("{first} is a relative path, so it depends on the directory in which a tool is started")
        } else {
            format!("only tools with {first} in their PATH find it; editors and agents often have another PATH")
        };
        found.push(Hit::new(profile, at, message).hint("write the program's absolute path"));
    }
    found
}

fn is_absolute(program: &str) -> bool {
    program.starts_with(['/', '\\']) || program.as_bytes().get(1) == Some(&b':')
}

pub(super) fn shell(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (profile, at, command, words) in commands(facts) {
        let is_home = |word: &String| word.starts_with('~');
        // `sh -c '…'` starts its own shell.
        let brings_one =
            words.as_ref().is_some_and(|words| words.get(1).is_some_and(|word| word == "-c" || word == "-lc"));
        let what = if words.iter().flatten().any(is_home) {
            "~"
        } else if let Some(mark) = command.chars().find(|char| SHELL.contains(char)) {
            if mark == '$' { "a variable" } else { "shell syntax" }
        } else {
            continue;
        };
        if !brings_one {
            let message = format!("the command uses {what}, but the AWS CLI starts it without a shell");
            found.push(Hit::new(profile, at, message).hint("write absolute paths, or put the command in a script"));
        }
    }
    found
}
