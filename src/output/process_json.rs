//! The credential_process document in the form that every SDK accepts: exact key names, Version as a number, Expiration
//! in RFC 3339 with `Z` and no fraction (`tests/conformance/vectors/credential-process.json`).

use serde::Serialize;
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProcessDocument<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

pub fn render(credentials: &Credentials) -> Zeroizing<Vec<u8>> {
    let Credentials { access_key_id, secret_access_key, session_token, expiration, account_id } = credentials;
    let document = ProcessDocument {
        version: 1,
        access_key_id,
        secret_access_key: secret_access_key.expose(),
        session_token: session_token.as_ref().map(Secret::expose),
        expiration: expiration.map(Timestamp::rfc3339),
        account_id: account_id.as_deref(),
    };
    // Large enough for the document, because a reallocation would leave a copy of the secret. AWS's tokens need no
    // escapes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024 + document.session_token.map_or(0, str::len)));
    // Serializing text into memory cannot fail.
    let _ = serde_json::to_writer(&mut *bytes, &document);
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_are_omitted() {
        let mut credentials = Credentials {
            access_key_id: "ASIA1".into(),
            secret_access_key: "s\"".into(),
            session_token: Some("t".into()),
            expiration: Some(Timestamp(1_767_323_045)),
            account_id: Some("222222222222".into()),
        };
        assert_eq!(
            String::from_utf8_lossy(&render(&credentials)),
            concat!(
                r#"{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"s\"","SessionToken":"t","#,
                r#""Expiration":"2026-01-02T03:04:05Z","AccountId":"222222222222"}"#,
                "\n"
            )
        );
        (credentials.session_token, credentials.expiration, credentials.account_id) = (None, None, None);
        assert_eq!(
            String::from_utf8_lossy(&render(&credentials)),
            "{\"Version\":1,\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"s\\\"\"}\n"
        );
    }
}
