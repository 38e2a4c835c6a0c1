//! The authorization endpoint of both sign-in doubles: authorization codes (RFC 6749 section 4.1) with PKCE (RFC 7636).

use std::collections::{BTreeMap, HashMap};

use chrono::Utc;
use sha2::{Digest, Sha256};

use crate::http::{Request, Response};
use crate::jwt::base64url;
use crate::mint;
use crate::percent;

/// The form's address, relative to the authorization endpoint.
const DECISION: &str = "authorize/decision";

/// The user's reaction to an authorization request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Reads a page with two buttons.
    Page,
    /// Has allowed access before, so that the browser is redirected at once.
    Allow,
    /// Denies access.
    Deny,
}

/// A valid authorization request.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: String,
    pub(crate) challenge: String,
}

/// A token request with an authorization code.
pub(crate) struct Exchange<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a str,
    pub(crate) verifier: &'a str,
    pub(crate) redirect_uri: &'a str,
}

/// The reason for a rejected code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// Unknown, expired or used.
    Code,
    /// The name of the parameter that differs from the authorization request.
    Parameter(&'static str),
}

/// The open authorization requests and the codes.
#[derive(Debug)]
pub(crate) struct Authorizations {
    pub(crate) consent: Consent,
    shown: HashMap<String, Authorization>,
    codes: HashMap<String, Authorization>,
}

impl Authorizations {
    pub(crate) fn new() -> Self {
        Self { consent: Consent::Page, shown: HashMap::new(), codes: HashMap::new() }
    }

    /// The page, or the redirect for a user who has decided already.
    pub(crate) fn begin(&mut self, authorization: Authorization) -> Response {
        match self.consent {
            Consent::Page => {
                let id = mint::request_id();
                let page = page(&id, &authorization.client_id);
                self.shown.insert(id, authorization);
                html(200, &page)
            }
            Consent::Allow => self.redirect(&authorization, true),
            Consent::Deny => self.redirect(&authorization, false),
        }
    }

    /// The redirect after a button of the page.
    pub(crate) fn decide(&mut self, request: &Request) -> Response {
        let form = percent::form_fields(&String::from_utf8_lossy(request.body()));
        match form.get("request").and_then(|id| self.shown.remove(id)) {
            Some(authorization) => {
                self.redirect(&authorization, form.get("decision").is_some_and(|decision| decision == "allow"))
            }
            None => invalid("the page is not valid any more"),
        }
    }

    fn redirect(&mut self, authorization: &Authorization, allowed: bool) -> Response {
        let Authorization { redirect_uri, state, .. } = authorization;
        let state = percent::encode(state.as_bytes());
        let result = if allowed {
            let code = mint::session_token();
            self.codes.insert(code.clone(), authorization.clone());
            format!("code={}", percent::encode(code.as_bytes()))
        } else {
            "error=access_denied".to_owned()
        };
        Response::new(302, Utc::now())
            .header("Location", format!("{redirect_uri}?{result}&state={state}"))
            .header("Cache-Control", "no-store")
    }

    /// Redeems a code. A code is valid for one attempt.
    pub(crate) fn redeem(&mut self, exchange: &Exchange<'_>) -> Result<(), Rejected> {
        let authorization = self.codes.remove(exchange.code).ok_or(Rejected::Code)?;
        if exchange.client_id != authorization.client_id {
            return Err(Rejected::Parameter("clientId"));
        }
        if exchange.redirect_uri != authorization.redirect_uri {
            return Err(Rejected::Parameter("redirectUri"));
        }
        let challenge = base64url(&Sha256::digest(exchange.verifier));
        if !is_verifier(exchange.verifier) || challenge != authorization.challenge {
            return Err(Rejected::Parameter("codeVerifier"));
        }
        Ok(())
    }

    /// Makes all codes expired.
    pub(crate) fn expire_codes(&mut self) {
        self.codes.clear();
    }
}

/// The checks of every authorization request. `method` is the service's name for the PKCE method.
pub(crate) fn authorization(fields: &BTreeMap<String, String>, method: &str) -> Result<Authorization, &'static str> {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    if text("response_type") != "code" {
        return Err("response_type");
    }
    if text("code_challenge_method") != method {
        return Err("code_challenge_method");
    }
    // The length of an unpadded SHA-256 hash.
    let challenge = text("code_challenge");
    if challenge.len() != 43 || !challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err("code_challenge");
    }
    if text("state").is_empty() {
        return Err("state");
    }
    Ok(Authorization {
        client_id: text("client_id"),
        redirect_uri: text("redirect_uri"),
        state: text("state"),
        challenge,
    })
}

/// Whether a URI is the AWS CLI's callback on a port of the loopback interface.
pub(crate) fn is_callback(uri: &str) -> bool {
    let port = uri.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.strip_suffix("/oauth/callback"));
    port.is_some_and(|port| !port.starts_with('+') && port.parse::<u16>().is_ok_and(|port| port != 0))
}

/// RFC 7636 section 4.1.
fn is_verifier(text: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}

/// The answer to an invalid authorization request, which must not redirect (RFC 6749 section 4.1.2.1).
pub(crate) fn invalid(what: &str) -> Response {
    html(400, &format!("<!doctype html><title>Invalid request</title><p id=\"error\">Invalid request: {what}</p>"))
}

pub(crate) fn html(status: u16, text: &str) -> Response {
    Response::new(status, Utc::now()).header("Cache-Control", "no-store").body("text/html; charset=utf-8", text)
}

/// The scheme and authority in the client's URL, also behind a [`crate::TlsFront`].
pub(crate) fn origin(request: &Request) -> String {
    let scheme = request.header("x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{}", request.header("host").unwrap_or_default())
}

fn page(id: &str, client: &str) -> String {
    let client = client.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html><html lang=\"en\"><title>Allow access?</title>\
         <p>The client {client} requests access.</p>\
         <form method=\"post\" action=\"{DECISION}\"><input type=\"hidden\" name=\"request\" value=\"{id}\">\
         <button id=\"allow\" name=\"decision\" value=\"allow\">Allow access</button>\
         <button id=\"deny\" name=\"decision\" value=\"deny\">Deny</button></form></html>"
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const CALLBACK: &str = "http://127.0.0.1:1234/oauth/callback";
    /// The pair of RFC 7636 appendix B.
    pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    pub(crate) fn query(fields: &BTreeMap<&str, &str>) -> String {
        let pair = |(name, value): (&&str, &&str)| format!("{name}={}", percent::encode(value.as_bytes()));
        fields.iter().map(pair).collect::<Vec<_>>().join("&")
    }

    /// The parameters of a redirect to the callback.
    pub(crate) fn callback(response: &Response) -> BTreeMap<String, String> {
        assert_eq!(response.status, 302, "{}", String::from_utf8_lossy(&response.body));
        let location = &response.headers.iter().find(|(name, _)| name == "Location").unwrap().1;
        percent::form_fields(location.split_once('?').unwrap().1)
    }

    #[test]
    fn callback_has_loopback_address_port_and_path() {
        assert!(is_callback("http://127.0.0.1:49152/oauth/callback"));
        for uri in [
            "http://127.0.0.1/oauth/callback",
            "http://127.0.0.1:0/oauth/callback",
            "http://127.0.0.1:+1/oauth/callback",
            "http://127.0.0.1:65536/oauth/callback",
            "http://localhost:80/oauth/callback",
            "https://127.0.0.1:80/oauth/callback",
            "http://127.0.0.1:80/oauth/callback/",
            "http://127.0.0.1:80@evil.example/oauth/callback",
        ] {
            assert!(!is_callback(uri), "{uri}");
        }
    }
}
