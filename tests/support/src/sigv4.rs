//! Verifies AWS Signature Version 4, written from its specification. STS clients use the `Authorization` header over
//! the whole body, so presigned URLs and unsigned payloads are rejected.

mod authorization;
mod canonical;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::aws_error::AwsError;
use crate::http::Request;
pub(crate) use authorization::Credential;
use authorization::{Authorization, TERMINATOR};

/// The accepted clock difference in minutes.
const SKEW_MINUTES: i64 = 15;
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";

#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The secret access key.
    pub secret: String,
    /// Only for temporary keys.
    pub session: Option<KeySession>,
}

#[derive(Clone, Debug)]
pub(crate) struct KeySession {
    /// The token that the request must include.
    pub token: String,
    pub expires: DateTime<Utc>,
}

/// The claimed credential without any proof, for the record.
pub(crate) fn claimed(request: &Request) -> Option<Credential> {
    let authorization = Authorization::parse(request.header("authorization")?).ok()?;
    Some(authorization.credential)
}

/// Verifies the signature for this service with the key that the request names, and returns the credential.
pub(crate) fn verify(
    request: &Request,
    service: &str,
    now: DateTime<Utc>,
    lookup: impl FnOnce(&str) -> Option<Key>,
) -> Result<Credential, AwsError> {
    let header = request.header("authorization").ok_or_else(AwsError::unsigned)?;
    let authorization = Authorization::parse(header)?;
    let timestamp = request.header("x-amz-date").ok_or_else(|| {
        AwsError::incomplete_signature(format!(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
             Authorization={header}"
        ))
    })?;
    check_scope(&authorization.credential, service, timestamp)?;

    let key = lookup(&authorization.credential.access_key_id).ok_or_else(AwsError::unknown_key)?;
    check_session(request, key.session.as_ref(), now)?;

    check_signed(&authorization, "host", "'Host' or ':authority'")?;
    if key.session.is_some() {
        check_signed(&authorization, "x-amz-security-token", "'X-Amz-Security-Token'")?;
    }
    check_age(timestamp, now)?;
    check_signature(request, &authorization, timestamp, &key.secret)?;
    Ok(authorization.credential)
}

fn check_scope(credential: &Credential, service: &str, timestamp: &str) -> Result<(), AwsError> {
    let region_shaped = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let day = timestamp.get(..8).unwrap_or(timestamp);
    if credential.region.is_empty() || !credential.region.bytes().all(region_shaped) {
        Err(AwsError::signature("Credential should be scoped to a valid region. "))
    } else if credential.service != service {
        Err(AwsError::signature(format!("Credential should be scoped to correct service: '{service}'. ")))
    } else if credential.terminator != TERMINATOR {
        Err(AwsError::signature(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'. ",
            credential.terminator
        )))
    } else if credential.date != day {
        Err(AwsError::signature(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{}' != '{day}', from '{timestamp}'.",
            credential.date
        )))
    } else {
        Ok(())
    }
}

fn check_session(request: &Request, session: Option<&KeySession>, now: DateTime<Utc>) -> Result<(), AwsError> {
    let token = request.header("x-amz-security-token");
    // A token next to a long-term key belongs to another key, so it is also invalid.
    if token != session.map(|session| session.token.as_str()) {
        return Err(AwsError::unknown_key());
    }
    if session.is_some_and(|session| session.expires <= now) {
        return Err(AwsError::expired_token());
    }
    Ok(())
}

fn check_signed(authorization: &Authorization, name: &str, shown: &str) -> Result<(), AwsError> {
    if authorization.signed_headers.iter().any(|signed| signed == name) {
        return Ok(());
    }
    Err(AwsError::signature(format!("{shown} must be a 'SignedHeader' in the AWS Authorization.")))
}

fn check_age(timestamp: &str, now: DateTime<Utc>) -> Result<(), AwsError> {
    let signed = NaiveDateTime::parse_from_str(timestamp, DATE_FORMAT)
        .map_err(|_| {
            AwsError::incomplete_signature(format!(
                "Date must be in ISO-8601 'basic format'. Got '{timestamp}'. \
                 See http://en.wikipedia.org/wiki/ISO_8601"
            ))
        })?
        .and_utc();
    let skew = TimeDelta::minutes(SKEW_MINUTES);
    let shown = |time: DateTime<Utc>| time.format(DATE_FORMAT).to_string();
    if signed < now - skew {
        Err(AwsError::signature(format!(
            "Signature expired: {timestamp} is now earlier than {} ({} - {SKEW_MINUTES} min.)",
            shown(now - skew),
            shown(now)
        )))
    } else if signed > now + skew {
        Err(AwsError::signature(format!(
            "Signature not yet current: {timestamp} is still later than {} ({} + {SKEW_MINUTES} min.)",
            shown(now + skew),
            shown(now)
        )))
    } else {
        Ok(())
    }
}

fn check_signature(
    request: &Request,
    authorization: &Authorization,
    timestamp: &str,
    secret: &str,
) -> Result<(), AwsError> {
    let payload_hash = hex(&Sha256::digest(request.body()));
    if request.header("x-amz-content-sha256").is_some_and(|claimed| claimed != payload_hash) {
        return Err(AwsError::wrong_signature());
    }
    let canonical = canonical::request(request, &authorization.signed_headers, &payload_hash)
        .ok_or_else(AwsError::wrong_signature)?;
    let credential = &authorization.credential;
    let text = format!(
        "AWS4-HMAC-SHA256\n{timestamp}\n{}/{}/{}/{}\n{}",
        credential.date,
        credential.region,
        credential.service,
        credential.terminator,
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    if hex(&hmac(&signing_key(secret, credential), &text)) == authorization.signature {
        Ok(())
    } else {
        Err(AwsError::wrong_signature())
    }
}

/// Derives the key for one day, region and service from the secret.
fn signing_key(secret: &str, credential: &Credential) -> Vec<u8> {
    let day = hmac(format!("AWS4{secret}").as_bytes(), &credential.date);
    let region = hmac(&day, &credential.region);
    let service = hmac(&region, &credential.service);
    hmac(&service, &credential.terminator)
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
