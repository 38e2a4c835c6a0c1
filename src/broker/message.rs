//! The messages of the protocol, version 1.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;

const VERSION: u64 = 1;

/// In bytes, with the line feed.
pub(super) const LONGEST_REQUEST: usize = 4 << 10;

/// In bytes. A session token has a few thousand; the list of profiles may be longer.
const CREDENTIALS_SIZE: usize = 64 << 10;

/// In bytes: about 10,000 offered profiles.
pub(super) const LONGEST_REPLY: usize = 4 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Credentials,
    /// sts:GetCallerIdentity, which the broker calls: a sandbox may have no network.
    Identity,
    Profiles,
}

/// Everything that a client decides. Unknown fields are errors, because an ignored one could have narrowed the session.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub version: u64,
    pub action: Action,
    /// `None` if the broker has one profile only, or `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// In seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<u64>,
    /// In seconds, at most the duration of the broker's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// Whether no prompt may appear on the host.
    #[serde(default)]
    pub no_input: bool,
}

impl Request {
    pub fn new(action: Action, profile: Option<String>) -> Self {
        Self { version: VERSION, action, profile, min_ttl: None, duration: None, no_input: false }
    }

    pub(super) fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// `line` is without the line feed.
    pub(super) fn parse(line: &[u8]) -> Result<Self, RemoteError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u64,
        }
        match serde_json::from_slice::<Versioned>(line) {
            Ok(Versioned { version: VERSION }) => {}
            Ok(Versioned { version }) => {
                return Err(RemoteError::usage(&format!(
                    "the client has version {version} of the broker's protocol, and the broker has version {VERSION}"
                ))
                .hint("install the same version of amplify-creds on the host and here"));
            }
            Err(_) => return Err(RemoteError::usage("this is not a request of amplify-creds")),
        }
        serde_json::from_slice(line).map_err(|error| {
            let unknown = error.to_string();
            let field = unknown.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
            match field {
                Some(field) => RemoteError::usage(&format!("a client of the broker cannot set {field}")),
                None => RemoteError::usage("the request to the broker is malformed"),
            }
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply<'a> {
    /// Without text if there is nothing for the user to do.
    Waiting(Option<Cow<'a, str>>),
    #[serde(borrow)]
    Credentials(CredentialsReply<'a>),
    Identity(IdentityReply),
    Profiles(Vec<OfferedProfile>),
    Error(RemoteError),
}

impl Reply<'_> {
    pub(super) fn line(&self) -> Zeroizing<Vec<u8>> {
        // Large enough for credentials, because a reallocation would leave a copy of the secret.
        let mut line = Zeroizing::new(Vec::with_capacity(match self {
            Self::Credentials(_) => CREDENTIALS_SIZE,
            _ => 0,
        }));
        // Serializing text into memory cannot fail.
        let _ = serde_json::to_writer(&mut *line, self);
        line.push(b'\n');
        line
    }
}

/// Without `Debug`, because it holds a secret.
#[derive(Serialize, Deserialize)]
pub struct CredentialsReply<'a> {
    pub profile: Cow<'a, str>,
    pub region: Option<Cow<'a, str>>,
    access_key_id: Cow<'a, str>,
    #[serde(borrow)]
    secret_access_key: Cow<'a, str>,
    #[serde(borrow)]
    session_token: Option<Cow<'a, str>>,
    /// RFC 3339
    expiration: Option<String>,
    account_id: Option<Cow<'a, str>>,
}

impl std::fmt::Debug for CredentialsReply<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.access_key_id)
    }
}

impl<'a> CredentialsReply<'a> {
    pub fn new(profile: &'a str, region: Option<&'a str>, credentials: &'a Credentials) -> Self {
        let Credentials { access_key_id, secret_access_key, session_token, expiration, account_id } = credentials;
        Self {
            profile: profile.into(),
            region: region.map(Cow::Borrowed),
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.expose().into(),
            session_token: session_token.as_ref().map(|token| token.expose().into()),
            expiration: expiration.map(Timestamp::rfc3339),
            account_id: account_id.as_deref().map(Cow::Borrowed),
        }
    }

