//! The document of the container credentials endpoint, as ECS spells it. botocore and the SDK for JavaScript refuse one
//! without `Token` or `Expiration`, so that both are always there.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;

/// How long keys that never end are said to last: the SDKs ask again then.
const FOR_NOW: i64 = 3600;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

/// The document. The buffer is wiped when dropped.
pub fn render(credentials: &Credentials, now: Timestamp) -> Zeroizing<Vec<u8>> {
    let Credentials { access_key_id, secret_access_key, session_token, expiration, account_id } = credentials;
    let document = Document {
        access_key_id,
        secret_access_key: secret_access_key.expose(),
        token: session_token.as_ref().map_or("", Secret::expose),
        expiration: expiration.unwrap_or(now.plus(FOR_NOW)).rfc3339(),
        account_id: account_id.as_deref(),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(8192));
    // Text serialises into memory without fail.
    let _ = serde_json::to_writer(&mut *bytes, &document);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_and_end_are_always_there() {
        let mut credentials = Credentials {
            access_key_id: "ASIA1".into(),
            secret_access_key: "s".into(),
            session_token: Some("t".into()),
            expiration: Some(Timestamp(1_767_323_045)),
            account_id: Some("222222222222".into()),
        };
        let text = |credentials: &Credentials| {
            String::from_utf8(render(credentials, Timestamp(1_767_319_445)).to_vec()).unwrap()
        };
        assert_eq!(
            text(&credentials),
            concat!(
                r#"{"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","#,
                r#""Expiration":"2026-01-02T03:04:05Z","AccountId":"222222222222"}"#
            )
        );
        (credentials.session_token, credentials.expiration, credentials.account_id) = (None, None, None);
        assert_eq!(
            text(&credentials),
            r#"{"AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"","Expiration":"2026-01-02T03:04:05Z"}"#
        );
    }
}
