use std::collections::BTreeMap;

use super::*;
use crate::Page;
use crate::http::send;
use crate::jwt::base64url;
use crate::mint;
use crate::oauth::tests::{CALLBACK, CHALLENGE, VERIFIER, callback};

fn start() -> IdentityCenter {
    let keys = TemporaryKeys {
        access_key_id: mint::temporary_key_id(),
        secret_access_key: mint::secret_access_key(),
        session_token: mint::session_token(),
        expires: Utc::now(),
    };
    IdentityCenter::start("111111111111", "Own", keys)
}

fn post(center: &IdentityCenter, path: &str, body: &Value) -> Result<Value, String> {
    let response = send("POST", &(center.url() + path), &[], body.to_string().as_bytes()).unwrap();
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    if response.status == 200 { Ok(answer) } else { Err(answer["error"].as_str().unwrap().to_owned()) }
}

fn registration(grant_types: &[&str]) -> Value {
    json!({
        "clientName": "botocore-client-corp",
        "clientType": "public",
        "grantTypes": grant_types,
        "redirectUris": [REDIRECT_URI],
        "issuerUrl": "https://corp.example/start",
        "scopes": ["sso:account:access"],
    })
}

fn registered(center: &IdentityCenter) -> Value {
    post(center, "/client/register", &registration(&["authorization_code", "refresh_token"])).unwrap()
}

fn authorize_url(center: &IdentityCenter, client: &Value, change: (&str, &str)) -> String {
    let mut fields = BTreeMap::from([
        ("response_type", "code"),
        ("client_id", client["clientId"].as_str().unwrap()),
        ("redirect_uri", CALLBACK),
        ("state", "s&1"),
        ("code_challenge_method", "S256"),
        ("scopes", "sso:account:access"),
        ("code_challenge", CHALLENGE),
    ]);
    fields.insert(change.0, change.1);
    format!("{}/authorize?{}", center.url(), crate::oauth::tests::query(&fields))
}

fn code(center: &IdentityCenter, client: &Value) -> String {
    center.approve_at_once();
    let response = send("GET", &authorize_url(center, client, ("state", "s&1")), &[], b"").unwrap();
    callback(&response)["code"].clone()
}

fn exchange(client: &Value, code: &str) -> Value {
    json!({
        "grantType": "authorization_code",
        "clientId": client["clientId"],
        "clientSecret": client["clientSecret"],
        "code": code,
        "codeVerifier": VERIFIER,
        "redirectUri": CALLBACK,
    })
}

#[test]
fn code_is_exchanged_once_for_tokens_that_work() {
    let center = start();
    let client = registered(&center);
    let body = exchange(&client, &code(&center, &client));
    let tokens = post(&center, "/token", &body).unwrap();
    assert_eq!((&tokens["accessToken"], &tokens["expiresIn"]), (&json!(center.access_token()), &json!(3600)));
    assert_eq!(post(&center, "/token", &body).unwrap_err(), "invalid_grant");
    assert_eq!(role_status(&center, &center.access_token()), 200);
    let refresh = json!({
        "grantType": "refresh_token",
        "clientId": client["clientId"],
        "clientSecret": client["clientSecret"],
        "refreshToken": tokens["refreshToken"],
    });
    post(&center, "/token", &refresh).unwrap();
    assert_eq!(post(&center, "/token", &refresh).unwrap_err(), "invalid_grant");
    assert_eq!(center.last_registration().unwrap()["redirectUris"][0], REDIRECT_URI);
}

#[test]
fn exchange_with_other_parameters_is_rejected() {
    let other_verifier = base64url(&[7; 48]);
    for (member, value) in [
        ("codeVerifier", other_verifier.as_str()),
        ("codeVerifier", "short"),
        ("redirectUri", "http://127.0.0.1:1235/oauth/callback"),
        ("redirectUri", REDIRECT_URI),
        ("code", "unknown"),
    ] {
        let center = start();
        let client = registered(&center);
        let code = code(&center, &client);
        let mut body = exchange(&client, &code);
        body[member] = json!(value);
        assert_eq!(post(&center, "/token", &body).unwrap_err(), "invalid_grant", "{member}");
    }
    let center = start();
    let client = registered(&center);
    let other = exchange(&registered(&center), &code(&center, &client));
    assert_eq!(post(&center, "/token", &other).unwrap_err(), "invalid_grant");
    let expired = exchange(&client, &code(&center, &client));
    center.expire_codes();
    assert_eq!(post(&center, "/token", &expired).unwrap_err(), "invalid_grant");
}

