use std::time::{Duration, Instant};

use thiserror::Error;

use crate::core::call_chain::CallChain;
use crate::core::origin::Origin;
use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::os::child::ChildError;
use crate::plan::limits::is_mfa_code;

/// For all prompts of a run, because other processes wait for the holder of the lock.
pub const DEADLINE_SECONDS: u64 = 90;

pub(super) const TRIES: u32 = 3;

#[derive(Clone, Copy)]
pub struct MfaQuestion<'a> {
    pub profile: &'a str,
    /// `None` for a user's own MFA session.
    pub role_arn: Option<&'a str>,
    pub mfa_serial: &'a str,
    /// AWS has just rejected a code.
    pub was_refused: bool,
    pub note: Option<&'a str>,
    pub mfa_process: Option<&'a str>,
    pub chain: &'a CallChain,
    pub until: Instant,
    /// The wait for the device's next code, if this one was used: AWS accepts each code once.
    pub wait_if_used: &'a dyn Fn(&Secret) -> Option<Duration>,
}

impl MfaQuestion<'_> {
    /// The Amplify CLI's text, with a line feed at the end.
    pub(super) fn prompt_text(&self) -> String {
        let Self { profile, role_arn, mfa_serial, note, .. } = self;
        let profile = printable(profile);
        let note = note.map_or_else(String::new, |note| format!("{note}\n"));
        note + &match role_arn {
            Some(role_arn) => format!(
                "Profile {profile} is configured to assume role\n  {role_arn}\n\
                 It requires MFA authentication. The MFA device is\n  {mfa_serial}\n"
            ),
            None => format!("Profile {profile} requires MFA authentication. The MFA device is\n  {mfa_serial}\n"),
        }
    }
}

pub(super) const TITLE: &str = "amplify-creds";

pub(super) const LABEL: &str = "MFA token code:";

pub(super) const REFUSED: &str = "AWS rejected the code. Wait for the next code.";

pub(super) const NOT_SIX_DIGITS: &str = "The code must have six digits.";

#[derive(Debug)]
pub struct MfaAnswer {
    pub code: Secret,
    pub typed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PromptError {
    #[error("no MFA code and no way to prompt")]
    NobodyToAsk,
    #[error("the MFA device is a security key, which cannot generate codes")]
    SecurityKey(Origin),
    #[error("mfa_process failed: {0}")]
    Program(ChildError),
    #[error("mfa_process printed no code of six digits")]
    ProgramAnswer,
    #[error("{0} is not six digits")]
    Malformed(&'static str),
    #[error("no code of six digits was entered")]
    NotACode,
    /// Ctrl-C, Ctrl-D or a dialog's Cancel.
    #[error("cancelled")]
    Cancelled,
    /// In another process, which this one waited for.
    #[error("the MFA prompt was cancelled in {0}")]
    CancelledElsewhere(String),
    #[error("the program that asked for credentials has ended")]
    CallerEnded,
    #[error("signal {0}")]
    Signalled(i32),
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
}

/// Devices show the code with blanks, and PowerShell's pipes begin with a byte order mark.
pub(super) fn digits(typed: &str) -> Option<Secret> {
    let is_digit = |char: &char| !char.is_whitespace() && !['\u{feff}', '\u{200b}'].contains(char);
    let digits = Secret::new(typed.chars().filter(is_digit).collect());
    is_mfa_code(digits.expose()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_found_between_blanks_and_line_ends() {
        for typed in
            ["123456", " 123 456 ", "123456\r\n", "\n123456\n", "123\u{a0}456", "\u{feff}123456\r\n", "1 2 3\t4 5 6"]
        {
            assert_eq!(digits(typed).map(|code| code.expose().to_owned()), Some("123456".to_owned()), "{typed:?}");
        }
        for typed in ["", " ", "12345", "1234567", "123-456", "12345x", "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}"] {
            assert!(digits(typed).is_none(), "{typed:?}");
        }
    }
}
