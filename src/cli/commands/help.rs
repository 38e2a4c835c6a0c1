use std::fmt::Write as _;

use clap::CommandFactory;

use crate::cli::args::Cli;
use crate::cli::errors::failure::{ALL, BEFORE_COMMAND, Failure, NOT_EXECUTABLE, USAGE};
use crate::cli::manual;
use crate::cli::manual::TOPICS;
use crate::doctor::Severity;
use crate::doctor::checks::CHECKS;

/// `topic` may be a command with its subcommand: `policy trust`.
pub(crate) fn text(topic: &[String]) -> Result<String, Failure> {
    let mut command = Cli::command();
    let words: Vec<&str> = topic.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(command.render_help().to_string()),
        ["exit-codes"] => Ok(exit_codes()),
        ["findings"] => Ok(findings()),
        words => {
            command.build();
            let mut verb = Some(&mut command);
            for word in words {
                verb = verb.and_then(|verb| verb.find_subcommand_mut(word));
            }
            let verb = verb.map(|verb| verb.render_long_help().to_string());
            // `process` is a command and a topic.
            let topic = if let [name] = words { manual::topic(name) } else { None };
            let found: Vec<_> = verb.into_iter().chain(topic).collect();
            if found.is_empty() {
                return Err(Failure::new(USAGE, format!("no help topic or command is called {}", words.join(" ")))
                    .hint(format!("topics: {}; commands: amplify-creds help", TOPICS.join(", "))));
            }
            Ok(found.join("\n"))
        }
    }
}

fn exit_codes() -> String {
    let mut text = "Exit status, and error code (\"error\":{\"code\":...} with --json):\n\n    0  success\n".to_owned();
    text.push_str("    1  (no code)             doctor found errors\n");
    for code in ALL {
        if *code == NOT_EXECUTABLE {
            let before = "exec: any failure before the command starts";
            let _ = writeln!(text, "  {BEFORE_COMMAND:>3}  {:<21} {before}", "");
        }
        let _ = writeln!(text, "  {:>3}  {:<21} {}", code.exit, code.name, code.meaning);
    }
    text
}

fn findings() -> String {
    let mut text = "Findings of doctor (\"findings\":[{\"code\":...}] with --json):\n".to_owned();
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let _ = writeln!(text, "\n{}", severity.name());
        for check in CHECKS.iter().filter(|check| check.severity == severity) {
            let _ = writeln!(text, "  {:<21} {}", check.code, check.about);
        }
    }
    text
}
