//! Asking again through a program: what is no code, a code that was used already, and what is said about it.

use crate::core::secret::Secret;
use crate::prompt::question::{NOT_SIX_DIGITS, PromptError, Question, REFUSED, TRIES, digits};
use crate::prompt::watch::Watch;

/// What is said to a code that AWS has taken before, once the next one is there.
const SPENT: &str = "That code was used already. Enter the next one.";

/// Calls `asked` with what was wrong with the last answer until it gives a code that can be used.
pub(crate) fn rounds(
    question: &Question<'_>,
    watch: &Watch,
    mut asked: impl FnMut(Option<&'static str>) -> Result<Secret, PromptError>,
) -> Result<Secret, PromptError> {
    let mut wrong = question.again.then_some(REFUSED);
    let mut tries = 0;
    while tries < TRIES {
        let Some(code) = digits(asked(wrong)?.expose()) else {
            tries += 1;
            wrong = Some(NOT_SIX_DIGITS);
            continue;
        };
        let Some(wait) = (question.spent)(&code) else { return Ok(code) };
        watch.wait(wait)?;
        wrong = Some(SPENT);
    }
    Err(PromptError::NotACode)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::{Duration, Instant};

    use crate::core::call_chain::Chain;

    use super::*;

    /// What came of these answers, and what was said before each.
    fn after(answers: &[&str], again: bool) -> (Result<String, PromptError>, Vec<Option<&'static str>>) {
        let spent = |code: &Secret| (code.expose() == "111111").then_some(Duration::from_millis(1));
        let chain = Chain::default();
        let question = Question {
            profile: "p",
            role_arn: None,
            mfa_serial: "device",
            again,
            note: None,
            mfa_process: None,
            chain: &chain,
            until: Instant::now() + Duration::from_mins(1),
            spent: &spent,
        };
        let mut answers = answers.iter();
        let said = RefCell::new(Vec::new());
        let outcome = rounds(&question, &Watch::begin(question.until), |wrong| {
            said.borrow_mut().push(wrong);
            answers.next().map(|answer| Secret::from(*answer)).ok_or(PromptError::Cancelled)
        });
        (outcome.map(|code| code.expose().to_owned()), said.into_inner())
    }

    #[test]
    fn each_wrong_answer_is_told_of_and_three_are_enough() {
        let code = Ok("123456".to_owned());
        let wrong = Some(NOT_SIX_DIGITS);
        assert_eq!(after(&["123 456\n"], false), (code.clone(), vec![None]));
        assert_eq!(after(&["123456"], true), (code.clone(), vec![Some(REFUSED)]));
        assert_eq!(after(&["1", "", "123456"], false), (code, vec![None, wrong, wrong]));
        assert_eq!(after(&["1", "2", "3", "123456"], false), (Err(PromptError::NotACode), vec![None, wrong, wrong]));
        assert_eq!(after(&["1"], false), (Err(PromptError::Cancelled), vec![None, wrong]));
    }

    #[test]
    fn a_code_that_was_used_is_waited_out_and_counts_as_no_mistake() {
        let (outcome, said) = after(&["1", "2", "111111", "111111", "123456"], false);
        assert_eq!(outcome, Ok("123456".to_owned()));
        assert_eq!(said, [None, Some(NOT_SIX_DIGITS), Some(NOT_SIX_DIGITS), Some(SPENT), Some(SPENT)]);
    }
}
