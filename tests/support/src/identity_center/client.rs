//! Registered clients (RFC 7591) and their device codes.

use chrono::Utc;
use serde_json::{Value, json};

use crate::http::Response;
use crate::mint;

use super::answer::{json_response, oauth_error};
use super::authorize::REDIRECT_URI;
use super::{CLIENT, State, USER_CODE};

pub(super) const AUTHORIZATION_CODE: &str = "authorization_code";
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(super) const REFRESH_TOKEN: &str = "refresh_token";

#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) id: String,
    secret: String,
    grant_types: Vec<String>,
    pub(super) redirect_uris: Vec<String>,
    pub(super) scopes: Vec<String>,
}

impl Client {
    pub(super) fn of_the_aws_cli() -> Self {
        Self {
            id: CLIENT.0.to_owned(),
            secret: CLIENT.1.to_owned(),
            grant_types: vec![AUTHORIZATION_CODE.to_owned(), REFRESH_TOKEN.to_owned()],
            redirect_uris: vec![REDIRECT_URI.to_owned()],
            scopes: vec!["sso:account:access".to_owned()],
        }
    }

    pub(super) fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|known| known == grant_type)
    }
}

pub(super) fn register(body: &Value, state: &mut State) -> Response {
    let invalid = |code: &str, member: &str| oauth_error(400, code, &format!("Invalid {member}"));
    if body["clientType"] != "public" || body["clientName"].as_str().is_none_or(str::is_empty) {
        return invalid("InvalidClientMetadataException", "clientName or clientType");
    }
    let mut lists = ["grantTypes", "redirectUris", "scopes"].map(|name| texts(&body[name]));
    for (name, list) in ["grantTypes", "redirectUris", "scopes"].iter().zip(&lists) {
        if list.is_none() {
            return invalid("InvalidRequestException", name);
        }
    }
    let [mut grant_types, redirect_uris, scopes] = lists.each_mut().map(|list| list.take().unwrap_or_default());
    if grant_types.is_empty() {
        grant_types = vec![DEVICE_CODE.to_owned(), REFRESH_TOKEN.to_owned()];
    }
    if !grant_types.iter().all(|grant| [AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN].contains(&grant.as_str())) {
        return invalid("UnsupportedGrantTypeException", "grantTypes");
    }
    // RFC 8252 section 7.3: the port of a loopback redirect is not registered.
    let with_codes = grant_types.iter().any(|grant| grant == AUTHORIZATION_CODE);
    if redirect_uris.iter().any(|uri| uri != REDIRECT_URI) || with_codes && redirect_uris.is_empty() {
        return invalid("InvalidRedirectUriException", "redirectUris");
    }
    let is_https = |url: &str| url.starts_with("https://");
    let issuer = &body["issuerUrl"];
    if (with_codes || !issuer.is_null()) && !issuer.as_str().is_some_and(is_https) {
        return invalid("InvalidRequestException", "issuerUrl");
    }
    if scopes.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
        return invalid("InvalidScopeException", "scopes");
    }
    let (id, secret) = (mint::session_token(), mint::session_token());
    let answer = json!({
        "clientId": id,
        "clientSecret": secret,
        "clientIdIssuedAt": Utc::now().timestamp(),
        "clientSecretExpiresAt": Utc::now().timestamp() + 90 * 86_400,
    });
    state.clients.push(Client { id, secret, grant_types, redirect_uris, scopes });
    json_response(&answer)
}

/// The strings of a list, which may be missing.
fn texts(list: &Value) -> Option<Vec<String>> {
    match list {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// The client of a request with its id and secret.
pub(super) fn authenticated(body: &Value, state: &State) -> Result<Client, Response> {
    let known = state.clients.iter().find(|known| body["clientId"] == known.id && body["clientSecret"] == known.secret);
    known.cloned().ok_or_else(|| oauth_error(401, "InvalidClientException", "Client is not registered"))
}

/// A client that may use this grant type.
pub(super) fn authorized(body: &Value, grant_type: &str, state: &State) -> Result<Client, Response> {
    let client = authenticated(body, state)?;
    if client.may_use(grant_type) {
        Ok(client)
    } else {
        Err(oauth_error(400, "UnauthorizedClientException", "Client is not registered for this grant type"))
    }
}

pub(super) fn device_code(body: &Value, state: &mut State) -> Response {
    let client = match authorized(body, DEVICE_CODE, state) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    if body["startUrl"].as_str().is_none_or(|url| !url.starts_with("https://")) {
        return oauth_error(400, "InvalidRequestException", "Invalid startUrl");
    }
    let code = mint::session_token();
    state.device_code = Some((code.clone(), client.id));
    json_response(&json!({
        "deviceCode": code,
        "userCode": USER_CODE,
        "verificationUri": "https://device.sso.example/",
        "verificationUriComplete": format!("https://device.sso.example/?user_code={USER_CODE}"),
        "expiresIn": 600,
        "interval": 1,
    }))
}
