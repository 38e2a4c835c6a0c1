//! The authorization endpoint.

use crate::http::{Request, Response};
use crate::oauth;
use crate::percent;

use super::State;
use super::client::AUTHORIZATION_CODE;

/// The redirect URI that clients register, without the port.
pub const REDIRECT_URI: &str = "http://127.0.0.1/oauth/callback";

pub(super) fn authorize(request: &Request, state: &mut State) -> Response {
    let fields = percent::form_fields(request.query());
    let client = state.clients.iter().find(|client| fields.get("client_id") == Some(&client.id));
    let Some(client) = client.filter(|client| client.may_use(AUTHORIZATION_CODE)) else {
        return oauth::invalid("client_id");
    };
    let authorization = match oauth::authorization(&fields, "S256") {
        Ok(authorization) => authorization,
        Err(what) => return oauth::invalid(what),
    };
    let is_registered = client.redirect_uris.iter().any(|uri| uri == REDIRECT_URI);
    if !is_registered || !oauth::is_callback(&authorization.redirect_uri) {
        return oauth::invalid("redirect_uri");
    }
    // The AWS CLI sends `scopes`, other clients `scope`.
    let scopes = fields.get("scopes").or_else(|| fields.get("scope")).map_or("", String::as_str);
    if !scopes.split_whitespace().all(|scope| client.scopes.iter().any(|known| known == scope)) {
        return oauth::invalid("scopes");
    }
    state.authorizations.begin(authorization)
}
