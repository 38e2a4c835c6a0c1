//! A `credential_process`: running it and reading its answer, as the SDKs for JavaScript and Rust do; its stderr is
//! shown only when it fails.

use std::time::Duration;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::core::call_chain::CallChain;
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::os::child;
use crate::os::child::{ChildError, Stderr};

/// How long the program may take: Go's SDK would end us at the same time.
const DEADLINE: Duration = Duration::from_mins(1);

/// Why a program gave no credentials.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProcessError {
    /// It gave no answer.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// Its answer is no credential_process document, for this reason.
    #[error("{0}")]
    Answer(&'static str),
}

/// Runs `command` and reads its answer.
pub fn run(command: &str, chain: &CallChain) -> Result<Credentials, ProcessError> {
    read_answer(&child::run(command, chain, Stderr::Captured, DEADLINE)?, Clock::System.now())
}

fn read_answer(bytes: &[u8], now: Timestamp) -> Result<Credentials, ProcessError> {
    let no = |reason| Err(ProcessError::Answer(reason));
    let Ok(document) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return no("its answer is not one JSON object and nothing else");
    };
    if document.get("Version").and_then(Value::as_f64) != Some(1.0) {
        return no("its answer has no \"Version\": 1");
    }
    let text = |key| document.get(key).and_then(Value::as_str);
    let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
        return no("its answer has no AccessKeyId and SecretAccessKey");
    };
    let expiration = match document.get("Expiration") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => match expiration(text) {
            Some(at) => Some(at),
            None => return no("its Expiration is no date as in 2026-01-02T03:04:05Z"),
        },
        Some(_) => return no("its Expiration is no text"),
    };
    if expiration.is_some_and(|at| at <= now) {
        return no("its credentials are expired");
    }
    Ok(Credentials {
        access_key_id: id.to_owned(),
        secret_access_key: secret.into(),
        session_token: text("SessionToken").filter(|token| !token.is_empty()).map(Secret::from),
        expiration,
        account_id: text("AccountId").filter(|account| !account.is_empty()).map(str::to_owned),
    })
}

/// RFC 3339, and the two spellings that botocore and JavaScript take besides: `…UTC` and an offset without colon.
fn expiration(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix("UTC").map_or_else(|| text.to_owned(), |rest| format!("{rest}Z"));
    let (start, end) = text.split_at_checked(text.len().saturating_sub(2))?;
    Timestamp::parse(&text).or_else(|| Timestamp::parse(&format!("{start}:{end}")))
}
