//! On a terminal, `man` runs the system's `man`, or prints text if it is missing. Elsewhere it prints roff.

use std::fs::OpenOptions;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::{Command, ExitStatus};
use std::{fs, io};

use crate::cli::errors::failure::{Failure, INTERNAL, USAGE};
use crate::cli::manual::{Page, pages};
use crate::cli::output::write_stdout;
use crate::os::job::exit_like;
use crate::os::{env, random};

pub(crate) fn run(name: Option<&str>) -> Result<u8, Failure> {
    let wanted = match name {
        None | Some("amplify-creds") => "amplify-creds".to_owned(),
        Some(name) if name.starts_with("amplify-creds-") => name.to_owned(),
        Some(name) => format!("amplify-creds-{name}"),
    };
    let Some(page) = pages().into_iter().find(|page| page.name == wanted) else {
        let shown = wanted.trim_start_matches("amplify-creds-");
        return Err(Failure::new(USAGE, format!("no manual page is called {shown}"))
            .hint("run: amplify-creds man (the program), man config (its files), man guide (recipes) or man COMMAND"));
    };
    if !io::stdout().is_terminal() {
        return write_stdout(page.roff().as_bytes()).map(|()| 0);
    }
    match show(&page) {
        Ok(status) => Ok(exit_like(status)),
        Err(error) if error.kind() == ErrorKind::NotFound => write_stdout(page.plain().as_bytes()).map(|()| 0),
        Err(error) => Err(Failure::new(INTERNAL, format!("cannot show the manual page: {error}"))
            .hint(format!("amplify-creds man {} | man -l -", name.unwrap_or_default()))),
    }
}

/// Uses a file, because not every `man` reads stdin. Each accepts a path with a slash.
fn show(page: &Page) -> io::Result<ExitStatus> {
    let name = format!("{}.{}", random::hex(8)?.expose(), page.file_name());
    let path = env::temporary_directory().join(name);
    // The pager handles Ctrl-C and continues.
    #[cfg(unix)]
    signal_hook::flag::register(signal_hook::consts::SIGINT, std::sync::Arc::default())?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let written = file.write_all(page.roff().as_bytes());
    let shown = written.and_then(|()| Command::new("man").arg(&path).env_remove(env::AMPLIFY_CREDS_MFA_TOKEN).status());
    let _ = fs::remove_file(&path);
    shown
}
