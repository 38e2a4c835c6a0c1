//! Settings from flags or from the user at the terminal, who is prompted until the answer is valid.

use std::time::Duration;

use crate::cli::context::Context;
use crate::cli::errors::failure::{CANCELLED, Failure, NOBODY_TO_ASK, USAGE};
use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::prompt::PromptError;
use crate::prompt::dialogue::Dialogue;

pub(super) struct FormField<'q> {
    pub(super) what: &'q str,
    pub(super) flag: &'q str,
    pub(super) given: Option<&'q str>,
    /// The value of an empty answer.
    pub(super) usual: Option<&'q str>,
}

type AnswerCheck<'c> = &'c dyn Fn(&str) -> Result<(), String>;

pub(super) struct Questions(Option<Dialogue>);

impl Questions {
    /// Uses only flags.
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn open(context: &Context) -> Result<Self, PromptError> {
        if context.no_input() { Err(PromptError::NobodyToAsk) } else { Dialogue::open().map(Some).map(Self) }
    }

    /// For one answer within `limit`.
    pub(super) fn open_for(context: &Context, limit: Duration) -> Result<Self, PromptError> {
        if context.no_input() { Err(PromptError::NobodyToAsk) } else { Dialogue::open_for(limit).map(Some).map(Self) }
    }

    pub(super) fn open_to_write(context: &Context, verb: &str) -> Result<Self, Failure> {
        Self::open(context).map_err(|_| {
            let message = format!("{verb} asks before it writes, but no prompt is possible here; add --yes");
            Failure::new(NOBODY_TO_ASK, message).hint("to see what would be written: --dry-run")
        })
    }

    pub(super) fn has_person(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn say(&mut self, text: &str) {
        self.say_painted(text, |line| format!("{line}\n"));
    }

    /// `paint` adds colour and a line end to a printable line.
    pub(super) fn say_painted(&mut self, text: &str, paint: impl Fn(&str) -> String) {
        if let Some(person) = &mut self.0 {
            text.split_terminator('\n').for_each(|line| person.say(&paint(&printable(line))));
        }
    }

    /// The default is yes.
    pub(super) fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        self.yes_or_no(&format!("{question} [Y/n] "), true)
    }

    pub(super) fn yes_or_no(&mut self, question: &str, default: bool) -> Result<bool, Failure> {
        let Some(person) = &mut self.0 else { return Ok(false) };
        loop {
            let answer = person.ask(question).map_err(|error| unanswered(&error))?;
            match answer.to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => person.say("Please answer y or n.\n"),
            }
        }
    }

    /// An answer without a check.
    pub(super) fn line(&mut self, question: &str) -> Result<String, PromptError> {
        self.0.as_mut().ok_or(PromptError::NobodyToAsk)?.ask(question)
    }

    pub(super) fn required(&mut self, question: &FormField<'_>, check: AnswerCheck<'_>) -> Result<String, Failure> {
        match self.answer(question, true, check)? {
            Some(answer) => Ok(answer),
            None => Err(Failure::new(USAGE, format!("{} is missing", question.flag))
                .hint("add it, or omit --yes to be prompted")),
        }
    }

    pub(super) fn optional(
        &mut self,
        question: &FormField<'_>,
        check: AnswerCheck<'_>,
    ) -> Result<Option<String>, Failure> {
        self.answer(question, false, check)
    }

    pub(super) fn secret(&mut self, what: &str, flag: &str, check: AnswerCheck<'_>) -> Result<Secret, Failure> {
        let Some(person) = &mut self.0 else { return Err(Failure::new(USAGE, format!("{flag} is missing"))) };
        loop {
            let secret = person.ask_secret(&format!("{what}: ")).map_err(|error| unanswered(&error))?;
            match check(secret.expose()) {
                Ok(()) => return Ok(secret),
                Err(expected) => person.say(&format!("Invalid: expected {expected}.\n")),
            }
        }
    }

    fn answer(
        &mut self,
        question: &FormField<'_>,
        is_required: bool,
        check: AnswerCheck<'_>,
    ) -> Result<Option<String>, Failure> {
        let FormField { what, flag, given, usual } = question;
        if let Some(given) = given.filter(|given| is_required || !given.is_empty()) {
            check(given).map_err(|expected| Failure::new(USAGE, format!("invalid {flag} (expected {expected})")))?;
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
                Err(expected) => person.say(&format!("Invalid: expected {expected}.\n")),
            }
        }
    }
}

pub(super) fn unanswered(error: &PromptError) -> Failure {
    match error {
        PromptError::Signalled(signal) => Failure::by_signal(*signal),
        PromptError::NobodyToAsk => Failure::new(NOBODY_TO_ASK, "the terminal was closed; nothing was changed"),
        _ => Failure::new(CANCELLED, "cancelled; nothing was changed"),
    }
}
