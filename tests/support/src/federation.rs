//! A double of the federation endpoint of AWS Sign-In, which exchanges a session for a sign-in token, and of the console
//! page behind it (IAM user guide, "Enable custom identity broker access to the AWS console").

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::http::{Reply, Request, Response};
use crate::mint;
use crate::percent::form_fields;
use crate::site::{Site, lock};
use crate::sts::IssuedSession;
use crate::{FakeSts, percent};

/// The path of the endpoint.
pub const PATH: &str = "/federation";

/// A running double.
#[derive(Debug)]
pub struct Federation {
    site: Site,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    rejects_post: bool,
    /// The status of the next answers, the next one last.
    failures: Vec<u16>,
    tokens: HashMap<String, Login>,
    durations: Vec<Option<u32>>,
}

#[derive(Clone, Debug)]
struct Login {
    session: IssuedSession,
    seconds: Option<u32>,
    until: DateTime<Utc>,
}

type Sessions = dyn Fn(&str, &str, &str) -> Option<IssuedSession> + Send + Sync;

impl Federation {
    /// A double that accepts the sessions of `sts`.
    pub fn start(sts: &FakeSts) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, sessions) = (Arc::clone(&state), sts.issued_sessions());
        Self { site: Site::start(move |request| Reply::Whole(answer(request, &shared, &sessions))), state }
    }

    /// The endpoint, for `AWS_ENDPOINT_URL_SIGNIN`.
    pub fn url(&self) -> String {
        self.site.url()
    }

    /// Answers POST with 405.
    pub fn reject_post(&self) {
        lock(&self.state).rejects_post = true;
    }

    /// Answers the next requests with these statuses.
    pub fn fail(&self, statuses: &[u16]) {
        lock(&self.state).failures = statuses.iter().rev().copied().collect();
    }

    /// Makes all tokens so far expired.
    pub fn expire_tokens(&self) {
        for login in lock(&self.state).tokens.values_mut() {
            login.until = DateTime::UNIX_EPOCH;
        }
    }

    /// The `SessionDuration` of each request for a token, also of rejected ones.
    pub fn durations(&self) -> Vec<Option<u32>> {
        lock(&self.state).durations.clone()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.site.requests()
    }

    /// The number of issued tokens.
    pub fn tokens(&self) -> usize {
        lock(&self.state).tokens.len()
    }
}

fn answer(request: &Request, state: &Mutex<State>, sessions: &Sessions) -> Response {
    let mut state = lock(state);
    if let Some(status) = state.failures.pop() {
        return html(status, "<h1>Error</h1>");
    }
    let fields = match (request.method(), request.path()) {
        ("POST", PATH) if state.rejects_post => return html(405, "<h1>Method Not Allowed</h1>").header("Allow", "GET"),
        ("POST", PATH) if request.query().is_empty() => form_fields(&String::from_utf8_lossy(request.body())),
        ("GET", PATH) => form_fields(request.query()),
        _ => return html(404, "<h1>Not Found</h1>"),
    };
    match (request.method(), fields.get("Action").map(String::as_str)) {
        (_, Some("getSigninToken")) => sign_in_token(&fields, &mut state, sessions),
        ("GET", Some("login")) => login(&fields, &state),
        _ => bad_request("Action is missing or invalid"),
    }
}

fn sign_in_token(fields: &BTreeMap<String, String>, state: &mut State, sessions: &Sessions) -> Response {
    let asked = fields.get("SessionDuration").map(|seconds| seconds.parse::<u32>());
    state.durations.push(asked.as_ref().and_then(|asked| asked.as_ref().ok().copied()));
    let session: Map<String, Value> =
        fields.get("Session").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let text = |name: &str| session.get(name).and_then(Value::as_str).unwrap_or_default();
    if session.len() != 3 {
        return bad_request("Session must have sessionId, sessionKey and sessionToken");
    }
    let Some(issued) = sessions(text("sessionId"), text("sessionKey"), text("sessionToken")) else {
        return bad_request("Session is invalid or has expired");
    };
    if !issued.is_role {
        return bad_request("Only federation tokens or assume role tokens can be used");
    }
    let seconds = match asked {
        None => None,
        Some(Ok(seconds @ 900..=43_200)) if !issued.chained => Some(seconds),
        Some(_) => return bad_request("SessionDuration is invalid"),
    };
    let token = mint::session_token();
    let until = Utc::now() + TimeDelta::minutes(15);
    state.tokens.insert(token.clone(), Login { session: issued, seconds, until });
    Response::new(200, Utc::now()).body("application/json", json!({"SigninToken": token}).to_string())
}

