use clap::CommandFactory;

use crate::cli::args::Cli;

use super::page::{Block, Page, PageSection, exit_status};
use super::prose::{ENVIRONMENT, FILES, PROGRAM, PROGRAM_END, sections};
use super::verbs::{about, option_blocks, verbs};

pub(super) fn page() -> Page {
    let mut program = Cli::command();
    program.build();
    let commands =
        verbs().into_iter().map(|verb| (format!("amplify-creds {}", verb.get_name()), format!("{}.", about(&verb))));
    let introduction = Block::Text(
        "Each command has its own page, for example amplify-creds-env(1). amplify-creds man env shows it.".to_owned(),
    );
    let mut all = sections(&[PROGRAM]);
    all.push(PageSection::new("COMMANDS", vec![introduction, Block::Items(commands.collect())]));
    all.push(PageSection::new("OPTIONS OF EVERY COMMAND", option_blocks(&program)));
    all.push(exit_status());
    all.extend(sections(&[ENVIRONMENT, FILES, PROGRAM_END]));
    Page {
        name: "amplify-creds".to_owned(),
        section: 1,
        about: "get AWS credentials for role profiles in every tool".to_owned(),
        sections: all,
    }
}
