//! Decides which values of a profile may be shown: values of known keys that have the form of that key.

use std::borrow::Cow;

use serde_json::Value;

use crate::core::masking::{MASK, holds_secret, is_secret, masked, masked_message, shown_url};

use super::key_names;
use super::key_names::Form;

impl Form {
    fn fits(self, value: &str) -> bool {
        if value.is_empty() {
            return self != Self::Secret;
        }
        if self == Self::Block {
            return value.lines().all(is_block_line);
        }
        let is_line = value.len() <= 4096 && !value.contains(char::is_control);
        is_line
            && match self {
                Self::Secret | Self::Block => false,
                Self::KeyId => is_key_id(value),
                Self::Text => {
                    matches!(masked_message(value), Cow::Borrowed(_))
                        && !value.split_whitespace().any(|word| word.contains("://") && shown_url(word) != word)
                        && !has_secret_option(value)
                }
                // As long and as random as a secret key.
                Self::ExternalId => value.len() != 40 || !holds_secret(value),
                Self::MfaCommand => true,
                Self::Word => is_word(value),
                Self::Region => is_region(value),
                Self::Account => value.len() <= 12 && value.bytes().all(|b| b.is_ascii_digit()),
                Self::Arn => is_arn(value),
                Self::Arns => value.split([',', ' ']).all(|arn| arn.is_empty() || arn == "boundary" || is_arn(arn)),
                Self::Device => is_arn(value) || (value.len() <= 20 && value.bytes().all(|b| is_upper(b) || b == b'-')),
                Self::Url => value.contains("://") && value.bytes().all(|b| b.is_ascii_graphic()),
            }
    }
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Regions of custom endpoints can be any short name in one case.
fn is_region(value: &str) -> bool {
    let is_of = |of_case: fn(u8) -> bool| value.bytes().all(|b| of_case(b) || b == b'-');
    value.len() <= 25 && (is_of(is_lower) || is_of(is_upper))
}

fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// Accepts only AWS's own key ids; those of other services can be passwords.
fn is_key_id(value: &str) -> bool {
    value.len() <= 32 && value.starts_with('A') && value.bytes().all(is_upper)
}

/// AWS's words have few digits and rarely capitals: `Ec2InstanceMetadata`, `raw-in-base64-out`, `iso8601`, `64MB`.
fn is_word(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let has_capitals = value.bytes().any(|b| b.is_ascii_uppercase());
    let (length, most) = if has_capitals { (24, 2) } else { (40, 4) };
    let is_number = digits == value.len() && digits <= 12;
    let is_mark = |byte| b"_-.,: */".contains(&byte);
    is_number
        || (value.len() <= length
            && digits <= most
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || is_mark(b))
            && !holds_secret(value))
}

fn is_arn(value: &str) -> bool {
    value.starts_with("arn:")
        && value.split(':').count() >= 6
        && value.bytes().all(|b| b.is_ascii_graphic() && b != b'"')
}

/// Detects an option such as `--password x`.
fn has_secret_option(value: &str) -> bool {
    let options = value.split_whitespace().filter(|word| word.starts_with('-'));
    let is_password = |word: &str| {
        let name = word.split('=').next().unwrap_or(word).to_ascii_lowercase();
        is_secret(&name)
            || ["pass", "pin", "pwd", "auth", "user"].iter().any(|part| name.contains(part))
            || name == "-u"
    };
    options.into_iter().any(is_password) || value.contains("Authorization") || value.contains("Bearer ")
}

