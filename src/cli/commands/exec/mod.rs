//! `exec`: a command with credentials in its environment, in the place of this program.
//!
//! With `--serve` it must stay, which is `serve`'s.

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
use crate::cli::credential_env;
use crate::cli::credentials::{Fetched, fetch};
use crate::cli::errors::failure::Failure;
use crate::os::env;
use crate::os::env::Env;
#[cfg(windows)]
use crate::os::job::{Job, exit_like};

use failure::not_run;

pub(crate) fn run(context: Context, options: &ExecOptions) -> Result<u8, Failure> {
    let mut command = command(&context, &options.command);
    let fetched = fetch(&context, &options.fetch.how)?;
    let profile = &fetched.plan.profile;
    context.say(|| format!("running {} with the credentials of {profile}", command.get_program().display()));
    if options.serve {
        return serve::run(context, &options.fetch.how, fetched, command);
    }
    set_env(&mut command, &fetched);
    exec_replace(command)
}

/// The command that is asked for, else the user's shell.
fn command(context: &Context, asked: &[OsString]) -> Command {
    if let Some((program, arguments)) = asked.split_first() {
        let mut command = Command::new(crate::cli::commands::exec::program(program.clone(), &context.env));
        command.args(arguments);
        return command;
    }
    Command::new(program(
        context.env.path(env::SHELL).unwrap_or_else(|| usual_shell(&context.env)).into(),
        &context.env,
    ))
}

#[cfg(unix)]
fn usual_shell(_env: &Env) -> PathBuf {
    "sh".into()
}

#[cfg(windows)]
fn usual_shell(env: &Env) -> PathBuf {
    env.path(env::COMSPEC).unwrap_or_else(|| "cmd.exe".into())
}

/// What the system starts under that name.
#[cfg(unix)]
fn program(asked: OsString, _env: &Env) -> OsString {
    asked
}

/// What `cmd` would start under that name: most tools of npm and Python are `NAME.cmd` or `NAME.bat`, and Windows by
/// itself adds no other ending than `.exe`. Without such a file the name stays, for Windows to find or not.
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

/// Puts the credentials into the command's environment, and takes all others out of it.
fn set_env(command: &mut Command, fetched: &Fetched) {
    let expiration = credential_env::expiration(fetched);
    for name in credential_env::REMOVED_VARS {
        command.env_remove(name);
    }
    for (name, value) in credential_env::assignments(fetched, expiration.as_deref()) {
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

/// There is no such thing as taking a process's place: the command's end is ours.
#[cfg(windows)]
fn exec_replace(mut command: Command) -> Result<u8, Failure> {
    let ended = Job::start(&mut command).and_then(Job::wait);
    ended.map(exit_like).map_err(|error| not_run(command.get_program(), &error))
}
