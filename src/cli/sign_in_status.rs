//! Shows whether the user is signed in, without using the network.

use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::core::clock::Timestamp;
use crate::core::masking::{masked, shown_url};
use crate::core::shell_word::shell_word;
use crate::output::fields::Emphasis;
use crate::output::{left, left_until};
use crate::profile::value_form::shown;
use crate::source::{Renewal, SignInSession, SignInState, SignInStates};

pub(crate) struct SignInStatus {
    session: SignInSession,
    state: SignInState,
    now: Timestamp,
}

pub(crate) fn states(context: &Context, now: Timestamp) -> SignInStates {
    SignInStates::new(context.paths.sso_cache(), context.paths.login_cache(&context.env), now)
}

impl SignInStatus {
    pub(crate) fn new(states: &SignInStates, session: SignInSession, now: Timestamp) -> Self {
        Self { state: states.get(&session), session, now }
    }

    /// `profile` is the profile of the sign-in.
    pub(crate) fn text(&self, profile: &str) -> (String, Emphasis) {
        let run = || format!("run: amplify-creds login {}", shell_word(profile));
        match &self.state {
            SignInState::SignedOut => (format!("not signed in, {}", run()), Emphasis::Bad),
            SignInState::Invalid(problem) => (format!("{problem}, {}", run()), Emphasis::Bad),
            SignInState::Token { expires, renewal } => match (*expires > self.now, renewal) {
                (true, Renewal::Possible) => {
                    (format!("signed in: {}, renewable", left_until(*expires, self.now)), Emphasis::Good)
                }
                (true, _) => (format!("signed in: {}", left_until(*expires, self.now)), Emphasis::Good),
                (false, Renewal::Possible) => ("renewable".to_owned(), Emphasis::Good),
                (false, _) => (format!("sign-in expired, {}", run()), Emphasis::Bad),
            },
        }
    }

    /// For a column. Empty without a sign-in, as for a role without a session.
    pub(crate) fn cell(&self) -> String {
        match &self.state {
            SignInState::SignedOut => String::new(),
            SignInState::Invalid(_) => "invalid".to_owned(),
            SignInState::Token { renewal: Renewal::Possible, .. } => "renewable".to_owned(),
            SignInState::Token { expires, .. } => match expires.since(self.now) {
                ..=0 => "expired".to_owned(),
                seconds => left(seconds),
            },
        }
    }

    pub(crate) fn json(&self) -> Value {
        let session = match &self.session {
            SignInSession::Sso(name) => masked(name),
            SignInSession::StartUrl(url) => shown_url(url),
            SignInSession::Login(arn) => shown("login_session", arn),
        };
        let (state, expires) = match &self.state {
            SignInState::SignedOut => ("signed_out", None),
            SignInState::Invalid(_) => ("invalid", None),
            SignInState::Token { expires, renewal } => match (*expires > self.now, renewal) {
                (true, _) => ("signed_in", Some(*expires)),
                (false, Renewal::Possible) => ("renewable", Some(*expires)),
                (false, _) => ("expired", Some(*expires)),
            },
        };
        json!({
            "session": session,
            "state": state,
            "renewable": matches!(self.state, SignInState::Token { renewal: Renewal::Possible, .. }),
            "expires": expires.map(Timestamp::rfc3339),
            "seconds_left": expires.map(|expires| expires.since(self.now).max(0)),
        })
    }
}
