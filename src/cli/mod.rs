//! The command line: arguments in, one call into the core, one rendering out.

pub mod args;
mod color;
mod commands;
mod confirm;
mod context;
mod credential_env;
mod credentials;
mod env_inputs;
pub mod errors;
mod fast_args;
pub mod manual;
mod output;
mod own_path;
mod plan_inputs;
mod policy_categories;
mod policy_file;
mod prompts;
mod questions;
mod resolve_options;
mod selection;
mod warnings;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::os::env::{Env, arguments};
use crate::os::startup;
use crate::output::tell;

use args::{Amplify, Cli, Command};
use commands::{
    boundary, check, completions, doctor, env, exec, explain, help, list, login, man, policy, process, reset_cache,
    sessions, setup, whoami,
};
use context::Context;
use errors::failure::{Failure, USAGE};
use output::write_stdout;

/// Runs the program with the process's own arguments and environment.
pub fn main() -> ExitCode {
    startup::keep_memory_private();
    if let Some(cli) = fast_args::parse(arguments()) {
        return ended(run(cli), false);
    }
    let parsed = Cli::command().try_get_matches_from(arguments());
    let parsed = parsed.and_then(|matches| Ok((wants_json(&matches), Cli::from_arg_matches(&matches)?)));
    match parsed {
        Ok((as_json, cli)) => ended(run(cli), as_json),
        // Help because the command is missing, which has no sentence to begin with.
        Err(help) if help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            tell(&format!("amplify-creds: a command is missing\n\n{}", help.render()));
            USAGE.exit.into()
        }
        Err(error) if error.use_stderr() => {
            let failure = if is_exec() { usage(&error).before_command() } else { usage(&error) };
            ended(Err(failure), arguments().any(|argument| argument == "--json"))
        }
        Err(help) => ended(write_stdout(help.render().to_string().as_bytes()).map(done), false),
    }
}

fn ended(outcome: Result<u8, Failure>, as_json: bool) -> ExitCode {
    outcome.unwrap_or_else(|failure| failure.report(as_json)).into()
}

fn done((): ()) -> u8 {
    0
}

/// Whether the command or one below it has a `--json` that is given.
fn wants_json(matches: &ArgMatches) -> bool {
    matches.try_get_one("json").is_ok_and(|given| given.copied().unwrap_or(false))
        || matches.subcommand().is_some_and(|(_, below)| wants_json(below))
}

/// Whether the command line is one for `exec`, though it is wrong. Where `--` stands the rest is another program's.
fn is_exec() -> bool {
    let ours = arguments().take_while(|argument| argument != "--");
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(ours);
    matches.is_ok_and(|matches| matches.subcommand_name() == Some("exec"))
}

fn run(cli: Cli) -> Result<u8, Failure> {
    let Cli { global, command } = cli;
    let env = Env::process();
    let outcome = match command {
        Command::Export(export) => return run(Cli { global, command: export.spelt_out() }),
        Command::Exec(options) => {
            let context = Context::new("exec", global, options.fetch.name.as_deref(), env);
            return context.and_then(|context| exec::run(context, &options)).map_err(Failure::before_command);
        }
        Command::Process(options) => {
            process::run(&Context::new("process", global, options.name.as_deref(), env)?.without_project()?, &options)
        }
        Command::Env(options) => env::run(&Context::new("env", global, options.fetch.name.as_deref(), env)?, &options),
        Command::Explain(options) => {
            explain::run(&Context::new("explain", global, options.name.as_deref(), env)?, &options)
        }
        Command::ResetCache(options) | Command::Aws { command: Amplify::ResetCache(options) } => {
            reset_cache::run(&Context::new("reset-cache", global, options.name.as_deref(), env)?, &options)
        }
        Command::Login(options) => {
            login::run(&Context::new("login", global, None, env)?.only_these(&options.names)?, &options)
        }
        Command::WhoAmI(options) => {
            whoami::run(&Context::new("whoami", global, options.fetch.name.as_deref(), env)?, &options)
        }
        Command::Check(options) => {
            check::run(&Context::new("check", global, options.fetch.name.as_deref(), env)?, &options)
        }
        Command::List(options) => list::run(&Context::new("list", global, None, env)?, &options),
        Command::Sessions(options) => sessions::run(&Context::new("sessions", global, None, env)?, &options),
        Command::Setup(options) => setup::run(&Context::new("setup", global, options.name.as_deref(), env)?, &options),
        Command::Doctor(options) => {
            return doctor::run(Context::new("doctor", global, None, env)?.only_these(&options.names)?, &options);
        }
        Command::Policy { document } => {
            policy::run(&Context::new("policy", global, policy::name(&document), env)?, &document)
        }
        Command::Boundary { command } => boundary::run(&Context::new("boundary", global, None, env)?, &command),
        Command::Completions { shell } => write_stdout(completions::script(shell).as_bytes()),
        Command::Complete { new_word, words } => completions::run(words, new_word),
        Command::Man { page } => man::run(page.as_deref()),
        Command::Help { topic } => write_stdout(help::text(topic.as_deref())?.as_bytes()),
    };
    outcome.map(done)
}

/// clap's own words in our form: the first line complete in itself, what to do under it.
fn usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("wrong usage");
    let message = first.strip_prefix("error: ").unwrap_or(first);
    Failure { details: lines.map(str::to_owned).collect(), ..Failure::new(USAGE, message) }
}
