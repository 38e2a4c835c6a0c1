//! Parses the `Authorization` header of Signature Version 4.

use crate::aws_error::AwsError;

/// The end of a credential scope.
pub(super) const TERMINATOR: &str = "aws4_request";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// An access key id with the scope it was used in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credential {
    pub access_key_id: String,
    /// The day, `YYYYMMDD`.
    pub date: String,
    pub region: String,
    pub service: String,
    /// The end of the scope.
    pub terminator: String,
}

#[derive(Debug)]
pub(super) struct Authorization {
    pub credential: Credential,
    /// The names of the signed headers, in lower case.
    pub signed_headers: Vec<String>,
    /// The signature in hexadecimal.
    pub signature: String,
}

impl Authorization {
    pub(super) fn parse(header: &str) -> Result<Self, AwsError> {
        let (algorithm, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if algorithm != ALGORITHM {
            return Err(AwsError::incomplete_signature(format!(
                "Unsupported AWS 'algorithm': '{algorithm}' (only {ALGORITHM} for now). "
            )));
        }
        let parameter = |name: &str| {
            rest.split(',')
                .filter_map(|part| part.trim().split_once('='))
                .find(|(known, value)| *known == name && !value.is_empty())
                .map(|(_, value)| value)
        };
        let required = ["Credential", "Signature", "SignedHeaders"];
        let missing: String = required
            .iter()
            .filter(|name| parameter(name).is_none())
            .map(|name| format!("Authorization header requires '{name}' parameter. "))
            .collect();
        let [Some(credential), Some(signature), Some(signed_headers)] = required.map(parameter) else {
            return Err(AwsError::incomplete_signature(format!("{missing}Authorization={header}")));
        };
        Ok(Self {
            credential: Credential::parse(credential)?,
            signed_headers: signed_headers.split(';').map(str::to_ascii_lowercase).collect(),
            signature: signature.to_owned(),
        })
    }
}

impl Credential {
    fn parse(text: &str) -> Result<Self, AwsError> {
        let parts: Vec<&str> = text.split('/').collect();
        let [access_key_id, date, region, service, terminator] = parts[..] else {
            return Err(AwsError::incomplete_signature(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{text}'"
            )));
        };
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            terminator: terminator.to_owned(),
        })
    }
}
