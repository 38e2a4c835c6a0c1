//! Owns the verbs: arguments in, one call into the core, one rendering out.
//!
//! Refuses logic of its own; nothing below imports this module.

mod advice;
pub mod args;
mod base_error;
mod boundary;
mod check;
mod check_amplify;
mod color;
mod complete;
mod context;
mod doctor;
mod doctor_fix;
mod doctor_text;
mod env;
mod exec;
mod explain;
mod explain_base;
mod explain_error;
mod explain_setup;
pub mod failure;
mod fetching;
mod help;
mod list;
mod login;
mod man;
pub mod manual;
mod network_error;
mod own_path;
mod plain;
mod plan_error;
mod policy;
mod policy_file;
mod process;
mod project;
mod questions;
mod renewal;
mod reset_cache;
mod role_flags;
mod serve;
mod sessions;
mod setup;
mod setup_answers;
mod variables;
mod whoami;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::env::{Env, arguments};
use crate::output::{print, tell};
use crate::start;

use args::policy::BoundaryVerb;
use args::{Amplify, Cli, Command, Doctor, Explain, List, Login, ResetCache, Sessions, WhoAmI};
use context::Context;
use failure::{Failure, OUTPUT, USAGE};

/// Runs the program with the process's own arguments and environment; gives its exit status.
pub fn main() -> u8 {
    start::keep_memory_private();
    if let Some(cli) = plain::parse(arguments()) {
        return ended(run(cli), false);
    }
    let cli = match Cli::try_parse_from(arguments()) {
        Ok(cli) => cli,
        // Help for want of a command, which has no sentence to begin with.
        Err(help) if help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            tell(&format!("amplify-creds: a command is missing\n\n{}", help.render()));
            return USAGE.exit;
        }
        Err(error) if error.use_stderr() => {
            let failure = if is_exec() { usage(&error).before_command() } else { usage(&error) };
            return failure.report(arguments().any(|argument| argument == "--json"));
        }
        Err(help) => return ended(put(help.render().to_string().as_bytes()).map(done), false),
    };
    let as_json = match &cli.command {
        Command::List(List { json, .. })
        | Command::Login(Login { json, .. })
        | Command::Explain(Explain { json, .. })
        | Command::WhoAmI(WhoAmI { json, .. })
        | Command::Doctor(Doctor { json, .. })
        | Command::Sessions(Sessions { json })
        | Command::ResetCache(ResetCache { json, .. })
        | Command::Boundary { command: BoundaryVerb::Show { json } }
        | Command::Aws { command: Amplify::ResetCache(ResetCache { json, .. }) } => *json,
        Command::Check(options) => options.json,
        Command::Process(_)
        | Command::Env(_)
        | Command::Export(_)
        | Command::Setup(_)
        | Command::Exec(_)
        | Command::Policy { .. }
        | Command::Boundary { .. }
        | Command::Completions { .. }
        | Command::Complete { .. }
        | Command::Man { .. }
        | Command::Help { .. } => false,
    };
    ended(run(cli), as_json)
}

fn ended(outcome: Result<u8, Failure>, as_json: bool) -> u8 {
    outcome.unwrap_or_else(|failure| failure.report(as_json))
}

fn done((): ()) -> u8 {
    0
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
        Command::Completions { shell } => put(complete::script(shell).as_bytes()),
        Command::Complete { new_word, words } => complete::run(words, new_word),
        Command::Man { page } => man::run(page.as_deref()),
        Command::Help { topic } => put(help::text(topic.as_deref())?.as_bytes()),
    };
    outcome.map(done)
}

/// Prints what was asked for.
fn put(bytes: &[u8]) -> Result<(), Failure> {
    print(bytes).map_err(|error| Failure::new(OUTPUT, format!("cannot write to stdout: {error}")))
}

/// clap's own words in our form: the first line complete in itself, what to do under it.
fn usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("wrong usage");
    let message = first.strip_prefix("error: ").unwrap_or(first);
    Failure { details: lines.map(str::to_owned).collect(), ..Failure::new(USAGE, message) }
}
