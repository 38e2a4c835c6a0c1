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
use crate::os::browser::Browser;
use crate::output::print_message;
use crate::prompt::{PromptError, try_print_on_terminal};
use crate::sign_in::Flow;

const PRINT_HINT: &str = "to print the address on stdout, add --print to the command";

pub(super) struct Console {
    pub(super) address: Secret,
    pub(super) subject: String,
    /// Empty, or when the console ends, after a comma.
    pub(super) end: String,
    /// Whether the address signs its visitor in.
    pub(super) is_secret: bool,
}

pub(super) enum Opening<'a> {
    Stdout,
    /// Why no browser can open.
    Terminal(&'static str),
    Browser(Browser<'a>),
}

impl<'a> Opening<'a> {
    /// `name` is the value of `{profile}` in the template of the browser.
    pub(super) fn of(context: &'a Context, options: &ConsoleOptions, name: &'a str) -> Result<Self, Failure> {
        let browser = browser(context, name)?;
        if options.print {
            return Ok(Self::Stdout);
        }
        let machine = machine(context);
        if machine.flow() == Flow::Browser {
            return Ok(Self::Browser(browser));
        }
        let why = if machine.is_remote { "in an SSH session" } else { "without a display" };
        let opening = Self::Terminal(why);
        // Prints nothing, but finds out whether the user can see the address.
        if try_print_on_terminal("") {
            Ok(opening)
        } else {
            Err(Self::invisible(&format!("cannot open a browser {why}")))
        }
    }

    pub(super) fn open(&self, context: &Context, console: &Console) -> Result<(), Failure> {
        match self {
            Self::Stdout => write_stdout(Zeroizing::new(format!("{}\n", console.address.expose())).as_bytes()),
            Self::Terminal(why) => Self::show(&format!("cannot open a browser {why}"), console),
            Self::Browser(browser) => Self::open_in(browser, context, console),
        }
    }

    fn open_in(browser: &Browser<'_>, context: &Context, console: &Console) -> Result<(), Failure> {
        let Console { address, subject, end, is_secret: _ } = console;
        let opened = handoff::open(browser, &context.paths.cache_dir, address, |start| {
            if context.global.quiet {
                return;
            }
            print_message("If no browser window opens, open this address in a browser of this machine. It works once:");
            print_message(&format!("  {start}"));
        });
        match opened {
            Ok(()) => {
                note(context, &format!("opened the console of {subject}{end}"));
                Ok(())
            }
            Err(HandoffError::Browser(error)) => Self::show(&format!("cannot open a browser: {error}"), console),
            Err(HandoffError::Listener(error)) => Self::show(&format!("cannot listen on 127.0.0.1: {error}"), console),
            Err(HandoffError::NotVisited) => {
                let minutes = LIMIT.as_secs() / 60;
                let message = format!("the browser did not open the address within {minutes} min");
                Err(Failure::new(BROWSER, message).hint(PRINT_HINT))
            }
            Err(HandoffError::Ended(PromptError::Signalled(signal))) => Err(Failure::by_signal(signal)),
            Err(HandoffError::Ended(_)) => Err(Failure::new(CANCELLED, "cancelled")),
        }
    }

    /// Prints the address on the terminal, and never on stderr, which may be a log.
    fn show(problem: &str, Console { address, subject, end, is_secret }: &Console) -> Result<(), Failure> {
        let how = if *is_secret { " within 15 minutes. It is a secret" } else { "" };
        let heading = format!("{problem}\nTo open the console of {subject}{end}, open this address{how}:\n");
        let heading = heading.lines().map(|line| printable(line) + "\n").collect::<String>();
        let text = Zeroizing::new(format!("{heading}  {}\n", address.expose()));
        if try_print_on_terminal(&text) { Ok(()) } else { Err(Self::invisible(problem)) }
    }

    fn invisible(problem: &str) -> Failure {
        Failure::new(BROWSER, format!("{problem}, and no terminal can show the address")).hint(PRINT_HINT)
    }
}