fn login(fields: &BTreeMap<String, String>, state: &State) -> Response {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let login = state.tokens.get(field("SigninToken")).filter(|login| login.until > Utc::now());
    let Some(Login { session, seconds, .. }) = login else { return bad_request("SigninToken is invalid") };
    if !field("Destination").starts_with("https://") || field("Issuer").is_empty() {
        return bad_request("Destination or Issuer is invalid");
    }
    // `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`
    let account = session.arn.split(':').nth(4).unwrap_or_default();
    let role = session.arn.split('/').nth(1).unwrap_or_default();
    let row = |id: &str, value: &str| format!("<p>{id}: <b id=\"{id}\">{}</b></p>\n", escaped(value));
    let seconds = seconds.map_or_else(|| "as long as the credentials".to_owned(), |seconds| format!("{seconds} s"));
    let rows = [
        row("account", account),
        row("role", role),
        row("session", &session.arn),
        row("duration", &seconds),
        row("destination", field("Destination")),
    ];
    html(200, &format!("<h1>Console</h1>\n{}", rows.concat()))
}

fn html(status: u16, content: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>AWS console double</title></head>\n\
         <body><main>{content}</main></body></html>\n"
    );
    Response::new(status, Utc::now())
        .header("Content-Security-Policy", "default-src 'none'")
        .body("text/html; charset=utf-8", page)
}

/// AWS explains errors in HTML.
fn bad_request(message: &str) -> Response {
    html(400, &format!("<h1>Bad Request</h1><p>{message}</p>"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// The parameter of an address, decoded.
///
/// # Panics
///
/// If the address has no such parameter.
pub fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let value = percent::form_fields(query).remove(name);
    value.unwrap_or_else(|| panic!("no {name} in the query of the address"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::send;
    use crate::{Page, Role, World};

    const ROLE: &str = "arn:aws:iam::111111111111:role/Own";

    fn session(keys: &crate::TemporaryKeys) -> String {
        let session = json!({
            "sessionId": keys.access_key_id,
            "sessionKey": keys.secret_access_key,
            "sessionToken": keys.session_token,
        });
        format!("Action=getSigninToken&Session={}", percent::encode(session.to_string().as_bytes()))
    }

    #[test]
    fn session_is_exchanged_for_a_page() {
        let sts = FakeSts::start(World::biz_corp().role(Role::new(ROLE)));
        let federation = Federation::start(&sts);
        let keys = sts.keys_of_role(ROLE, "own", 3600);
        let url = federation.url() + PATH;
        let post = |body: &str| send("POST", &url, &[], body.as_bytes()).unwrap();
        let answer = post(&format!("{}&SessionDuration=900", session(&keys)));
        let token: Value = serde_json::from_slice(&answer.body).unwrap();
        let token = percent::encode(token["SigninToken"].as_str().unwrap().as_bytes());
        let login =
            format!("{url}?Action=login&Issuer=x&Destination=https%3A%2F%2Fconsole.example&SigninToken={token}");
        let page = Page::open(&login).unwrap();
        let shown = ["account", "role", "duration", "destination"].map(|id| page.element(id).unwrap());
        assert_eq!(shown, ["111111111111", "Own", "900 s", "https://console.example"]);
        federation.expire_tokens();
        assert_eq!(Page::open(&login).unwrap().response.status, 400);
        let other = crate::TemporaryKeys { secret_access_key: "other".to_owned(), ..keys.clone() };
        for body in [&session(&other), "Action=getSigninToken", "", &format!("{}&SessionDuration=60", session(&keys))] {
            assert_eq!(post(body).status, 400, "{body}");
        }
        sts.expire_sessions();
        assert_eq!(post(&session(&keys)).status, 400);
    }

    #[test]
    fn post_can_be_rejected() {
        let sts = FakeSts::start(World::biz_corp().role(Role::new(ROLE)));
        let federation = Federation::start(&sts);
        federation.reject_post();
        let query = session(&sts.keys_of_role(ROLE, "own", 3600));
        let url = federation.url() + PATH;
        assert_eq!(send("POST", &url, &[], query.as_bytes()).unwrap().status, 405);
        assert_eq!(send("GET", &format!("{url}?{query}"), &[], b"").unwrap().status, 200);
    }
}
