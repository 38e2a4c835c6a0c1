//! The token endpoint.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::http::Response;
use crate::oauth::{Exchange, Rejected};

use super::State;
use super::answer::{json_response, oauth_error};
use super::client::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, authenticated, authorized};
use super::session::Session;

pub(super) fn create(body: &Value, state: &mut State) -> Response {
    match granted(body, state) {
        Ok(client_id) => {
            let mut session = Session::new(&client_id);
            session.expires = Some(Utc::now() + TimeDelta::seconds(state.lifetime));
            let answer = json!({
                "accessToken": session.access_token,
                "refreshToken": session.refresh_token,
                "tokenType": "Bearer",
                "expiresIn": state.lifetime,
            });
            state.sessions.push(session);
            json_response(&answer)
        }
        Err(refusal) => refusal,
    }
}

/// The id of the client that gets new tokens.
fn granted(body: &Value, state: &mut State) -> Result<String, Response> {
    let invalid = |what: &str| oauth_error(400, "InvalidGrantException", what);
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    match text("grantType") {
        REFRESH_TOKEN => {
            let client = authorized(body, REFRESH_TOKEN, state)?;
            let is_sent =
                |session: &Session| session.refresh_token == text("refreshToken") && session.client_id == client.id;
            let used =
                state.sessions.iter().position(is_sent).ok_or_else(|| invalid("Invalid refresh token provided"))?;
            state.sessions.remove(used);
            Ok(client.id)
        }
        DEVICE_CODE => {
            let client = authorized(body, DEVICE_CODE, state)?;
            if state.device_code != Some((text("deviceCode").to_owned(), client.id.clone())) {
                return Err(invalid("Invalid device code"));
            }
            if let Some(code) = state.device_answers.pop() {
                return Err(oauth_error(400, code, "not yet"));
            }
            state.device_code = None;
            Ok(client.id)
        }
        AUTHORIZATION_CODE => {
            let client = authorized(body, AUTHORIZATION_CODE, state)?;
            let exchange = Exchange {
                client_id: &client.id,
                code: text("code"),
                verifier: text("codeVerifier"),
                redirect_uri: text("redirectUri"),
            };
            state.authorizations.redeem(&exchange).map_err(|rejected| match rejected {
                Rejected::Code => invalid("Invalid authorization code"),
                Rejected::Parameter(name) => invalid(&format!("Invalid {name}")),
            })?;
            Ok(client.id)
        }
        _ => {
            authenticated(body, state)?;
            Err(oauth_error(400, "UnsupportedGrantTypeException", "grantType"))
        }
    }
}
