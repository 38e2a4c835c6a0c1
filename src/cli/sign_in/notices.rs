use std::cell::RefCell;

use crate::cli::context::Context;
use crate::cli::questions::Questions;
use crate::core::sanitize::printable;
use crate::output::write_stderr;
use crate::sign_in::{Flow, Notice, SignInError};

use super::needs::Session;
use super::occasion::Occasion;

/// What the user reads during a sign-in. Also printed with `--quiet`, because without it there is no sign-in.
pub(super) struct Notices {
    name: String,
    /// Offers another flow.
    command: Option<String>,
    limit: u64,
    /// A tool captures the stderr of `process`, so that a code is shown on the terminal.
    terminal: Option<RefCell<Questions>>,
}

impl Notices {
    pub(super) fn new(
        context: &Context,
        session: &Session<'_>,
        profile: &str,
        occasion: Occasion,
        flow: Flow,
    ) -> Result<Self, SignInError> {
        let needs_terminal =
            flow == Flow::Paste || (flow == Flow::DeviceCode && matches!(occasion, Occasion::Automatic));
        let terminal = if needs_terminal {
            let questions = Questions::open(context).map_err(|_| SignInError::NoTerminal)?;
            Some(RefCell::new(questions))
        } else {
            None
        };
        let option = match session {
            Session::IdentityCenter(..) => "--device-code",
            Session::AwsSignIn(_) => "--paste",
        };
        let command = (flow == Flow::Browser).then(|| session.command(Some(option), profile));
        Ok(Self { name: session.name(), command, limit: occasion.limit().as_secs(), terminal })
    }

    pub(super) fn print(&self, notice: &Notice<'_>) {
        let Self { name, command, limit, terminal: _ } = self;
        let elsewhere =
            command.as_ref().map(|command| format!("On another machine: press Ctrl-C, then run: {command}"));
        let lines = match notice {
            Notice::Browser => vec![
                format!("Sign in to {name} in the browser window that opens."),
                format!("Waiting for the sign-in, up to {} min. Press Ctrl-C to cancel.", limit.div_ceil(60)),
            ],
            Notice::NotOpened(error, address) => {
                let opened = format!("Cannot open a browser: {error}. To sign in to {name}, open this page:");
                [opened, format!("  {address}")].into_iter().chain(elsewhere).collect()
            }
            Notice::NotVisited(address) => {
                let opened = "If no browser window has opened, open this page yourself:".to_owned();
                [opened, format!("  {address}")].into_iter().chain(elsewhere).collect()
            }
            Notice::DeviceCode(code) => vec![
                format!("Sign in to {name}. Open this page in a browser, on any machine:"),
                format!("  {}", code.page_with_code.as_ref().unwrap_or(&code.page)),
                format!("and compare or enter this code: {}", code.user_code),
                format!("Waiting for the sign-in, up to {} min. Press Ctrl-C to cancel.", code.lifetime.div_ceil(60)),
            ],
            Notice::PasteAddress(address) => vec![
                format!("Sign in to {name}. Open this page in a browser, on any machine:"),
                format!("  {address}"),
                "After the sign-in, the browser cannot load a page of 127.0.0.1. Paste the address of that page."
                    .to_owned(),
            ],
            Notice::PasteCode(address) => vec![
                format!("Sign in to {name}. Open this page in a browser, on any machine:"),
                format!("  {address}"),
                "After the sign-in, paste the code that the page shows.".to_owned(),
            ],
        };
        match &self.terminal {
            Some(terminal) => terminal.borrow_mut().say(&lines.join("\n")),
            None => write_stderr(&lines.iter().map(|line| printable(line) + "\n").collect::<String>()),
        }
    }

    /// `None` if the user cancelled.
    pub(super) fn paste(&self) -> Option<String> {
        self.terminal.as_ref()?.borrow_mut().line("Paste: ").ok().filter(|line| !line.is_empty())
    }
}
