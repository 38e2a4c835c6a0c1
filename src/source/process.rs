//! Runs a `credential_process` as the SDKs for JavaScript and Rust do. Its stderr is shown only if it fails.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::core::call_chain::CallChain;
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::os::child::{self, ChildError, Stderr};

/// Go's SDK would end this process after the same time.
const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum ProcessError {
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("{0}")]
    InvalidDocument(Cow<'static, str>),
}

pub fn run(command: &str, chain: &CallChain) -> Result<Credentials, ProcessError> {
    parse_document(&child::run(command, chain, Stderr::Captured, DEADLINE)?, Clock::System.now())
}

fn parse_document(bytes: &[u8], now: Timestamp) -> Result<Credentials, ProcessError> {
    let invalid = |reason| Err(ProcessError::InvalidDocument(Cow::Borrowed(reason)));
    let Ok(document) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return invalid("its answer is not one JSON object and nothing else");
    };
    if document.get("Version").and_then(Value::as_f64) != Some(1.0) {
        return invalid("its answer has no \"Version\": 1");
    }
    let text = |key| document.get(key).and_then(Value::as_str);
    let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
        return invalid("its answer has no AccessKeyId and SecretAccessKey");
    };
    if ["SessionToken", "AccountId"]
        .iter()
        .any(|key| document.get(*key).is_some_and(|value| !value.is_string() && !value.is_null()))
    {
        return invalid("its SessionToken or AccountId is no text");
    }
    let expiration = match document.get("Expiration") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => match parse_expiration(text) {
            Some(at) => Some(at),
            None => return invalid("its Expiration is no date as in 2026-01-02T03:04:05Z"),
        },
        Some(_) => return invalid("its Expiration is no text"),
    };
    if expiration.is_some_and(|at| at <= now) {
        return invalid("its credentials are expired");
    }
    Ok(Credentials {
        access_key_id: id.to_owned(),
        secret_access_key: secret.into(),
        session_token: text("SessionToken").filter(|token| !token.is_empty()).map(Secret::from),
        expiration,
        account_id: text("AccountId").filter(|account| !account.is_empty()).map(str::to_owned),
    })
}

/// RFC 3339, and two spellings that botocore and JavaScript also accept: `…UTC` and an offset without colon.
fn parse_expiration(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix("UTC").map_or_else(|| text.to_owned(), |rest| format!("{rest}Z"));
    let (start, end) = text.split_at_checked(text.len().saturating_sub(2))?;
    Timestamp::parse(&text).or_else(|| Timestamp::parse(&format!("{start}:{end}")))
}
