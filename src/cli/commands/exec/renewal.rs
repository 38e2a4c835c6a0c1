use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::credentials::fetch_unrecorded;
use crate::cli::errors::failure::{
    CANCELLED, ErrorCode, Failure, INTERNAL, LOCK_TIMEOUT, MFA_NEEDED, MFA_REJECTED, NETWORK,
};
use crate::cli::prompts::dialog_chain;
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::sanitize::printable;
use crate::os::panics;
use crate::output::write_stderr;
use crate::plan::CredentialPlan;
use crate::prompt::{PromptChain, prompts_have_ended};
use crate::serve::CredentialsEndpoint;

/// Seconds before expiration. botocore refreshes at 15 minutes, the other SDKs later.
const EARLY: i64 = 20 * 60;
/// From this many seconds before expiration, an outage is reported.
const REPORT_OUTAGE: i64 = 5 * 60;
/// Seconds.
const LONGEST_PAUSE: i64 = 30;
/// Seconds between two reads of the cache for a session from `login`.
const LOGIN_PAUSE: i64 = 5;
/// The clock is read this often, because it jumps when a machine resumes.
const CLOCK_POLL: Duration = Duration::from_secs(5);

pub(crate) enum Session {
    OfProfile(String),
    OfEnvironment,
}

impl Session {
    pub(crate) fn expired(&self) -> String {
        match self {
            Self::OfProfile(profile) => {
                format!("the session of profile {profile} has expired; run: amplify-creds login --refresh {profile}")
            }
            Self::OfEnvironment => {
                "the credentials of the environment have expired; run exec again with new ones".to_owned()
            }
        }
    }

    fn not_renewed(&self, end: Timestamp, Failure { code, message, .. }: &Failure) -> String {
        let end = end.rfc3339();
        match self {
            Self::OfProfile(profile) if [CANCELLED, MFA_NEEDED, MFA_REJECTED].contains(code) => {
                format!("the session ends at {end}; to renew it run: amplify-creds login --refresh {profile}")
            }
            Self::OfProfile(profile) => {
                format!("cannot renew the session of {profile}, which ends at {end}: {message}")
            }
            Self::OfEnvironment => {
                let what = format!("cannot renew the credentials of the environment, which expire at {end}: {message}");
                format!("{what}; run exec again with new ones")
            }
        }
    }
}

pub(crate) struct Renewal {
    context: Arc<Context>,
    args: SessionArgs,
    session: Session,
    id: String,
    end: Timestamp,
    /// Seconds before expiration.
    early: i64,
    reported: Option<ErrorCode>,
    may_ask: bool,
}

impl Renewal {
    /// `None` for credentials that never expire.
    pub(crate) fn of(mut context: Context, how: &SessionArgs, session: Session, first: &Credentials) -> Option<Self> {
        let end = first.expiration?;
        let args = SessionArgs {
            mfa_token: None,
            // Longer than the default of other commands, so that it also suffices if a code is needed.
            min_ttl: Some(how.min_ttl.unwrap_or(0).max(EARLY.unsigned_abs())),
            refresh: false,
            ..how.clone()
        };
        // The first fetch has printed all notes.
        context.global.quiet = true;
        let (context, id) = (Arc::new(context), first.access_key_id.clone());
        Some(Self { context, args, session, id, end, early: EARLY, reported: None, may_ask: true })
    }

    pub(crate) fn run(mut self, endpoint: &CredentialsEndpoint) {
        loop {
            // A panic counts as a failed renewal, so the endpoint keeps serving the valid session.
            let renewed = panics::catch(|| {
                wait_until(self.end.plus(-self.early));
                self.renewed()
            });
            match renewed.unwrap_or_else(|panicked| Err(Failure::new(INTERNAL, panicked.to_string()))) {
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
                    self.report(&failure, left);
                    // After an unanswered window, only the cache is read, for a session from `login`.
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

    /// The session of another process if it has one, otherwise a new one.
    fn renewed(&self) -> Result<Credentials, Failure> {
        let fetch = |how: &SessionArgs| {
            let dialogs = |plan: &CredentialPlan| {
                if self.may_ask { dialog_chain(&self.context, how, &plan.options) } else { Ok(PromptChain::disabled()) }
            };
            fetch_unrecorded(&self.context, how, dialogs)
        };
        let is_new = |credentials: &Credentials| {
            credentials.access_key_id != self.id && credentials.expiration.is_none_or(|end| end >= self.end)
        };
        let mut fetched = fetch(&self.args)?;
        // Base credentials are never cached, so they have just been fetched.
        if !is_new(&fetched.credentials) && fetched.plan.steps().next().is_some() {
            fetched = fetch(&SessionArgs { refresh: true, ..self.args.clone() })?;
        }
        if is_new(&fetched.credentials) {
            fetched.record(&self.context, &self.args)?;
            return Ok(fetched.credentials);
        }
        Err(Failure::new(NETWORK, "the credential source returned the same credentials again"))
    }

    fn report(&mut self, failure: &Failure, left: i64) {
        let passes = [NETWORK, LOCK_TIMEOUT].contains(&failure.code) && left > REPORT_OUTAGE;
        if passes || self.reported.replace(failure.code) == Some(failure.code) {
            return;
        }
        let line = self.session.not_renewed(self.end, failure);
        write_stderr(&format!("amplify-creds: {}\n", printable(&line)));
    }
}

/// Uses the wall clock, which also advances while the machine sleeps.
fn wait_until(moment: Timestamp) {
    loop {
        let left = moment.since(Clock::System.now());
        if left <= 0 {
            return;
        }
        sleep(CLOCK_POLL.min(Duration::from_secs(left.unsigned_abs())));
    }
}

fn pause(seconds: i64) {
    sleep(Duration::from_secs(seconds.unsigned_abs()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_is_advised_only_for_a_profile() {
        let end = Timestamp::parse("2099-01-02T03:04:05Z").unwrap();
        let lines = |session: Session| {
            let failures = [Failure::new(MFA_NEEDED, "no code"), Failure::new(NETWORK, "no connection")];
            let lines: Vec<_> = failures.iter().map(|failure| session.not_renewed(end, failure)).collect();
            [lines, vec![session.expired()]].concat()
        };
        let profile = lines(Session::OfProfile("dev".into()));
        let has_command: Vec<_> =
            profile.iter().map(|line| line.contains("amplify-creds login --refresh dev")).collect();
        assert_eq!(has_command, [true, false, true], "{profile:?}");
        for line in lines(Session::OfEnvironment) {
            assert!(!line.contains("login") && line.ends_with("; run exec again with new ones"), "{line}");
        }
    }
}
