//! How a failure ends the program: exit status, lines on stderr and JSON.

use std::fmt;
use std::sync::Arc;

use serde_json::json;

use crate::core::masking::{masked, masked_message};
use crate::core::origin::{Location, Origin, SourceFile};
use crate::core::sanitize::{escaped_json, printable};
use crate::output::{print, write_stderr};

/// A kind of failure, as `help exit-codes` lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// The name in JSON; stable.
    pub name: &'static str,
    pub exit: u8,
    pub meaning: &'static str,
}

macro_rules! error_codes {
    ($($constant:ident: $name:literal, $exit:literal, $meaning:literal;)+) => {
        $(pub const $constant: ErrorCode = ErrorCode { name: $name, exit: $exit, meaning: $meaning };)+

        pub const ALL: &[ErrorCode] = &[$($constant),+];
    };
}

// In the order of their exit status.
error_codes! {
    OUTPUT: "output", 1, "stdout is closed or full";
    CLOCK: "clock", 1, "fresh credentials look expired: the clock is wrong";
    CACHE: "cache", 1, "the cache file cannot be changed";
    EDIT: "edit", 1, "a file may not be edited, or changed meanwhile";
    ENDPOINT: "endpoint", 1, "exec --serve: the endpoint cannot be set up";
    INTERNAL: "internal", 1, "internal error, or the HTTP client cannot be set up";
    FINDINGS: "findings", 1, "check or boundary show --cloud found errors";
    USAGE: "usage", 2, "unknown or contradicting arguments";
    PROFILE_NOT_FOUND: "profile_not_found", 3, "no file has the profile, or its source";
    LOOP: "loop", 3, "source profiles lead back to each other";
    CONFIG: "config", 3, "a profile, a setting or a file is wrong";
    FILE: "file", 3, "a profile file cannot be read";
    UNSUPPORTED: "unsupported", 3, "credentials of a kind this version cannot fetch";
    NOBODY_TO_ASK: "nobody_to_ask", 4, "setup has a question and nobody can be asked";
    MFA_NEEDED: "mfa_needed", 4, "an MFA code is needed and nobody can be asked";
    MFA_REJECTED: "mfa_rejected", 4, "AWS refused the MFA code";
    CREDENTIALS_REJECTED: "credentials_rejected", 4, "AWS refused the keys that sign the call";
    BASE_FAILED: "base_failed", 4, "a program or a service gave no base credentials";
    SIGN_IN_NEEDED: "sign_in_needed", 4, "a person must sign in: aws sso login, aws login";
    ACCESS_DENIED: "access_denied", 5, "AWS said no: AccessDenied";
    REFUSED: "refused", 5, "AWS refused the request for another reason";
    NETWORK: "network", 6, "no connection, no answer, throttled, or garbage";
    LOCK_TIMEOUT: "lock_timeout", 7, "another process kept fetching the same session";
    NOT_EXECUTABLE: "not_executable", 126, "exec: the command cannot be run";
    COMMAND_NOT_FOUND: "command_not_found", 127, "exec: there is no such command";
    CANCELLED: "cancelled", 130, "cancelled";
}

/// The status of `exec` for every failure before the command runs, to differ from the command's own statuses.
pub const BEFORE_COMMAND: u8 = 125;

/// The longest first line in characters: SDKs paste it into their own message.
const FIRST_LINE: usize = 199;

/// The longest second line in characters: more than a role, a file and a message have in all.
const SECOND_LINE: usize = 4000;

#[derive(Debug)]
pub struct Failure {
    pub code: ErrorCode,
    /// The first line without the program's name, complete in itself.
    pub message: String,
    pub at: Option<ErrorPlace>,
    /// More lines, such as the steps of a path.
    pub details: Vec<String>,
    /// AWS's own words.
    pub aws: Option<String>,
    pub hints: Vec<String>,
    /// The signal that ended the program. It is raised again, so that the caller sees it.
    pub signal: Option<i32>,
    /// Whether another process reports it, too.
    pub is_shared: bool,
}

#[derive(Debug)]
pub struct ErrorPlace {
    pub file: Arc<SourceFile>,
    /// Counted from 1.
    pub line: Option<u32>,
    pub profile: Option<String>,
}

impl fmt::Display for ErrorPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file.shown),
            None => f.write_str(&self.file.shown),
        }
    }
}

