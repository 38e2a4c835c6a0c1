use std::cell::Cell;
use std::time::Duration;

use crate::cli::context::Context;
use crate::cli::questions::Questions;
use crate::core::sanitize::printable;
use crate::output::write_stderr;
use crate::prompt::print_on_terminal;
use crate::sign_in::{Flow, Notice, SignInError};

use super::needs::Session;
use super::occasion::Occasion;

/// What the user reads during a sign-in. Also printed with `--quiet`, because without it there is no sign-in.
pub(super) struct Notices<'a> {
    context: &'a Context,
    name: String,
    /// Offers another flow.
    command: Option<String>,
    limit: Duration,
    /// Not on stderr, which a tool captures.
    on_terminal: bool,
    has_printed: Cell<bool>,
}

impl<'a> Notices<'a> {
    pub(super) fn new(
        context: &'a Context,
        session: &Session<'_>,
        profile: &str,
        occasion: Occasion,
        flow: Flow,
    ) -> Result<Self, SignInError> {
        // The user pastes on the terminal.
        let on_terminal = flow == Flow::Paste || (flow == Flow::DeviceCode && matches!(occasion, Occasion::Automatic));
        if on_terminal {
            Questions::open(context).map_err(|_| SignInError::NoTerminal)?;
        }
        let option = match session {
            Session::IdentityCenter(..) => "--device-code",
            Session::AwsSignIn(_) => "--paste",
        };
        let command = (flow == Flow::Browser).then(|| session.command(Some(option), profile));
        let (name, limit) = (session.name(), occasion.limit());
        Ok(Self { context, name, command, limit, on_terminal, has_printed: Cell::new(false) })
    }

    /// Whether the user was asked to sign in.
    pub(super) fn has_printed(&self) -> bool {
        self.has_printed.get()
    }

    pub(super) fn print(&self, notice: &Notice<'_>) {
        let Self { name, command, limit, .. } = self;
        let elsewhere =
            command.as_ref().map(|command| format!("On another machine: press Ctrl-C, then run: {command}"));
        let waiting = |seconds: u64| {
            format!("Waiting for the sign-in, up to {} min. Press Ctrl-C to cancel.", seconds.div_ceil(60))
        };
        let open = || format!("Sign in to {name}. Open this page in a browser, on any machine:");
        let lines = match notice {
            Notice::Browser => {
                vec![format!("Sign in to {name} in the browser window that opens."), waiting(limit.as_secs())]
            }
            Notice::NotOpened(error, address) => {
                let opened = format!("Cannot open a browser: {error}. To sign in to {name}, open this page:");
                [opened, format!("  {address}")].into_iter().chain(elsewhere).collect()
            }
            Notice::NotVisited(address) => {
                let opened = "If there is no such window, open this page yourself:".to_owned();
                [opened, format!("  {address}")].into_iter().chain(elsewhere).collect()
            }
            Notice::DeviceCode(code) => vec![
                open(),
                format!("  {}", code.page_with_code.as_ref().unwrap_or(&code.page)),
                format!("Check that the page shows this code, or enter it: {}", code.user_code),
                waiting(code.lifetime),
            ],
            Notice::PasteAddress(address) => vec![
                open(),
                format!("  {address}"),
                "After the sign-in, the browser cannot load a page of 127.0.0.1. Copy the address of that page."
                    .to_owned(),
            ],
            Notice::PasteCode(address) => {
                vec![open(), format!("  {address}"), "After the sign-in, copy the code that the page shows.".to_owned()]
            }
        };
        self.has_printed.set(true);
        let text = lines.iter().fold(String::new(), |text, line| text + &printable(line) + "\n");
        if self.on_terminal { print_on_terminal(&text) } else { write_stderr(&text) }
    }

    pub(super) fn paste(&self) -> Result<String, SignInError> {
        let asked = Questions::open_for(self.context, self.limit).and_then(|mut person| person.line("Paste it here: "));
        match asked {
            Ok(text) if text.is_empty() => Err(SignInError::Cancelled),
            Ok(text) => Ok(text),
            Err(error) => Err(SignInError::of_wait(&error, self.limit.as_secs())),
        }
    }
}
