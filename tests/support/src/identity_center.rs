//! A double of IAM Identity Center: the portal that returns role credentials for an access token, and the token service.
//! It registers clients, signs them in by device codes (RFC 8628) or by authorization codes with PKCE, and accepts each
//! refresh token once.

mod answer;
mod authorize;
mod client;
mod session;
mod token;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use serde_json::{Value, json};

use crate::TemporaryKeys;
use crate::http::{Reply, Request, Response};
use crate::oauth::{Authorizations, Consent};
use crate::percent;
use crate::site::{Site, lock};
use crate::sso_accounts::{self, ListedAccounts};
use crate::wait::wait_until;

pub(crate) use answer::{error, json_response};
pub use authorize::REDIRECT_URI;
use client::Client;
use session::Session;

/// A running double.
#[derive(Debug)]
pub struct IdentityCenter {
    site: Site,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// All sessions, the latest one last. It is never empty.
    sessions: Vec<Session>,
    role: (String, String),
    keys: TemporaryKeys,
    held: bool,
    down: bool,
    delay: Duration,
    lifetime: i64,
    /// Answers to a device code, the next one last. Without one the sign-in is complete.
    device_answers: Vec<&'static str>,
    /// The current device code and its client.
    device_code: Option<(String, String)>,
    clients: Vec<Client>,
    authorizations: Authorizations,
    listed: ListedAccounts,
}

/// The code that the user enters.
pub const USER_CODE: &str = "BCDF-GHJK";

/// The client that the AWS CLI registers for a sign-in by an authorization code.
pub const CLIENT: (&str, &str) = ("client-id-of-the-cli", "client-secret-of-the-cli");

impl IdentityCenter {
    /// A double that returns `keys` for this account and role. One session of [`CLIENT`] exists.
    pub fn start(account: &str, role: &str, keys: TemporaryKeys) -> Self {
        let state = Arc::new(Mutex::new(State {
            sessions: vec![Session::new(CLIENT.0)],
            role: (account.to_owned(), role.to_owned()),
            keys,
            held: false,
            down: false,
            delay: Duration::ZERO,
            lifetime: 3600,
            device_answers: Vec::new(),
            device_code: None,
            clients: vec![Client::of_the_aws_cli()],
            authorizations: Authorizations::new(),
            listed: ListedAccounts::default(),
        }));
        let shared = Arc::clone(&state);
        Self { site: Site::start(move |request| answer(request, &shared)), state }
    }

    /// The endpoint of both services.
    pub fn url(&self) -> String {
        self.site.url()
    }

    /// The access token of the latest session.
    pub fn access_token(&self) -> String {
        lock(&self.state).latest().access_token.clone()
    }

    /// The refresh token of the latest session.
    pub fn refresh_token(&self) -> String {
        lock(&self.state).latest().refresh_token.clone()
    }

    /// Invalidates all tokens, as after a sign-out.
    pub fn sign_out(&self) {
        lock(&self.state).sessions = vec![Session::new(CLIENT.0)];
    }

    /// Starts or stops answering with 503.
    pub fn set_down(&self, down: bool) {
        lock(&self.state).down = down;
    }

    /// Starts or stops holding token requests.
    pub fn set_held(&self, held: bool) {
        lock(&self.state).held = held;
    }

    /// Delays the answers to token requests.
    pub fn slow(&self, delay: Duration) {
        lock(&self.state).delay = delay;
    }

    /// Limits later access tokens to so many seconds.
    pub fn expire_in(&self, seconds: i64) {
        lock(&self.state).lifetime = seconds;
    }

    /// Redirects from `/authorize` without a page, as for a user with a session in the browser.
    pub fn approve_at_once(&self) {
        lock(&self.state).authorizations.consent = Consent::Allow;
    }

    /// Redirects from `/authorize` with `error=access_denied`.
    pub fn deny(&self) {
        lock(&self.state).authorizations.consent = Consent::Deny;
    }

    /// Shows the page of `/authorize` again.
    pub fn show_page(&self) {
        lock(&self.state).authorizations.consent = Consent::Page;
    }

    /// Makes all authorization codes so far expired.
    pub fn expire_codes(&self) {
        lock(&self.state).authorizations.expire_codes();
    }

