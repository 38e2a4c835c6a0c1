//! The token endpoint with the proof of possession (RFC 9449).

use chrono::Utc;
use serde_json::{Value, json};

use crate::TemporaryKeys;
use crate::http::{Request, Response};
use crate::identity_center::json_response;
use crate::jwt::{self, from_base64url};
use crate::mint;
use crate::oauth::{self, Exchange, Rejected};

use super::{CLIENT_ID, CROSS_DEVICE_CLIENT_ID, Session, State, refused};

pub(super) fn create(request: &Request, state: &mut State) -> Response {
    if let Some(code) = state.refusal {
        return denied(code);
    }
    match granted(request, state) {
        Ok(session) => {
            let answer = tokens(&session, state);
            state.sessions.push(session);
            json_response(&answer)
        }
        Err(refusal) => refusal,
    }
}

fn denied(code: &str) -> Response {
    refused("AccessDeniedException", code, "the request is denied")
}

fn invalid(what: &str) -> Response {
    refused("ValidationException", "INVALID_REQUEST", what)
}

/// The session with its next refresh token.
fn granted(request: &Request, state: &mut State) -> Result<Session, Response> {
    let key = proof(request, state).map_err(invalid)?;
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let client_id = text("clientId");
    if ![CLIENT_ID, CROSS_DEVICE_CLIENT_ID].contains(&client_id) {
        return Err(invalid("clientId"));
    }
    match text("grantType") {
        "authorization_code" => {
            let exchange = Exchange {
                client_id,
                code: text("code"),
                verifier: text("codeVerifier"),
                redirect_uri: text("redirectUri"),
            };
            state.authorizations.redeem(&exchange).map_err(|rejected| match rejected {
                Rejected::Code => denied("AUTHCODE_EXPIRED"),
                Rejected::Parameter(name) => invalid(name),
            })?;
        }
        "refresh_token" => {
            let is_sent = |session: &Session| session.refresh_token == text("refreshToken");
            let used = state.sessions.iter().position(is_sent).ok_or_else(|| denied("TOKEN_EXPIRED"))?;
            if state.sessions[used].client_id != client_id {
                return Err(invalid("clientId"));
            }
            if state.sessions[used].key != key {
                return Err(invalid("the proof has another key than the sign-in"));
            }
            state.sessions.remove(used);
        }
        _ => return Err(invalid("grantType")),
    }
    Ok(Session { client_id: client_id.to_owned(), refresh_token: mint::session_token(), key })
}

fn tokens(session: &Session, state: &State) -> Value {
    let TemporaryKeys { access_key_id, secret_access_key, session_token, expires: _ } = &state.keys;
    let now = Utc::now().timestamp();
    let claims = json!({
        "iss": "https://signin.aws.amazon.com",
        "aud": session.client_id,
        "sub": state.session_arn,
        "iat": now,
        "exp": now + 900,
    });
    json!({
        "accessToken": {
            "accessKeyId": access_key_id,
            "secretAccessKey": secret_access_key,
            "sessionToken": session_token,
        },
        "tokenType": "aws_sigv4",
        "expiresIn": 900,
        "refreshToken": session.refresh_token,
        "idToken": state.signer.sign(&json!({"alg": "ES256", "typ": "JWT"}), &claims),
    })
}

/// The public key of a valid proof, by the server's checks in RFC 9449 section 4.3.
fn proof(request: &Request, state: &mut State) -> Result<Vec<u8>, &'static str> {
    let headers = request.headers_named("dpop");
    let [proof] = headers[..] else { return Err("not one DPoP header") };
    let (header, _) = jwt::read(proof).ok_or("the proof is not a JWT")?;
    if header["typ"] != "dpop+jwt" || header["alg"] != "ES256" {
        return Err("the header of the proof");
    }
    if header["jwk"]["kty"] != "EC" || header["jwk"]["crv"] != "P-256" || !header["jwk"]["d"].is_null() {
        return Err("the key of the proof");
    }
    let coordinate = |name: &str| header["jwk"][name].as_str().and_then(from_base64url).unwrap_or_default();
    let key = [vec![4], coordinate("x"), coordinate("y")].concat();
    let (_, claims) = jwt::verified(proof, &key).ok_or("the signature of the proof")?;
    let url = format!("{}{}", oauth::origin(request), request.path());
    if claims["htm"] != "POST" || claims["htu"] != url.as_str() {
        return Err("method or URL of the proof");
    }
    let age = (Utc::now() + state.clock_offset).timestamp() - claims["iat"].as_i64().unwrap_or_default();
    let is_new = claims["jti"].as_str().is_some_and(|id| id.len() >= 16 && state.seen.insert(id.to_owned()));
    if (-60..=300).contains(&age) && is_new { Ok(key) } else { Err("the proof is too old, or was used before") }
}
