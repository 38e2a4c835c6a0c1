//! Signs in with the browser of this machine (RFC 8252): it comes back to a listener on the loopback interface.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::core::secret::Secret;
use crate::loopback::{Head, HttpReply, Loopback, Patience, Peer};
use crate::os::browser::{Opener, RedirectFile};
use crate::os::{browser, random, tcp_peer};
use crate::prompt::Watch;

use super::callback::{Expected, NOT_FOUND, Visit, judge};
use super::error::SignInError;
use super::interaction::{Interaction, Notice};
use super::page::{Page, redirect, refused, refused_with};
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

struct Progress {
    start_until: Option<Instant>,
    is_visited: bool,
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
        let start_path = format!("/{}", random::hex(16).map_err(failed)?.expose());
        let began = Instant::now();
        let mut progress = Progress { start_until: Some(began + START_TIMEOUT), is_visited: false, has_advised: false };
        let (_file, page) = if tcp_peer::is_known() {
            (None, format!("http://{}{start_path}", self.host))
        } else {
            let file = RedirectFile::create(directory, url).map_err(failed)?;
            let page = file.url();
            (Some(file), page)
        };
        let mut opener = progress.open(interaction, &page, url);
        let Self { loopback, host, pkce } = &mut self;
        let expected = Expected { host, start_path: &start_path, state: &pkce.state };
        let watch = Watch::begin(began + interaction.limit);
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
                Visit::Start => Some(progress.start(url, peer)),
                Visit::Callback(_) => Some(refused("400 Bad Request")),
                Visit::Other(status) => Some(refused(status)),
            };
            if let Some(panicked) = loopback.turn(Patience::Returns, &mut answer) {
                return Err(SignInError::Listener(panicked.to_string()));
            }
            if let Some(error) = opener.as_mut().and_then(Opener::failure) {
                progress.advise(interaction, Notice::NotOpened(&error, url));
            }
            let patience = if progress.is_visited { VISITED_PATIENCE } else { PATIENCE };
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
    /// Answers once, and only to the user of this process: the redirect has the state and the challenge.
    fn start(&mut self, url: &str, peer: Peer) -> HttpReply {
        match self.start_until {
            Some(until) if Instant::now() < until => {
                if !peer.may_ask() {
                    return refused("403 Forbidden");
                }
                (self.start_until, self.is_visited) = (None, true);
                redirect(url)
            }
            _ => refused_with(NOT_FOUND, "This address works only once. The terminal shows another one after a while."),
        }
    }

    fn open(&mut self, interaction: &Interaction<'_>, page: &str, url: &str) -> Option<Opener> {
        match browser::open(interaction.env, page) {
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
