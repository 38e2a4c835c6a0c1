use crate::core::credentials::{CredentialField, Credentials};
use crate::core::origin::{Location, Origin};
use crate::core::secret::Secret;

use super::merged::{Part, Profile};

#[derive(Debug, Clone)]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Option<Secret>,
    pub from: Origin,
    pub places: KeyPlaces,
}

#[derive(Debug, Clone)]
pub struct KeyPlaces {
    pub access_key_id: KeyPlace,
    pub secret_access_key: KeyPlace,
    pub session_token: Option<KeyPlace>,
}

#[derive(Debug, Clone)]
pub struct KeyPlace {
    pub name: &'static str,
    pub from: Origin,
}

impl Keys {
    pub fn credentials(&self) -> Credentials {
        Credentials {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
            session_token: self.session_token.clone(),
            expiration: None,
            account_id: None,
        }
    }
}

impl KeyPlaces {
    pub fn of(&self, field: CredentialField) -> &KeyPlace {
        let Self { access_key_id, secret_access_key, session_token } = self;
        match field {
            CredentialField::SecretAccessKey => secret_access_key,
            CredentialField::SessionToken => session_token.as_ref().unwrap_or(access_key_id),
            CredentialField::AccessKeyId | CredentialField::AccountId => access_key_id,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfPair {
    pub missing: &'static str,
    pub at: Location,
}

// In the Amplify CLI's order. `aws_security_token` is last, because only botocore reads it. Dialects that lower-case
// keys need the lower-case spellings.
const ACCESS_KEY_ID: [&str; 3] = ["accessKeyId", "accesskeyid", "aws_access_key_id"];

const SECRET_ACCESS_KEY: [&str; 3] = ["secretAccessKey", "secretaccesskey", "aws_secret_access_key"];

const SESSION_TOKEN: [&str; 4] = ["sessionToken", "sessiontoken", "aws_session_token", "aws_security_token"];

impl Profile<'_> {
    /// From the first file (credentials, then config) that has any of the three. A pair never mixes files.
    pub fn keys(&self) -> Result<Option<Keys>, HalfPair> {
        for part in self.parts() {
            let id = find(part, &ACCESS_KEY_ID);
            let secret = find(part, &SECRET_ACCESS_KEY);
            let token = find(part, &SESSION_TOKEN);
            let place = |name, line| KeyPlace { name, from: Origin::File(part.location(line)) };
            return match (id, secret, token) {
                (None, None, None) => continue,
                (Some((id, id_key, line)), Some((secret, secret_key, secret_line)), token) => Ok(Some(Keys {
                    access_key_id: id.to_owned(),
                    secret_access_key: secret.into(),
                    session_token: token.map(|(token, ..)| token.into()),
                    from: Origin::File(part.location(line)),
                    places: KeyPlaces {
                        access_key_id: place(id_key, line),
                        secret_access_key: place(secret_key, secret_line),
                        session_token: token.map(|(_, key, line)| place(key, line)),
                    },
                })),
                (Some((.., line)), None, _) => {
                    Err(HalfPair { missing: "aws_secret_access_key", at: part.location(line) })
                }
                (None, Some((.., line)), _) | (None, None, Some((.., line))) => {
                    Err(HalfPair { missing: "aws_access_key_id", at: part.location(line) })
                }
            };
        }
        Ok(None)
    }
}

fn find<'p>(part: &'p Part<'_>, names: &[&'static str]) -> Option<(&'p str, &'static str, u32)> {
    names
        .iter()
        .filter_map(|name| Some((name, part.last(name)?)))
        .find(|(_, property)| !property.value.is_empty())
        .map(|(name, property)| (&*property.value, *name, property.line))
}
