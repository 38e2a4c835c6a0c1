//! The limits of the STS service model on parameters, and AWS's messages for violations.

use crate::aws_error::AwsError;
use crate::sts::Params;

/// The limits of a text parameter.
pub(super) struct Text {
    name: &'static str,
    /// The minimum and maximum number of characters.
    length: (usize, usize),
    /// The allowed characters; `None` for all.
    pattern: Option<Pattern>,
}

#[derive(Clone, Copy)]
pub(super) struct Pattern {
    allows: fn(char) -> bool,
    /// The pattern in AWS's messages.
    shown: &'static str,
}

pub(super) const ROLE_SESSION_NAME: Text = Text::new("RoleSessionName", 2, 64, Some(NAME));
/// The shape is checked separately, with another message.
pub(super) const ROLE_ARN: Text = Text::new("RoleArn", 20, 2048, None);
pub(super) const EXTERNAL_ID: Text = Text::new("ExternalId", 2, 1224, Some(EXTERNAL));
pub(super) const SERIAL_NUMBER: Text = Text::new("SerialNumber", 9, 256, Some(SERIAL));
pub(super) const WEB_IDENTITY_TOKEN: Text = Text::new("WebIdentityToken", 4, 20_000, None);
pub(super) const TOKEN_CODE: Text = Text::new("TokenCode", 6, 6, Some(DIGITS));
pub(super) const POLICY: Text = Text::new("Policy", 1, 2048, None);
pub(super) const SOURCE_IDENTITY: Text = Text::new("SourceIdentity", 2, 64, Some(NAME));

const NAME: Pattern = Pattern { allows: |c| word(c) || "+=,.@-".contains(c), shown: r"[\w+=,.@-]*" };
const EXTERNAL: Pattern = Pattern { allows: |c| word(c) || "+=,.@:/-".contains(c), shown: r"[\w+=,.@:\/-]*" };
const SERIAL: Pattern = Pattern { allows: |c| word(c) || "+=/:,.@-".contains(c), shown: r"[\w+=/:,.@-]*" };
const DIGITS: Pattern = Pattern { allows: |c| c.is_ascii_digit(), shown: r"[\d]*" };

impl Text {
    const fn new(name: &'static str, least: usize, most: usize, pattern: Option<Pattern>) -> Self {
        Self { name, length: (least, most), pattern }
    }
}

/// Collects all violations of a request before it fails, as AWS does.
pub(super) struct Constraints<'a> {
    params: &'a Params,
    broken: Vec<String>,
}

impl<'a> Constraints<'a> {
    pub(super) fn of(params: &'a Params) -> Self {
        Self { params, broken: Vec::new() }
    }

    pub(super) fn required(mut self, text: &Text) -> Self {
        if self.params.contains_key(text.name) {
            return self.optional(text);
        }
        self.broken.push(format!(
            "Value null at '{}' failed to satisfy constraint: Member must not be null",
            member(text.name)
        ));
        self
    }

    pub(super) fn optional(mut self, text: &Text) -> Self {
        let Some(value) = self.params.get(text.name) else {
            return self;
        };
        let (least, most) = text.length;
        let length = value.chars().count();
        if length < least {
            self.fails(text.name, &format!("Member must have length greater than or equal to {least}"));
        }
        if length > most {
            self.fails(text.name, &format!("Member must have length less than or equal to {most}"));
        }
        if let Some(pattern) = text.pattern
            && !value.chars().all(pattern.allows)
        {
            self.fails(text.name, &format!("Member must satisfy regular expression pattern: {}", pattern.shown));
        }
        self
    }

    /// Checks all violations so far and `DurationSeconds`, which it returns.
    pub(super) fn duration(mut self, least: i64, most: i64) -> Result<Option<i64>, AwsError> {
        const NAME: &str = "DurationSeconds";
        let seconds = match self.params.get(NAME).map(|text| text.parse::<i32>()) {
            None => None,
            // A query that does not fit the model fails before any constraint, with an empty message.
            Some(Err(_)) => return Err(AwsError::new(400, "MalformedInput", "")),
            Some(Ok(seconds)) => Some(i64::from(seconds)),
        };
        if seconds.is_some_and(|seconds| seconds < least) {
            self.fails(NAME, &format!("Member must have value greater than or equal to {least}"));
        }
        if seconds.is_some_and(|seconds| seconds > most) {
            self.fails(NAME, &format!("Member must have value less than or equal to {most}"));
        }
        match self.broken.len() {
            0 => Ok(seconds),
            count => Err(AwsError::validation(format!(
                "{count} validation error{} detected: {}",
                if count == 1 { "" } else { "s" },
                self.broken.join("; ")
            ))),
        }
    }

    fn fails(&mut self, name: &str, constraint: &str) {
        let value = &self.params[name];
        self.broken.push(format!("Value '{value}' at '{}' failed to satisfy constraint: {constraint}", member(name)));
    }
}

/// Messages use the model's member, which begins in lower case.
fn member(name: &str) -> String {
    name[..1].to_ascii_lowercase() + &name[1..]
}

/// The `\w` of the service model, which is ASCII in practice.
fn word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn constraint_violations_are_reported_together() {
        let params = params(&[("RoleSessionName", "?"), ("DurationSeconds", "60")]);
        let error = Constraints::of(&params)
            .required(&ROLE_ARN)
            .required(&ROLE_SESSION_NAME)
            .optional(&EXTERNAL_ID)
            .duration(900, 43_200)
            .unwrap_err();
        assert_eq!(
            error.message,
            "4 validation errors detected: \
             Value null at 'roleArn' failed to satisfy constraint: Member must not be null; \
             Value '?' at 'roleSessionName' failed to satisfy constraint: \
             Member must have length greater than or equal to 2; \
             Value '?' at 'roleSessionName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [\\w+=,.@-]*; \
             Value '60' at 'durationSeconds' failed to satisfy constraint: \
             Member must have value greater than or equal to 900"
        );
    }

    #[test]
    fn limits_themselves_are_allowed() {
        let long = "x".repeat(1224);
        let params = params(&[
            ("ExternalId", &long),
            ("SerialNumber", "GAHT12345"),
            ("TokenCode", "000000"),
            ("DurationSeconds", "43200"),
        ]);
        let seconds = Constraints::of(&params)
            .optional(&EXTERNAL_ID)
            .optional(&SERIAL_NUMBER)
            .optional(&TOKEN_CODE)
            .duration(900, 43_200);
        assert_eq!(seconds, Ok(Some(43_200)));
    }

    #[test]
    fn duration_must_be_an_integer() {
        for text in ["", "1h", "900.0", "99999999999"] {
            let params = params(&[("DurationSeconds", text)]);
            let error = Constraints::of(&params).duration(900, 43_200).unwrap_err();
            assert_eq!(error.code, "MalformedInput", "{text}");
        }
    }
}
