//! Decides what a request to the listener of a sign-in is. The first request with the right `state` is the response of
//! the authorization server (RFC 6749 section 4.1.2); others change nothing.

use form_urlencoded::parse;

use crate::core::secret::Secret;
use crate::loopback::{Head, NOT_FOUND};

use super::error::SignInError;

pub(super) const PATH: &str = "/oauth/callback";

pub(super) struct Expected<'a> {
    /// `127.0.0.1:PORT`
    pub(super) host: &'a str,
    /// Redirects to the authorization server, because arguments of the browser are visible to other users.
    pub(super) start_path: &'a str,
    pub(super) state: &'a str,
}

#[derive(Debug)]
pub(super) enum Visit {
    Start,
    Callback(AuthorizationResponse),
    Other(&'static str),
}

#[derive(Debug)]
pub(super) enum AuthorizationResponse {
    Code(Secret),
    /// `access_denied`, or another code of RFC 6749 section 4.1.2.1, with its description.
    Error(String, Option<String>),
}

impl AuthorizationResponse {
    pub(super) fn code(self) -> Result<Secret, SignInError> {
        match self {
            Self::Code(code) => Ok(code),
            Self::Error(error, _) if error == "access_denied" => Err(SignInError::Denied),
            Self::Error(error, description) => Err(SignInError::Failed { error, description }),
        }
    }
}

const BAD_REQUEST: &str = "400 Bad Request";

pub(super) fn judge(head: &Head, expected: &Expected<'_>) -> Visit {
    if head.host.as_deref() != Some(expected.host) {
        return Visit::Other(BAD_REQUEST);
    }
    let (path, query) = head.path.split_once('?').unwrap_or((&head.path, ""));
    match (head.method.as_str(), path) {
        ("GET", path) if path == expected.start_path => Visit::Start,
        ("GET", PATH) => match response(query, expected.state) {
            Some(response) => Visit::Callback(response),
            None => Visit::Other(BAD_REQUEST),
        },
        (_, PATH) => Visit::Other("405 Method Not Allowed"),
        _ => Visit::Other(NOT_FOUND),
    }
}

/// `None` without the right `state`, or with a parameter that is present twice.
pub(super) fn response(query: &str, state: &str) -> Option<AuthorizationResponse> {
    let one = |name: &str| {
        let mut values = parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let first = values.next();
        first.filter(|value| !value.is_empty() && values.next().is_none())
    };
    if one("state")? != state {
        return None;
    }
    match (one("code"), one("error")) {
        (Some(code), None) => Some(AuthorizationResponse::Code(Secret::new(code))),
        (None, Some(error)) => Some(AuthorizationResponse::Error(error, one("error_description"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: Expected<'_> = Expected { host: "127.0.0.1:7", start_path: "/once", state: "s" };

    fn visit(method: &str, path: &str, host: &str) -> String {
        let head = Head { method: method.into(), path: path.into(), host: Some(host.into()), authorization: None };
        match judge(&head, &EXPECTED) {
            Visit::Start => "start".to_owned(),
            Visit::Callback(AuthorizationResponse::Code(code)) => format!("code {}", code.expose()),
            Visit::Callback(AuthorizationResponse::Error(error, text)) => format!("{error} {text:?}"),
            Visit::Other(status) => status[..3].to_owned(),
        }
    }

    #[test]
    fn only_first_callback_with_state_counts() {
        for (path, expected) in [
            ("/once", "start"),
            ("/oauth/callback?code=a%2Bb&state=s", "code a+b"),
            ("/oauth/callback?state=s&error=access_denied", "access_denied None"),
            ("/oauth/callback?state=s&error=x&error_description=a+b", "x Some(\"a b\")"),
            ("/oauth/callback?error=access_denied", "400"),
            ("/oauth/callback?code=c&state=S", "400"),
            ("/oauth/callback?code=c&state=s&state=s", "400"),
            ("/oauth/callback?code=c&code=d&state=s", "400"),
            ("/oauth/callback?code=&state=s", "400"),
            ("/oauth/callback?code=c&error=e&state=s", "400"),
            ("/oauth/callback?state=s", "400"),
            ("/oauth/callback", "400"),
            ("/oauth/callback/?code=c&state=s", "404"),
            ("/favicon.ico", "404"),
            ("/", "404"),
        ] {
            assert_eq!(visit("GET", path, "127.0.0.1:7"), expected, "{path}");
        }
        assert_eq!(visit("POST", "/oauth/callback?code=c&state=s", "127.0.0.1:7"), "405");
        assert_eq!(visit("HEAD", "/once", "127.0.0.1:7"), "404");
        for host in ["evil.example:7", "localhost:7", "127.0.0.1"] {
            assert_eq!(visit("GET", "/oauth/callback?code=c&state=s", host), "400", "{host}");
        }
    }
}
