//! The authorization endpoint and the page that shows a code for another machine.

use crate::http::{Request, Response};
use crate::jwt::base64;
use crate::oauth;
use crate::percent;

use super::{CLIENT_ID, CROSS_DEVICE_CLIENT_ID, State};

pub(super) const CONFIRMATION: &str = "/v1/sessions/confirmation";

pub(super) fn authorize(request: &Request, state: &mut State) -> Response {
    let fields = percent::form_fields(request.query());
    // The service's own name for the S256 of RFC 7636.
    let authorization = match oauth::authorization(&fields, "SHA-256") {
        Ok(authorization) => authorization,
        Err(what) => return oauth::invalid(what),
    };
    let redirect = &authorization.redirect_uri;
    let is_right = match authorization.client_id.as_str() {
        CLIENT_ID => oauth::is_callback(redirect),
        CROSS_DEVICE_CLIENT_ID => *redirect == format!("{}{CONFIRMATION}", oauth::origin(request)),
        _ => return oauth::invalid("client_id"),
    };
    if !is_right {
        return oauth::invalid("redirect_uri");
    }
    if fields.get("scope").is_none_or(|scope| scope != "openid") {
        return oauth::invalid("scope");
    }
    state.authorizations.begin(authorization)
}

pub(super) fn confirmation(request: &Request) -> Response {
    let fields = percent::form_fields(request.query());
    let text = |name: &str| fields.get(name).map(|value| percent::encode(value.as_bytes()));
    match text("state").zip(text("code")) {
        Some((state, code)) => {
            let code = base64(format!("state={state}&code={code}").as_bytes());
            oauth::html(
                200,
                &format!("<!doctype html><title>Authorization code</title><p><code id=\"code\">{code}</code></p>"),
            )
        }
        None => oauth::html(200, "<!doctype html><title>Denied</title><p id=\"error\">Access was denied.</p>"),
    }
}
