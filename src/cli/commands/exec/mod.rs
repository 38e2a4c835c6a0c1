//! `exec` replaces this process with a command. With `--serve` the process remains.

mod failure;
mod renewal;
mod serve;

use std::ffi::OsString;
#[cfg(windows)]
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::cli::args::ExecOptions;
use crate::cli::context::Context;
use crate::cli::credential_env::CredentialEnv;
use crate::cli::credentials::fetch;
use crate::cli::errors::failure::Failure;
use crate::cli::grant::Grant;
use crate::cli::grant_source::grant;
use crate::cli::picker;
use crate::os::env;
use crate::os::env::Env;
#[cfg(windows)]
use crate::os::job::{Job, exit_like};

use failure::{not_run, of_shell_variable};

pub(crate) fn run(context: Context, options: &ExecOptions) -> Result<u8, Failure> {
    let is_from_variable = options.command.is_empty() && context.env.path(env::SHELL).is_some();
    let outcome = picker::pick_if_none_selected(context).and_then(|context| run_command(context, options));
    if is_from_variable { outcome.map_err(of_shell_variable) } else { outcome }
}

fn run_command(context: Context, options: &ExecOptions) -> Result<u8, Failure> {
    let mut command = command(&context, &options.command);
    if options.serve {
        let fetched = fetch(&context, &options.fetch.session)?;
        report(&context, &command, Some(&fetched.plan.profile));
        return serve::run(context, &options.fetch.session, fetched, command);
    }
    let grant = grant(&context, &options.fetch.session)?;
    report(&context, &command, grant.profile.as_deref());
    set_env(&mut command, &context, &grant);
    exec_replace(command)
}

fn report(context: &Context, command: &Command, profile: Option<&str>) {
    let profile = profile.unwrap_or("the environment");
    context.info(|| format!("running {} with the credentials of {profile}", command.get_program().display()));
}

fn command(context: &Context, asked: &[OsString]) -> Command {
    let env = &context.env;
    let (name, arguments) = match asked {
        [name, arguments @ ..] => (name.clone(), arguments),
        [] => (env.path(env::SHELL).unwrap_or_else(|| default_shell(env)).into(), asked),
    };
    let mut command = Command::new(program(name, env));
    command.args(arguments);
    command
}

fn default_shell(env: &Env) -> PathBuf {
    if cfg!(windows) { env.path(env::COMSPEC).unwrap_or_else(|| "cmd.exe".into()) } else { "sh".into() }
}

#[cfg(unix)]
fn program(asked: OsString, _env: &Env) -> OsString {
    asked
}

/// Finds the program as `cmd` does. Most tools of npm and Python are `NAME.cmd` or `NAME.bat`, but Windows itself adds
/// only `.exe`.
#[cfg(windows)]
fn program(asked: OsString, env: &Env) -> OsString {
    let path = Path::new(&asked);
    if path.extension().is_some() {
        return asked;
    }
    let endings = env.text(env::PATHEXT).unwrap_or_else(|| ".COM;.EXE;.BAT;.CMD".to_owned());
    let places = if path.components().count() > 1 { vec![PathBuf::new()] } else { env.search_path() };
    let with_ending = |place: &PathBuf| {
        endings.split(';').filter(|ending| ending.starts_with('.')).find_map(|ending| {
            let mut name = place.join(path).into_os_string();
            name.push(ending);
            Path::new(&name).is_file().then_some(name)
        })
    };
    places.iter().find_map(with_ending).unwrap_or(asked)
}

/// Also removes all other credentials from the environment of the command.
fn set_env(command: &mut Command, context: &Context, grant: &Grant) {
    for (name, value) in CredentialEnv::of(context, grant).assignments() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

#[cfg(unix)]
fn exec_replace(mut command: Command) -> Result<u8, Failure> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(not_run(command.get_program(), &error))
}

/// Windows cannot replace a process, so this process exits with the status of the command.
#[cfg(windows)]
fn exec_replace(mut command: Command) -> Result<u8, Failure> {
    let ended = Job::start(&mut command).and_then(Job::wait);
    ended.map(exit_like).map_err(|error| not_run(command.get_program(), &error))
}
