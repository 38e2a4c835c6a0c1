//! Owns the verbs: arguments in, one call into the core, one rendering out.
//!
//! Refuses logic of its own; nothing below imports this module.

pub mod args;
mod context;
mod explain_error;
pub mod failure;
mod fetching;
mod help;
mod list;
mod process;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::env::{self, Env};
use crate::output::{print, tell};

use args::{Cli, Command};
use context::Context;
use failure::{Failure, OUTPUT, USAGE};

/// Runs the program with the process's own arguments and environment.
pub fn main() -> ExitCode {
    keep_memory_private();
    let cli = match Cli::try_parse_from(env::arguments()) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let as_json = matches!(&cli.command, Command::List(list) if list.json);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(as_json),
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let Cli { global, command } = cli;
    let env = Env::process();
    match command {
        Command::Process(options) => process::run(&Context::new(global, options.name.as_deref(), env)?, &options),
        Command::List(options) => list::run(&Context::new(global, None, env)?, &options),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "amplify-creds", &mut script);
            put(&script)
        }
        Command::Help { topic } => put(help::text(topic.as_deref())?.as_bytes()),
    }
}

/// Prints what was asked for.
fn put(bytes: &[u8]) -> Result<(), Failure> {
    print(bytes).map_err(|error| Failure::new(OUTPUT, format!("cannot write to stdout: {error}")))
}

/// clap's own words; help and version go to stdout and are no failure.
fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    if error.use_stderr() {
        tell(&text);
        return ExitCode::from(USAGE.exit);
    }
    match put(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(false),
    }
}

/// No core dump and no debugger of the same user: both would show secrets. A limit would be inherited by a child.
fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
