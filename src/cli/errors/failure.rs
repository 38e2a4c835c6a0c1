//! How a failure ends the program: its code, exit status, lines on stderr and JSON.
//!
//! Errors come here as fields and leave as text.

use std::fmt;
use std::sync::Arc;

use serde_json::json;

use crate::core::origin::{Location, Origin, SourceFile};
use crate::core::sanitize::printable;
use crate::output::{print, tell};

/// What kind of failure, as `help exit-codes` lists them: the name in JSON, the exit status, the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The name in JSON; stable.
    pub name: &'static str,
    /// The exit status.
    pub exit: u8,
    /// What it means.
    pub meaning: &'static str,
}

const fn code(name: &'static str, exit: u8, meaning: &'static str) -> Code {
    Code { name, exit, meaning }
}

/// stdout is closed or full.
pub const OUTPUT: Code = code("output", 1, "stdout is closed or full");
/// The clock is wrong.
pub const CLOCK: Code = code("clock", 1, "fresh credentials look expired: the clock is wrong");
/// The cache cannot be changed.
pub const CACHE: Code = code("cache", 1, "the cache file cannot be changed");
/// A file was not edited.
pub const EDIT: Code = code("edit", 1, "a file may not be edited, or changed meanwhile");
/// The endpoint of `exec --serve` could not be set up.
pub const ENDPOINT: Code = code("endpoint", 1, "exec --serve: the endpoint cannot be set up");
/// The HTTP client could not be set up.
pub const INTERNAL: Code = code("internal", 1, "the HTTP client cannot be set up");
/// A verb that looks for errors found some, and has printed them.
pub const FINDINGS: Code = code("findings", 1, "check found errors, which are on stdout");
/// Bad usage.
pub const USAGE: Code = code("usage", 2, "unknown or contradicting arguments");
/// No such profile.
pub const PROFILE_NOT_FOUND: Code = code("profile_not_found", 3, "no file has the profile, or its source");
/// The source profiles form a loop.
pub const LOOP: Code = code("loop", 3, "source profiles lead back to each other");
/// A profile that cannot work.
pub const CONFIG: Code = code("config", 3, "a profile, a setting or a file is wrong");
/// A file that cannot be read.
pub const FILE: Code = code("file", 3, "a profile file cannot be read");
/// A kind of credentials that this version cannot fetch.
pub const UNSUPPORTED: Code = code("unsupported", 3, "credentials of a kind this version cannot fetch");
/// `setup` has a question and there is nobody.
pub const NOBODY_TO_ASK: Code = code("nobody_to_ask", 4, "setup has a question and nobody can be asked");
/// MFA without anybody to ask.
pub const MFA_NEEDED: Code = code("mfa_needed", 4, "an MFA code is needed and nobody can be asked");
/// AWS refused the MFA code.
pub const MFA_REJECTED: Code = code("mfa_rejected", 4, "AWS refused the MFA code");
/// AWS refused the base credentials.
pub const CREDENTIALS_REJECTED: Code = code("credentials_rejected", 4, "AWS refused the keys that sign the call");
pub const BASE_FAILED: Code = code("base_failed", 4, "a program or a service gave no base credentials");
/// A person has to sign in with the AWS CLI.
pub const SIGN_IN_NEEDED: Code = code("sign_in_needed", 4, "a person must sign in: aws sso login, aws login");
/// AWS said no.
pub const ACCESS_DENIED: Code = code("access_denied", 5, "AWS said no: AccessDenied");
/// AWS refused the request.
pub const REFUSED: Code = code("refused", 5, "AWS refused the request for another reason");
/// AWS could not be reached or did not answer well.
pub const NETWORK: Code = code("network", 6, "no connection, no answer, throttled, or garbage");
/// Another process took too long.
pub const LOCK_TIMEOUT: Code = code("lock_timeout", 7, "another process kept fetching the same session");
/// What `exec` was to run cannot be run.
pub const NOT_EXECUTABLE: Code = code("not_executable", 126, "exec: the command cannot be run");
/// What `exec` was to run is not there.
pub const COMMAND_NOT_FOUND: Code = code("command_not_found", 127, "exec: there is no such command");
/// The user cancelled.
pub const CANCELLED: Code = code("cancelled", 130, "cancelled");

/// All codes in the order of their exit status.
pub const ALL: [Code; 26] = [
    OUTPUT,
    CLOCK,
    CACHE,
    EDIT,
    ENDPOINT,
    INTERNAL,
    FINDINGS,
    USAGE,
    PROFILE_NOT_FOUND,
    LOOP,
    CONFIG,
    FILE,
    UNSUPPORTED,
    NOBODY_TO_ASK,
    MFA_NEEDED,
    MFA_REJECTED,
    CREDENTIALS_REJECTED,
    BASE_FAILED,
    SIGN_IN_NEEDED,
    ACCESS_DENIED,
    REFUSED,
    NETWORK,
    LOCK_TIMEOUT,
    NOT_EXECUTABLE,
    COMMAND_NOT_FOUND,
    CANCELLED,
];

