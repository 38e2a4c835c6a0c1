//! Owns `help`: commands by clap, topics by hand.

use std::fmt::Write as _;

use clap::CommandFactory;

use super::args::Cli;
use super::failure::{ALL, BEFORE_COMMAND, Failure, USAGE};

pub(super) fn text(topic: Option<&str>) -> Result<String, Failure> {
    let mut command = Cli::command();
    match topic {
        None => Ok(command.render_help().to_string()),
        Some("exit-codes") => Ok(exit_codes()),
        Some(name) => {
            command.build();
            let found = command.find_subcommand_mut(name).map(|verb| verb.render_help().to_string());
            found.ok_or_else(|| {
                Failure::new(USAGE, format!("there is no help on {name}"))
                    .hint("topics: exit-codes; commands: amplify-creds help")
            })
        }
    }
}

/// The statuses, and the codes that `--json` gives in `error.code`.
fn exit_codes() -> String {
    let mut text = "Exit status and error code (\"error\":{\"code\":...} under --json):\n\n    0  done\n".to_owned();
    for code in ALL {
        let _ = writeln!(text, "  {:>3}  {:<21} {}", code.exit, code.name, code.meaning);
    }
    let before = "exec: any of these, before the command runs";
    let _ = writeln!(text, "  {BEFORE_COMMAND:>3}  {:<21} {before}", "");
    text
}
