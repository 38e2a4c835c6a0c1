//! Guesses the intended command of an invalid command line.

use std::borrow::Cow;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Command, CommandFactory};

use crate::cli::args::Cli;
use crate::core::shell_word::shell_word;
use crate::os::env::Env;
use crate::os::paths::{Overrides, Paths};
use crate::profile::load::Files;
use crate::profile_file::Dialect;

/// Moves options before the command to its end; `None` without such options.
pub(crate) fn with_options_behind(arguments: impl Iterator<Item = OsString>) -> Option<Vec<OsString>> {
    let mut root = Cli::command();
    root.build();
    let words: Vec<OsString> = arguments.collect();
    let (mut kept, mut moved) = (Vec::from_iter(words.first().cloned()), Vec::new());
    let (mut command, mut at) = (&root, 1);
    while let Some(word) = words.get(at).and_then(|word| word.to_str()).filter(|word| *word != "--") {
        if !word.starts_with('-') {
            let Some(next) = command.find_subcommand(word) else { break };
            (command, at) = (next, at + 1);
            kept.push(word.into());
            continue;
        }
        let is_known = takes_value(command, word).is_some();
        let Some(has_value) = takes_value(command, word).or_else(|| takes_value_somewhere(&root, word)) else { break };
        let end = (at + 1 + usize::from(has_value && !word.contains('='))).min(words.len());
        if is_known { &mut kept } else { &mut moved }.extend_from_slice(&words[at..end]);
        at = end;
    }
    if moved.is_empty() {
        return None;
    }
    let rest = &words[at..];
    let options_end = rest.iter().position(|word| word == "--").unwrap_or(rest.len());
    kept.extend_from_slice(&rest[..options_end]);
    kept.append(&mut moved);
    kept.extend_from_slice(&rest[options_end..]);
    Some(kept)
}

/// The profile of `--profile` before the command. clap keeps only the one after the command.
pub(crate) fn profile_before_command(arguments: impl Iterator<Item = OsString>) -> Option<String> {
    let root = Cli::command();
    let mut words = arguments.skip(1).map_while(|word| word.into_string().ok());
    let mut profile = None;
    while let Some(word) = words.next().filter(|word| word.starts_with('-')) {
        let short = || word.strip_prefix("-p").map(|value| value.strip_prefix('=').unwrap_or(value));
        let attached = word.strip_prefix("--profile=").or_else(short);
        match attached {
            Some(value) if !value.is_empty() => profile = Some(value.to_owned()),
            _ if ["-p", "--profile"].contains(&&*word) => profile = words.next(),
            _ if !word.contains('=') && takes_value(&root, &word) == Some(true) => drop(words.next()),
            _ => {}
        }
    }
    profile
}

/// `None` if `command` has no such option.
fn takes_value(command: &Command, word: &str) -> Option<bool> {
    let name = word.split('=').next().unwrap_or(word);
    let is_it = |argument: &&clap::Arg| match name.strip_prefix("--") {
        Some(long) => argument.get_long() == Some(long),
        None => name.chars().nth(1).is_some_and(|short| argument.get_short() == Some(short)),
    };
    let argument = command.get_arguments().find(is_it)?;
    Some(matches!(argument.get_action(), ArgAction::Set | ArgAction::Append))
}

fn takes_value_somewhere(root: &Command, word: &str) -> Option<bool> {
    root.get_subcommands()
        .find_map(|command| takes_value(command, word).or_else(|| takes_value_somewhere(command, word)))
}

