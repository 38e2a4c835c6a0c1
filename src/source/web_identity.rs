//! The web identity token is read again for every session, because the platform replaces the file.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::core::digest::sha256_hex;
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::core::utf8::utf8_text;
use crate::os::fs::read_capped;

use super::error::SourceError;

/// The longest token that STS accepts, in characters. A byte order mark and line ends may surround it.
const LONGEST: u64 = 20_000;

pub fn token(path: &Path) -> Result<Secret, SourceError> {
    let unreadable =
        |reason: &str| SourceError::Unusable(format!("cannot read the token: {reason} ({})", path.display()));
    let bytes = read_capped(path, LONGEST + 8).map_err(|error| unreadable(&error.to_string()))?;
    let bytes = bytes.ok_or_else(|| unreadable("the file does not exist"))?;
    let text = utf8_text(&bytes).map_err(|invalid| unreadable(&invalid))?.trim();
    check_token(text).map_err(|problem| unreadable(&format!("it {problem}")))?;
    Ok(Secret::from(text))
}

/// Identifies the token's holder: issuer, subject and audience of a JWT (RFC 7519), otherwise a hash of the token.
pub fn subject(token: &str) -> String {
    let claims = token.split('.').nth(1).and_then(|payload| {
        let mut payload = payload.replace('-', "+").replace('_', "/");
        payload.extend(std::iter::repeat_n('=', (4 - payload.len() % 4) % 4));
        let bytes = aws_smithy_types::base64::decode(payload).ok()?;
        let claims: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
        let named = ["iss", "sub", "aud"].map(|name| claims.get(name).cloned().unwrap_or_default());
        // AWS applies these claims to the session, too.
        let more = claims.iter().filter(|(name, _)| name.starts_with("https://aws.amazon.com/"));
        let more: Map<String, Value> = more.map(|(name, value)| (name.clone(), value.clone())).collect();
        (!named.iter().any(Value::is_null)).then(|| json!([named, more]).to_string())
    });
    claims.unwrap_or_else(|| sha256_hex(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_of_jwt_ignores_other_claims() {
        let token = |claims: &str| {
            let encoded = aws_smithy_types::base64::encode(claims).replace('+', "-").replace('/', "_");
            format!("e30.{}.c2ln", encoded.trim_end_matches('='))
        };
        let first = token(r#"{"iss":"https://i","sub":"a?>","aud":["sts"],"exp":1}"#);
        let renewed = token(r#"{"exp":2,"iss":"https://i","sub":"a?>","aud":["sts"]}"#);
        assert_eq!(subject(&first), r#"[["https://i","a?>",["sts"]],{}]"#);
        assert_eq!(subject(&first), subject(&renewed));
        for other in [
            token(r#"{"iss":"https://j","sub":"a?>","aud":["sts"]}"#),
            token(r#"{"iss":"https://i","sub":"a?>","aud":["sts"],"https://aws.amazon.com/source_identity":"me"}"#),
            token(r#"{"iss":"https://i","sub":"b","aud":["sts"]}"#),
            token(r#"{"iss":"https://i","sub":"a?>","aud":["other"]}"#),
            token(r#"{"iss":"https://i","aud":["sts"]}"#),
            "opaque".to_owned(),
            "a.b.c".to_owned(),
        ] {
            assert_ne!(subject(&first), subject(&other), "{other}");
        }
    }
}
