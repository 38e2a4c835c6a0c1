//! Classifies an SDK error: denial, outage or connection failure.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::Value;

use crate::core::masking::without_secret;
use crate::core::secret::Secret;
use crate::sts::connection_error::Route;
use crate::sts::error::StsError;

/// `secrets` are removed from AWS's words.
pub(crate) fn reason<E: ProvideErrorMetadata>(
    error: &SdkError<E, HttpResponse>,
    way: &Route<'_>,
    secrets: &[Option<&Secret>],
) -> StsError {
    match error {
        SdkError::TimeoutError(_) => way.timed_out(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => way.timed_out(),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => way.broken(error),
            None => StsError::Garbage,
        },
        SdkError::ConstructionFailure(failure) => StsError::Setup(format!("{failure:?}")),
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let meta = service.err();
            let wrapped = service.raw().body().bytes().filter(|_| meta.code().is_none()).and_then(wrapped_error);
            let described = service.raw().body().bytes().filter(|_| meta.message().is_none()).and_then(description);
            let (code, message) = match &wrapped {
                Some((code, message)) => (Some(code.as_str()), message.as_str()),
                None => (meta.code(), meta.message().or(described.as_deref()).unwrap_or_default()),
            };
            match (code, status) {
                (Some(code), _) if is_throttling(code) => StsError::Throttled,
                (_, 429) => StsError::Throttled,
                (_, 500..) => StsError::Server(status),
                (Some(code), 400..) => StsError::Refused { code: code.to_owned(), message: redacted(message, secrets) },
                _ => StsError::ForeignError(status),
            }
        }
        _ => StsError::Garbage,
    }
}

pub(crate) fn is_throttling(code: &str) -> bool {
    ["Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown"].contains(&code)
}

/// AWS's message with secrets masked, cut after 1000 characters.
pub(crate) fn redacted(message: &str, secrets: &[Option<&Secret>]) -> String {
    const LONGEST: usize = 1000;
    let secrets = secrets.iter().flatten();
    let redacted =
        secrets.fold(message.trim().to_owned(), |redacted, secret| without_secret(&redacted, secret.expose()));
    match redacted.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", &redacted[..end]),
        None => redacted,
    }
}

/// moto wraps the errors of all services in `Errors`, as EC2 does. The SDK then does not recognise an error of STS.
fn wrapped_error(body: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, error) = text.split_once("<Errors>")?;
    let inside = |name: &str| {
        let (_, after) = error.split_once(&format!("<{name}>"))?;
        let (inside, _) = after.split_once(&format!("</{name}>"))?;
        Some(inside.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
    };
    Some((inside("Code").filter(|code| !code.is_empty())?, inside("Message").unwrap_or_default()))
}

/// The token service of IAM Identity Center has no `message`, but the fields of OAuth (RFC 6749 section 5.2).
fn description(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get("error_description")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_of_an_oauth_error_is_parsed() {
        let body = br#"{"error":"invalid_grant","error_description":"Invalid refresh token provided"}"#;
        assert_eq!(description(body).as_deref(), Some("Invalid refresh token provided"));
        for other in [&b""[..], b"<html>", b"[]", b"{}", br#"{"error_description":1}"#] {
            assert_eq!(description(other), None);
        }
    }

    #[test]
    fn wrapped_error_is_parsed() {
        let body = b"<ErrorResponse><Errors><Error><Code>AccessDenied</Code><Message>a &lt;b&gt;</Message></Error></Errors></ErrorResponse>";
        assert_eq!(wrapped_error(body), Some(("AccessDenied".to_owned(), "a <b>".to_owned())));
        for other in
            [&b""[..], b"<html><Code>x</Code>", b"<Errors><Error/></Errors>", b"<Errors><Code></Code>", b"\xff"]
        {
            assert_eq!(wrapped_error(other), None);
        }
    }
}
