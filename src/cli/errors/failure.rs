//! How a failure ends the program: exit status, lines on stderr and JSON.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::masking::{masked, masked_message};
use crate::core::origin::{Location, Origin, SourceFile};
use crate::core::sanitize::{escaped_json, printable};
use crate::output::{print, write_stderr};

/// A kind of failure, as listed in `help exit-codes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// The name in JSON, which must not change.
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
    OUTPUT: "output", 1, "stdout is closed, or the disk is full";
    CLOCK: "clock", 1, "the clock is wrong: new credentials look expired";
    CACHE: "cache", 1, "cannot change the cache file";
    EDIT: "edit", 1, "cannot edit a file, or the file has changed";
    ENDPOINT: "endpoint", 1, "exec --serve: cannot start the endpoint";
    INTERNAL: "internal", 1, "internal error, or cannot start the HTTP client";
    BROWSER: "browser", 1, "console cannot open a browser and has no terminal";
    ROTATION: "rotation", 1, "keys rotate cannot begin or continue";
    FINDINGS: "findings", 1, "check or boundary show --cloud found errors";
    USAGE: "usage", 2, "invalid or conflicting arguments";
    PROFILE_NOT_FOUND: "profile_not_found", 3, "profile or source profile not found";
    LOOP: "loop", 3, "the source profiles form a loop";
    CONFIG: "config", 3, "invalid profile, setting or file";
    FILE: "file", 3, "cannot read a profile file";
    UNSUPPORTED: "unsupported", 3, "this type of credentials is not supported";
    NOBODY_TO_ASK: "nobody_to_ask", 4, "a question needs a terminal";
    MFA_NEEDED: "mfa_needed", 4, "an MFA code is needed, but cannot be prompted for";
    MFA_REJECTED: "mfa_rejected", 4, "AWS rejected the MFA code";
    CREDENTIALS_REJECTED: "credentials_rejected", 4, "AWS rejected the keys that sign the request";
    BASE_FAILED: "base_failed", 4, "the source of the base credentials failed";
    KEY_STORE: "key_store", 4, "the key store is missing, locked or does not answer";
    SIGN_IN_NEEDED: "sign_in_needed", 4, "sign-in needed: amplify-creds login PROFILE";
    ACCESS_DENIED: "access_denied", 5, "access denied by AWS";
    REFUSED: "refused", 5, "AWS rejected the request for another reason";
    NETWORK: "network", 6, "connection failed, timeout, throttling or bad reply";
    LOCK_TIMEOUT: "lock_timeout", 7, "timeout: another process holds the session's lock";
    NOT_EXECUTABLE: "not_executable", 126, "exec: the command cannot be run";
    COMMAND_NOT_FOUND: "command_not_found", 127, "exec: command not found";
    CANCELLED: "cancelled", 130, "cancelled";
}

/// `exec` uses this status for every failure before the command runs, so that it differs from the command's own
/// statuses.
pub const BEFORE_COMMAND: u8 = 125;

/// The longest first line in characters, because SDKs insert it into their own message.
const FIRST_LINE: usize = 199;

/// The longest second line in characters: more than a role, a file and a message together.
const SECOND_LINE: usize = 4000;

#[derive(Debug)]
pub struct Failure {
    pub code: ErrorCode,
    /// The first line without the program's name. It must be complete.
    pub message: String,
    pub at: Option<ErrorPlace>,
    /// More lines, such as the steps of a path.
    pub details: Vec<String>,
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

    /// The errors are already printed, so only the exit status remains.
    pub fn found() -> Self {
        Self::new(FINDINGS, "")
    }

    pub fn by_signal(signal: i32) -> Self {
        Self { signal: Some(signal), ..Self::new(CANCELLED, format!("terminated by signal {signal}")) }
    }

    pub fn by_aws(code: ErrorCode, message: String, said: String) -> Self {
        Self { aws: Some(said), ..Self::new(code, message) }
    }

    /// Adds the line of `from`, if the value came from a file.
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
        escaped_json(format!("{}\n", json!({"error": self.document()})))
    }

    pub fn document(&self) -> Value {
        let Self { code, message, at, details: _, aws, hints, signal: _, is_shared: _ } = self;
        let message = masked_message(message);
        let message = aws.as_ref().map_or_else(|| message.to_string(), |said| format!("{message}: {said}"));
        let hints: Vec<_> = hints.iter().map(|hint| masked_message(hint)).collect();
        json!({
            "code": code.name,
            "exit": code.exit,
            "message": message,
            "file": at.as_ref().map(|place| place.file.path.display().to_string()),
            "line": at.as_ref().and_then(|place| place.line),
            "hints": hints,
        })
    }

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
        // The failure may be one of stdout itself.
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

/// Splits a long message into a short first line and a second one.
fn split_lines(whole: &str) -> Vec<String> {
    if whole.chars().count() <= FIRST_LINE {
        return vec![whole.to_owned()];
    }
    let first = whole.chars().take(FIRST_LINE - 1).chain(['\u{2026}']);
    let rest = whole.chars().skip(FIRST_LINE - 1);
    vec![first.collect(), "  \u{2026}".chars().chain(rest.take(SECOND_LINE)).collect()]
}
