//! Connections to services: one runtime, and one HTTP client for each kind of URL with its trusted roots and proxy.
//! Nothing is set up before the first call. The SDK's own configuration is not loaded, because it would read the
//! profile files a second time in another dialect.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use tokio::runtime::Runtime;

use crate::core::masking::shown_url;
use crate::core::origin::Located;
use crate::core::secret::Secret;
use crate::plan::limits::is_endpoint;
use crate::sts::bounded;
use crate::sts::connection_error::Route;
use crate::sts::error::StsError;
use crate::sts::error_kind::reason;
use crate::sts::proxy::{Proxies, Proxy};
use crate::sts::roots::Roots;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(300);

/// Connects to AWS and to metadata services. All calls of a run share it.
pub struct Connections {
    roots: Option<Located<PathBuf>>,
    proxies: Proxies,
    runtime: OnceCell<Runtime>,
    /// Clients for `http` URLs directly and by proxy, then for `https` URLs directly and by proxy.
    clients: [OnceCell<HttpClient>; 4],
}

impl Connections {
    /// Sets up nothing before the first call. `roots` is the PEM file of certificate authorities that replaces the
    /// system's.
    pub fn new(roots: Option<Located<PathBuf>>, proxies: Proxies) -> Self {
        Self { roots, proxies, runtime: OnceCell::new(), clients: Default::default() }
    }

    pub(crate) fn link<'a>(&'a self, url: &'a str) -> Result<Link<'a>, StsError> {
        check_endpoint(url)?;
        let proxy = self.proxies.before(url)?;
        Ok(Link { runtime: self.runtime()?, client: self.http(url, proxy.as_ref())?, url, proxy })
    }

    pub(crate) fn direct<'a>(&'a self, url: &'a str) -> Result<Direct<'a>, StsError> {
        self.by_hand(url, None)
    }

    /// For calls that are signed by hand. Uses the configured proxy.
    pub(crate) fn signed_by_hand<'a>(&'a self, url: &'a str) -> Result<Direct<'a>, StsError> {
        self.by_hand(url, self.proxies.before(url)?)
    }

    fn by_hand<'a>(&'a self, url: &'a str, proxy: Option<Proxy>) -> Result<Direct<'a>, StsError> {
        check_endpoint(url)?;
        let runtime = self.runtime()?;
        let mut connector = Connector::builder();
        if let Some(Proxy { url, .. }) = &proxy {
            let config = ProxyConfig::all(url.expose()).map_err(|error| StsError::Setup(error.to_string()))?;
            connector = connector.proxy_config(config);
        }
        if !url.starts_with("https://") && !proxy.as_ref().is_some_and(|proxy| proxy.is_tls) {
            return Ok(Direct {
                runtime,
                connector: bounded::connector(connector.build_http()),
                url,
                proxy,
                trusted: String::new(),
            });
        }
        let roots = Roots::of(self.roots.clone());
        let connector = connector.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls_context(&roots)?);
        let connector = bounded::connector(connector.build());
        Ok(Direct { runtime, connector, url, proxy, trusted: roots.to_string() })
    }

    fn runtime(&self) -> Result<&Runtime, StsError> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StsError::Setup(error.to_string()))?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    /// All hops share the client, so calls to one host share a connection.
    fn http(&self, url: &str, proxy: Option<&Proxy>) -> Result<&HttpClient, StsError> {
        let is_https = !url.starts_with("http://");
        let cell = &self.clients[usize::from(is_https) * 2 + usize::from(proxy.is_some())];
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let config = match proxy {
            Some(Proxy { url, .. }) => ProxyConfig::all(url.expose()),
            None => Ok(ProxyConfig::disabled()),
        };
        let config = config.map_err(|error| StsError::Setup(error.to_string()))?;
        // A plain URL needs no certificate authorities, and reading them is most of a client's cost.
        let client = if is_https || proxy.is_some_and(|proxy| proxy.is_tls) {
            HttpClient::secure(&Roots::of(self.roots.clone()), config)?
        } else {
            HttpClient::plain(config)
        };
        Ok(cell.get_or_init(|| client))
    }
}

struct HttpClient {
    http: SharedHttpClient,
    trusted: String,
}

pub(crate) struct Link<'a> {
    pub(crate) runtime: &'a Runtime,
    client: &'a HttpClient,
    url: &'a str,
    proxy: Option<Proxy>,
}

impl Link<'_> {
    /// `timeout` is for a call, including retries and pauses.
    pub(crate) fn config(&self, region: &str, timeout: Duration) -> SdkConfig {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT.min(timeout))
            .operation_timeout(timeout)
            .build();
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region.to_owned()))
            .http_client(self.client.http.clone())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF))
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }

    /// Classifies a call's error. `secrets` are removed from AWS's words, because a rejected signature is answered with
    /// the signed text.
    pub(crate) fn reason<E: ProvideErrorMetadata>(
        &self,
        error: &SdkError<E, HttpResponse>,
        secrets: &[Option<&Secret>],
    ) -> StsError {
        let Self { runtime: _, client, url, proxy } = self;
        let way = Route { url, proxy: proxy.as_ref().map(|proxy| proxy.shown.as_str()), trusted: &client.trusted };
        reason(error, &way, secrets)
    }
}

/// Calls without the SDK's retries: for metadata services, which are on the local network, and for calls that are
/// signed by hand.
pub(crate) struct Direct<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) connector: SharedHttpConnector,
    url: &'a str,
    proxy: Option<Proxy>,
    trusted: String,
}

impl Direct<'_> {
    pub(crate) fn broken(&self, error: &(dyn std::error::Error + 'static)) -> StsError {
        self.way().broken(error)
    }

    pub(crate) fn timed_out(&self) -> StsError {
        self.way().timed_out()
    }

    fn way(&self) -> Route<'_> {
        Route { url: self.url, proxy: self.proxy.as_ref().map(|proxy| proxy.shown.as_str()), trusted: &self.trusted }
    }
}

impl HttpClient {
    fn plain(proxy: ProxyConfig) -> Self {
        let http = Builder::new().build_with_connector_fn(move |settings, components| {
            let mut connector = Connector::builder().proxy_config(proxy.clone());
            connector.set_connector_settings(settings.cloned());
            connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            connector.build_http()
        });
        Self { http: bounded::client(http), trusted: String::new() }
    }

    fn secure(roots: &Roots, proxy: ProxyConfig) -> Result<Self, StsError> {
        let context = tls_context(roots)?;
        let http = Builder::new().build_with_connector_fn(move |settings, components| {
            // Each client of the SDK first creates a connector that it discards, to load the roots early.
            let Some(settings) = settings else { return Connector::builder().build_http() };
            let mut connector = Connector::builder()
                .proxy_config(proxy.clone())
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(context.clone())
                .connector_settings(settings.clone());
            connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            connector.build()
        });
        Ok(Self { http: bounded::client(http), trusted: roots.to_string() })
    }
}

fn tls_context(roots: &Roots) -> Result<TlsContext, StsError> {
    let store = match roots.pem()? {
        Some(pem) => TrustStore::empty().with_pem_certificate(pem),
        None => TrustStore::default(),
    };
    TlsContext::builder().with_trust_store(store).build().map_err(|error| StsError::Setup(error.to_string()))
}

/// Every address is checked here, because metadata services and sign-in have addresses other than STS's.
fn check_endpoint(url: &str) -> Result<(), StsError> {
    if is_endpoint(url) { Ok(()) } else { Err(StsError::Endpoint(shown_url(url).into_owned())) }
}
