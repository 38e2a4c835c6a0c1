//! A double of IAM Identity Center: the portal that returns role credentials for an access token, and the token service.
//! It registers clients, signs them in by device codes (RFC 8628), and accepts each refresh token once.

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
    /// Answers to a device code, the next one last. Without one the sign-in is complete.
    device_answers: Vec<&'static str>,
    device_code: Option<String>,
    registered: Vec<(String, String)>,
}

/// The code that the user enters.
pub const USER_CODE: &str = "BCDF-GHJK";

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
            device_answers: Vec::new(),
            device_code: None,
            registered: vec![(CLIENT.0.to_owned(), CLIENT.1.to_owned())],
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

    /// Answers the next polls of a device code with these errors, such as `AuthorizationPendingException`.
    pub fn answer_device(&self, errors: &[&'static str]) {
        lock(&self.state).device_answers = errors.iter().rev().copied().collect();
    }

    /// The number of registered clients.
    pub fn registrations(&self) -> usize {
        self.site.count("POST", "/client/register")
    }

    /// The number of device codes.
    pub fn device_codes(&self) -> usize {
        self.site.count("POST", "/device_authorization")
    }

    /// The number of token requests.
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
            token(request, &mut lock(state))
        }
        ("POST", "/client/register") => register(request, &mut lock(state)),
        ("POST", "/device_authorization") => device_code(request, &mut lock(state)),
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

fn body_of(request: &Request) -> Value {
    serde_json::from_slice(request.body()).unwrap_or_default()
}

fn register(request: &Request, state: &mut State) -> Response {
    let body = body_of(request);
    if body["clientType"] != "public" || body["clientName"].as_str().is_none_or(str::is_empty) {
        return error(400, "InvalidClientMetadataException", "clientName or clientType");
    }
    let client = (mint::session_token(), mint::session_token());
    state.registered.push(client.clone());
    let expires = Utc::now().timestamp() + 90 * 86_400;
    json_response(&json!({"clientId": client.0, "clientSecret": client.1, "clientSecretExpiresAt": expires}))
}

fn is_registered(body: &Value, state: &State) -> bool {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    state.registered.contains(&(text("clientId"), text("clientSecret")))
}

fn device_code(request: &Request, state: &mut State) -> Response {
    let body = body_of(request);
    if !is_registered(&body, state) {
        return error(401, "InvalidClientException", "Client is not registered");
    }
    if body["startUrl"].as_str().is_none_or(|url| !url.starts_with("https://")) {
        return oauth_error(400, "InvalidRequestException", "invalid_request", "startUrl");
    }
    let code = mint::session_token();
    state.device_code = Some(code.clone());
    json_response(&json!({
        "deviceCode": code,
        "userCode": USER_CODE,
        "verificationUri": "https://device.sso.example/",
        "verificationUriComplete": format!("https://device.sso.example/?user_code={USER_CODE}"),
        "expiresIn": 600,
        "interval": 1,
    }))
}

fn token(request: &Request, state: &mut State) -> Response {
    let body = body_of(request);
    if !is_registered(&body, state) {
        return error(401, "InvalidClientException", "Client is not registered");
    }
    match body["grantType"].as_str() {
        Some("refresh_token") if body["refreshToken"] == state.refresh_token.as_str() => {}
        Some("refresh_token") => return error(400, "InvalidGrantException", "Invalid refresh token provided"),
        Some("urn:ietf:params:oauth:grant-type:device_code") => {
            if state.device_code.is_none() || body["deviceCode"].as_str() != state.device_code.as_deref() {
                return error(400, "InvalidGrantException", "Invalid device code");
            }
            if let Some(code) = state.device_answers.pop() {
                return error(400, code, "not yet");
            }
            state.device_code = None;
        }
        _ => return error(400, "UnsupportedGrantTypeException", "grantType"),
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

/// An error of the token service has no `message`.
fn oauth_error(status: u16, code: &str, error: &str, description: &str) -> Response {
    Response::new(status, Utc::now())
        .header("x-amzn-ErrorType", code)
        .body("application/json", json!({"error": error, "error_description": description}).to_string())
}
