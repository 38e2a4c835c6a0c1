mod assuan;
mod code_entry;
mod dialog;
pub mod dialogue;
mod helper;
#[cfg(unix)]
pub mod menu;
#[cfg(unix)]
mod menu_filter;
#[cfg(unix)]
mod menu_key;
mod method;
mod mfa_process;
mod pinentry;
mod question;
mod retry;
#[cfg(unix)]
mod signals;
#[cfg(not(unix))]
#[path = "console.rs"]
mod terminal;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod terminal_guard;
mod watch;

use std::time::Instant;

use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::os::stdin;

pub use method::{PromptMethod, available};
pub use question::{DEADLINE_SECONDS, MfaAnswer, MfaQuestion, PromptError};
#[cfg(unix)]
pub use signals::{handle_signals_between_prompts, ignore_suspend_key, leave_signals};
#[cfg(unix)]
pub use terminal::{discard_typed, print_over_spinner};
pub use terminal::{print as print_on_terminal, try_print as try_print_on_terminal};
#[cfg(unix)]
pub use watch::is_prompt_open;
pub use watch::{Watch, end_prompts, prompts_have_ended};

use dialog::DialogProgram;
use question::digits;

pub trait Prompt {
    /// The id of the terminal for the next question. It is the same in every process on that terminal. The resolver
    /// locks it, for one prompt at a time.
    fn terminal(&self, question: &MfaQuestion<'_>) -> Option<String>;

    fn code(&mut self, question: &MfaQuestion<'_>) -> Result<MfaAnswer, PromptError>;

    /// Whether this process has another code. Then the failed prompt of another process does not concern it.
    fn has_code(&self) -> bool {
        false
    }

    /// `None` if prompts on the terminal are not allowed.
    fn own_terminal(&self) -> Option<String>;

    /// Prints only on that terminal, because the standard streams belong to the caller.
    fn print_line(&self, line: &str);
}

#[derive(Debug)]
pub enum GivenCode {
    Code(Secret),
    Stdin,
}

const MAX_STDIN_BYTES: u64 = 64;

impl GivenCode {
    fn read(self, until: Instant) -> Result<Secret, PromptError> {
        match self {
            Self::Code(code) => Ok(code),
            // After an error the code is empty, which is reported as malformed.
            Self::Stdin => match stdin::line(MAX_STDIN_BYTES, until) {
                Some(line) => Ok(Secret::from(line.as_str())),
                None => Err(PromptError::TimedOut(DEADLINE_SECONDS)),
            },
        }
    }
}

/// The order of the sources: given codes, each used once; the profile's `mfa_process`; the prompt methods.
#[derive(Debug)]
pub struct PromptChain {
    given: Vec<(&'static str, GivenCode)>,
    methods: Vec<PromptMethod>,
    /// Runs of the `mfa_process`: the second follows a rejected code.
    runs_left: u32,
}

impl PromptChain {
    /// `given` are codes with the flag or variable that they come from.
    pub fn new(mut given: Vec<(&'static str, GivenCode)>, methods: Vec<PromptMethod>) -> Self {
        given.reverse();
        Self { given, methods, runs_left: 2 }
    }

    pub fn disabled() -> Self {
        Self { given: Vec::new(), methods: Vec::new(), runs_left: 0 }
    }

    fn next_given(&mut self, question: &MfaQuestion<'_>) -> Result<Option<Secret>, PromptError> {
        while let Some((from, given)) = self.given.pop() {
            let code = digits(given.read(question.until)?.expose()).ok_or(PromptError::Malformed(from))?;
            if (question.wait_if_used)(&code).is_none() {
                return Ok(Some(code));
            }
        }
        Ok(None)
    }

    fn run_mfa_process(&mut self, question: &MfaQuestion<'_>) -> Result<Secret, PromptError> {
        let command = question.mfa_process.filter(|_| self.runs_left > 0).ok_or(PromptError::NobodyToAsk)?;
        self.runs_left -= 1;
        mfa_process::ask(command, question)
    }
}

impl Prompt for PromptChain {
    fn has_code(&self) -> bool {
        !self.given.is_empty()
    }

    fn own_terminal(&self) -> Option<String> {
        if self.methods.contains(&PromptMethod::Terminal) { terminal::id() } else { None }
    }

    fn print_line(&self, line: &str) {
        if self.methods.contains(&PromptMethod::Terminal) {
            terminal::print(&format!("amplify-creds: {}\n", printable(line)));
        }
    }

    fn terminal(&self, question: &MfaQuestion<'_>) -> Option<String> {
        let asks_program = question.mfa_process.is_some() && self.runs_left > 0;
        // pinentry may use the terminal, too. Two prompts would read each other's digits.
        let asks_here = matches!(self.methods.first(), Some(PromptMethod::Terminal | PromptMethod::Pinentry));
        if self.given.is_empty() && !asks_program && asks_here { terminal::id() } else { None }
    }

    fn code(&mut self, question: &MfaQuestion<'_>) -> Result<MfaAnswer, PromptError> {
        if let Some(code) = self.next_given(question)? {
            return Ok(MfaAnswer { code, typed: false });
        }
        let error = match self.run_mfa_process(question) {
            Ok(code) => return Ok(MfaAnswer { code, typed: false }),
            Err(error) => error,
        };
        for method in &self.methods {
            let asked = match method {
                PromptMethod::Terminal => code_entry::ask(question),
                PromptMethod::Pinentry => pinentry::ask(question, true),
                PromptMethod::PinentryWindow => pinentry::ask(question, false),
                PromptMethod::Osascript => dialog::ask(DialogProgram::Osascript, question),
                PromptMethod::Zenity => dialog::ask(DialogProgram::Zenity, question),
                PromptMethod::PowerShell => dialog::ask(DialogProgram::PowerShell, question),
            };
            if !matches!(asked, Err(PromptError::NobodyToAsk)) {
                return asked.map(|code| MfaAnswer { code, typed: true });
            }
        }
        Err(error)
    }
}