impl Failure {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            message,
            at: None,
            details: Vec::new(),
            aws: None,
            hints: Vec::new(),
            signal: None,
            is_shared: false,
        }
    }

    /// The errors are already printed: only the exit status is left.
    pub fn found() -> Self {
        Self::new(FINDINGS, "")
    }

    pub fn by_signal(signal: i32) -> Self {
        Self { signal: Some(signal), ..Self::new(CANCELLED, format!("ended by signal {signal}")) }
    }

    /// A failure that AWS explains.
    pub fn by_aws(code: ErrorCode, message: String, said: String) -> Self {
        Self { aws: Some(said), ..Self::new(code, message) }
    }

    /// Adds the line of `from`, if a file gave the value.
    #[must_use]
    pub fn at(self, from: &Origin, profile: Option<&str>) -> Self {
        match from.location() {
            Some(at) => self.at_line(at, profile),
            None => self,
        }
    }

    #[must_use]
    pub fn at_line(mut self, at: &Location, profile: Option<&str>) -> Self {
        let Location { file, line } = at.clone();
        self.at = Some(ErrorPlace { file, line: Some(line), profile: profile.map(str::to_owned) });
        self
    }

    #[must_use]
    pub fn in_file(mut self, file: &Arc<SourceFile>) -> Self {
        self.at = Some(ErrorPlace { file: file.clone(), line: None, profile: None });
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub fn text(&self) -> String {
        let whole = printable(&format!("amplify-creds: {}", masked_message(&self.message)));
        let has_place = |place: &&ErrorPlace| whole.contains(&place.to_string());
        let place = self.at.as_ref().filter(|place| !has_place(place)).map(|place| match &place.profile {
            Some(profile) => format!("  at {place}, profile {}", masked(profile)),
            None => format!("  at {place}"),
        });
        let mut lines = split_lines(&whole);
        lines.extend(place);
        lines.extend(self.details.iter().map(|detail| format!("  {}", masked_message(detail))));
        lines.extend(self.aws.iter().map(|said| format!("  AWS: {said}")));
        lines.extend(self.hints.iter().map(|hint| format!("  hint: {}", masked_message(hint))));
        lines.iter().fold(String::new(), |text, line| text + &printable(line) + "\n")
    }

    pub fn json(&self) -> String {
        let Self { code, message, at, details: _, aws, hints, signal: _, is_shared: _ } = self;
        let message = masked_message(message);
        let message = aws.as_ref().map_or_else(|| message.to_string(), |said| format!("{message}: {said}"));
        let hints: Vec<_> = hints.iter().map(|hint| masked_message(hint)).collect();
        let document = json!({"error": {
            "code": code.name,
            "exit": code.exit,
            "message": message,
            "file": at.as_ref().map(|place| place.file.path.display().to_string()),
            "line": at.as_ref().and_then(|place| place.line),
            "hints": hints,
        }});
        escaped_json(format!("{document}\n"))
    }

    /// Gives the failure the status by which `exec` reports it.
    #[must_use]
    pub fn before_command(mut self) -> Self {
        if ![NOT_EXECUTABLE, COMMAND_NOT_FOUND].contains(&self.code) {
            self.code.exit = BEFORE_COMMAND;
        }
        self
    }

    /// Prints the failure; `paint` adds colour to its text.
    pub fn report(&self, as_json: bool, paint: impl Fn(&str) -> String) -> u8 {
        if self.message.is_empty() {
            return self.code.exit;
        }
        // stdout may be what failed.
        let shown = as_json && self.code != OUTPUT && print(self.json().as_bytes()).is_ok();
        if !shown {
            write_stderr(&paint(&self.text()));
        }
        #[cfg(unix)]
        if let Some(signal) = self.signal {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
        self.code.exit
    }
}

/// Splits the message into a short first line and, if it is longer, a second one.
fn split_lines(whole: &str) -> Vec<String> {
    if whole.chars().count() <= FIRST_LINE {
        return vec![whole.to_owned()];
    }
    let first = whole.chars().take(FIRST_LINE - 1).chain(['\u{2026}']);
    let rest = whole.chars().skip(FIRST_LINE - 1);
    vec![first.collect(), "  \u{2026}".chars().chain(rest.take(SECOND_LINE)).collect()]
}
