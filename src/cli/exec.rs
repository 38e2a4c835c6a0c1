//! Owns `exec`: a command with credentials in its environment, in the place of this program.
//!
//! Refuses to stay between the command and whoever started it: there is nothing to pass on and nothing to get wrong.
//! With `--serve` it must stay, which is `serve`'s.

use std::ffi::{OsStr, OsString};
use std::io;
#[cfg(windows)]
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::env::{self, Env};
#[cfg(windows)]
use crate::job::{Job, end_like};

use super::args::ExecOptions;
use super::context::Context;
use super::failure::{COMMAND_NOT_FOUND, CONFIG, Failure, NOT_EXECUTABLE};
use super::fetching::{Fetched, fetch};
use super::{serve, variables};

pub(super) fn run(context: Context, options: &ExecOptions) -> Result<u8, Failure> {
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
fn command(context: &Context, asked: &[OsString]) -> Command {
    if let Some((program, arguments)) = asked.split_first() {
        let mut command = Command::new(self::program(program.clone(), &context.env));
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
    let places = if path.components().count() > 1 {
        vec![PathBuf::new()]
    } else {
        env.path(env::PATH).map(|dirs| env::split_paths(dirs.as_os_str())).unwrap_or_default()
    };
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
    if error.kind() == io::ErrorKind::InvalidInput {
        let message = "a value for the command's environment, or an argument, has a NUL byte in it, which no program can be given";
        return Failure::new(CONFIG, message)
            .hint("amplify-creds explain shows where each value stands")
            .before_command();
    }
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
fn become_it(mut command: Command) -> Result<u8, Failure> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(not_run(command.get_program(), &error))
}

/// There is no such thing as taking a process's place: the command's end is ours.
#[cfg(windows)]
fn become_it(mut command: Command) -> Result<u8, Failure> {
    let ended = Job::start(&mut command).and_then(Job::wait);
    ended.map(end_like).map_err(|error| not_run(command.get_program(), &error))
}
