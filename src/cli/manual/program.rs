use clap::{Arg, CommandFactory};

use crate::cli::args::Cli;

use super::page::{Block, Page, PageSection, exit_status};
use super::prose::{ENVIRONMENT, FILES, PROGRAM, PROGRAM_END, sections};
use super::verbs::{about, options, verbs};

pub(super) fn page() -> Page {
    let mut program = Cli::command();
    program.build();
    let commands =
        verbs().into_iter().map(|verb| (format!("amplify-creds {}", verb.get_name()), format!("{}.", about(&verb))));
    let options = Block::Items(options(&program, |_: &Arg| true));
    let introduction = Block::Text(
        "Each has a page of its own, such as amplify-creds-env(1); amplify-creds man env shows it.".to_owned(),
    );
    let mut all = sections(&[PROGRAM]);
    all.push(PageSection::new("COMMANDS", vec![introduction, Block::Items(commands.collect())]));
    all.push(PageSection::new("OPTIONS OF EVERY COMMAND", vec![options]));
    all.push(exit_status());
    all.extend(sections(&[ENVIRONMENT, FILES, PROGRAM_END]));
    Page {
        name: "amplify-creds".to_owned(),
        section: 1,
        about: "AWS credentials for role profiles, once, for every tool".to_owned(),
        sections: all,
    }
}
