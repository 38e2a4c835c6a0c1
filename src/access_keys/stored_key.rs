use serde::{Deserialize, Serialize};

use crate::core::credentials::Credentials;
use crate::core::secret::Secret;

/// The content of an item: JSON with the names of a `credential_process` document, so that other programs can read it.
#[derive(Debug, Clone)]
pub struct StoredKey {
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub account_id: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document<T> {
    version: u32,
    access_key_id: T,
    secret_access_key: T,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<T>,
}

const VERSION: u32 = 1;

impl StoredKey {
    /// `None` if another program has replaced the content.
    pub fn parse(item: &Secret) -> Option<Self> {
        let document: Document<String> = serde_json::from_str(item.expose()).ok()?;
        let Document { version, access_key_id, secret_access_key, account_id } = document;
        let key = Self { access_key_id, secret_access_key: Secret::new(secret_access_key), account_id };
        (version == VERSION && key.credentials().checked().is_ok()).then_some(key)
    }

    pub fn item(&self) -> Secret {
        let Self { access_key_id, secret_access_key, account_id } = self;
        let document = Document {
            version: VERSION,
            access_key_id: access_key_id.as_str(),
            secret_access_key: secret_access_key.expose(),
            account_id: account_id.as_deref(),
        };
        Secret::new(serde_json::to_string(&document).unwrap_or_default())
    }

    pub fn credentials(&self) -> Credentials {
        let Self { access_key_id, secret_access_key, account_id } = self;
        Credentials {
            access_key_id: access_key_id.clone(),
            secret_access_key: secret_access_key.clone(),
            session_token: None,
            expiration: None,
            account_id: account_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_key_round_trips() {
        for account_id in [None, Some("111111111111".to_owned())] {
            let key = StoredKey {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
                secret_access_key: Secret::from("s/+\"\\ü"),
                account_id,
            };
            let read = StoredKey::parse(&key.item()).unwrap();
            assert_eq!(read.access_key_id, key.access_key_id);
            assert_eq!(read.secret_access_key.expose(), key.secret_access_key.expose());
            assert_eq!(read.account_id, key.account_id);
        }
    }

    #[test]
    fn foreign_item_is_not_a_key() {
        for text in [
            "",
            "hunter2",
            "{}",
            r#"{"Version":2,"AccessKeyId":"AKIA1","SecretAccessKey":"s"}"#,
            r#"{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":""}"#,
            r#"{"Version":1,"AccessKeyId":"AK IA","SecretAccessKey":"s"}"#,
            r#"{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":7}"#,
        ] {
            assert!(StoredKey::parse(&Secret::from(text)).is_none(), "{text}");
        }
    }
}
