//! Man pages and completions are made from the command line's definitions, committed, and compared byte for byte.
//! `BLESS=1 cargo test --test generated` rewrites them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use amplify_creds::cli::args::Cli;
use clap::{Command, CommandFactory};
use clap_complete::Shell;

fn compare(relative: &str, made: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(relative);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, made).unwrap();
    }
    let there = fs::read(&path).unwrap_or_default();
    assert!(there == made, "{relative} is not what the definitions give; BLESS=1 cargo test --test generated");
}

fn command() -> Command {
    let mut command = Cli::command();
    command.build();
    command
}

#[test]
fn man_pages() {
    let program = command();
    let mut pages = vec![("amplify-creds".to_owned(), program.clone())];
    for verb in program.get_subcommands() {
        pages.push((format!("amplify-creds-{}", verb.get_name()), verb.clone()));
        for below in verb.get_subcommands().filter(|_| !verb.is_hide_set()) {
            pages.push((format!("amplify-creds-{}-{}", verb.get_name(), below.get_name()), below.clone()));
        }
    }
    for (name, command) in pages {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page).unwrap();
        compare(&format!("man/{name}.1"), &page);
    }
}

#[test]
fn completions() {
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "amplify-creds", &mut script);
        let name = clap_complete::Generator::file_name(&shell, "amplify-creds");
        compare(&format!("completions/{name}"), &script);
    }
}