    /// Answers the next polls of a device code with these errors, such as `AuthorizationPendingException`.
    pub fn answer_device(&self, errors: &[&'static str]) {
        lock(&self.state).device_answers = errors.iter().rev().copied().collect();
    }

    /// Lists these accounts and roles for the user.
    pub fn list(&self, accounts: ListedAccounts) {
        lock(&self.state).listed = accounts;
    }

    /// Throttles the next requests for accounts and roles.
    pub fn throttle(&self, requests: usize) {
        lock(&self.state).listed.throttled = requests;
    }

    /// The number of requests for the roles of an account.
    pub fn role_lists(&self) -> usize {
        self.site.count("GET", "/assignment/roles")
    }

    /// The number of registered clients.
    pub fn registrations(&self) -> usize {
        self.site.count("POST", "/client/register")
    }

    /// The body of the latest registration.
    pub fn last_registration(&self) -> Option<Value> {
        self.bodies("/client/register").pop()
    }

    /// The JSON bodies of all POST requests to this path.
    pub fn bodies(&self, path: &str) -> Vec<Value> {
        self.site.requests().iter().filter(|it| (it.method(), it.path()) == ("POST", path)).map(body_of).collect()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.site.requests()
    }

    /// The number of device codes.
    pub fn device_codes(&self) -> usize {
        self.site.count("POST", "/device_authorization")
    }

    /// The number of authorization requests.
    pub fn authorizations(&self) -> usize {
        self.site.count("GET", "/authorize")
    }

    /// The number of token requests.
    pub fn renewals(&self) -> usize {
        self.site.count("POST", "/token")
    }

    /// The number of role requests.
    pub fn roles(&self) -> usize {
        self.site.count("GET", "/federation/credentials")
    }

    /// The number of logout requests.
    pub fn logouts(&self) -> usize {
        self.site.count("POST", "/logout")
    }
}

fn answer(request: &Request, state: &Mutex<State>) -> Reply {
    if lock(state).down {
        return Reply::Whole(Response::new(503, Utc::now()));
    }
    let reply = match (request.method(), request.path()) {
        ("GET", "/federation/credentials") => role(request, &lock(state)),
        ("GET", path) if path.starts_with("/assignment/") => assignments(request, &mut lock(state)),
        ("POST", "/logout") => session::logout(request, &mut lock(state)),
        ("POST", "/token") => {
            wait_until("the end of the holding", || !lock(state).held);
            let delay = lock(state).delay;
            std::thread::sleep(delay);
            token::create(&body_of(request), &mut lock(state))
        }
        ("POST", "/client/register") => client::register(&body_of(request), &mut lock(state)),
        ("POST", "/device_authorization") => client::device_code(&body_of(request), &mut lock(state)),
        ("GET", "/authorize") => authorize::authorize(request, &mut lock(state)),
        ("POST", "/authorize/decision") => lock(state).authorizations.decide(request),
        _ => error(404, "UnknownOperationException", "no such operation"),
    };
    Reply::Whole(reply)
}

fn role(request: &Request, state: &State) -> Response {
    if state.session_of(request).is_none() {
        return unauthorized();
    }
    let asked = percent::form_fields(request.query());
    let is_right = |name: &str, right: &str| asked.get(name).is_some_and(|value| value == right);
    if !is_right("account_id", &state.role.0) || !is_right("role_name", &state.role.1) {
        return error(403, "ForbiddenException", "No access");
    }
    let TemporaryKeys { access_key_id, secret_access_key, session_token, expires } = &state.keys;
    json_response(&json!({"roleCredentials": {
        "accessKeyId": access_key_id,
        "secretAccessKey": secret_access_key,
        "sessionToken": session_token,
        "expiration": expires.timestamp_millis(),
    }}))
}

fn assignments(request: &Request, state: &mut State) -> Response {
    if state.session_of(request).is_none() {
        return unauthorized();
    }
    sso_accounts::answer(request, &mut state.listed)
}

fn unauthorized() -> Response {
    error(401, "UnauthorizedException", "Session token not found or invalid")
}

fn body_of(request: &Request) -> Value {
    serde_json::from_slice(request.body()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
