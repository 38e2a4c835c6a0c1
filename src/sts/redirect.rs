use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use super::connections::Connections;
use super::error::StsError;

/// The HTTP status of a page and its `Location`, which is not followed.
pub(crate) fn redirect_of(
    connections: &Connections,
    method: &'static str,
    url: &str,
    timeout: Duration,
) -> Result<(u16, Option<String>), StsError> {
    let link = connections.signed_by_hand(url)?;
    let call = async {
        let invalid = |error: &dyn std::error::Error| StsError::Setup(error.to_string());
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method(method).map_err(|error| invalid(&error))?;
        request.set_uri(url).map_err(|error| invalid(&error))?;
        let response = link.connector.call(request).await.map_err(|error| link.broken(&error))?;
        Ok((response.status().as_u16(), response.headers().get("location").map(str::to_owned)))
    };
    link.runtime.block_on(async {
        match tokio::time::timeout(timeout, call).await {
            Ok(answered) => answered,
            Err(_) => Err(link.timed_out()),
        }
    })
}