pub(crate) fn hints(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Vec<String> {
    let words: Vec<String> = arguments.skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let is_first =
                |word: &&str| words.iter().find(|word| !word.starts_with('-')).is_some_and(|first| first == word);
            named(ContextKind::InvalidSubcommand).filter(is_first).map(of_profile).unwrap_or_default()
        }
        ErrorKind::UnknownArgument => exec_with_dashes(&words, &nearest_profiles).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn is_profile(name: &str) -> bool {
    nearest_profiles(name).first().is_some_and(|nearest| nearest == name)
}

fn nearest_profiles(name: &str) -> Vec<String> {
    let nearest = || {
        let files = Files::load(&Paths::find(&Env::process(), &Overrides::default()).ok()?).ok()?;
        let set = files.profiles(Dialect::Auto).ok()?;
        Some(if set.get(name).is_some() { vec![name.to_owned()] } else { set.nearest(name) })
    };
    nearest().unwrap_or_default()
}

fn of_profile(name: &str) -> Vec<String> {
    if !is_profile(name) {
        return Vec::new();
    }
    let name = shell_word(name);
    vec![
        format!("{name} is a profile; run: amplify-creds process {name}, or amplify-creds exec {name} -- COMMAND"),
        format!("in a shell: eval \"$(amplify-creds env {name})\""),
    ]
}

/// `exec PROFILE COMMAND` without the `--` that ends the options.
fn exec_with_dashes(words: &[String], nearest_profiles: &dyn Fn(&str) -> Vec<String>) -> Option<String> {
    let mut root = Cli::command();
    root.build();
    let exec = root.find_subcommand("exec")?;
    if words.iter().any(|word| word == "--") {
        return None;
    }
    let (mut at, mut positional) = (0, Vec::new());
    let is_named = words.iter().any(|word| word == "-p" || word.starts_with("--profile"));
    let needed = if is_named { 2 } else { 3 };
    while let Some(word) = words.get(at) {
        if word.starts_with('-') {
            at += usize::from(takes_value(exec, word)? && !word.contains('='));
        } else {
            positional.push(at);
        }
        at += 1;
        if positional.len() == needed {
            break;
        }
    }
    if positional.len() < needed || words[positional[0]] != "exec" {
        return None;
    }
    // Without a profile's name all words are the command.
    let nearest = if is_named { Vec::new() } else { nearest_profiles(&words[positional[1]]) };
    let first = &words[positional[1]];
    let begins_command = !is_named && nearest.first() != Some(first);
    if begins_command && !nearest.is_empty() {
        return Some(format!(
            "profile {first} does not exist (did you mean {}?); write the command after --: amplify-creds exec PROFILE -- COMMAND",
            nearest.join(" or ")
        ));
    }
    let command = positional[if begins_command { 1 } else { needed - 1 }];
    let join = |words: &[String]| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    Some(format!("did you mean: amplify-creds {} -- {}", join(&words[..command]), join(&words[command..])))
}

fn quoted(word: &str) -> Cow<'_, str> {
    shlex::try_quote(word).unwrap_or(Cow::Borrowed(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(line: &str) -> Option<String> {
        let words = std::iter::once("amplify-creds").chain(line.split(' ')).map(OsString::from);
        let moved = with_options_behind(words)?;
        Some(moved[1..].iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn options_before_the_command_are_moved() {
        for (line, expected) in [
            ("--json list", Some("list --json")),
            ("--shell fish env p", Some("env p --shell fish")),
            ("--shell=fish -v env p", Some("-v env p --shell=fish")),
            ("-p x --serve exec -- ls --json", Some("-p x exec --serve -- ls --json")),
            ("boundary --json show", Some("boundary show --json")),
            ("list --json", None),
            ("-v list", None),
            ("--nonsense list", None),
        ] {
            assert_eq!(behind(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn command_without_dashes_is_completed() {
        for (line, expected) in [
            ("exec p ls -la", Some("exec p -- ls -la")),
            ("exec -p p ls", Some("exec -p p -- ls")),
            ("-v exec --serve p npm run x", Some("-v exec --serve p -- npm run x")),
            ("exec --min-ttl 20m p ls", Some("exec --min-ttl 20m p -- ls")),
            ("exec aws s3 ls", Some("exec -- aws s3 ls")),
            ("exec p", None),
            ("exec p -- ls", None),
            ("exec p --nonsense", None),
            ("env p ls", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let expected = expected.map(|expected| format!("did you mean: amplify-creds {expected}"));
            let nearest = |name: &str| if name == "p" { vec!["p".to_owned()] } else { Vec::new() };
            assert_eq!(exec_with_dashes(&words, &nearest), expected, "{line}");
        }
        let words = ["exec", "biz", "ls", "-l"].map(str::to_owned);
        let hint = exec_with_dashes(&words, &|_| vec!["bizcorp".to_owned()]).unwrap();
        assert!(hint.starts_with("profile biz does not exist (did you mean bizcorp?); "), "{hint}");
    }
}
