use std::ffi::OsString;

use clap::CommandFactory;

use crate::cli::args::Cli;

/// Whether an invalid command line requests an error as JSON. `process`, `env` and `exec` have no `--json`: their
/// output is evaluated or read as credentials. The words after `--` belong to another program.
pub(super) fn is_asked(words: impl Iterator<Item = OsString>) -> bool {
    let ours: Vec<_> = words.take_while(|word| word != "--").collect();
    if !ours.iter().any(|word| word == "--json") {
        return false;
    }
    let program = Cli::command();
    let Ok(matches) = program.clone().ignore_errors(true).try_get_matches_from(ours) else { return false };
    let (mut command, mut matches) = (&program, &matches);
    while let Some((name, below)) = matches.subcommand() {
        let Some(found) = command.find_subcommand(name) else { return false };
        (command, matches) = (found, below);
    }
    command.get_arguments().any(|argument| argument.get_id() == "json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_document_requires_json_before_separator() {
        for (line, expected) in [
            ("list --json --nosuch", true),
            ("list --nosuch --json", true),
            ("whoami a b --json", true),
            ("boundary show --nosuch --json", true),
            ("-p x explain --json y", true),
            ("list --nosuch", false),
            ("list --nosuch -- --json", false),
            ("env x --json", false),
            ("process --json", false),
            ("exec x --json -- list --json", false),
            ("exec x --nosuch -- aws --json", false),
            ("export --json", false),
            ("--json", false),
            ("nosuch --json", false),
            ("policy trust --json", false),
        ] {
            let words = std::iter::once("amplify-creds").chain(line.split(' ')).map(OsString::from);
            assert_eq!(is_asked(words), expected, "{line}");
        }
    }
}
