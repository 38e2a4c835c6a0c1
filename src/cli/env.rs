//! Owns `env`: assignments for the shell that evaluates them.

use std::io::IsTerminal;

use crate::clock::Timestamp;
use crate::env;
use crate::output::shell::{Assignment, Shell};
use crate::output::tell;
use crate::printable::printable;
use crate::secret::Secret;

use super::args::{EnvOptions, ShellArg};
use super::context::Context;
use super::failure::{Failure, USAGE};
use super::fetching::fetch;
use super::put;

/// Every variable that `env` sets or takes away, and `--unset` takes away.
const ALL: [&str; 11] = [
    env::AWS_ACCESS_KEY_ID,
    env::AWS_SECRET_ACCESS_KEY,
    env::AWS_SESSION_TOKEN,
    env::AWS_SECURITY_TOKEN,
    env::AWS_CREDENTIAL_EXPIRATION,
    env::AWS_REGION,
    env::AWS_DEFAULT_REGION,
    env::AWS_PROFILE,
    env::AWS_DEFAULT_PROFILE,
    env::AMPLIFY_CREDS_ACTIVE_PROFILE,
    env::AMPLIFY_CREDS_CHAIN,
];

pub(super) fn run(context: &Context, options: &EnvOptions) -> Result<(), Failure> {
    let (shell, why) = shell(context, options);
    context.say(|| format!("for {shell:?} ({why})"));
    if options.unset {
        return print(shell, &ALL.map(|name| (name, None)));
    }
    let fetched = fetch(context, &options.fetch.how)?;
    let credentials = &fetched.credentials;
    let expiration = credentials.expiration.map(Timestamp::rfc3339);
    let region = fetched.plan.region.as_ref().map(|region| region.value.as_str());
    let assignment = |name| match name {
        env::AWS_ACCESS_KEY_ID => Some((name, Some(credentials.access_key_id.as_str()))),
        env::AWS_SECRET_ACCESS_KEY => Some((name, Some(credentials.secret_access_key.expose()))),
        env::AWS_SESSION_TOKEN => Some((name, credentials.session_token.as_ref().map(Secret::expose))),
        env::AWS_CREDENTIAL_EXPIRATION => Some((name, expiration.as_deref())),
        // Where the profile names no region, the one that the shell has is nobody's mistake.
        env::AWS_REGION | env::AWS_DEFAULT_REGION => region.map(|region| (name, Some(region))),
        env::AMPLIFY_CREDS_ACTIVE_PROFILE => Some((name, Some(fetched.plan.profile.as_str()))),
        // A profile would win over the keys in some SDKs; the rest is stale.
        _ => Some((name, None)),
    };
    print(shell, &ALL.into_iter().filter_map(assignment).collect::<Vec<_>>())?;
    if std::io::stdout().is_terminal() && !context.global.quiet {
        let line = shell.eval_line(&format!("amplify-creds env {}", fetched.plan.profile));
        tell(&format!("hint: the shell takes them by: {}\n", printable(&line)));
    }
    Ok(())
}

fn print(shell: Shell, assignments: &[Assignment<'_>]) -> Result<(), Failure> {
    match shell.render(assignments) {
        Ok(text) => put(text.as_bytes()),
        Err(name) => Err(Failure::new(USAGE, format!("this shell has no quoting for the value of {name}"))
            .hint("use another shell: --shell powershell")),
    }
}

/// The shell and what told it: the option, the program that started us, the login shell.
fn shell(context: &Context, options: &EnvOptions) -> (Shell, &'static str) {
    let asked = options.shell.map(|shell| match shell {
        ShellArg::Bash | ShellArg::Zsh | ShellArg::Sh => Shell::Posix,
        ShellArg::Fish => Shell::Fish,
        ShellArg::Powershell => Shell::PowerShell,
        ShellArg::Cmd => Shell::Cmd,
    });
    let login = || context.env.text(env::SHELL).and_then(|path| Shell::of_program(&path));
    let usual = if cfg!(windows) { Shell::PowerShell } else { Shell::Posix };
    asked
        .map(|shell| (shell, "--shell"))
        .or_else(|| parent().map(|shell| (shell, "the parent process")))
        .or_else(|| login().map(|shell| (shell, "$SHELL")))
        .unwrap_or((usual, "nothing tells another"))
}

/// The shell that started us, where the system tells.
#[cfg(target_os = "linux")]
fn parent() -> Option<Shell> {
    let pid = rustix::process::getppid()?.as_raw_nonzero();
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Shell::of_program(name.trim_end())
}

#[cfg(not(target_os = "linux"))]
fn parent() -> Option<Shell> {
    None
}
