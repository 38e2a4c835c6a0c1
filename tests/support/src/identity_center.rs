//! A double of IAM Identity Center: the portal that returns role credentials for an access token, and the token
//! service, which accepts each refresh token once.

use std::sync::{Arc, Mutex};

use chrono::Utc;
use serde_json::{Value, json};

use crate::TemporaryKeys;
use crate::http::{Reply, Request, Response};
use crate::mint;
use crate::percent;
use crate::site::{Site, lock};
use crate::wait::wait_until;

/// A running double.
#[derive(Debug)]
pub struct IdentityCenter {
    site: Site,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    access_token: String,
    refresh_token: String,
    role: (String, String),
    keys: TemporaryKeys,
    held: bool,
    down: bool,
}

/// The client that the AWS CLI registers for a sign-in.
pub const CLIENT: (&str, &str) = ("client-id-of-the-cli", "client-secret-of-the-cli");

impl IdentityCenter {
    /// A double that returns `keys` for this account and role.
    pub fn start(account: &str, role: &str, keys: TemporaryKeys) -> Self {
        let state = Arc::new(Mutex::new(State {
            access_token: mint::session_token(),
            refresh_token: mint::session_token(),
            role: (account.to_owned(), role.to_owned()),
            keys,
            held: false,
            down: false,
        }));
        let shared = Arc::clone(&state);
        Self { site: Site::start(move |request| answer(request, &shared)), state }
    }

    /// The endpoint of both services.
    pub fn url(&self) -> String {
        self.site.url()
    }

    /// The valid access token.
    pub fn access_token(&self) -> String {
        lock(&self.state).access_token.clone()
    }

    /// The valid refresh token.
    pub fn refresh_token(&self) -> String {
        lock(&self.state).refresh_token.clone()
    }

    /// Invalidates both tokens, as after a sign-out.
    pub fn sign_out(&self) {
        let mut state = lock(&self.state);
        (state.access_token, state.refresh_token) = (mint::session_token(), mint::session_token());
    }

    /// Starts or stops answering with 503.
    pub fn set_down(&self, down: bool) {
        lock(&self.state).down = down;
    }

    /// Starts or stops holding renewals.
    pub fn set_held(&self, held: bool) {
        lock(&self.state).held = held;
    }

    /// The number of token renewals.
    pub fn renewals(&self) -> usize {
        self.site.count("POST", "/token")
    }

    /// The number of role requests.
    pub fn roles(&self) -> usize {
        self.site.count("GET", "/federation/credentials")
    }
}

fn answer(request: &Request, state: &Mutex<State>) -> Reply {
    if lock(state).down {
        return Reply::Whole(Response::new(503, Utc::now()));
    }
    let reply = match (request.method(), request.path()) {
        ("GET", "/federation/credentials") => role(request, &lock(state)),
        ("POST", "/token") => {
            wait_until("the end of the holding", || !lock(state).held);
            renewed(request, &mut lock(state))
        }
        _ => error(404, "UnknownOperationException", "no such operation"),
    };
    Reply::Whole(reply)
}

fn role(request: &Request, state: &State) -> Response {
    if request.header("x-amz-sso_bearer_token") != Some(&state.access_token) {
        return error(401, "UnauthorizedException", "Session token not found or invalid");
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

fn renewed(request: &Request, state: &mut State) -> Response {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    if (body["clientId"].as_str(), body["clientSecret"].as_str()) != (Some(CLIENT.0), Some(CLIENT.1)) {
        return error(401, "InvalidClientException", "Client is not registered");
    }
    if body["grantType"] != "refresh_token" || body["refreshToken"] != state.refresh_token.as_str() {
        return error(400, "InvalidGrantException", "Invalid refresh token provided");
    }
    (state.access_token, state.refresh_token) = (mint::session_token(), mint::session_token());
    json_response(&json!({
        "accessToken": state.access_token,
        "refreshToken": state.refresh_token,
        "tokenType": "Bearer",
        "expiresIn": 3600,
    }))
}

pub(crate) fn json_response(document: &Value) -> Response {
    Response::new(200, Utc::now()).body("application/json", document.to_string())
}

pub(crate) fn error(status: u16, code: &str, message: &str) -> Response {
    Response::new(status, Utc::now())
        .header("x-amzn-ErrorType", code)
        .body("application/json", json!({"message": message}).to_string())
}
