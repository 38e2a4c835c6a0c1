use std::time::{Duration, Instant};

use thiserror::Error;

use crate::core::call_chain::Chain;
use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::os::child::ChildError;
use crate::plan::limits::is_mfa_code;

/// Seconds of prompting in all, from the first question on: a holder that keeps others waiting longer is no use to anybody.
pub const DEADLINE_SECONDS: u64 = 90;

/// How often a person may mistype before the prompt gives up.
pub(super) const TRIES: u32 = 3;

/// The text of the prompt, and the values that an `mfa_process` needs.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The profile that needs the code.
    pub profile: &'a str,
    /// The role that it is asked for; none for a user's own MFA session.
    pub role_arn: Option<&'a str>,
    /// The device that shows the code.
    pub mfa_serial: &'a str,
    /// Whether AWS has just refused a code.
    pub again: bool,
    /// Why there is a question at all, where the person would not expect one.
    pub note: Option<&'a str>,
    /// The profile's `mfa_process`: a command that prints the code.
    pub mfa_process: Option<&'a str>,
    /// What such a command must not ask us for again.
    pub chain: &'a Chain,
    /// When all asking has to end: the first question and those after it share it.
    pub until: Instant,
    /// How long to wait for the device's next code, where this one has been used already: AWS takes each once.
    pub spent: &'a dyn Fn(&Secret) -> Option<Duration>,
}

impl Question<'_> {
    /// The question as the Amplify CLI asks it. Each line has its line end.
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

/// What a window that asks is called.
pub(super) const TITLE: &str = "amplify-creds";

/// What stands before the place where the code is typed, in a window.
pub(super) const LABEL: &str = "MFA token code:";

/// What is said when AWS has refused a code.
pub(super) const REFUSED: &str = "AWS did not accept the code. Wait for the next one.";

/// What is said to anything but six digits.
pub(super) const NOT_SIX_DIGITS: &str = "The code has six digits.";

/// A code, and whether a person typed it.
#[derive(Debug)]
pub struct Answer {
    /// Six digits.
    pub code: Secret,
    /// Whether to ask again when AWS rejects the code.
    pub typed: bool,
}

/// Why there is no code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PromptError {
    /// No code was given, and there is no way to ask for one, or asking is not allowed.
    #[error("no code and nobody to ask")]
    NobodyToAsk,
    /// The profile's `mfa_process` gave no code, and there is no other way to ask.
    #[error("mfa_process: {0}")]
    Program(ChildError),
    /// What the profile's `mfa_process` printed is not six digits.
    #[error("mfa_process printed no code of six digits")]
    ProgramAnswer,
    /// A code from a flag or variable that is not six digits.
    #[error("{0} is not six digits")]
    Malformed(&'static str),
    /// What was typed was never six digits.
    #[error("no code of six digits was entered")]
    NotACode,
    /// Ctrl-C, Ctrl-D or a dialog's Cancel, or the parent process has ended.
    #[error("cancelled")]
    Cancelled,
    /// A signal that ends the program, by number.
    #[error("signal {0}")]
    Signalled(i32),
    /// The user did not answer in time.
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
}

/// What was typed as a code, with spaces as devices show them.
pub(super) fn digits(typed: &str) -> Option<Secret> {
    let digits = Secret::new(typed.chars().filter(|char| !char.is_whitespace()).collect());
    is_mfa_code(digits.expose()).then_some(digits)
}
