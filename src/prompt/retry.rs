use crate::core::secret::Secret;
use crate::prompt::question::{MfaQuestion, NOT_SIX_DIGITS, PromptError, REFUSED, TRIES, digits};
use crate::prompt::watch::Watch;

const USED: &str = "This code was already used. Enter the next code.";

/// `ask` gets the problem with the last answer.
pub(super) fn ask_until_valid(
    question: &MfaQuestion<'_>,
    watch: &Watch,
    mut ask: impl FnMut(Option<&'static str>) -> Result<Secret, PromptError>,
) -> Result<Secret, PromptError> {
    let mut wrong = question.was_refused.then_some(REFUSED);
    let mut tries = 0;
    while tries < TRIES {
        let Some(code) = digits(ask(wrong)?.expose()) else {
            tries += 1;
            wrong = Some(NOT_SIX_DIGITS);
            continue;
        };
        let Some(wait) = (question.wait_if_used)(&code) else { return Ok(code) };
        watch.wait(wait)?;
        wrong = Some(USED);
    }
    Err(PromptError::NotACode)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::{Duration, Instant};

    use crate::core::call_chain::CallChain;

    use super::*;

    /// The outcome of these answers, and the message before each.
    fn after(answers: &[&str], was_refused: bool) -> (Result<String, PromptError>, Vec<Option<&'static str>>) {
        let wait_if_used = |code: &Secret| (code.expose() == "111111").then_some(Duration::from_millis(1));
        let chain = CallChain::default();
        let question = MfaQuestion {
            profile: "p",
            role_arn: None,
            mfa_serial: "device",
            was_refused,
            note: None,
            mfa_process: None,
            chain: &chain,
            until: Instant::now() + Duration::from_mins(1),
            wait_if_used: &wait_if_used,
        };
        let mut answers = answers.iter();
        let said = RefCell::new(Vec::new());
        let outcome = ask_until_valid(&question, &Watch::begin(question.until), |wrong| {
            said.borrow_mut().push(wrong);
            answers.next().map(|answer| Secret::from(*answer)).ok_or(PromptError::Cancelled)
        });
        (outcome.map(|code| code.expose().to_owned()), said.into_inner())
    }

    #[test]
    fn third_wrong_answer_ends_the_prompt() {
        let code = Ok("123456".to_owned());
        let wrong = Some(NOT_SIX_DIGITS);
        assert_eq!(after(&["123 456\n"], false), (code.clone(), vec![None]));
        assert_eq!(after(&["123456"], true), (code.clone(), vec![Some(REFUSED)]));
        assert_eq!(after(&["1", "", "123456"], false), (code, vec![None, wrong, wrong]));
        assert_eq!(after(&["1", "2", "3", "123456"], false), (Err(PromptError::NotACode), vec![None, wrong, wrong]));
        assert_eq!(after(&["1"], false), (Err(PromptError::Cancelled), vec![None, wrong]));
    }

    #[test]
    fn used_code_is_waited_out_and_is_not_a_mistake() {
        let (outcome, said) = after(&["1", "2", "111111", "111111", "123456"], false);
        assert_eq!(outcome, Ok("123456".to_owned()));
        assert_eq!(said, [None, Some(NOT_SIX_DIGITS), Some(NOT_SIX_DIGITS), Some(USED), Some(USED)]);
    }
}
