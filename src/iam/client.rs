//! Calls IAM's query protocol over the connections of `sts`, signed with the SDK's own signer. aws-sdk-iam would be the
//! largest part of the program for a handful of calls.

use std::cell::Cell;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use form_urlencoded::Serializer;
use zeroize::Zeroizing;

use crate::core::credentials::Credentials;
use crate::plan::endpoint::Endpoint;
use crate::sts::StsError;
use crate::sts::client::{clock_offset, keys};
use crate::sts::complete_xml::is_complete;
use crate::sts::connections::{Connections, Direct};
use crate::sts::error_kind::{is_throttling, redacted};

use super::answer;
use super::answer::XmlNode;

const VERSION: &str = "2010-05-08";
const ATTEMPTS: u32 = 4;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(300);
const FORM: &str = "application/x-www-form-urlencoded";

pub struct Client<'a> {
    link: Direct<'a>,
    endpoint: &'a Endpoint,
    signer: &'a Credentials,
    /// Seconds by which AWS's clock is ahead of this machine's, set after AWS has rejected a signature because of it.
    offset: Cell<i64>,
}

impl<'a> Client<'a> {
    /// Calls `endpoint` over `connections`, signed with `signer`. Does not connect yet.
    pub fn new(
        connections: &'a Connections,
        endpoint: &'a Endpoint,
        signer: &'a Credentials,
    ) -> Result<Self, StsError> {
        let link = connections.signed_by_hand(&endpoint.url.value)?;
        Ok(Self { link, endpoint, signer, offset: Cell::new(0) })
    }

    pub(super) fn call(&self, action: &str, params: &[(String, String)]) -> Result<XmlNode, StsError> {
        self.call_with(action, params, Repeat::AfterAnyFailure)
    }

    /// Also returns an error after which IAM may have executed the call.
    pub(super) fn call_once(&self, action: &str, params: &[(String, String)]) -> Result<XmlNode, StsError> {
        self.call_with(action, params, Repeat::IfNotExecuted)
    }

    fn call_with(&self, action: &str, params: &[(String, String)], repeat: Repeat) -> Result<XmlNode, StsError> {
        let fixed = [("Action".to_owned(), action.to_owned()), ("Version".to_owned(), VERSION.to_owned())];
        let body = Serializer::new(String::new())
            .extend_pairs(fixed.iter().chain(params).map(|(name, value)| (name, value)))
            .finish();
        let mut pause = FIRST_PAUSE;
        let mut last = StsError::TimedOut;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                sleep(pause);
                pause *= 2;
            }
            let offset = self.offset.get();
            let answered = self.link.runtime.block_on(async {
                match tokio::time::timeout(ATTEMPT_TIMEOUT, self.attempt(&body)).await {
                    Ok(answered) => answered,
                    Err(_) => Err(self.link.timed_out()),
                }
            });
            last = match answered.and_then(|answer| self.read(action, &answer)) {
                Ok(node) => return Ok(node),
                Err(error) if error.is_of_clock() && offset != self.offset.get() && offset == 0 => error,
                Err(error) if !error.is_passing() => return Err(error),
                Err(error) if repeat == Repeat::IfNotExecuted && error != StsError::Throttled => return Err(error),
                // A service that does not support the call fails the same way each time.
                Err(error @ StsError::Server(501)) => return Err(error),
                Err(error) => error,
            };
        }
        Err(last)
    }

    async fn attempt(&self, body: &str) -> Result<Answer, StsError> {
        let url = self.endpoint.url.value.trim_end_matches('/').to_owned() + "/";
        let wrong = |error: &dyn std::error::Error| StsError::Setup(format!("cannot call {url}: {error}"));
        let identity: Identity = keys(self.signer).into();
        let ahead = Duration::from_secs(self.offset.get().unsigned_abs());
        let now = if self.offset.get() < 0 { SystemTime::now() - ahead } else { SystemTime::now() + ahead };
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.endpoint.signing_region.value)
            .name("iam")
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| wrong(&error))?;
        let headers = [("content-type", FORM)];
        let signable =
            SignableRequest::new("POST", url.as_str(), headers.into_iter(), SignableBody::Bytes(body.as_bytes()))
                .map_err(|error| wrong(&error))?;
        let (signature, _) = sign(signable, &signing.into()).map_err(|error| wrong(&error))?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST").map_err(|error| wrong(&error))?;
        request.set_uri(url.as_str()).map_err(|error| wrong(&error))?;
        let length = body.len().to_string();
        let all = headers.into_iter().chain([("content-length", length.as_str())]).chain(signature.headers());
        for (name, value) in all {
            request.headers_mut().try_insert(name.to_owned(), value.to_owned()).map_err(|error| wrong(&error))?;
        }
        let response = self.link.connector.call(request).await.map_err(|error| self.link.broken(&error))?;
        let status = response.status().as_u16();
        let offset = clock_offset(response.headers().get("date")).unwrap_or(0);
        let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| self.link.broken(&error))?;
        // It may have the secret of a new key.
        let bytes = Zeroizing::new(body.to_vec());
        Ok(Answer { status, offset, text: Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()) })
    }

    fn read(&self, action: &str, Answer { status, offset, text }: &Answer) -> Result<XmlNode, StsError> {
        if *status == 200 {
            return answer::result(text, action).filter(|_| is_complete(text)).ok_or(StsError::Garbage);
        }
        match answer::error(text) {
            Some((code, _)) if is_throttling(&code) || *status == 429 => Err(StsError::Throttled),
            Some((code, message)) if *status < 500 => {
                let secrets = [Some(&self.signer.secret_access_key), self.signer.session_token.as_ref()];
                let refused = StsError::Refused { code, message: redacted(&message, &secrets) };
                if refused.is_of_clock() {
                    self.offset.set(*offset);
                }
                Err(refused)
            }
            _ if *status >= 500 => Err(StsError::Server(*status)),
            _ => Err(StsError::ForeignError(*status)),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    AfterAnyFailure,
    IfNotExecuted,
}

struct Answer {
    status: u16,
    offset: i64,
    text: Zeroizing<String>,
}
