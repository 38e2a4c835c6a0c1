//! Runs a `credential_process` like the SDKs for JavaScript and Rust. Its stderr is shown only if it fails.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::core::call_chain::CallChain;
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::core::utf8::without_mark;
use crate::os::child::{self, ChildError, Stderr};

/// Go's SDK would kill this process after the same time.
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
    let bytes = without_mark(bytes);
    let Ok(document) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return invalid(why_not_json(bytes));
    };
    if document.get("Version").and_then(Value::as_f64) != Some(1.0) {
        return invalid("its output has no \"Version\": 1");
    }
    let text = |key| document.get(key).and_then(Value::as_str);
    let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
        return invalid("its output has no AccessKeyId and SecretAccessKey");
    };
    if ["SessionToken", "AccountId"]
        .iter()
        .any(|key| document.get(*key).is_some_and(|value| !value.is_string() && !value.is_null()))
    {
        return invalid("its SessionToken or AccountId is not a string");
    }
    let expiration = match document.get("Expiration") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => match Timestamp::parse_lenient(text) {
            Some(at) => Some(at),
            None => return invalid("its Expiration is not a date such as 2026-01-02T03:04:05Z"),
        },
        Some(_) => return invalid("its Expiration is not a string"),
    };
    if expiration.is_some_and(|at| at <= now) {
        return invalid("its credentials have expired");
    }
    Ok(Credentials {
        access_key_id: id.to_owned(),
        secret_access_key: secret.into(),
        session_token: text("SessionToken").filter(|token| !token.is_empty()).map(Secret::from),
        expiration,
        account_id: text("AccountId").filter(|account| !account.is_empty()).map(str::to_owned),
    })
}

/// Programs often print a greeting or a progress line on stdout in addition to the document.
fn why_not_json(bytes: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim();
    let object = |text: &str| serde_json::from_str::<Map<String, Value>>(text).is_ok();
    let (start, end) = (text.find('{'), text.rfind('}').map(|at| at + 1));
    match (start, end) {
        _ if text.is_empty() => "it printed nothing on stdout",
        (Some(start), _) if start > 0 && object(&text[start..]) => {
            "its stdout has text before the JSON object; write such text to stderr"
        }
        (_, Some(end)) if object(&text[..end]) => "its stdout has text after the JSON object",
        (Some(start), Some(end)) if start < end && object(&text[start..end]) => {
            "its stdout has text before and after the JSON object"
        }
        _ => "its stdout is not a JSON object",
    }
}
