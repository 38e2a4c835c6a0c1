//! Asking the services that give a machine its credentials: plain HTTP, no proxy, short patience, and the one form in
//! which all of them answer.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::sts::StsError;
use crate::sts::connections::{Connections, Direct};

/// How often a service is asked that fails in passing.
const ATTEMPTS: u32 = 2;

/// One question.
pub(super) struct Question<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a [(&'static str, &'a str)],
    /// For one attempt.
    pub(super) timeout: Duration,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }
}

/// Asks, once more where the service is not there or ails.
pub(super) fn ask(connections: &Connections, question: &Question<'_>) -> Result<Answer, StsError> {
    let direct = connections.direct(question.url)?;
    let mut last = Err(StsError::TimedOut);
    for _ in 0..ATTEMPTS {
        last = direct.runtime.block_on(async {
            match tokio::time::timeout(question.timeout, attempt(&direct, question)).await {
                Ok(answer) => answer,
                Err(_) => Err(StsError::TimedOut),
            }
        });
        match &last {
            Ok(answer) if answer.status < 500 => return last,
            // A host that is not there does not come while we wait; one that is slow has had its time.
            Err(StsError::TimedOut | StsError::Setup(_)) => return last,
            Ok(_) | Err(_) => {}
        }
    }
    match last {
        Ok(answer) => Err(StsError::Server(answer.status)),
        Err(error) => Err(error),
    }
}

async fn attempt(direct: &Direct<'_>, question: &Question<'_>) -> Result<Answer, StsError> {
    let Question { method, url, headers, timeout: _ } = question;
    let wrong = |error: &dyn std::error::Error| StsError::Setup(format!("{url} cannot be asked: {error}"));
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_method(method).map_err(|error| wrong(&error))?;
    request.set_uri(*url).map_err(|error| wrong(&error))?;
    for (name, value) in *headers {
        request.headers_mut().try_insert(*name, (*value).to_owned()).map_err(|error| wrong(&error))?;
    }
    let response = direct.connector.call(request).await.map_err(|error| direct.broken(&error))?;
    let status = response.status().as_u16();
    let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| direct.broken(&error))?;
    Ok(Answer { status, body: Zeroizing::new(body.to_vec()) })
}

/// Credentials as the metadata services write them: `Token` where others say `SessionToken`, and a `Code` where there is
/// something to complain about.
pub(super) fn credentials(answer: &Answer, now: Timestamp) -> Result<Credentials, StsError> {
    let document = || serde_json::from_slice::<Map<String, Value>>(&answer.body).ok();
    if answer.status != 200 {
        let document = document().unwrap_or_default();
        let text = |name| document.get(name).and_then(Value::as_str).map(str::to_owned);
        return Err(StsError::Refused {
            code: text("code").or_else(|| text("Code")).unwrap_or_else(|| format!("status {}", answer.status)),
            message: text("message").or_else(|| text("Message")).unwrap_or_else(|| answer.text()),
        });
    }
    let document = document().ok_or(StsError::Garbage)?;
    let text = |name| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(code) = text("Code").filter(|code| *code != "Success") {
        let message = text("Message").unwrap_or_default().to_owned();
        return Err(StsError::Refused { code: code.to_owned(), message });
    }
    let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
        return Err(StsError::Garbage);
    };
    let expiration = text("Expiration").map(|at| Timestamp::parse(at).ok_or(StsError::Garbage)).transpose()?;
    if let Some(at) = expiration.filter(|at| *at <= now) {
        let message = format!("its credentials have ended at {}", at.rfc3339());
        return Err(StsError::Refused { code: "ExpiredToken".to_owned(), message });
    }
    Ok(Credentials {
        access_key_id: id.to_owned(),
        secret_access_key: secret.into(),
        session_token: text("Token").map(Secret::from),
        expiration,
        account_id: text("AccountId").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_service_can_answer() {
        const NOW: Timestamp = Timestamp(1_800_000_000);
        let refused = |code: &str, message: &str| StsError::Refused { code: code.into(), message: message.into() };
        let whole = r#"{"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z","AccountId":"111111111111"}"#;
        let rows = [
            (200, whole, Ok(())),
            (200, r#"{"AccessKeyId":"A","SecretAccessKey":"s"}"#, Ok(())),
            (200, r#"{"AccessKeyId":"A","Token":"t"}"#, Err(StsError::Garbage)),
            (200, r#"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}"#, Err(StsError::Garbage)),
            (
                200,
                r#"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}"#,
                Err(refused("ExpiredToken", "its credentials have ended at 2020-01-01T00:00:00Z")),
            ),
            (
                200,
                r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#,
                Err(refused("AssumeRoleUnauthorizedAccess", "no")),
            ),
            (200, "<html>", Err(StsError::Garbage)),
            (400, r#"{"code":"BadToken","message":"which?"}"#, Err(refused("BadToken", "which?"))),
            (403, "Forbidden\n", Err(refused("status 403", "Forbidden"))),
        ];
        for (status, body, expected) in rows {
            let answer = Answer { status, body: Zeroizing::new(body.into()) };
            assert_eq!(credentials(&answer, NOW).map(|_| ()), expected, "{status} {body}");
        }
        let answer = Answer { status: 200, body: Zeroizing::new(whole.into()) };
        let given = credentials(&answer, NOW).unwrap();
        assert_eq!(given.session_token.unwrap().expose(), "t");
        assert_eq!(given.account_id.as_deref(), Some("111111111111"));
    }
}
