//! Opens a page in the user's browser.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use thiserror::Error;

use super::env::{self, Env};
use super::fs::{create_private_dir, private};
use super::random;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrowserError {
    #[error("no browser was found")]
    Missing,
    #[error("cannot start {program}: {reason}")]
    Start { program: String, reason: String },
    #[error("{program} ended with {status}")]
    Failed { program: String, status: String },
}

/// The program that opens the page. A browser that was not running before may itself be this program, and does not end.
#[derive(Debug)]
pub struct Opener {
    child: Child,
    program: String,
}

impl Opener {
    /// Reports a failure once.
    pub fn failure(&mut self) -> Option<BrowserError> {
        let status = self.child.try_wait().ok()??;
        let program = self.program.clone();
        (!status.success()).then(|| BrowserError::Failed { program, status: status.to_string() })
    }
}

/// The page is the last argument, so it must not contain a secret.
pub fn open(env: &Env, page: &str) -> Result<Opener, BrowserError> {
    let mut last = BrowserError::Missing;
    for mut command in commands(env, page) {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C in the terminal must not end the browser.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        match command.spawn() {
            Ok(child) => return Ok(Opener { child, program }),
            Err(reason) => last = BrowserError::Start { program, reason: reason.to_string() },
        }
    }
    Err(last)
}

/// `BROWSER` is a list of commands, in which `%s` is the page, as in xdg-open and Python.
fn commands(env: &Env, page: &str) -> Vec<Command> {
    let Some(browsers) = env.text(env::BROWSER) else { return open::commands(page) };
    let separator = if cfg!(windows) { ';' } else { ':' };
    let command = |browser: &str| {
        let words = shlex::split(browser).filter(|words| !words.is_empty())?;
        let mut command = Command::new(&words[0]);
        let is_placed = words.iter().any(|word| word.contains("%s"));
        command.args(words[1..].iter().map(|word| word.replace("%s", page)));
        if !is_placed {
            command.arg(page);
        }
        Some(command)
    };
    browsers.split(separator).filter_map(command).collect()
}

/// A page that only the user can read, and that leads to another page. Exists until it is dropped.
#[derive(Debug)]
pub struct RedirectFile(PathBuf);

impl RedirectFile {
    /// `url` must contain only characters that need no escape in HTML, except `&`.
    pub fn create(directory: &Path, url: &str) -> io::Result<Self> {
        create_private_dir(directory)?;
        let path = directory.join(format!("amplify-creds-{}.html", random::hex(8)?.expose()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let mut file = options.open(&path)?;
        let created = Self(path);
        let url = url.replace('&', "&amp;");
        writeln!(
            file,
            "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={url}\"><a href=\"{url}\">Sign in</a>"
        )?;
        Ok(created)
    }

    pub fn url(&self) -> String {
        let path = self.0.display().to_string().replace('\\', "/").replace('%', "%25").replace(' ', "%20");
        format!("file://{}{path}", if path.starts_with('/') { "" } else { "/" })
    }
}

impl Drop for RedirectFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn lines(browser: &str) -> Vec<String> {
        let commands = commands(&Env::fixed([("BROWSER", browser)]), "http://127.0.0.1:1/x");
        commands.iter().map(|command| format!("{command:?}").replace('"', "")).collect()
    }

    #[test]
    #[cfg(unix)]
    fn browser_variable_is_a_list_of_commands() {
        assert_eq!(lines("firefox"), ["firefox http://127.0.0.1:1/x"]);
        assert_eq!(lines("a --new '%s' x:b"), ["a --new http://127.0.0.1:1/x x", "b http://127.0.0.1:1/x"]);
        assert!(lines("'").is_empty());
    }

    #[test]
    fn redirect_file_is_private_and_temporary() {
        let dir = tempfile::tempdir().unwrap();
        let file = RedirectFile::create(dir.path(), "https://oidc.example/authorize?a=b&c=d").unwrap();
        let text = std::fs::read_to_string(&file.0).unwrap();
        assert!(text.contains("url=https://oidc.example/authorize?a=b&amp;c=d\""), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file.0).unwrap().permissions().mode() & 0o777, 0o600);
        }
        drop(file);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
