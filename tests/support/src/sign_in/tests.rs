use std::collections::BTreeMap;

use super::*;
use crate::Page;
use crate::http::send;
use crate::jwt;
use crate::oauth::tests::{CALLBACK, CHALLENGE, VERIFIER, callback, query};

fn start() -> SignIn {
    SignIn::start(TemporaryKeys {
        access_key_id: mint::temporary_key_id(),
        secret_access_key: mint::secret_access_key(),
        session_token: mint::session_token(),
        expires: Utc::now(),
    })
}

fn proof(signer: &Signer, url: &str) -> String {
    let public = signer.public();
    let [x, y] = [&public[1..33], &public[33..]].map(jwt::base64url);
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": x, "y": y}});
    let claims = json!({"htm": "POST", "htu": url, "iat": Utc::now().timestamp(), "jti": mint::request_id()});
    signer.sign(&header, &claims)
}

fn token(double: &SignIn, proof: &str, body: &Value) -> Result<Value, String> {
    let url = double.url() + "/v1/token";
    let response = send("POST", &url, &[("DPoP", proof)], body.to_string().as_bytes()).unwrap();
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    let error = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    if response.status == 200 { Ok(answer) } else { Err(format!("{}: {}", error("error"), error("message"))) }
}

fn authorize_url(double: &SignIn, change: (&str, &str)) -> String {
    let mut fields = BTreeMap::from([
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("state", "s 1"),
        ("code_challenge_method", "SHA-256"),
        ("scope", "openid"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
    ]);
    fields.insert(change.0, change.1);
    format!("{}/v1/authorize?{}", double.url(), query(&fields))
}

fn exchange(double: &SignIn) -> Value {
    double.approve_at_once();
    let response = send("GET", &authorize_url(double, ("scope", "openid")), &[], b"").unwrap();
    json!({
        "clientId": CLIENT_ID,
        "grantType": "authorization_code",
        "code": callback(&response)["code"],
        "codeVerifier": VERIFIER,
        "redirectUri": CALLBACK,
    })
}

#[test]
fn refresh_needs_the_key_of_the_sign_in() {
    let double = start();
    double.set_session("arn:aws:iam::111111111111:user/other");
    let (own, other) = (Signer::new(), Signer::new());
    let proof = |signer| proof(signer, &(double.url() + "/v1/token"));
    let given = token(&double, &proof(&own), &exchange(&double)).unwrap();
    let (_, claims) = jwt::read(given["idToken"].as_str().unwrap()).unwrap();
    assert_eq!((&claims["sub"], &given["expiresIn"]), (&json!("arn:aws:iam::111111111111:user/other"), &json!(900)));
    let refresh = json!({"clientId": CLIENT_ID, "grantType": "refresh_token", "refreshToken": given["refreshToken"]});
    let refused = token(&double, &proof(&other), &refresh).unwrap_err();
    assert_eq!(refused, "INVALID_REQUEST: the proof has another key than the sign-in");
    let next = token(&double, &proof(&own), &refresh).unwrap();
    assert_eq!(next["refreshToken"], double.refresh_token());
    assert!(token(&double, &proof(&own), &refresh).unwrap_err().starts_with("TOKEN_EXPIRED: "));
}

#[test]
fn invalid_proof_is_rejected() {
    let double = start();
    let signer = Signer::new();
    let right = proof(&signer, &(double.url() + "/v1/token"));
    token(&double, &right, &exchange(&double)).unwrap();
    for proof in [right.clone(), proof(&signer, "https://elsewhere.example/v1/token"), right.replace('.', ".e")] {
        let refused = token(&double, &proof, &exchange(&double)).unwrap_err();
        assert!(refused.starts_with("INVALID_REQUEST: ") && refused.contains("proof"), "{refused}");
    }
}

#[test]
fn exchange_with_other_parameters_is_rejected() {
    for (member, value, expected) in [
        ("codeVerifier", "0123456789012345678901234567890123456789012", "INVALID_REQUEST: codeVerifier"),
        ("redirectUri", "http://127.0.0.1:1235/oauth/callback", "INVALID_REQUEST: redirectUri"),
        ("clientId", CROSS_DEVICE_CLIENT_ID, "INVALID_REQUEST: clientId"),
        ("code", "unknown", "AUTHCODE_EXPIRED: the request is denied"),
    ] {
        let double = start();
        let mut body = exchange(&double);
        let sent = body.clone();
        body[member] = json!(value);
        let proof = || proof(&Signer::new(), &(double.url() + "/v1/token"));
        assert_eq!(token(&double, &proof(), &body).unwrap_err(), expected);
        if member != "code" {
            assert!(token(&double, &proof(), &sent).unwrap_err().starts_with("AUTHCODE_EXPIRED"), "{member}");
        }
    }
}

#[test]
fn invalid_authorization_request_has_no_redirect() {
    let double = start();
    double.approve_at_once();
    let confirmation = format!("{}{}", double.url(), authorize::CONFIRMATION);
    for (name, value) in [
        ("client_id", "arn:aws:signin:::devtools/unknown"),
        ("code_challenge_method", "S256"),
        ("redirect_uri", &confirmation),
        ("scope", "email"),
        ("code_challenge", ""),
    ] {
        let page = Page::open(&authorize_url(&double, (name, value))).unwrap();
        assert_eq!(page.element("error").unwrap(), format!("Invalid request: {name}"));
    }
}

#[test]
fn code_for_another_machine_is_on_the_page() {
    let double = start();
    let confirmation = format!("{}{}", double.url(), authorize::CONFIRMATION);
    let url = authorize_url(&double, ("redirect_uri", &confirmation)).replace("same-device", "cross-device");
    let shown = Page::open(&url).unwrap().press("allow").unwrap().element("code").unwrap();
    let decoded = jwt::from_base64url(shown.trim_end_matches('=').replace('+', "-").replace('/', "_").as_str());
    let fields = crate::percent::form_fields(std::str::from_utf8(&decoded.unwrap()).unwrap());
    assert_eq!(fields["state"], "s 1");
    let body = json!({
        "clientId": CROSS_DEVICE_CLIENT_ID,
        "grantType": "authorization_code",
        "code": fields["code"],
        "codeVerifier": VERIFIER,
        "redirectUri": confirmation,
    });
    token(&double, &proof(&Signer::new(), &(double.url() + "/v1/token")), &body).unwrap();
    let denied = Page::open(&url).unwrap().press("deny").unwrap();
    assert_eq!(denied.element("error").unwrap(), "Access was denied.");
}
