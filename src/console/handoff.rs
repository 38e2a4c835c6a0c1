//! Opens an address with a secret in the user's browser.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::core::secret::Secret;
use crate::loopback::page::refused;
use crate::loopback::{Head, Loopback, NOT_FOUND, Patience, Peer, StartAddress};
use crate::os::browser::{Browser, BrowserError, Opener};
use crate::prompt::{PromptError, Watch};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// The token in the address is valid for 15 minutes.
pub(crate) const LIMIT: Duration = Duration::from_mins(3);
/// Without a visit for this long, the user gets the start address to open it by hand.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) enum HandoffError {
    Browser(BrowserError),
    Listener(String),
    NotVisited,
    Ended(PromptError),
}

/// Returns after the browser has got the address. `advise` gets the start address, which contains no secret and works
/// once.
pub(crate) fn open(
    browser: &Browser<'_>,
    directory: &Path,
    address: &Secret,
    mut advise: impl FnMut(&str),
) -> Result<(), HandoffError> {
    let failed = |error: std::io::Error| HandoffError::Listener(error.to_string());
    let mut loopback = Loopback::bind(0, REQUEST_TIMEOUT).map_err(failed)?;
    let host = loopback.host().map_err(failed)?;
    let mut start = StartAddress::new(&host, directory, address.expose(), LIMIT, browser).map_err(failed)?;
    let began = Instant::now();
    // Before the browser, so that a signal is handled as soon as the user sees something.
    let watch = Watch::begin(began + LIMIT);
    let mut opener = browser.open(&start.page()).map_err(HandoffError::Browser)?;
    let mut has_advised = false;
    while !start.is_visited() {
        match watch.check() {
            // A launcher ends before the browser has started.
            Ok(_) | Err(PromptError::CallerEnded) if began.elapsed() < LIMIT => {}
            Ok(_) | Err(PromptError::CallerEnded | PromptError::TimedOut(_)) => return Err(HandoffError::NotVisited),
            Err(error) => return Err(HandoffError::Ended(error)),
        }
        turn(&mut loopback, &host, &mut start)?;
        if let Some(error) = opener_failure(&mut opener, &start) {
            return Err(HandoffError::Browser(error));
        }
        if !has_advised && began.elapsed() > PATIENCE {
            has_advised = true;
            advise(start.address());
        }
    }
    let until = Instant::now() + REQUEST_TIMEOUT;
    while loopback.is_replying() && Instant::now() < until {
        turn(&mut loopback, &host, &mut start)?;
    }
    Ok(())
}

/// A browser may end with an error after the visit.
fn opener_failure(opener: &mut Opener, start: &StartAddress) -> Option<BrowserError> {
    if start.is_visited() { None } else { opener.failure() }
}

fn turn(loopback: &mut Loopback, host: &str, start: &mut StartAddress) -> Result<(), HandoffError> {
    let mut answer = |head: &Head, peer: Peer| {
        Some(match (head.method.as_str(), head.path == start.path()) {
            _ if head.host.as_deref() != Some(host) => refused("400 Bad Request"),
            ("GET", true) => start.reply(|| peer.may_ask()),
            _ => refused(NOT_FOUND),
        })
    };
    match loopback.turn(Patience::Returns, &mut answer) {
        Some(panicked) => Err(HandoffError::Listener(panicked.to_string())),
        None => Ok(()),
    }
}
