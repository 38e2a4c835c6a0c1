pub mod args;
mod color;
mod commands;
mod confirm;
mod connection_pool;
mod context;
mod credential_env;
mod credentials;
mod env_inputs;
mod error_document;
pub mod errors;
mod exported_region;
mod fast_args;
mod iam;
mod identity;
mod intended;
pub mod manual;
mod output;
mod own_path;
mod plan_inputs;
mod policy_categories;
mod policy_file;
mod prompts;
mod questions;
mod reporter;
mod resolve_options;
mod screen;
mod selection;
mod warnings;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::os::env::arguments;
use crate::os::{panics, startup};
use crate::output::write_stderr;

use args::policy::PolicyVerb;
use args::{Amplify, Cli, ColorArg, Command};
use color::Painter;
use commands::{
    boundary, check, completions, doctor, env, exec, explain, help, list, login, man, policy, process, reset_cache,
    sessions, setup, whoami,
};
use context::Context;
use errors::failure::{Failure, USAGE};
#[cfg(unix)]
use errors::terminal_copy::print_below_amplify;
use output::write_stdout;

pub fn main() -> ExitCode {
    startup::keep_memory_private();
    panics::install_hook();
    panics::exit_code(run_command_line)
}

fn run_command_line() -> ExitCode {
    if let Some(cli) = fast_args::parse(arguments()) {
        let color = cli.global.color;
        return exit_code(run(cli), false, color);
    }
    let parsed = Cli::command().try_get_matches_from(arguments());
    // Options of a command are also taken before it.
    // Options of a command are also taken before it.
    let moved = if parsed.is_err() { intended::with_options_behind(arguments()) } else { None };
    let parsed = match &moved {
        Some(words) => Cli::command().try_get_matches_from(words),
        None => parsed,
    };
    let words = || moved.clone().unwrap_or_else(|| arguments().collect()).into_iter();
    let parsed = parsed.and_then(|matches| Ok((wants_json(&matches), Cli::from_arg_matches(&matches)?)));
    match parsed {
        Ok((as_json, cli)) => {
            let color = cli.global.color;
            exit_code(run(cli), as_json, color)
        }
        // This help has no error message of its own.
        Err(help) if help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            write_stderr(&format!("amplify-creds: a command is missing\n\n{}", help.render()));
            USAGE.exit.into()
        }
        Err(error) if error.use_stderr() => {
            let failure = usage(&error);
            let failure = intended::hints(&error, words()).into_iter().fold(failure, Failure::hint);
            let failure = if is_exec() { failure.before_command() } else { failure };
            exit_code(Err(failure), error_document::is_asked(words()), None)
        }
        Err(help) => exit_code(write_stdout(help.render().to_string().as_bytes()).map(|()| 0), false, None),
    }
}

fn exit_code(outcome: Result<u8, Failure>, as_json: bool, color: Option<ColorArg>) -> ExitCode {
    outcome.unwrap_or_else(|failure| failure.report(as_json, |text| Painter::stderr(color).error(text))).into()
}

/// Whether `--json` is given to the command or a subcommand.
fn wants_json(matches: &ArgMatches) -> bool {
    matches.try_get_one("json").is_ok_and(|given| given.copied().unwrap_or(false))
        || matches.subcommand().is_some_and(|(_, below)| wants_json(below))
}

/// Whether an invalid command line is for `exec`. The words after `--` are another program's.
fn is_exec() -> bool {
    let ours = arguments().take_while(|argument| argument != "--");
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(ours);
    matches.is_ok_and(|matches| matches.subcommand_name() == Some("exec"))
}

fn run(cli: Cli) -> Result<u8, Failure> {
    let Cli { global, command } = cli;
    let outcome = match command {
        Command::Export(export) => return run(Cli { global, command: export.spelt_out() }),
        Command::Exec(options) => {
            let context = Context::new("exec", global, options.fetch.name.as_deref());
            return context.and_then(|context| exec::run(context, &options)).map_err(Failure::before_command);
        }
        Command::Process(options) => {
            #[cfg(unix)]
            let is_quiet = global.quiet;
            let context = Context::new("process", global, options.name.as_deref());
            let context = context.and_then(Context::without_project);
            let outcome = context.and_then(|context| process::run(&context, &options));
            #[cfg(unix)]
            if let Some(failure) = outcome.as_ref().err().filter(|_| !is_quiet) {
                print_below_amplify(failure);
            }
            outcome
        }
        Command::Env(options) => env::run(&Context::new("env", global, options.fetch.name.as_deref())?, &options),
        Command::Explain(options) => explain::run(&Context::new("explain", global, options.name.as_deref())?, &options),
        Command::ResetCache(options) | Command::Aws { command: Amplify::ResetCache(options) } => {
            reset_cache::run(&Context::new("reset-cache", global, options.name.as_deref())?, &options)
        }
        Command::Login(options) => {
            login::run(&Context::new("login", global, None)?.check_names(&options.names)?, &options)
        }
        Command::WhoAmI(options) => {
            whoami::run(&Context::new("whoami", global, options.fetch.name.as_deref())?, &options)
        }
        Command::Check(options) => check::run(&Context::new("check", global, options.fetch.name.as_deref())?, &options),
        Command::List(options) => list::run(&Context::new("list", global, None)?, &options),
        Command::Sessions(options) => sessions::run(&Context::new("sessions", global, None)?, &options),
        Command::Setup(options) => setup::run(&Context::new("setup", global, options.name.as_deref())?, &options),
        Command::Doctor(options) => {
            return doctor::run(Context::new("doctor", global, None)?.check_names(&options.names)?, &options);
        }
        Command::Policy { document } => {
            let mut context = Context::new("policy", global, policy::name(&document))?;
            context.accepts_any_environment = matches!(*document, PolicyVerb::Boundary(_));
            policy::run(&context, &document)
        }
        Command::Boundary { command } => boundary::run(&Context::new("boundary", global, None)?, &command),
        Command::Completions { shell } => write_stdout(completions::script(shell).as_bytes()),
        Command::Complete { new_word, words } => completions::run(words, new_word),
        Command::Man { page } => return man::run(page.as_deref()),
        Command::Help { topic } => write_stdout(help::text(&topic)?.as_bytes()),
    };
    outcome.map(|()| 0)
}

/// clap's message: the first line complete in itself, the others as details.
fn usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("wrong usage");
    let message = first.strip_prefix("error: ").unwrap_or(first);
    Failure { details: lines.map(str::to_owned).collect(), ..Failure::new(USAGE, message) }
}