/// Accepts settings that the AWS CLI documents, and a service's API version.
fn is_block_line(line: &str) -> bool {
    const SETTINGS: [&str; 18] = [
        "addressing_style",
        "disk_throughput",
        "endpoint_url",
        "io_chunksize",
        "max_bandwidth",
        "max_concurrent_requests",
        "max_in_memory_download_chunks",
        "max_in_memory_upload_chunks",
        "max_queue_size",
        "multipart_chunksize",
        "multipart_threshold",
        "payload_signing_enabled",
        "preferred_transfer_client",
        "signature_version",
        "target_bandwidth",
        "us_east_1_regional_endpoint",
        "use_accelerate_endpoint",
        "use_dualstack_endpoint",
    ];
    if line.trim().is_empty() {
        return true;
    }
    let Some((key, value)) = line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) else { return false };
    match key {
        "endpoint_url" => Form::Url.fits(value) && matches!(shown_url(value), Cow::Borrowed(_)),
        _ if SETTINGS.contains(&key) => Form::Word.fits(value),
        _ => {
            let is_date = value.len() == 10 && value.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            let is_number = value.len() <= 6 && value.bytes().all(|b| b.is_ascii_digit());
            !is_secret(key) && !holds_secret(key) && (is_date || is_number)
        }
    }
}

pub fn shown<'v>(key: &str, value: &'v str) -> Cow<'v, str> {
    match key_names::form(key) {
        Some(Form::Url) if Form::Url.fits(value) => shown_url(value),
        Some(Form::MfaCommand) if form_of_line(value) => match value.split_once(char::is_whitespace) {
            // The seed of a one-time password is often an argument.
            Some((program, _)) => Cow::Owned(format!("{program} {MASK}")),
            None => Cow::Borrowed(value),
        },
        Some(form) if form.fits(value) => Cow::Borrowed(value),
        _ => Cow::Borrowed(MASK),
    }
}

fn form_of_line(value: &str) -> bool {
    !value.contains(char::is_control)
}

pub fn is_showable(key: &str, value: &str) -> bool {
    shown(key, value) == value
}

/// For `--show-values`: masks secrets and text that looks like a secret.
pub fn shown_unless_secret<'v>(key: &str, value: &'v str) -> Cow<'v, str> {
    let names_a_secret = |line: &str| line.split_once(['=', ':']).is_some_and(|(key, _)| is_secret(key.trim()));
    if is_secret(key) || key_names::form(key) == Some(Form::Secret) || value.lines().any(names_a_secret) {
        return Cow::Borrowed(MASK);
    }
    if value.contains("://") && !value.contains(char::is_whitespace) {
        return shown_url(value);
    }
    if holds_secret(value) { Cow::Borrowed(MASK) } else { Cow::Borrowed(value) }
}

/// For a value that npm ini reads as JSON.
pub fn shown_json(key: &str, value: &Value, show: for<'v> fn(&str, &'v str) -> Cow<'v, str>) -> Value {
    match value {
        Value::String(text) => show(key, text).into(),
        Value::Array(all) => all.iter().map(|value| shown_json(key, value, show)).collect(),
        Value::Object(all) => {
            let shown = |(inner, value): (&String, &Value)| {
                let key = if is_secret(key) { key } else { inner };
                (shown_name(inner).into_owned(), shown_json(key, value, show))
            };
            Value::Object(all.iter().map(shown).collect())
        }
        other if show(key, &other.to_string()) == MASK => MASK.into(),
        other => other.clone(),
    }
}

/// A line without `=` is a key as a whole and may include a secret.
pub fn shown_name(key: &str) -> Cow<'_, str> {
    let end = key.find([' ', '\t', ':', '=']).unwrap_or(key.len());
    let is_identifier = key[..end].chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    if is_identifier && is_secret(&key[..end]) && !holds_secret(&key[..end]) {
        Cow::Borrowed(&key[..end])
    } else {
        masked(key)
    }
}