/// The status of `exec` for every failure before the command runs, so that the command's own can be told from ours.
pub const BEFORE_COMMAND: u8 = 125;

/// The longest first line, in characters: SDKs paste it into their own message.
const FIRST_LINE: usize = 199;

/// The most of the rest that a second line shows, in characters: more than a role, a file and a message have in all.
const SECOND_LINE: usize = 4000;

/// A failure, ready to be shown.
#[derive(Debug)]
pub struct Failure {
    /// The kind.
    pub code: Code,
    /// The first line without the program's name: complete in itself.
    pub message: String,
    /// The file, its line where there is one, and the profile.
    pub at: Option<Place>,
    /// More lines of what happened, such as the steps of a path.
    pub details: Vec<String>,
    /// What AWS said, in its words.
    pub aws: Option<String>,
    /// What to do next.
    pub hints: Vec<String>,
    /// The signal that ended the program, to be raised again so that the caller sees it.
    pub signal: Option<i32>,
}

/// Where something is wrong.
#[derive(Debug)]
pub struct Place {
    pub file: Arc<SourceFile>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    pub profile: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file.shown),
            None => f.write_str(&self.file.shown),
        }
    }
}

impl Failure {
    /// A failure with nothing but its first line.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            at: None,
            details: Vec::new(),
            aws: None,
            hints: Vec::new(),
            signal: None,
        }
    }

    /// Errors that were found and are printed already: only the exit status is left to give.
    pub fn found() -> Self {
        Self::new(FINDINGS, "")
    }

    /// The same, with the line to look at.
    #[must_use]
    pub fn at(mut self, from: &Origin, profile: Option<&str>) -> Self {
        self.at = from.location().map(|Location { file, line }| Place {
            file: file.clone(),
            line: Some(*line),
            profile: profile.map(str::to_owned),
        });
        self
    }

    /// The same, with the file to look at.
    #[must_use]
    pub fn in_file(mut self, file: &Arc<SourceFile>) -> Self {
        self.at = Some(Place { file: file.clone(), line: None, profile: None });
        self
    }

    /// The same, with the line to look at.
    #[must_use]
    pub fn at_line(self, at: &Location, profile: Option<&str>) -> Self {
        self.at(&Origin::File(at.clone()), profile)
    }

    /// The same, with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The lines for stderr.
    pub fn text(&self) -> String {
        let whole = printable(&format!("amplify-creds: {}", self.message));
        let has_place = |place: &&Place| whole.contains(&place.to_string());
        let place = self.at.as_ref().filter(|place| !has_place(place)).map(|place| match &place.profile {
            Some(profile) => format!("  at {place}, profile {profile}"),
            None => format!("  at {place}"),
        });
        let mut lines = in_two(&whole);
        lines.extend(place);
        lines.extend(self.details.iter().map(|detail| format!("  {detail}")));
        lines.extend(self.aws.iter().map(|said| format!("  AWS: {said}")));
        lines.extend(self.hints.iter().map(|hint| format!("  hint: {hint}")));
        lines.iter().fold(String::new(), |text, line| text + &printable(line) + "\n")
    }

    /// The document for stdout under `--json`.
    pub fn json(&self) -> String {
        let Self { code, message, at, details: _, aws, hints, signal: _ } = self;
        let message = aws.as_ref().map_or_else(|| message.clone(), |said| format!("{message}: {said}"));
        let document = json!({"error": {
            "code": code.name,
            "exit": code.exit,
            "message": message,
            "file": at.as_ref().map(|place| place.file.path.display().to_string()),
            "line": at.as_ref().and_then(|place| place.line),
            "hints": hints,
        }});
        format!("{document}\n")
    }

    /// The same, as `exec` ends with it.
    #[must_use]
    pub fn before_command(mut self) -> Self {
        if ![NOT_EXECUTABLE, COMMAND_NOT_FOUND].contains(&self.code) {
            self.code.exit = BEFORE_COMMAND;
        }
        self
    }

    /// Shows the failure and gives the exit status.
    pub fn report(&self, as_json: bool) -> u8 {
        if self.code == FINDINGS {
            return FINDINGS.exit;
        }
        // stdout may be what failed; the exit status says the rest.
        let shown = as_json && self.code != OUTPUT && print(self.json().as_bytes()).is_ok();
        if !shown {
            tell(&self.text());
        }
        #[cfg(unix)]
        if let Some(signal) = self.signal {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
        self.code.exit
    }
}

/// The message as a first line that is short enough, and a second one where that is not all.
fn in_two(whole: &str) -> Vec<String> {
    if whole.chars().count() <= FIRST_LINE {
        return vec![whole.to_owned()];
    }
    let first = whole.chars().take(FIRST_LINE - 1).chain(['\u{2026}']);
    let rest = whole.chars().skip(FIRST_LINE - 1);
    vec![first.collect(), "  \u{2026}".chars().chain(rest.take(SECOND_LINE)).collect()]
}
