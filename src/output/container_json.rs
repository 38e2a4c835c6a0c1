//! The document of the container credentials endpoint in ECS's format. `Token` and `Expiration` are always present,
//! because botocore and the SDK for JavaScript require them.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;

/// The lifetime shown for long-term keys, in seconds. The SDKs call again after it.
const LONG_TERM_LIFETIME: i64 = 3600;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContainerDocument<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

pub fn render(credentials: &Credentials, now: Timestamp) -> Zeroizing<Vec<u8>> {
    let Credentials { access_key_id, secret_access_key, session_token, expiration, account_id } = credentials;
    let document = ContainerDocument {
        access_key_id,
        secret_access_key: secret_access_key.expose(),
        token: session_token.as_ref().map_or("", Secret::expose),
        expiration: expiration.unwrap_or(now.plus(LONG_TERM_LIFETIME)).rfc3339(),
        account_id: account_id.as_deref(),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(8192));
    // Serializing text into memory cannot fail.
    let _ = serde_json::to_writer(&mut *bytes, &document);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_and_expiration_are_always_present() {
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
