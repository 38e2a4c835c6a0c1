//! A client of the token service, which AWS registers for about 90 days. The AWS CLI stores it in a file with a name that
//! it derives from the session. A client for authorization codes has its own file: an AWS CLI before 2.22 does not read
//! `grantTypes`, and its `aws sso login` would fail with such a client until it expires (observed in 2.9.19).

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::core::clock::Timestamp;
use crate::core::digest::sha1_hex;
use crate::core::secret::Secret;
use crate::plan::sources::SsoSession;
use crate::source::sources::Sources;
use crate::token_files::{TokenFields, TokenFile, text, timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    DeviceCode,
    AuthorizationCode,
}

impl Grant {
    pub(crate) fn types(self) -> [&'static str; 2] {
        match self {
            Self::DeviceCode => ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
            Self::AuthorizationCode => ["authorization_code", "refresh_token"],
        }
    }
}

/// The names in the keys of the files.
const AWS_CLI: &str = "botocore";
const OWN: &str = "amplify-creds";

/// A registration with less time left counts as expired, as in the AWS CLI. In seconds.
const LEAST_LEFT: i64 = 900;

pub(crate) struct Registration {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) expires: Timestamp,
    pub(crate) grant: Grant,
}

impl Registration {
    /// The stored registration for this grant, if it still lasts.
    pub(crate) fn find(sources: &Sources<'_>, session: &SsoSession, grant: Grant) -> Option<Self> {
        [AWS_CLI, OWN].iter().find_map(|tool| Self::read(sources, path(sources, session, tool), grant))
    }

    fn read(sources: &Sources<'_>, path: PathBuf, grant: Grant) -> Option<Self> {
        let fields = TokenFile::new(path).read().ok()??;
        if grant_of(&fields) != grant {
            return None;
        }
        let found = Self {
            client_id: text(&fields, "clientId")?.to_owned(),
            client_secret: Secret::from(text(&fields, "clientSecret")?),
            expires: timestamp(&fields, "expiresAt")?,
            grant,
        };
        (found.expires.since(sources.clock.now()) > LEAST_LEFT).then_some(found)
    }

    /// Removes a registration that the service does not accept, unless the file has another one.
    pub(crate) fn forget(sources: &Sources<'_>, session: &SsoSession, client_id: &str) {
        for tool in [AWS_CLI, OWN] {
            let file = TokenFile::new(path(sources, session, tool));
            let is_it = |fields: TokenFields| text(&fields, "clientId") == Some(client_id);
            if file.read().ok().flatten().is_some_and(is_it) {
                let _ = file.remove_locked(sources.store);
            }
        }
    }

    /// A failure costs a registration at the next sign-in. The AWS CLI's registration for authorization codes is kept,
    /// because it uses them by default.
    pub(crate) fn store(&self, sources: &Sources<'_>, session: &SsoSession) {
        let tool = match self.grant {
            Grant::DeviceCode => AWS_CLI,
            Grant::AuthorizationCode => OWN,
        };
        let file = TokenFile::new(path(sources, session, tool));
        let replaced = file.read().ok().flatten().map(|there| grant_of(&there));
        if self.grant == Grant::DeviceCode && replaced == Some(Grant::AuthorizationCode) {
            return;
        }
        let mut fields = TokenFields::new();
        fields.insert("clientId".to_owned(), json!(self.client_id));
        fields.insert("clientSecret".to_owned(), json!(self.client_secret.expose()));
        fields.insert("expiresAt".to_owned(), json!(self.expires.rfc3339()));
        if let Some(scopes) = &session.scopes {
            fields.insert("scopes".to_owned(), json!(scopes));
        }
        if self.grant == Grant::AuthorizationCode {
            fields.insert("grantTypes".to_owned(), json!(self.grant.types()));
        }
        let _ = file.put_locked(sources.store, &fields);
    }
}

fn grant_of(fields: &TokenFields) -> Grant {
    let types = fields.get("grantTypes").and_then(Value::as_array);
    let is_code = types.is_some_and(|types| types.iter().any(|kind| kind == "authorization_code"));
    if is_code { Grant::AuthorizationCode } else { Grant::DeviceCode }
}

fn path(sources: &Sources<'_>, session: &SsoSession, tool: &str) -> PathBuf {
    sources.sso_cache.join(sha1_hex(cache_key(session, tool)) + ".json")
}

/// The text that `json.dumps(…, sort_keys=True)` of Python makes of these fields.
fn cache_key(session: &SsoSession, tool: &str) -> String {
    let scopes = session.scopes.as_ref().map_or_else(
        || "null".to_owned(),
        |scopes| format!("[{}]", scopes.iter().map(|scope| python_string(scope)).collect::<Vec<_>>().join(", ")),
    );
    let name = session.name.as_ref().map_or_else(|| "null".to_owned(), |name| python_string(&name.value));
    format!(
        "{{\"region\": {}, \"scopes\": {scopes}, \"session_name\": {name}, \"startUrl\": {}, \"tool\": {}}}",
        python_string(&session.region.value),
        python_string(&session.start_url.value),
        python_string(tool)
    )
}

/// With escapes for every character outside of ASCII, as UTF-16.
fn python_string(text: &str) -> String {
    let mut all = String::new();
    for char in Value::from(text).to_string().chars() {
        if char.is_ascii() {
            all.push(char);
        } else {
            all.extend(char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_those_of_python() {
        // From: python3 -c 'import json; print(json.dumps("a\"\\/é😀"))'
        assert_eq!(python_string("a\"\\/é😀"), r#""a\"\\/\u00e9\ud83d\ude00""#);
    }
}
