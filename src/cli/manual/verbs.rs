//! The pages of the commands, generated from the command line's definitions.

use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::cli::args::Cli;

use super::page::{Block, Page, PageSection};
use super::prose::{PROCESS, VERB, sections};

/// A page for each command that help lists, and for each of its subcommands.
pub(super) fn pages() -> Vec<Page> {
    let below = |verb: &'_ Command| -> Vec<Page> {
        verb.get_subcommands().filter(|below| below.get_name() != "help").map(page).collect()
    };
    verbs().iter().flat_map(|verb| std::iter::once(page(verb)).chain(below(verb))).collect()
}

pub(super) fn verbs() -> Vec<Command> {
    let mut program = Cli::command();
    program.build();
    program.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned().collect()
}

fn page(verb: &Command) -> Page {
    let usage = verb.clone().render_usage().to_string();
    let synopsis = Block::Lines(usage.trim_start_matches("Usage: ").to_owned());
    let mut all = vec![PageSection::new("SYNOPSIS", vec![synopsis])];
    let mut description = vec![Block::Text(format!("{}.", about(verb)))];
    let (examples, prose) = examples(verb);
    description.extend(prose);
    let aliases: Vec<_> = verb.get_all_aliases().collect();
    if !aliases.is_empty() {
        description.push(Block::Text(format!("Also known as {}.", aliases.join(", "))));
    }
    all.push(PageSection::new("DESCRIPTION", description));
    let own = options(verb, |arg| !arg.is_global_set());
    if !own.is_empty() {
        all.push(PageSection::new("OPTIONS", vec![Block::Items(own)]));
    }
    let global = options(verb, Arg::is_global_set);
    all.push(PageSection::new("OPTIONS OF EVERY COMMAND", vec![Block::Items(global)]));
    if verb.get_name() == "process" {
        all.extend(sections(&[PROCESS]));
    }
    all.extend(sections(&[VERB]));
    all.extend(examples.map(|lines| PageSection::new("EXAMPLES", vec![lines])));
    let others = Block::Text("amplify-creds(1), amplify-creds-config(5)".to_owned());
    all.push(PageSection::new("SEE ALSO", vec![others]));
    // Joined with the name of its parent command, as in git.
    let name = verb.get_display_name().unwrap_or_else(|| verb.get_name()).to_owned();
    Page { name, section: 1, about: lower_first(&about(verb)), sections: all }
}

/// The examples, which follow the options in `--help`, and the paragraphs after them.
fn examples(verb: &Command) -> (Option<Block>, Vec<Block>) {
    let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut parts = after.split("\n\n");
    let first = parts.next().and_then(|part| part.strip_prefix("Examples:\n"));
    let lines = first.map(|lines| {
        let lines = lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
        Block::Lines(lines.collect::<Vec<_>>().join("\n"))
    });
    (lines, parts.map(|part| Block::Text(part.replace('\n', " "))).collect())
}

pub(super) fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

pub(super) fn options(command: &Command, fits: fn(&Arg) -> bool) -> Vec<(String, String)> {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set() && fits(arg));
    let (arguments, options): (Vec<_>, Vec<_>) = shown.partition(|arg| arg.is_positional());
    arguments.into_iter().chain(options).map(|arg| (term(arg), meaning(arg))).collect()
}

fn term(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let mut term = short.into_iter().chain(long).collect::<Vec<_>>().join(", ");
    if matches!(arg.get_action(), ArgAction::Set | ArgAction::Append) {
        for name in arg.get_value_names().unwrap_or_default() {
            if !term.is_empty() {
                term.push(' ');
            }
            term.push_str(name);
        }
    }
    term
}

fn meaning(arg: &Arg) -> String {
    let help = arg.get_help().map(|help| help.to_string().replace('\n', " ")).unwrap_or_default();
    let mut meaning = format!("{help}.");
    let values: Vec<_> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set() && arg.get_action().takes_values())
        .map(|value| match value.get_help() {
            Some(help) => format!("{} ({})", value.get_name(), lower_first(&help.to_string())),
            None => value.get_name().to_owned(),
        })
        .collect();
    if !values.is_empty() {
        meaning.push_str(" One of ");
        meaning.push_str(&values.join(", "));
        meaning.push('.');
    }
    meaning
}

fn lower_first(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let is_word = first == "A" || (first.len() > 1 && first.chars().skip(1).all(char::is_lowercase));
    match text.chars().next() {
        Some(char) if is_word => char.to_lowercase().chain(text.chars().skip(1)).collect(),
        _ => text.to_owned(),
    }
}
