//! When the credentials that a command is served are renewed, and what is said when they cannot be.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use crate::cli::args::How;
use crate::cli::context::Context;
use crate::cli::credentials::{Fetched, fetch_asking, windows};
use crate::cli::errors::failure::{CANCELLED, Code, Failure, LOCK_TIMEOUT, MFA_NEEDED, MFA_REJECTED, NETWORK};
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::sanitize::printable;
use crate::output::tell;
use crate::prompt::{PromptChain, prompts_have_ended};
use crate::serve::Endpoint;

/// Seconds before the end at which a session is renewed: botocore asks anew at 15 minutes, the other SDKs later.
const EARLY: i64 = 20 * 60;
/// Seconds before the end from which on it is worth a line that AWS cannot be reached.
const WORTH_A_LINE: i64 = 5 * 60;
/// The longest time between two tries, in seconds.
const LONGEST_PAUSE: i64 = 30;
/// How often the cache is looked at for what `login` has put there, in seconds.
const LOGIN_PAUSE: i64 = 5;
/// How often the clock is looked at: a machine that slept finds itself hours later.
const LOOK: Duration = Duration::from_secs(5);

/// What renews.
pub(crate) struct Renewal {
    context: Arc<Context>,
    how: How,
    profile: String,
    /// The access key id of the present session.
    id: String,
    end: Timestamp,
    /// Seconds before the end at which it is renewed.
    early: i64,
    /// The kind of failure that was told last, of this session.
    reported: Option<Code>,
    /// Whether somebody may be asked: nobody who has just said no.
    may_ask: bool,
}

impl Renewal {
    /// None for credentials that never end.
    pub(crate) fn of(mut context: Context, how: &How, profile: &str, first: &Credentials) -> Option<Self> {
        let end = first.expiration?;
        let how = How {
            mfa_token: None,
            // More than what the cache has left for others is asked for, so that it holds where a code is needed, too.
            min_ttl: Some(how.min_ttl.unwrap_or(0).max(EARLY.unsigned_abs())),
            refresh: false,
            ..how.clone()
        };
        // What there is to say has been said.
        context.global.quiet = true;
        let (context, profile, id) = (Arc::new(context), profile.to_owned(), first.access_key_id.clone());
        Some(Self { context, how, profile, id, end, early: EARLY, reported: None, may_ask: true })
    }

    /// Renews for ever.
    pub(crate) fn run(mut self, endpoint: &Endpoint) {
        loop {
            wait_until(self.end.plus(-self.early));
            match self.renewed() {
                Ok(credentials) => {
                    self.id.clone_from(&credentials.access_key_id);
                    let end = credentials.expiration;
                    endpoint.publish(credentials);
                    let Some(end) = end else { return };
                    let left = end.since(Clock::System.now());
                    (self.end, self.early, self.reported, self.may_ask) = (end, EARLY.min(left / 2), None, true);
                    pause(1);
                }
                // The command has ended.
                Err(_) if prompts_have_ended() => return,
                Err(failure) => {
                    let left = self.end.since(Clock::System.now());
                    self.tell(&failure, left);
                    // The window was for the person to answer; from here on it is the cache that tells of `login`.
                    self.may_ask &= ![CANCELLED, MFA_NEEDED, MFA_REJECTED].contains(&failure.code);
                    pause(match self.may_ask {
                        true if left > 0 => (left / 4).clamp(1, LONGEST_PAUSE),
                        true => LONGEST_PAUSE,
                        false => LOGIN_PAUSE,
                    });
                }
            }
        }
    }

    /// Another session than the present one: what another process has got meanwhile, else a new one.
    fn renewed(&self) -> Result<Credentials, Failure> {
        let fetch = |how: &How| {
            let mut ladder = if self.may_ask { windows(&self.context, how)? } else { PromptChain::disabled() };
            fetch_asking(&self.context, how, &mut ladder)
        };
        let is_new = |credentials: &Credentials| {
            credentials.access_key_id != self.id && credentials.expiration.is_none_or(|end| end >= self.end)
        };
        let Fetched { plan, credentials } = fetch(&self.how)?;
        if is_new(&credentials) {
            return Ok(credentials);
        }
        // A base alone is never cached: it has been asked just now.
        let again = if plan.steps().next().is_some() {
            fetch(&How { refresh: true, ..self.how.clone() })?.credentials
        } else {
            credentials
        };
        if is_new(&again) {
            return Ok(again);
        }
        Err(Failure::new(NETWORK, "what gives the credentials has no others yet"))
    }

    /// Says once what stands in the way, on stderr, where the command's own messages go.
    fn tell(&mut self, failure: &Failure, left: i64) {
        let passes = [NETWORK, LOCK_TIMEOUT].contains(&failure.code) && left > WORTH_A_LINE;
        if passes || self.reported.replace(failure.code) == Some(failure.code) {
            return;
        }
        let Self { profile, end, .. } = self;
        let end = end.rfc3339();
        let line = if [CANCELLED, MFA_NEEDED, MFA_REJECTED].contains(&failure.code) {
            format!(
                "amplify-creds: the session ends at {end}; to renew it run: amplify-creds login --refresh {profile}"
            )
        } else {
            format!("amplify-creds: cannot renew the session of {profile}, which ends at {end}: {}", failure.message)
        };
        tell(&format!("{}\n", printable(&line)));
    }
}

/// Waits for a moment of the wall clock, which goes on while the machine sleeps.
fn wait_until(moment: Timestamp) {
    loop {
        let left = moment.since(Clock::System.now());
        if left <= 0 {
            return;
        }
        sleep(LOOK.min(Duration::from_secs(left.unsigned_abs())));
    }
}

fn pause(seconds: i64) {
    sleep(Duration::from_secs(seconds.unsigned_abs()));
}
