//! The invitation to use a role: the owner of the role writes it with `policy invite`, `setup --from` reads it.

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::core::sanitize::printable;
use crate::plan::limits::{DURATION_SECONDS, EXTERNAL_ID, RoleArn, is_region};
use crate::profile_file::portable::reads_alike;

const VERSION: u64 = 1;
/// In bytes. An invitation is much smaller.
pub const LARGEST: u64 = 64 << 10;
const LONGEST_NOTE: usize = 200;
const KEYS: [&str; 7] = ["version", "role_arn", "external_id", "region", "mfa_required", "duration_seconds", "note"];

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Invitation {
    pub role_arn: String,
    pub external_id: Option<String>,
    pub region: Option<String>,
    /// `None` if unknown.
    pub mfa_required: Option<bool>,
    pub duration_seconds: Option<u32>,
    pub note: Option<String>,
}

/// Never contains a value, which may come from anywhere.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum InvitationError {
    #[error("line {line} is not valid JSON")]
    Syntax { line: usize },
    #[error("expected a JSON object")]
    NotAnObject,
    #[error("{key} is missing")]
    Missing { key: &'static str },
    #[error("invalid {key} (expected {expected})")]
    Invalid { key: &'static str, expected: String },
}

impl Invitation {
    /// The invitation, and the names of keys that are not used.
    pub fn parse(text: &str) -> Result<(Self, Vec<String>), InvitationError> {
        let document: Value =
            serde_json::from_str(text).map_err(|error| InvitationError::Syntax { line: error.line() })?;
        let Value::Object(members) = document else { return Err(InvitationError::NotAnObject) };
        let keys = Members(&members);
        if keys.member("version").ok_or(InvitationError::Missing { key: "version" })?.as_u64() != Some(VERSION) {
            return Err(invalid("version", format!("{VERSION}; another version needs another amplify-creds")));
        }
        let invitation = Self {
            role_arn: keys.text("role_arn")?.ok_or(InvitationError::Missing { key: "role_arn" })?,
            external_id: keys.text("external_id")?,
            region: keys.text("region")?.map(|region| region.to_ascii_lowercase()),
            mfa_required: keys.typed("mfa_required", "true or false", Value::as_bool)?,
            duration_seconds: keys
                .typed("duration_seconds", &durations(), |value| u32::try_from(value.as_u64()?).ok())?,
            note: keys.text("note")?,
        };
        invitation.check()?;
        Ok((invitation, members.keys().filter(|key| !KEYS.contains(&key.as_str())).cloned().collect()))
    }

    /// Checks the values as a profile needs them.
    pub fn check(&self) -> Result<(), InvitationError> {
        let Self { role_arn, external_id, region, mfa_required: _, duration_seconds, note } = self;
        let is_role =
            RoleArn::parse(role_arn).is_some_and(|arn| arn.has_account()) && reads_alike("role_arn", role_arn);
        if !is_role {
            return Err(invalid("role_arn", "the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME"));
        }
        if external_id.as_ref().is_some_and(|id| !EXTERNAL_ID.allows(id) || !reads_alike("external_id", id)) {
            return Err(invalid("external_id", EXTERNAL_ID.to_string()));
        }
        if region.as_ref().is_some_and(|region| !is_region(region)) {
            return Err(invalid("region", "a region, such as us-east-1"));
        }
        if duration_seconds.is_some_and(|seconds| !DURATION_SECONDS.contains(&seconds)) {
            return Err(invalid("duration_seconds", durations()));
        }
        let is_readable = |note: &String| note.chars().count() <= LONGEST_NOTE && printable(note) == *note;
        if note.as_ref().is_some_and(|note| !is_readable(note)) {
            return Err(invalid("note", format!("up to {LONGEST_NOTE} printable characters on one line")));
        }
        Ok(())
    }

    pub fn document(&self) -> Value {
        let Self { role_arn, external_id, region, mfa_required, duration_seconds, note } = self;
        json!({
            "version": VERSION,
            "role_arn": role_arn,
            "external_id": external_id,
            "region": region,
            "mfa_required": mfa_required,
            "duration_seconds": duration_seconds,
            "note": note,
        })
    }
}

struct Members<'m>(&'m Map<String, Value>);

impl Members<'_> {
    /// `null` counts as missing.
    fn member(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn typed<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, InvitationError> {
        self.member(key).map(|value| read(value).ok_or_else(|| invalid(key, expected))).transpose()
    }

    fn text(&self, key: &'static str) -> Result<Option<String>, InvitationError> {
        self.typed(key, "a string", |value| value.as_str().map(str::to_owned))
    }
}

fn invalid(key: &'static str, expected: impl Into<String>) -> InvitationError {
    InvitationError::Invalid { key, expected: expected.into() }
}

fn durations() -> String {
    format!("{} to {} seconds", DURATION_SECONDS.start(), DURATION_SECONDS.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:iam::222222222222:role/BizCorpRole";

    fn with(key: &str, value: Value) -> Result<(Invitation, Vec<String>), InvitationError> {
        let mut document = json!({"version": 1, "role_arn": ARN});
        document[key] = value;
        Invitation::parse(&document.to_string())
    }

    #[test]
    fn document_is_read_back() {
        let full = Invitation {
            role_arn: ARN.to_owned(),
            external_id: Some("BizCorp-Ext-4711".to_owned()),
            region: Some("us-east-1".to_owned()),
            mfa_required: Some(true),
            duration_seconds: Some(7200),
            note: Some("Gr\u{fc}\u{df}e".to_owned()),
        };
        let least = Invitation { role_arn: ARN.to_owned(), ..Invitation::default() };
        for invitation in [full, least] {
            assert_eq!(Invitation::parse(&invitation.document().to_string()), Ok((invitation, Vec::new())));
        }
    }

    #[test]
    fn other_keys_are_named_and_not_used() {
        let (invitation, others) = with("credential_process", json!("sh -c evil")).unwrap();
        assert_eq!(others, ["credential_process"]);
        assert_eq!(invitation, Invitation { role_arn: ARN.to_owned(), ..Invitation::default() });
    }

    #[test]
    fn invalid_value_is_reported_by_key() {
        for (key, values) in [
            ("version", vec![json!(2), json!("1"), json!(1.5)]),
            ("role_arn", vec![json!(1), json!(""), json!("arn:aws:iam::1:role/x"), json!(format!("{ARN}\u{202e}"))]),
            ("external_id", vec![json!(4711), json!("a b"), json!("x"), json!("ab\n[profile evil]")]),
            ("region", vec![json!(["x"]), json!("evil.example/#"), json!("eu-west-1\u{7}")]),
            ("mfa_required", vec![json!("true"), json!(1)]),
            ("duration_seconds", vec![json!(0), json!(899), json!(43_201), json!("1h"), json!(-1), json!(5e9)]),
            ("note", vec![json!("x".repeat(201)), json!("a\nb"), json!("a\u{1b}[2J"), json!("\u{202e}x"), json!({})]),
        ] {
            for value in values {
                let error = with(key, value.clone()).unwrap_err();
                assert!(error.to_string().starts_with(&format!("invalid {key} (expected ")), "{key} {value} {error}");
            }
        }
        for (text, expected) in [
            ("", "line 1 is not valid JSON"),
            ("{\n\"a\"", "line 2 is not valid JSON"),
            ("[]", "expected a JSON object"),
            ("{}", "version is missing"),
            (r#"{"version":1,"role_arn":null}"#, "role_arn is missing"),
        ] {
            assert_eq!(Invitation::parse(text).unwrap_err().to_string(), expected);
        }
    }
}
