//! A double of AWS Sign-In, which renews the sessions of `aws login` for a client that proves possession of their key.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use chrono::Utc;
use serde_json::{Value, json};

use crate::TemporaryKeys;
use crate::http::{Reply, Request, Response};
use crate::identity_center::{error, json_response};
use crate::jwt::{self, Signer, from_base64url};
use crate::mint;
use crate::site::{Site, lock};

/// A running double.
#[derive(Debug)]
pub struct SignIn {
    site: Site,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    signer: Signer,
    refresh_token: String,
    keys: TemporaryKeys,
    /// The error code of rejected renewals.
    refusal: Option<&'static str>,
    seen: HashSet<String>,
}

/// The client id of a sign-in.
pub const CLIENT_ID: &str = "arn:aws:signin:::devtools/same-device";

impl SignIn {
    /// A double that returns `keys` if the session is renewed.
    pub fn start(keys: TemporaryKeys) -> Self {
        let state = Arc::new(Mutex::new(State {
            signer: Signer::new(),
            refresh_token: mint::session_token(),
            keys,
            refusal: None,
            seen: HashSet::new(),
        }));
        let shared = Arc::clone(&state);
        Self { site: Site::start(move |request| Reply::Whole(answer(request, &mut lock(&shared)))), state }
    }

    /// The endpoint.
    pub fn url(&self) -> String {
        self.site.url()
    }

    /// The valid refresh token.
    pub fn refresh_token(&self) -> String {
        lock(&self.state).refresh_token.clone()
    }

    /// The session's key in the AWS CLI's form.
    pub fn key(&self) -> String {
        lock(&self.state).signer.pem()
    }

    /// Answers with this error, such as `TOKEN_EXPIRED`.
    pub fn refuse(&self, error: &'static str) {
        lock(&self.state).refusal = Some(error);
    }

    /// The number of renewal requests.
    pub fn renewals(&self) -> usize {
        self.site.count("POST", "/v1/token")
    }
}

fn answer(request: &Request, state: &mut State) -> Response {
    if (request.method(), request.path()) != ("POST", "/v1/token") {
        return error(404, "UnknownOperationException", "no such operation");
    }
    if let Some(why) = state.refusal {
        let body = json!({"error": why, "message": "the session cannot be renewed"}).to_string();
        return Response::new(400, Utc::now())
            .header("x-amzn-ErrorType", "AccessDeniedException")
            .body("application/json", body);
    }
    if let Err(what) = proof(request, state) {
        return error(400, "ValidationException", what);
    }
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    if body["clientId"] != CLIENT_ID || body["grantType"] != "refresh_token" {
        return error(400, "ValidationException", "clientId or grantType");
    }
    if body["refreshToken"] != state.refresh_token.as_str() {
        return error(400, "ValidationException", "refreshToken");
    }
    state.refresh_token = mint::session_token();
    let TemporaryKeys { access_key_id, secret_access_key, session_token, expires: _ } = &state.keys;
    json_response(&json!({
        "accessToken": {
            "accessKeyId": access_key_id,
            "secretAccessKey": secret_access_key,
            "sessionToken": session_token,
        },
        "tokenType": "aws_sigv4",
        "expiresIn": 900,
        "refreshToken": state.refresh_token,
    }))
}

/// The server's checks in RFC 9449 section 4.3.
fn proof(request: &Request, state: &mut State) -> Result<(), &'static str> {
    let headers = request.headers_named("dpop");
    let [proof] = headers[..] else { return Err("not one DPoP header") };
    let (header, claims) = jwt::verified(proof, &state.signer.public()).ok_or("the signature")?;
    let coordinate = |name: &str| header["jwk"][name].as_str().and_then(from_base64url).unwrap_or_default();
    let jwk = [vec![4], coordinate("x"), coordinate("y")].concat();
    if header["typ"] != "dpop+jwt" || header["alg"] != "ES256" || jwk != state.signer.public() {
        return Err("the header");
    }
    let url = format!("http://{}{}", request.header("host").unwrap_or_default(), request.path());
    if claims["htm"] != "POST" || claims["htu"] != url.as_str() {
        return Err("method or URL");
    }
    let age = Utc::now().timestamp() - claims["iat"].as_i64().unwrap_or_default();
    let is_new = claims["jti"].as_str().is_some_and(|id| id.len() >= 16 && state.seen.insert(id.to_owned()));
    if (-60..=300).contains(&age) && is_new { Ok(()) } else { Err("too old, or seen before") }
}
