//! Asking for a setting until it is right: by its flag, else of the person at the terminal.

use crate::cli::context::Context;
use crate::cli::errors::failure::{CANCELLED, Failure, NOBODY_TO_ASK, USAGE};
use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::prompt::PromptError;
use crate::prompt::dialogue::Dialogue;

/// A setting.
pub(super) struct Question<'q> {
    /// What it is, for a person.
    pub(super) what: &'q str,
    pub(super) flag: &'q str,
    /// What the flag said.
    pub(super) given: Option<&'q str>,
    /// What an empty answer means.
    pub(super) usual: Option<&'q str>,
}

/// Says what an answer must be, if it is not.
type Check<'c> = &'c dyn Fn(&str) -> Result<(), String>;

/// Whom to ask.
pub(super) struct Questions(Option<Dialogue>);

impl Questions {
    /// Nobody: flags are all there is.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// The person at the terminal.
    pub(super) fn open(context: &Context) -> Result<Self, PromptError> {
        if context.no_input() { Err(PromptError::NobodyToAsk) } else { Dialogue::open().map(Some).map(Self) }
    }

    /// Whether there is a person.
    pub(super) fn has_person(&self) -> bool {
        self.0.is_some()
    }

    /// Says something to the person, if there is one.
    pub(super) fn say(&mut self, text: &str) {
        if let Some(person) = &mut self.0 {
            let lines = text.split_inclusive('\n').map(|line| printable(line.trim_end_matches('\n')));
            lines.for_each(|line| person.say(&format!("{line}\n")));
        }
    }

    /// A yes or a no, where no is what silence means.
    pub(super) fn agrees(&mut self, question: &str) -> Result<bool, Failure> {
        let Some(person) = &mut self.0 else { return Ok(false) };
        let answer = person.ask(&format!("{question} [y/N] ")).map_err(|error| unanswered(&error))?;
        Ok(["y", "yes"].contains(&answer.to_ascii_lowercase().as_str()))
    }

    /// A setting that there must be.
    pub(super) fn required(&mut self, question: &Question<'_>, check: Check<'_>) -> Result<String, Failure> {
        match self.answer(question, true, check)? {
            Some(answer) => Ok(answer),
            None => Err(Failure::new(USAGE, format!("{} is needed", question.flag))
                .hint("name a profile that there is, or leave --yes out to be asked")),
        }
    }

    /// A setting that there may be.
    pub(super) fn optional(&mut self, question: &Question<'_>, check: Check<'_>) -> Result<Option<String>, Failure> {
        self.answer(question, false, check)
    }

    /// A secret, which no flag gives.
    pub(super) fn secret(&mut self, what: &str, flag: &str, check: Check<'_>) -> Result<Secret, Failure> {
        let Some(person) = &mut self.0 else { return Err(Failure::new(USAGE, format!("{flag} is needed"))) };
        loop {
            let secret = person.ask_secret(&format!("{what}: ")).map_err(|error| unanswered(&error))?;
            match check(secret.expose()) {
                Ok(()) => return Ok(secret),
                Err(expected) => person.say(&format!("That is not {expected}.\n")),
            }
        }
    }

    fn answer(
        &mut self,
        question: &Question<'_>,
        is_required: bool,
        check: Check<'_>,
    ) -> Result<Option<String>, Failure> {
        let Question { what, flag, given, usual } = question;
        if let Some(given) = given.filter(|given| is_required || !given.is_empty()) {
            check(given).map_err(|expected| Failure::new(USAGE, format!("{flag} is not {expected}")))?;
            return Ok(Some(given.to_owned()));
        }
        let Some(person) = self.0.as_mut().filter(|_| given.is_none()) else {
            return Ok(usual.filter(|_| is_required && given.is_none()).map(str::to_owned));
        };
        let prompt = match usual {
            Some(usual) => format!("{what} [{}]: ", printable(usual)),
            None => format!("{what}: "),
        };
        loop {
            let typed = person.ask(&prompt).map_err(|error| unanswered(&error))?;
            let answer = if typed.is_empty() { usual.unwrap_or_default() } else { &typed };
            if answer.is_empty() && !is_required {
                return Ok(None);
            }
            match check(answer) {
                Ok(()) => return Ok(Some(answer.to_owned())),
                Err(expected) => person.say(&format!("That is not {expected}.\n")),
            }
        }
    }
}

/// Why a question has no answer.
fn unanswered(error: &PromptError) -> Failure {
    match error {
        PromptError::Signalled(signal) => Failure::by_signal(*signal),
        PromptError::NobodyToAsk => Failure::new(NOBODY_TO_ASK, "the terminal is gone; nothing was changed"),
        _ => Failure::new(CANCELLED, "cancelled; nothing was changed"),
    }
}
