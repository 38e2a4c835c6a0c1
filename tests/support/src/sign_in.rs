//! A double of AWS Sign-In, which starts and renews the sessions of `aws login` for a client that proves possession of
//! their key.

mod authorize;
mod token;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::TemporaryKeys;
use crate::http::{Reply, Request, Response};
use crate::identity_center::error;
use crate::jwt::Signer;
use crate::mint;
use crate::oauth::{Authorizations, Consent};
use crate::site::{Site, lock};
use crate::wait::wait_until;

/// A running double.
#[derive(Debug)]
pub struct SignIn {
    site: Site,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// The key of the first session.
    signer: Signer,
    /// All sessions, the latest one last.
    sessions: Vec<Session>,
    /// The ARN in ID tokens.
    session_arn: String,
    keys: TemporaryKeys,
    held: bool,
    clock_offset: TimeDelta,
    /// The error code of rejected token requests.
    refusal: Option<&'static str>,
    seen: HashSet<String>,
    authorizations: Authorizations,
}

#[derive(Debug)]
struct Session {
    client_id: String,
    refresh_token: String,
    /// The public key of the proof at the sign-in.
    key: Vec<u8>,
}

/// The client id of a sign-in with a browser on this machine.
pub const CLIENT_ID: &str = "arn:aws:signin:::devtools/same-device";

/// The client id of a sign-in with a browser on another machine.
pub const CROSS_DEVICE_CLIENT_ID: &str = "arn:aws:signin:::devtools/cross-device";

impl SignIn {
    /// A double that returns `keys` for a code or a refresh token. One session exists, with the key [`SignIn::key`].
    pub fn start(keys: TemporaryKeys) -> Self {
        let signer = Signer::new();
        let session =
            Session { client_id: CLIENT_ID.to_owned(), refresh_token: mint::session_token(), key: signer.public() };
        let state = Arc::new(Mutex::new(State {
            signer,
            sessions: vec![session],
            session_arn: "arn:aws:iam::111111111111:user/dev".to_owned(),
            keys,
            held: false,
            clock_offset: TimeDelta::zero(),
            refusal: None,
            seen: HashSet::new(),
            authorizations: Authorizations::new(),
        }));
        let shared = Arc::clone(&state);
        Self { site: Site::start(move |request| Reply::Whole(answer(request, &shared))), state }
    }

    /// The endpoint.
    pub fn url(&self) -> String {
        self.site.url()
    }

    /// The refresh token of the latest session.
    ///
    /// # Panics
    ///
    /// Never: a session exists.
    pub fn refresh_token(&self) -> String {
        lock(&self.state).sessions.last().expect("a session").refresh_token.clone()
    }

    /// The first session's key in the AWS CLI's form.
    pub fn key(&self) -> String {
        lock(&self.state).signer.pem()
    }

    /// Sets the `sub` of ID tokens, which becomes the `login_session`.
    pub fn set_session(&self, arn: &str) {
        arn.clone_into(&mut lock(&self.state).session_arn);
    }

    /// Sets the keys of later answers.
    pub fn set_keys(&self, keys: TemporaryKeys) {
        lock(&self.state).keys = keys;
    }

    /// Answers with this error, such as `TOKEN_EXPIRED`.
    pub fn refuse(&self, error: &'static str) {
        lock(&self.state).refusal = Some(error);
    }

    /// Sets the clock of the service ahead.
    pub fn set_clock_ahead(&self, seconds: i64) {
        lock(&self.state).clock_offset = TimeDelta::seconds(seconds);
    }

    /// Starts or stops holding token requests.
    pub fn set_held(&self, held: bool) {
        lock(&self.state).held = held;
    }

    /// Redirects from `/v1/authorize` without a page, as for a user with a session in the browser.
    pub fn approve_at_once(&self) {
        lock(&self.state).authorizations.consent = Consent::Allow;
    }

    /// Redirects from `/v1/authorize` with `error=access_denied`.
    pub fn deny(&self) {
        lock(&self.state).authorizations.consent = Consent::Deny;
    }

    /// Shows the page of `/v1/authorize` again.
    pub fn show_page(&self) {
        lock(&self.state).authorizations.consent = Consent::Page;
    }

    /// Makes all authorization codes so far expired.
    pub fn expire_codes(&self) {
        lock(&self.state).authorizations.expire_codes();
    }

    /// The number of authorization requests.
    pub fn authorizations(&self) -> usize {
        self.site.count("GET", "/v1/authorize")
    }

    /// The number of token requests.
    pub fn renewals(&self) -> usize {
        self.site.count("POST", "/v1/token")
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.site.requests()
    }
}

fn answer(request: &Request, state: &Mutex<State>) -> Response {
    match (request.method(), request.path()) {
        ("POST", "/v1/token") => {
            wait_until("the end of the holding", || !lock(state).held);
            let mut state = lock(state);
            let mut response = token::create(request, &mut state);
            response.date += state.clock_offset;
            response
        }
        ("GET", "/v1/authorize") => authorize::authorize(request, &mut lock(state)),
        ("POST", "/v1/authorize/decision") => lock(state).authorizations.decide(request),
        ("GET", authorize::CONFIRMATION) => authorize::confirmation(request),
        _ => error(404, "UnknownOperationException", "no such operation"),
    }
}

fn refused(exception: &str, code: &str, message: &str) -> Response {
    let body: Value = json!({"error": code, "message": message});
    Response::new(400, Utc::now()).header("x-amzn-ErrorType", exception).body("application/json", body.to_string())
}

#[cfg(test)]
mod tests;