/// In a file with lone carriage returns, the header's line also contains keys.
pub fn shown_header(header: &str) -> Cow<'_, str> {
    masked(header.split('\r').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn key_with_secret_is_cut() {
        for (key, expected) in [
            ("aws_secret_access_key : S", "aws_secret_access_key"),
            ("sessionToken S", "sessionToken"),
            ("aws_secret_access_key", "aws_secret_access_key"),
            ("region : x", "region : x"),
            ("", ""),
            ("dev,AKIA1,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "dev,AKIA1,****"),
            ("{\"SecretAccessKey\":\"S\"}", "{\"SecretAccessKey\":\"****\"}"),
        ] {
            assert_eq!(shown_name(key), expected, "{key}");
        }
    }

    #[test]
    fn values_of_their_keys_form_are_shown() {
        for (key, value) in [
            ("region", "us-gov-west-1"),
            ("region", "US-EAST-1"),
            ("role_arn", "arn:aws:iam::222222222222:role/path/BizCorpRole"),
            ("mfa_serial", "GAHT12345678"),
            ("policy_arns", "arn:aws:iam::aws:policy/ReadOnlyAccess,boundary"),
            ("aws_access_key_id", "AKIAIOSFODNN7EXAMPLE"),
            ("credential_process", "/bin/a --region=us-east-1"),
            ("source_profile", "m\u{fc}ller"),
            ("external_id", "BizCorp-Ext-4711"),
            ("external_id", "9e107d9d372bb6826bd81d3542a419d6"),
            ("sso_account_id", "111111111111"),
            ("duration_seconds", "3600"),
            ("credential_source", "Ec2InstanceMetadata"),
            ("cli_timestamp_format", "iso8601"),
            ("web_identity_token_file", "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"),
            ("endpoint_url", "http://127.0.0.1:4566"),
            ("s3", "\nmax_concurrent_requests = 20\nmultipart_threshold = 64MB\naddressing_style = path"),
            ("api_versions", "\nec2 = 2015-03-01"),
            ("region", ""),
        ] {
            assert_eq!(shown(key, value), value, "{key}");
        }
    }

    #[test]
    fn values_of_another_form_are_masked() {
        for (key, value) in [
            ("aws_secret_access_key", "s"),
            ("aws_secret_acess_key", "s"),
            ("aws_secret", "s"),
            ("password", "s"),
            ("unknown", "harmless"),
            ("aws_access_key_id", SECRET),
            ("aws_access_key_id", "hunter2"),
            ("region", "x\nAKIA1\ns"),
            ("region", SECRET),
            ("region", "us-east-1\naws_secret_access_key = s"),
            ("role_arn", "hunter2"),
            ("role_arn", "arn:aws:iam::1:role/a\ns"),
            ("output", SECRET),
            ("duration_seconds", SECRET),
            ("source_profile", SECRET),
            ("role_session_name", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1"),
            ("external_id", SECRET),
            ("credential_process", "/bin/a --password x"),
            ("credential_process", "TOKEN=x /bin/a"),
            ("endpoint_url", "http://h /x?sig=s"),
            ("s3", "\naws_secret_access_key = s"),
            ("s3", "\nsessionToken: t\nmax = 1"),
            ("s3", "\npassword = hunter2"),
            ("s3", "\nAKIA1\ns"),
        ] {
            assert_eq!(shown(key, value), MASK, "{key} = {value}");
        }
        assert_eq!(shown("endpoint_url", "http://user:s@h/"), "http://****@h/");
    }

    #[test]
    fn show_values_masks_only_secrets() {
        for (key, value, expected) in [
            ("unknown", "a b", "a b"),
            ("region", "x\ny", "x\ny"),
            ("my_url", "http://user:s@h/", "http://****@h/"),
            ("aws_secret_acess_key", "s", MASK),
            ("unknown", SECRET, MASK),
            ("s3", "\nsessionToken: t", MASK),
        ] {
            assert_eq!(shown_unless_secret(key, value), expected, "{key} = {value}");
        }
        let nested = serde_json::json!({"aws_secret_access_key": "s", "a": [1, true, "b"], "region": null});
        let expected = serde_json::json!({"aws_secret_access_key": MASK, "a": [1, true, "b"], "region": null});
        assert_eq!(shown_json("b", &nested, shown_unless_secret), expected);
        assert_eq!(shown_json("region", &serde_json::json!(["a-1", SECRET]), shown), serde_json::json!(["a-1", MASK]));
    }
}
