//! Limits the size of responses, which the SDK reads into memory whole.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

/// In bytes. The largest responses are pages of lists, below 1 MiB.
const LARGEST: usize = 4 << 20;

#[derive(Debug)]
struct BoundedClient(SharedHttpClient);

#[derive(Debug)]
struct BoundedConnector(SharedHttpConnector);

pub(super) fn client(inner: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(BoundedClient(inner))
}

pub(super) fn connector(inner: impl HttpConnector + 'static) -> SharedHttpConnector {
    SharedHttpConnector::new(BoundedConnector(SharedHttpConnector::new(inner)))
}

impl HttpClient for BoundedClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        connector(self.0.http_connector(settings, components))
    }
}

impl HttpConnector for BoundedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let response = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let mut response = response.await?;
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            *response.body_mut() = SdkBody::from_body_1_x(Limited::new(body, LARGEST));
            Ok(response)
        })
    }
}
