use std::io::{IsTerminal, stderr};

use crate::cli::context::Context;
use crate::output::print_message;
use crate::resolve::Reporter;

/// Reports on stderr: waits on a terminal or under `-v`, steps under `-v`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StderrReporter {
    is_verbose: bool,
    is_quiet: bool,
    /// A broker has a prompt open on its terminal, and its clients report what they wait for.
    hides_waits: bool,
}

impl StderrReporter {
    pub(crate) fn of(context: &Context) -> Self {
        let hides_waits = context.global.quiet || context.verb == "broker";
        Self { is_verbose: context.global.verbose > 0, is_quiet: context.global.quiet, hides_waits }
    }
}

impl Reporter for StderrReporter {
    fn shows_waits(&self) -> bool {
        self.is_verbose || (!self.hides_waits && stderr().is_terminal())
    }

    fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    fn waiting(&self, what: &str) {
        print_message(&format!("amplify-creds: waiting for {what}"));
    }

    fn detail(&self, line: &dyn Fn() -> String) {
        if self.is_verbose {
            print_message(&line());
        }
    }
}
