use crate::core::origin::{Location, Origin};
use crate::core::secret::Secret;

use super::merged::{Part, Profile};

#[derive(Debug, Clone)]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Option<Secret>,
    pub from: Origin,
}

/// A section has one key of the pair without the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfPair {
    pub missing: &'static str,
    pub at: Location,
}

// In the Amplify CLI's order; `aws_security_token`, which only botocore knows, is last. Dialects that lower-case keys
// need the lower-case spellings.
const ACCESS_KEY_ID: [&str; 3] = ["accessKeyId", "accesskeyid", "aws_access_key_id"];

const SECRET_ACCESS_KEY: [&str; 3] = ["secretAccessKey", "secretaccesskey", "aws_secret_access_key"];

const SESSION_TOKEN: [&str; 4] = ["sessionToken", "sessiontoken", "aws_session_token", "aws_security_token"];

impl Profile<'_> {
    /// The keys of the first file (credentials, then config) that has any of the three: a pair never mixes files.
    pub fn keys(&self) -> Result<Option<Keys>, HalfPair> {
        for part in self.parts() {
            let id = find(part, &ACCESS_KEY_ID);
            let secret = find(part, &SECRET_ACCESS_KEY);
            let token = find(part, &SESSION_TOKEN);
            return match (id, secret, token) {
                (None, None, None) => continue,
                (Some((id, line)), Some((secret, _)), token) => Ok(Some(Keys {
                    access_key_id: id.to_owned(),
                    secret_access_key: secret.into(),
                    session_token: token.map(|(token, _)| token.into()),
                    from: Origin::File(part.location(line)),
                })),
                (Some((_, line)), None, _) => {
                    Err(HalfPair { missing: "aws_secret_access_key", at: part.location(line) })
                }
                (None, Some((_, line)), _) | (None, None, Some((_, line))) => {
                    Err(HalfPair { missing: "aws_access_key_id", at: part.location(line) })
                }
            };
        }
        Ok(None)
    }
}

fn find<'p>(part: &'p Part<'_>, names: &[&str]) -> Option<(&'p str, u32)> {
    names
        .iter()
        .filter_map(|name| part.last(name))
        .find(|property| !property.value.is_empty())
        .map(|property| (&*property.value, property.line))
}
