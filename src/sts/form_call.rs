use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use zeroize::Zeroizing;

use super::connections::Connections;
use super::error::StsError;

/// A request that no SDK has and that is not signed: a POST with a form, or a GET.
pub(crate) struct FormCall<'a> {
    /// For the proxy and for errors, so it must not contain a secret.
    pub(crate) endpoint: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) form: Option<&'a str>,
    pub(crate) timeout: Duration,
}

pub(crate) struct FormAnswer {
    pub(crate) status: u16,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl FormCall<'_> {
    pub(crate) fn send(&self, connections: &Connections) -> Result<FormAnswer, StsError> {
        let Self { endpoint, uri, form, timeout } = self;
        let link = connections.signed_by_hand(endpoint)?;
        // The error may contain the URI.
        let invalid = || StsError::Setup(format!("cannot make a request for {endpoint}"));
        let call = async {
            let body = form.map_or_else(SdkBody::empty, SdkBody::from);
            let mut request = HttpRequest::new(body);
            request.set_method(if form.is_some() { "POST" } else { "GET" }).map_err(|_| invalid())?;
            request.set_uri(*uri).map_err(|_| invalid())?;
            let headers = request.headers_mut();
            headers.try_insert("accept", "application/json").map_err(|_| invalid())?;
            if let Some(form) = form {
                headers.try_insert("content-type", "application/x-www-form-urlencoded").map_err(|_| invalid())?;
                headers.try_insert("content-length", form.len().to_string()).map_err(|_| invalid())?;
            }
            let response = link.connector.call(request).await.map_err(|error| link.broken(&error))?;
            let status = response.status().as_u16();
            let body = ByteStream::new(response.into_body()).collect().await.map_err(|error| link.broken(&error))?;
            Ok(FormAnswer { status, body: Zeroizing::new(body.to_vec()) })
        };
        link.runtime.block_on(async {
            match tokio::time::timeout(*timeout, call).await {
                Ok(answered) => answered,
                Err(_) => Err(link.timed_out()),
            }
        })
    }
}
