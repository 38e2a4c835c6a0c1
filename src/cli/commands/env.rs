use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::cli::args::EnvOptions;
use crate::cli::context::Context;
use crate::cli::credential_env::{CredentialEnv, unset_vars};
use crate::cli::errors::failure::{CONFIG, FILE, Failure, USAGE};
use crate::cli::grant_source::grant;
use crate::cli::output::write_stdout;
use crate::core::sanitize::printable;
use crate::os::env;
use crate::os::fs::append_without_waiting;
use crate::output::shell::{Assignment, SHELL_NAMES, Shell, masks};
use crate::output::write_stderr;
#[cfg(unix)]
use crate::prompt::ignore_suspend_key;

pub(crate) fn run(context: &Context, options: &EnvOptions) -> Result<(), Failure> {
    // As in eval "$(amplify-creds env)".
    #[cfg(unix)]
    if !io::stdout().is_terminal() {
        ignore_suspend_key();
    }
    let (shell, why) = shell(context, options);
    context.info(|| {
        // The last of a shell's names is the plainest.
        let name = SHELL_NAMES.iter().rfind(|row| row.shell == shell).map_or("", |row| row.name);
        format!("writing the assignments for {name} ({why})")
    });
    if options.unset {
        let unset: Vec<_> = unset_vars(&context.env).into_iter().map(|name| (name, None)).collect();
        return emit(context, shell, &unset);
    }
    let grant = grant(context, &options.fetch.session)?;
    emit(context, shell, &CredentialEnv::of(context, &grant).assignments())?;
    if std::io::stdout().is_terminal() && !context.global.quiet {
        let profile = grant.profile.as_ref().map(|profile| format!(" {profile}"));
        let line = shell.eval_line(&format!("amplify-creds env{}", profile.unwrap_or_default()));
        write_stderr(&format!("hint: to set these in your shell, run: {}\n", printable(&line)));
    }
    Ok(())
}

fn emit(context: &Context, shell: Shell, assignments: &[Assignment<'_>]) -> Result<(), Failure> {
    let render = |assignments: &[Assignment<'_>]| {
        shell.render(assignments).map_err(|name| match shell {
            Shell::Dotenv => Failure::new(
                USAGE,
                format!("the value of {name} cannot be written in a .env file that all programs read the same way"),
            )
            .hint("run the program with the credentials instead: amplify-creds exec PROFILE -- PROGRAM"),
            _ => Failure::new(USAGE, format!("the value of {name} cannot be quoted for this shell"))
                .hint("use another shell: --shell powershell"),
        })
    };
    match shell {
        Shell::GitHub => to_github(context, assignments, render),
        Shell::Dotenv if assignments.iter().all(|(_, value)| value.is_none()) => {
            Err(Failure::new(USAGE, "a .env file cannot unset variables").hint("delete the file"))
        }
        _ => write_stdout(render(assignments)?.as_bytes()),
    }
}

/// Masks the values first, so that the job's log never shows a secret.
fn to_github<'a>(
    context: &Context,
    assignments: &[Assignment<'a>],
    render: impl Fn(&[Assignment<'a>]) -> Result<Zeroizing<String>, Failure>,
) -> Result<(), Failure> {
    let path = context.env.path(env::GITHUB_ENV).ok_or_else(|| {
        Failure::new(CONFIG, "GITHUB_ENV is not set: this is not a step of a GitHub Actions job")
            .hint("for a shell: amplify-creds env --shell bash")
    })?;
    let is_profile = |name: &str| [env::AWS_PROFILE, env::AWS_DEFAULT_PROFILE].contains(&name);
    let is_set = |name: &str| context.env.text(name).is_some();
    let sets_some = assignments.iter().any(|(_, value)| value.is_some());
    // GITHUB_ENV cannot unset variables, and botocore fails if AWS_PROFILE is empty.
    if let Some((name, _)) = assignments.iter().find(|(name, _)| sets_some && is_profile(name) && is_set(name)) {
        write_stderr(&format!(
            "{name} stays set for later steps, and some SDKs prefer it to keys: remove it from the job\n"
        ));
    }
    let needed = |(name, value): &Assignment<'_>| value.is_some() || (is_set(name) && !is_profile(name));
    let needed: Vec<_> = assignments.iter().copied().filter(needed).collect();
    let mut text = render(&needed)?;
    if ends_within_line(&path) {
        text.insert(0, '\n');
    }
    let secrets = [env::AWS_SECRET_ACCESS_KEY, env::AWS_SESSION_TOKEN];
    let secrets: Vec<_> =
        needed.iter().filter(|(name, _)| secrets.contains(name)).filter_map(|(_, value)| *value).collect();
    write_stdout(masks(&secrets).as_bytes())?;
    append_without_waiting(&path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        Failure::new(FILE, format!("cannot write the file {} (GITHUB_ENV names it): {error}", path.display()))
    })
}

/// Whether another step has written a last line without a line end.
fn ends_within_line(path: &Path) -> bool {
    let last = || -> io::Result<[u8; 1]> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last).map(|()| last)
    };
    path.is_file() && last().is_ok_and(|last| last != *b"\n")
}

/// The shell and its origin: the option, the parent process, or the login shell.
fn shell(context: &Context, options: &EnvOptions) -> (Shell, &'static str) {
    let login = || context.env.text(env::SHELL).and_then(|path| Shell::of_program(&path));
    let usual = if cfg!(windows) { Shell::PowerShell } else { Shell::Posix };
    options
        .shell
        .map(|shell| (shell, "--shell"))
        .or_else(|| parent().map(|shell| (shell, "the parent process")))
        .or_else(|| login().map(|shell| (shell, "$SHELL")))
        .unwrap_or((usual, "the default"))
}

/// The shell that started this process, if the system reveals it.
#[cfg(target_os = "linux")]
fn parent() -> Option<Shell> {
    let pid = rustix::process::getppid()?.as_raw_nonzero();
    let program = std::fs::read_link(format!("/proc/{pid}/exe"));
    let program = program.ok().and_then(|path| Shell::of_program(path.to_str()?));
    // The program of another user's process is hidden, but its name is visible.
    program.or_else(|| Shell::of_program(std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim_end()))
}

#[cfg(not(target_os = "linux"))]
fn parent() -> Option<Shell> {
    None
}
