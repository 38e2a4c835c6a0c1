//! Shows the address of the console to the browser, or to the user.

use zeroize::Zeroizing;

use crate::cli::args::ConsoleOptions;
use crate::cli::browser::{browser, machine};
use crate::cli::context::Context;
use crate::cli::errors::failure::{BROWSER, CANCELLED, Failure};
use crate::cli::output::{note, write_stdout};
use crate::console::handoff::{self, HandoffError, LIMIT};
use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::core::shell_word::shell_word;
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

pub(super) struct Opening<'a> {
    way: OpeningWay<'a>,
    /// `None` for the credentials of the environment.
    profile: Option<&'a str>,
}

enum OpeningWay<'a> {
    Stdout,
    /// Why no browser can open.
    Terminal(&'static str),
    Browser(Browser<'a>),
}

impl<'a> Opening<'a> {
    /// `name` is the value of `{profile}` in the template of the browser.
    pub(super) fn of(
        context: &'a Context,
        options: &ConsoleOptions,
        profile: Option<&'a str>,
        name: &'a str,
    ) -> Result<Self, Failure> {
        let browser = browser(context, name)?;
        if options.print {
            return Ok(Self { way: OpeningWay::Stdout, profile });
        }
        let machine = machine(context);
        if machine.flow() == Flow::Browser {
            return Ok(Self { way: OpeningWay::Browser(browser), profile });
        }
        let why = if machine.is_remote { "in an SSH session" } else { "without a display" };
        let opening = Self { way: OpeningWay::Terminal(why), profile };
        // Prints nothing, but finds out whether the user can see the address.
        if try_print_on_terminal("") {
            Ok(opening)
        } else {
            Err(opening.invisible(&format!("cannot open a browser {why}")))
        }
    }

    pub(super) fn open(&self, context: &Context, console: &Console) -> Result<(), Failure> {
        match &self.way {
            OpeningWay::Stdout => write_stdout(Zeroizing::new(format!("{}\n", console.address.expose())).as_bytes()),
            OpeningWay::Terminal(why) => self.show(&format!("cannot open a browser {why}"), console),
            OpeningWay::Browser(browser) => self.open_in(browser, context, console),
        }
    }

    fn open_in(&self, browser: &Browser<'_>, context: &Context, console: &Console) -> Result<(), Failure> {
        let Console { address, subject, end } = console;
        let opened = handoff::open(browser, &context.paths.cache_dir, address, |start| {
            print_message("If no browser window opens, open this address in a browser of this machine. It works once:");
            print_message(&format!("  {start}"));
        });
        match opened {
            Ok(()) => {
                note(context, &format!("opened the console of {subject}{end}"));
                Ok(())
            }
            Err(HandoffError::Browser(error)) => self.show(&format!("cannot open a browser: {error}"), console),
            Err(HandoffError::Listener(error)) => self.show(&format!("cannot listen on 127.0.0.1: {error}"), console),
            Err(HandoffError::NotVisited) => {
                let minutes = LIMIT.as_secs() / 60;
                let message = format!("the browser did not open the address within {minutes} min");
                Err(Failure::new(BROWSER, message).hint(self.print_hint()))
            }
            Err(HandoffError::Ended(PromptError::Signalled(signal))) => Err(Failure::by_signal(signal)),
            Err(HandoffError::Ended(_)) => Err(Failure::new(CANCELLED, "cancelled")),
        }
    }

    /// Prints the address on the terminal, and never on stderr, which may be a log.
    fn show(&self, problem: &str, Console { address, subject, end }: &Console) -> Result<(), Failure> {
        let heading = format!(
            "{problem}\nTo open the console of {subject}{end}, open this address within 15 minutes. It is a secret:\n"
        );
        let heading = heading.lines().map(|line| printable(line) + "\n").collect::<String>();
        let text = Zeroizing::new(format!("{heading}  {}\n", address.expose()));
        if try_print_on_terminal(&text) { Ok(()) } else { Err(self.invisible(problem)) }
    }

    fn invisible(&self, problem: &str) -> Failure {
        let message = format!("{problem}, and no terminal can show the address");
        Failure::new(BROWSER, message).hint(self.print_hint())
    }

    fn print_hint(&self) -> String {
        let profile = self.profile.map(|profile| format!(" {}", shell_word(profile))).unwrap_or_default();
        format!("to print the address on stdout: amplify-creds console --print{profile}")
    }
}
