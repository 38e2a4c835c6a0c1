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
        description.push(Block::Text(format!("Other names: {}.", aliases.join(", "))));
    }
    all.push(PageSection::new("DESCRIPTION", description));
    all.push(PageSection::new("OPTIONS", option_blocks(verb)));
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
    let after = verb.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let mut parts = after.split("\n\n");
    let first = parts.next().and_then(|part| part.strip_prefix("Examples:\n"));
    let lines = first.map(|lines| {
        let lines = lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
        Block::Lines(lines.collect::<Vec<_>>().join("\n"))
    });
    (lines, parts.flat_map(paragraph).collect())
}

/// A paragraph after the examples. Indented lines at its end, such as those of a file, are not wrapped.
fn paragraph(part: &str) -> Vec<Block> {
    let (lines, text): (Vec<_>, Vec<_>) = part.lines().partition(|line| line.starts_with("  "));
    let lines = lines.iter().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect::<Vec<_>>();
    let lines = lines.join("\n");
    let lines = (!lines.is_empty()).then_some(Block::Lines(lines));
    std::iter::once(Block::Text(text.join(" "))).chain(lines).collect()
}

pub(super) fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// Arguments and own options, then the others under their headings, as in help.
pub(super) fn option_blocks(command: &Command) -> Vec<Block> {
    let shown: Vec<_> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    let mut headings: Vec<Option<&str>> = vec![None];
    for arg in command.get_arguments() {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    let block = |heading: Option<&str>| {
        let of_heading = shown.iter().filter(|arg| arg.get_help_heading() == heading);
        let (arguments, options): (Vec<_>, Vec<_>) = of_heading.partition(|arg| arg.is_positional());
        let items: Vec<_> = arguments.into_iter().chain(options).map(|arg| (term(arg), meaning(arg))).collect();
        let heading = heading.map(|heading| Block::Heading(heading.to_owned()));
        if items.is_empty() { Vec::new() } else { heading.into_iter().chain([Block::Items(items)]).collect() }
    };
    headings.into_iter().flat_map(block).collect()
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
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let sentences = help.split("\n\n").map(|part| format!("{}.", part.replace('\n', " ").trim_end_matches('.')));
    let mut meaning = sentences.collect::<Vec<_>>().join(" ");
    let values: Vec<_> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set() && !arg.is_hide_possible_values_set() && arg.get_action().takes_values())
        .map(|value| match value.get_help() {
            Some(help) => format!("{} ({})", value.get_name(), lower_first(&help.to_string())),
            None => value.get_name().to_owned(),
        })
        .collect();
    if !values.is_empty() {
        meaning.push_str(" Values: ");
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
