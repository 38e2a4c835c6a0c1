pub mod args;
mod audit_log;
#[cfg(unix)]
mod broker_client;
mod browser;
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
mod grant;
mod grant_source;
mod iam;
mod identity;
mod intended;
mod key_store;
mod login_command;
pub mod manual;
mod option_use;
mod output;
mod own_path;
mod picker;
mod plan_inputs;
mod policy_categories;
mod policy_denials;
mod policy_file;
mod profile_rows;
mod program;
mod prompts;
mod questions;
mod reporter;
mod resolve_options;
mod screen;
mod selection;
mod sign_in;
mod sign_in_status;
mod sources;
mod suggestions;
mod warnings;
mod wrapper_name;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::os::env::arguments;
use crate::os::{panics, startup};
use crate::output::write_stderr;

use args::policy::PolicyVerb;
use args::{Amplify, Cli, ColorArg, Command};
use color::Painter;
#[cfg(unix)]
use commands::broker;
use commands::{
    acreds, audit, boundary, check, completions, console, doctor, env, exec, explain, help, init, keys, list, login,
    logout, man, policy, process, reset_cache, sessions, setup, whoami,
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
    let mut program = Cli::command();
    let parsed = program.try_get_matches_from_mut(arguments());
    // Options of a command are also accepted before it.
    let moved = if parsed.is_err() { intended::with_options_behind(arguments()) } else { None };
    let parsed = match &moved {
        Some(words) => program.try_get_matches_from_mut(words),
        None => parsed,
    };
    let words = || moved.clone().unwrap_or_else(|| arguments().collect()).into_iter();
    let parsed = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    match parsed {
        Ok((cli, matches)) => {
            let color = cli.global.color;
            let before = intended::profile_before_command(words());
            let outcome = option_use::refuse_unused(&program, &matches)
                .and_then(|()| option_use::refuse_two_profiles(before.as_deref(), cli.global.profile.as_deref()))
                .and_then(|()| run(cli));
            exit_code(outcome, wants_json(&matches), color)
        }
        // This help has no error message of its own.
        Err(help) if help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            write_stderr(&format!("amplify-creds: no command given\n\n{}", help.render()));
            USAGE.exit.into()
        }
        Err(error) if error.use_stderr() => {
            let of_others = option_use::hint(&error, &program);
            let error = suggestions::visible_only(error, &program, words(), of_others.is_some());
            let hints = intended::hints(&error, words()).into_iter().chain(of_others);
            let failure = hints.fold(usage(&error), Failure::hint);
            #[cfg(unix)]
            if is_verb(words(), "process") {
                print_below_amplify(&failure);
            }
            let failure = if is_verb(words(), "exec") { failure.before_command() } else { failure };
            exit_code(Err(failure), error_document::is_asked(words()), None)
        }
        // The shell evaluates stdout.
        Err(help) if words().nth(1).is_some_and(|verb| verb == "acreds") => {
            write_stderr(&help.render().to_string());
            ExitCode::SUCCESS
        }
        Err(help) => exit_code(write_stdout(help.render().to_string().as_bytes()).map(|()| 0), false, None),
    }
}

fn exit_code(outcome: Result<u8, Failure>, as_json: bool, color: Option<ColorArg>) -> ExitCode {
    outcome.unwrap_or_else(|failure| failure.report(as_json, |text| Painter::stderr(color).error(text))).into()
}

/// Whether `--json` is set on the command or a subcommand.
fn wants_json(matches: &ArgMatches) -> bool {
    matches.try_get_one("json").is_ok_and(|given| given.copied().unwrap_or(false))
        || matches.subcommand().is_some_and(|(_, below)| wants_json(below))
}

/// The words after `--` belong to another program.
fn is_verb(words: impl Iterator<Item = OsString>, verb: &str) -> bool {
    let ours = words.take_while(|argument| argument != "--");
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(ours);
    matches.is_ok_and(|matches| matches.subcommand_name() == Some(verb))
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
        Command::Console(options) => {
            let context = Context::new("console", global, options.fetch.name.as_deref())?;
            console::run(&picker::pick_if_none_selected(context)?, &options)
        }
        #[cfg(unix)]
        Command::Broker(options) => broker::run(global, *options),
        #[cfg(not(unix))]
        Command::Broker(_) => {
            let message = "broker needs UNIX sockets, which this system does not have";
            Err(Failure::new(errors::failure::UNSUPPORTED, message).hint("run it in WSL"))
        }
        Command::Acreds(options) => {
            let options = acreds::resolve_previous(options)?;
            acreds::run(Context::new("acreds", global, options.fetch.name.as_deref())?, &options)
        }
        Command::Init { shell } => write_stdout(init::script(shell)?.as_bytes()),
        Command::Explain(options) => explain::run(&Context::new("explain", global, options.name.as_deref())?, &options),
        Command::ResetCache(options) | Command::Aws { command: Amplify::ResetCache(options) } => {
            reset_cache::run(&Context::new("reset-cache", global, options.name.as_deref())?, &options)
        }
        Command::Login(options) => {
            login::run(Context::new("login", global, None)?.check_names(&options.names)?, &options)
        }
        Command::Logout(options) => {
            logout::run(&Context::new("logout", global, None)?.check_names(&options.names)?, &options)
        }
        Command::WhoAmI(options) => {
            whoami::run(&Context::new("whoami", global, options.fetch.name.as_deref())?, &options)
        }
        Command::Check(options) => check::run(&Context::new("check", global, options.fetch.name.as_deref())?, &options),
        Command::List(options) => list::run(&Context::new("list", global, None)?, &options),
        Command::Sessions(options) => sessions::run(&Context::new("sessions", global, None)?, &options),
        Command::Audit(options) => audit::run(&Context::new("audit", global, options.name.as_deref())?, &options),
        Command::Setup(options) => setup::run(&Context::new("setup", global, options.name.as_deref())?, &options),
        Command::Doctor(options) => {
            return doctor::run(Context::new("doctor", global, None)?.check_names(&options.names)?, &options);
        }
        Command::Keys { command } => keys::run(&Context::new("keys", global, command.name())?, &command),
        Command::Policy { document } => {
            let mut context = Context::new(document.words(), global, policy::name(&document))?;
            if matches!(*document, PolicyVerb::Boundary(_)) {
                context = selection::with_env_as_name(context)?;
            }
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

/// The first line of clap's message must be complete. The other lines are details.
fn usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("invalid usage");
    let message = first.strip_prefix("error: ").unwrap_or(first);
    Failure { details: lines.map(str::to_owned).collect(), ..Failure::new(USAGE, message) }
}
