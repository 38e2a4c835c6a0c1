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
    /// The next programs, in reverse order.
    others: Vec<Command>,
}

impl Opener {
    /// Starts the next program after a failure. `None` while one runs or after a success.
    pub fn failure(&mut self) -> Option<BrowserError> {
        let status = self.child.try_wait().ok()??;
        if status.success() {
            return None;
        }
        let failed = BrowserError::Failed { program: self.program.clone(), status: status.to_string() };
        match start(std::mem::take(&mut self.others)) {
            Ok(next) => {
                *self = next;
                None
            }
            Err(_) => Some(failed),
        }
    }
}

/// The browser of the user: the program of the template, otherwise that of `BROWSER`, otherwise the system's.
#[derive(Debug)]
pub struct Browser<'a> {
    pub env: &'a Env,
    pub template: Option<BrowserTemplate>,
    /// The value of `{profile}` in the template.
    pub profile: &'a str,
}

impl Browser<'_> {
    /// The page is an argument, so it must not contain a secret.
    pub fn open(&self, page: &str) -> Result<Opener, BrowserError> {
        let mut all = match &self.template {
            Some(template) => vec![template.command(page, self.profile)],
            None => commands(self.env, page),
        };
        all.reverse();
        start(all)
    }

    /// Whether the page must be an `http` address, because a browser extension opens it.
    pub fn needs_http(&self) -> bool {
        self.template.as_ref().is_some_and(|template| template.0.iter().any(|word| is_uri(word)))
    }
}

/// A command as words with the placeholders `{url}` and `{profile}`. No shell runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserTemplate(Vec<String>);

const URL: &str = "{url}";
const PROFILE: &str = "{profile}";

impl BrowserTemplate {
    /// `None` without a program, or if a quote has no end.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = shlex::split(text)?;
        let (program, arguments) = words.split_first()?;
        if program.is_empty() || program.contains(URL) || program.contains(PROFILE) {
            return None;
        }
        if !arguments.iter().any(|word| word.contains(URL)) {
            words.push(URL.to_owned());
        }
        Some(Self(words))
    }

    fn command(&self, page: &str, profile: &str) -> Command {
        let mut command = Command::new(&self.0[0]);
        command.args(self.0[1..].iter().map(|word| filled(word, page, profile)));
        command
    }
}

/// In a URI, as in `ext+container:name={profile}&url={url}`, the values are percent-encoded.
fn filled(word: &str, page: &str, profile: &str) -> String {
    let value = |text: &str| if is_uri(word) { percent_encoded(text) } else { text.to_owned() };
    let (mut text, mut rest) = (String::new(), word);
    // One pass, because the name of a profile may contain a placeholder.
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (placeholder, value) = match rest {
            _ if rest.starts_with(URL) => (URL, value(page)),
            _ if rest.starts_with(PROFILE) => (PROFILE, value(profile)),
            _ => ("{", "{".to_owned()),
        };
        text.push_str(&value);
        rest = &rest[placeholder.len()..];
    }
    text + rest
}

/// Whether the word begins with a scheme (RFC 3986 section 3.1). One letter is a drive of Windows.
fn is_uri(word: &str) -> bool {
    word.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            all + char::from(byte).encode_utf8(&mut [0])
        }
        _ => all + &format!("%{byte:02X}"),
    })
}

fn start(mut others: Vec<Command>) -> Result<Opener, BrowserError> {
    let mut last = BrowserError::Missing;
    while let Some(mut command) = others.pop() {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C in the terminal must not end the browser.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        match command.spawn() {
            Ok(child) => return Ok(Opener { child, program, others }),
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
            "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={url}\"><a href=\"{url}\">Continue</a>"
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

    fn words(template: &str, profile: &str) -> Option<Vec<String>> {
        let command = BrowserTemplate::parse(template)?.command("http://127.0.0.1:1/x", profile);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        Some(words.map(|word| word.to_string_lossy().into_owned()).collect())
    }

    #[test]
    fn template_gives_words_without_a_shell() {
        let page = "http://127.0.0.1:1/x";
        for (template, expected) in [
            ("firefox --new-tab {url}", vec!["firefox", "--new-tab", page]),
            ("firefox", vec!["firefox", page]),
            (
                "'/opt/my browser/chrome' \"--profile-directory={profile}\"",
                vec!["/opt/my browser/chrome", "--profile-directory=a b;$(x)", page],
            ),
            ("chrome --app={url} {profile}", vec!["chrome", "--app=http://127.0.0.1:1/x", "a b;$(x)"]),
            (
                "firefox 'ext+container:name={profile}&url={url}'",
                vec!["firefox", "ext+container:name=a%20b%3B%24%28x%29&url=http%3A%2F%2F127.0.0.1%3A1%2Fx"],
            ),
            ("open {x} {", vec!["open", "{x}", "{", page]),
        ] {
            assert_eq!(words(template, "a b;$(x)").unwrap(), expected, "{template}");
        }
        assert_eq!(words("b {profile}", "{url}").unwrap(), ["b", "{url}", page]);
        for invalid in ["", " ", "firefox 'x", "{url}", "{profile} {url}"] {
            assert_eq!(words(invalid, "p"), None, "{invalid:?}");
        }
    }

    #[test]
    fn extension_needs_an_http_address() {
        let env = Env::fixed([]);
        for (template, expected) in
            [("firefox 'ext+container:url={url}'", true), ("firefox", false), ("C:/x {url}", false)]
        {
            let browser = Browser { env: &env, template: BrowserTemplate::parse(template), profile: "p" };
            assert_eq!(browser.needs_http(), expected, "{template}");
        }
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
