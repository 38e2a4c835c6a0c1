//! Shows the address of the console to the browser, or to the user.

use crate::cli::args::ConsoleOptions;
use crate::cli::browser::{browser, machine};
use crate::cli::context::Context;
use crate::cli::errors::failure::{BROWSER, CANCELLED, Failure};
use crate::cli::errors::shell_word::shell_word;
use crate::cli::output::{note, write_stdout};
use crate::console::handoff::{self, HandoffError, LIMIT};
use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::os::browser::Browser;
use crate::output::print_message;
use crate::prompt::{PromptError, try_print_on_terminal};
use crate::sign_in::Flow;

pub(super) struct Console {
    pub(super) address: Secret,
    pub(super) subject: String,
    /// Empty, or when the console ends, after a comma.
    pub(super) end: String,
}

pub(super) enum Opening<'a> {
    Stdout,
    /// Why no browser can open.
    Terminal(&'static str),
    Browser(Browser<'a>, &'a str),
}

impl<'a> Opening<'a> {
    pub(super) fn of(context: &'a Context, options: &ConsoleOptions, profile: &'a str) -> Result<Self, Failure> {
        let browser = browser(context, profile)?;
        if options.print {
            return Ok(Self::Stdout);
        }
        let machine = machine(context);
        if machine.flow() == Flow::Browser {
            return Ok(Self::Browser(browser, profile));
        }
        let why = if machine.is_remote { "in an SSH session" } else { "without a display" };
        // Prints nothing, but finds out whether the user can see the address.
        if try_print_on_terminal("") {
            Ok(Self::Terminal(why))
        } else {
            Err(without_terminal(profile, &format!("cannot open a browser {why}")))
        }
    }

    pub(super) fn open(&self, context: &Context, console: &Console) -> Result<(), Failure> {
        let Console { address, subject, end } = console;
        match self {
            Self::Stdout => write_stdout(format!("{}\n", address.expose()).as_bytes()),
            Self::Terminal(why) => {
                let heading = format!("Cannot open a browser {why}.");
                if shown(&heading, console) { Ok(()) } else { Err(without_terminal("PROFILE", &heading)) }
            }
            Self::Browser(browser, profile) => {
                let directory = &context.paths.cache_dir;
                let opened = handoff::open(browser, directory, address, |start| {
                    print_message(
                        "If no browser window opens, open this address in a browser of this machine. It works once:",
                    );
                    print_message(&format!("  {start}"));
                });
                match opened {
                    Ok(()) => {
                        note(context, &format!("opened the console of {subject}{end}"));
                        Ok(())
                    }
                    Err(HandoffError::Browser(error)) => {
                        let problem = format!("cannot open a browser: {error}");
                        let heading = format!("Cannot open a browser: {error}.");
                        if shown(&heading, console) { Ok(()) } else { Err(without_terminal(profile, &problem)) }
                    }
                    Err(HandoffError::Listener(error)) => {
                        Err(without_terminal(profile, &format!("cannot listen on 127.0.0.1: {error}")))
                    }
                    Err(HandoffError::NotVisited) => {
                        let minutes = LIMIT.as_secs() / 60;
                        let message = format!("the browser did not open the address within {minutes} min");
                        Err(Failure::new(BROWSER, message).hint(print_hint(profile)))
                    }
                    Err(HandoffError::Ended(PromptError::Signalled(signal))) => Err(Failure::by_signal(signal)),
                    Err(HandoffError::Ended(_)) => Err(Failure::new(CANCELLED, "cancelled")),
                }
            }
        }
    }
}

/// Prints the address on the terminal, and never on stderr, which may be a log.
fn shown(heading: &str, Console { address, subject, end }: &Console) -> bool {
    let lines = [
        heading.to_owned(),
        format!("To open the console of {subject}{end}, open this address within 15 minutes. It is a secret:"),
        format!("  {}", address.expose()),
    ];
    try_print_on_terminal(&lines.iter().fold(String::new(), |text, line| text + &printable(line) + "\n"))
}

fn without_terminal(profile: &str, problem: &str) -> Failure {
    let message = format!("{problem}, and no terminal can show the address");
    Failure::new(BROWSER, message).hint(print_hint(profile))
}

fn print_hint(profile: &str) -> String {
    format!("to print the address on stdout: amplify-creds console --print {}", shell_word(profile))
}
