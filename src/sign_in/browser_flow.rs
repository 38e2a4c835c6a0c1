//! Signs in with the browser of this machine (RFC 8252): it comes back to a listener on the loopback interface.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::core::secret::Secret;
use crate::loopback::page::{Page, refused};
use crate::loopback::{Head, HttpReply, Loopback, NOT_FOUND, Patience, Peer, StartAddress};
use crate::os::browser::Opener;
use crate::prompt::Watch;

use super::callback::{Expected, Visit, judge};
use super::error::SignInError;
use super::interaction::{Interaction, Notice};
use super::pkce::Pkce;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Without a visit for this long, the user gets the address to open it in another way.
const PATIENCE: Duration = Duration::from_secs(10);
/// The user may have lost the page, which opens only once.
const VISITED_PATIENCE: Duration = Duration::from_mins(1);

/// A listener for one sign-in. It exists before the browser opens, which can come back at once.
pub(super) struct BrowserFlow {
    loopback: Loopback,
    host: String,
    pkce: Pkce,
}

#[derive(Default)]
struct Progress {
    has_advised: bool,
}

impl BrowserFlow {
    pub(super) fn bind() -> Result<Self, SignInError> {
        let failed = |error: std::io::Error| SignInError::Listener(error.to_string());
        let loopback = Loopback::bind(0, REQUEST_TIMEOUT).map_err(failed)?;
        Ok(Self { host: loopback.host().map_err(failed)?, loopback, pkce: Pkce::new().map_err(failed)? })
    }

    pub(super) fn redirect_uri(&self) -> String {
        format!("http://{}{}", self.host, super::callback::PATH)
    }

    pub(super) fn pkce(&self) -> &Pkce {
        &self.pkce
    }

    /// Opens `url` and runs `exchange` with the code of the response. The browser shows its result, for the session of
    /// the interaction or the one that `exchange` names.
    pub(super) fn run<T>(
        mut self,
        interaction: &Interaction<'_>,
        directory: &Path,
        url: &str,
        mut exchange: impl FnMut(&Secret, &Pkce) -> Result<(T, Option<String>), SignInError>,
    ) -> Result<T, SignInError> {
        let failed = |error: std::io::Error| SignInError::Listener(error.to_string());
        let browser = interaction.browser;
        let mut start = StartAddress::new(&self.host, directory, url, START_TIMEOUT, browser).map_err(failed)?;
        let began = Instant::now();
        // Before the browser, so that a signal is handled as soon as the user sees something.
        let watch = Watch::begin(began + interaction.limit);
        let mut progress = Progress::default();
        let mut opener = progress.open(interaction, &start.page(), url);
        let Self { loopback, host, pkce } = &mut self;
        let start_path = start.path().to_owned();
        let expected = Expected { host, start_path: &start_path, state: &pkce.state };
        let mut outcome = None;
        while outcome.is_none() {
            watch.check().map_err(|error| SignInError::of_wait(&error, interaction.limit.as_secs()))?;
            let mut answer = |head: &Head, peer: Peer| match judge(head, &expected) {
                Visit::Callback(response) if outcome.is_none() => {
                    let result = response.code().and_then(|code| exchange(&code, pkce));
                    let named = result.as_ref().ok().and_then(|(_, subject)| subject.as_deref());
                    let page = last_page(named.unwrap_or(interaction.subject), result.as_ref().err());
                    outcome = Some(result.map(|(signed_in, _)| signed_in));
                    Some(page)
                }
                Visit::Start => Some(start.reply(|| peer.may_ask())),
                Visit::Callback(_) => Some(refused("400 Bad Request")),
                Visit::Other(status) => Some(refused(status)),
            };
            if let Some(panicked) = loopback.turn(Patience::Returns, &mut answer) {
                return Err(SignInError::Listener(panicked.to_string()));
            }
            if let Some(error) = opener.as_mut().and_then(Opener::failure) {
                progress.advise(interaction, Notice::NotOpened(&error, url));
            }
            let patience = if start.is_visited() { VISITED_PATIENCE } else { PATIENCE };
            if outcome.is_none() && began.elapsed() > patience {
                progress.advise(interaction, Notice::NotVisited(url));
            }
        }
        let until = Instant::now() + REQUEST_TIMEOUT;
        while loopback.is_replying() && Instant::now() < until {
            loopback.turn(Patience::Returns, &mut |_, _| Some(refused(NOT_FOUND)));
        }
        outcome.unwrap_or(Err(SignInError::Expired))
    }
}

impl Progress {
    fn open(&mut self, interaction: &Interaction<'_>, page: &str, url: &str) -> Option<Opener> {
        match interaction.browser.open(page) {
            Ok(opener) => {
                (interaction.notice)(Notice::Browser);
                Some(opener)
            }
            Err(error) => {
                self.advise(interaction, Notice::NotOpened(&error, url));
                None
            }
        }
    }

    fn advise(&mut self, interaction: &Interaction<'_>, notice: Notice<'_>) {
        if !self.has_advised {
            self.has_advised = true;
            (interaction.notice)(notice);
        }
    }
}

fn last_page(subject: &str, error: Option<&SignInError>) -> HttpReply {
    let page = match error {
        None => Page {
            is_success: true,
            title: "Signed in",
            text: vec![format!("amplify-creds is signed in to {subject}.")],
        },
        Some(error) => {
            let text = vec![format!("amplify-creds is not signed in to {subject}: {error}.")];
            Page { is_success: false, title: "Not signed in", text }
        }
    };
    page.reply()
}