    /// `None` if the expiration is not a time.
    pub fn credentials(&self) -> Option<Credentials> {
        let expiration = match &self.expiration {
            Some(text) => Some(Timestamp::parse_lenient(text)?),
            None => None,
        };
        Some(Credentials {
            access_key_id: self.access_key_id.clone().into_owned(),
            secret_access_key: Secret::from(&*self.secret_access_key),
            session_token: self.session_token.as_deref().map(Secret::from),
            expiration,
            account_id: self.account_id.as_deref().map(str::to_owned),
        })
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdentityReply {
    pub profile: String,
    pub account: String,
    pub arn: String,
    pub user_id: String,
}

/// The kind of an offered profile that does not exist.
pub const MISSING: &str = "missing";

/// The row of `list`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OfferedProfile {
    pub name: String,
    pub kind: String,
    pub account_id: Option<String>,
    pub role_arn: Option<String>,
    pub region: Option<String>,
    pub has_mfa: bool,
    /// RFC 3339. `None` without a cached session.
    pub session_expires: Option<String>,
}

/// A failure on the host, in the parts that the client prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteError {
    /// A name of `help exit-codes`.
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub details: Vec<String>,
    #[serde(default)]
    pub aws: Option<String>,
    /// For the host.
    #[serde(default)]
    pub hints: Vec<String>,
}

impl RemoteError {
    pub fn new(code: &str, message: &str) -> Self {
        Self { code: code.into(), message: message.into(), details: Vec::new(), aws: None, hints: Vec::new() }
    }

    pub(super) fn usage(message: &str) -> Self {
        Self::new("usage", message)
    }

    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        self.hints.push(hint.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_survives_the_line() {
        let request = Request {
            min_ttl: Some(60),
            duration: Some(900),
            no_input: true,
            ..Request::new(Action::Credentials, Some("b \"z\"\n".to_owned()))
        };
        let line = request.line();
        assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        assert_eq!(Request::parse(&line[..line.len() - 1]).unwrap(), request);
    }

    #[test]
    fn invalid_request_is_explained() {
        let rows = [
            ("", "this is not a request of amplify-creds"),
            ("GET / HTTP/1.1", "this is not a request of amplify-creds"),
            (r#"{"action":"credentials"}"#, "this is not a request of amplify-creds"),
            (r#"{"version":-1}"#, "this is not a request of amplify-creds"),
            (
                r#"{"version":2,"scope":"x"}"#,
                "the client has version 2 of the broker's protocol, and the broker has version 1",
            ),
            (r#"{"version":1}"#, "the request to the broker is malformed"),
            (r#"{"version":1,"action":"remove"}"#, "the request to the broker is malformed"),
            (r#"{"version":1,"action":"credentials","duration":-5}"#, "the request to the broker is malformed"),
            (r#"{"version":1,"action":"credentials","role_arn":"x"}"#, "a client of the broker cannot set role_arn"),
        ];
        for (line, message) in rows {
            let error = Request::parse(line.as_bytes()).unwrap_err();
            assert_eq!((error.code.as_str(), error.message.as_str()), ("usage", message), "{line}");
        }
    }

    #[test]
    fn credentials_survive_the_line() {
        let credentials = Credentials {
            access_key_id: "ASIA1".into(),
            secret_access_key: "s\"\\\u{e9}".into(),
            session_token: Some("t".into()),
            expiration: Some(Timestamp(1_767_323_045)),
            account_id: None,
        };
        let line = Reply::Credentials(CredentialsReply::new("biz", Some("eu-west-1"), &credentials)).line();
        let Ok(Reply::Credentials(reply)) = serde_json::from_slice(&line) else { panic!("{line:?}") };
        assert_eq!((&*reply.profile, reply.region.as_deref()), ("biz", Some("eu-west-1")));
        let read = reply.credentials().unwrap();
        assert_eq!(read.secret_access_key.expose(), credentials.secret_access_key.expose());
        assert_eq!((read.expiration, read.account_id), (credentials.expiration, None));
        assert_eq!(format!("{:?}", Reply::Credentials(reply)), "Credentials(ASIA1)");
    }
}
