//! Calls metadata services: plain HTTP, no proxy, a short timeout.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::masking::shown_url;
use crate::core::secret::Secret;
use crate::core::utf8::without_mark;
use crate::sts::StsError;
use crate::sts::connections::{Connections, Direct};

const ATTEMPTS: u32 = 2;

pub(super) struct MetadataRequest<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a [(&'static str, &'a str)],
    pub(super) timeout: Duration,
}

pub(super) struct MetadataResponse {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl MetadataResponse {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }
}

pub(super) fn send(connections: &Connections, request: &MetadataRequest<'_>) -> Result<MetadataResponse, StsError> {
    let direct = connections.direct(request.url)?;
    let mut last = Err(StsError::TimedOut);
    for _ in 0..ATTEMPTS {
        last = direct.runtime.block_on(async {
            let attempt = tokio::time::timeout(request.timeout, attempt(&direct, request));
            attempt.await.unwrap_or(Err(StsError::TimedOut))
        });
        match &last {
            Ok(response) if response.status < 500 => return last,
            // A second attempt would take as long again.
            Err(StsError::TimedOut | StsError::Setup(_)) => return last,
            _ => {}
        }
    }
    Err(last.map_or_else(|error| error, |response| StsError::Server(response.status)))
}

async fn attempt(direct: &Direct<'_>, request: &MetadataRequest<'_>) -> Result<MetadataResponse, StsError> {
    let MetadataRequest { method, url, headers, timeout: _ } = request;
    let invalid = |error: &dyn std::error::Error| StsError::Setup(format!("cannot call {}: {error}", shown_url(url)));
    let mut http = HttpRequest::new(SdkBody::empty());
    http.set_method(method).map_err(|error| invalid(&error))?;
    http.set_uri(*url).map_err(|error| invalid(&error))?;
    for (name, value) in *headers {
        http.headers_mut().try_insert(*name, (*value).to_owned()).map_err(|error| invalid(&error))?;
    }
    let response = direct.connector.call(http).await.map_err(|error| direct.broken(&error))?;
    let status = response.status().as_u16();
    let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| direct.broken(&error))?;
    Ok(MetadataResponse { status, body: Zeroizing::new(body.to_vec()) })
}

/// The metadata services use `Token` instead of `SessionToken`, and `Code` for an error.
pub(super) fn credentials(response: &MetadataResponse, now: Timestamp) -> Result<Credentials, StsError> {
    let document = || serde_json::from_slice::<Map<String, Value>>(without_mark(&response.body)).ok();
    if response.status != 200 {
        let document = document().unwrap_or_default();
        let text = |name| document.get(name).and_then(Value::as_str).map(str::to_owned);
        return Err(StsError::Refused {
            code: text("code").or_else(|| text("Code")).unwrap_or_else(|| format!("status {}", response.status)),
            message: text("message").or_else(|| text("Message")).unwrap_or_else(|| response.text()),
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
    let expiration = text("Expiration").map(|at| Timestamp::parse_lenient(at).ok_or(StsError::Garbage)).transpose()?;
    if let Some(at) = expiration.filter(|at| *at <= now) {
        let message = format!("its credentials expired at {}", at.rfc3339());
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
    fn service_response_is_parsed() {
        const NOW: Timestamp = Timestamp(1_800_000_000);
        let refused = |code: &str, message: &str| StsError::Refused { code: code.into(), message: message.into() };
        let whole = r#"{"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z","AccountId":"111111111111"}"#;
        let rows = [
            (200, whole, Ok(())),
            (200, r#"{"AccessKeyId":"A","SecretAccessKey":"s"}"#, Ok(())),
            (
                200,
                "\u{feff}{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Expiration\":\"Thu, 01 Jan 2099 00:00:00 GMT\"}",
                Ok(()),
            ),
            (200, r#"{"AccessKeyId":"A","Token":"t"}"#, Err(StsError::Garbage)),
            (200, r#"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}"#, Err(StsError::Garbage)),
            (
                200,
                r#"{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}"#,
                Err(refused("ExpiredToken", "its credentials expired at 2020-01-01T00:00:00Z")),
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
            let response = MetadataResponse { status, body: Zeroizing::new(body.into()) };
            assert_eq!(credentials(&response, NOW).map(|_| ()), expected, "{status} {body}");
        }
        let response = MetadataResponse { status: 200, body: Zeroizing::new(whole.into()) };
        let given = credentials(&response, NOW).unwrap();
        assert_eq!(given.session_token.unwrap().expose(), "t");
        assert_eq!(given.account_id.as_deref(), Some("111111111111"));
    }
}
