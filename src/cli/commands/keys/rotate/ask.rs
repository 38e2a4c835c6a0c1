use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, NOBODY_TO_ASK};
use crate::cli::output::note;
use crate::cli::questions::Questions;

/// Fails before anything is changed if a question is not possible.
pub(super) fn check_terminal(context: &Context) -> Result<(), Failure> {
    open(context).map(drop)
}

/// The default is no. Prints on the terminal what the question is about.
pub(super) fn confirm(context: &Context, about: &str, question: &str) -> Result<bool, Failure> {
    let mut person = open(context)?;
    person.say(about);
    let agrees = person.yes_or_no(&format!("{question} [y/N] "), false)?;
    if !agrees {
        note(context, "declined; no key was changed");
    }
    Ok(agrees)
}

fn open(context: &Context) -> Result<Questions, Failure> {
    Questions::open(context).map_err(|_| {
        Failure::new(NOBODY_TO_ASK, "keys rotate asks before it changes a key, but no prompt is possible here")
            .hint("to answer every question with yes: --yes")
    })
}
