//! Owns `exec`: a command with credentials in its environment, in the place of this program.
//!
//! Refuses to stay between the command and whoever started it: there is nothing to pass on and nothing to get wrong.
//! With `--serve` it must stay, which is `serve`'s.

use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitCode};

use crate::env;

use super::args::ExecOptions;
use super::context::Context;
use super::failure::{COMMAND_NOT_FOUND, Failure, NOT_EXECUTABLE};
use super::fetching::{Fetched, fetch};
use super::{serve, variables};

pub(super) fn run(context: Context, options: &ExecOptions) -> Result<ExitCode, Failure> {
    let mut command = command(&context, &options.command);
    let fetched = fetch(&context, &options.fetch.how)?;
    let profile = &fetched.plan.profile;
    context.say(|| format!("running {} with the credentials of {profile}", command.get_program().display()));
    if options.serve {
        return serve::run(context, &options.fetch.how, fetched, command);
    }
    hand_over(&mut command, &fetched);
    become_it(command)
}

/// The command that is asked for, else the user's shell.
fn command(context: &Context, asked: &[std::ffi::OsString]) -> Command {
    if let Some((program, arguments)) = asked.split_first() {
        let mut command = Command::new(program);
        command.args(arguments);
        return command;
    }
    let usual = if cfg!(windows) { "cmd.exe" } else { "sh" };
    Command::new(context.env.path(env::SHELL).unwrap_or_else(|| usual.into()))
}

/// Puts the credentials into the command's environment, and takes all others out of it.
fn hand_over(command: &mut Command, fetched: &Fetched) {
    let expiration = variables::expiration(fetched);
    for name in variables::KEPT_BACK {
        command.env_remove(name);
    }
    for (name, value) in variables::assignments(fetched, expiration.as_deref()) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Why the command did not run, with the status that shells give.
pub(super) fn not_run(program: &OsStr, error: &io::Error) -> Failure {
    let program = program.display();
    if error.kind() == io::ErrorKind::NotFound {
        Failure::new(
            COMMAND_NOT_FOUND,
            format!("cannot run {program}: there is no such command, or no such interpreter as its first line names"),
        )
        .hint("the command stands after --, the profile before it: amplify-creds exec PROFILE -- COMMAND")
    } else {
        Failure::new(NOT_EXECUTABLE, format!("cannot run {program}: {error}"))
    }
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<ExitCode, Failure> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(not_run(command.get_program(), &error))
}

/// There is no such thing as taking a process's place: the command's end is ours. Ctrl-C reaches both.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<ExitCode, Failure> {
    let status = command.status().map_err(|error| not_run(command.get_program(), &error))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