#[test]
fn client_of_one_flow_is_rejected_in_the_other() {
    let center = start();
    let with_codes = registered(&center);
    let device = post(&center, "/client/register", &json!({"clientName": "x", "clientType": "public"})).unwrap();
    let start_url = json!("https://corp.example/start");
    let request = |client: &Value| json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"], "startUrl": start_url});
    assert_eq!(post(&center, "/device_authorization", &request(&with_codes)).unwrap_err(), "unauthorized_client");
    let started = post(&center, "/device_authorization", &request(&device)).unwrap();
    assert_eq!(post(&center, "/token", &exchange(&device, "x")).unwrap_err(), "unauthorized_client");
    let page = Page::open(&authorize_url(&center, &device, ("state", "x"))).unwrap();
    assert_eq!((page.response.status, page.element("error").unwrap().as_str()), (400, "Invalid request: client_id"));
    let mut poll = exchange(&device, "");
    poll["grantType"] = json!("urn:ietf:params:oauth:grant-type:device_code");
    poll["deviceCode"] = started["deviceCode"].clone();
    center.answer_device(&["AuthorizationPendingException"]);
    assert_eq!(post(&center, "/token", &poll).unwrap_err(), "authorization_pending");
    post(&center, "/token", &poll).unwrap();
}

#[test]
fn invalid_authorization_request_has_no_redirect() {
    let center = start();
    center.approve_at_once();
    let client = registered(&center);
    for (name, value) in [
        ("response_type", "token"),
        ("client_id", "unknown"),
        ("redirect_uri", REDIRECT_URI),
        ("redirect_uri", "http://localhost:80/oauth/callback"),
        ("state", ""),
        ("code_challenge_method", "SHA-256"),
        ("code_challenge", "E9Melhoa"),
        ("scopes", "sso:account:access another"),
    ] {
        let response = send("GET", &authorize_url(&center, &client, (name, value)), &[], b"").unwrap();
        let text = String::from_utf8(response.body).unwrap();
        assert_eq!(response.status, 400, "{name}");
        assert!(text.contains(&format!("Invalid request: {name}")), "{text}");
    }
}

#[test]
fn invalid_registration_is_rejected() {
    let center = start();
    for (member, value, expected) in [
        ("clientType", json!("confidential"), "invalid_client_metadata"),
        ("grantTypes", json!(["password"]), "unsupported_grant_type"),
        ("redirectUris", json!(["http://127.0.0.1:80/oauth/callback"]), "invalid_redirect_uri"),
        ("redirectUris", json!([]), "invalid_redirect_uri"),
        ("issuerUrl", Value::Null, "invalid_request"),
        ("scopes", json!("sso:account:access"), "invalid_request"),
    ] {
        let mut body = registration(&["authorization_code"]);
        body[member] = value;
        assert_eq!(post(&center, "/client/register", &body).unwrap_err(), expected, "{member}");
    }
}

#[test]
fn page_and_settings_decide_the_redirect() {
    let center = start();
    let client = registered(&center);
    // No server listens on port 1, so the browser stops before the callback.
    let url = authorize_url(&center, &client, ("redirect_uri", "http://127.0.0.1:1/oauth/callback"));
    let page = Page::open(&url).unwrap();
    assert_eq!(page.response.status, 200);
    page.press("allow").unwrap_err();
    let again = page.press("deny").unwrap();
    assert_eq!((again.response.status, center.authorizations()), (400, 1), "a page is valid once");
    center.deny();
    let denied = callback(&send("GET", &url, &[], b"").unwrap());
    assert_eq!((denied["error"].as_str(), denied["state"].as_str()), ("access_denied", "s&1"));
}

fn role_status(center: &IdentityCenter, token: &str) -> u16 {
    let url = format!("{}/federation/credentials?account_id=111111111111&role_name=Own", center.url());
    send("GET", &url, &[("x-amz-sso_bearer_token", token)], b"").unwrap().status
}

#[test]
fn logout_and_time_end_access_tokens() {
    let center = start();
    let token = center.access_token();
    let logout = || {
        let headers = [("x-amz-sso_bearer_token", token.as_str())];
        send("POST", &(center.url() + "/logout"), &headers, b"").unwrap().status
    };
    assert_eq!((role_status(&center, &token), logout()), (200, 200));
    assert_eq!((role_status(&center, &token), logout(), center.logouts()), (401, 401, 2));
    center.expire_in(0);
    let client = registered(&center);
    post(&center, "/token", &exchange(&client, &code(&center, &client))).unwrap();
    assert_eq!(role_status(&center, &center.access_token()), 401);
}
