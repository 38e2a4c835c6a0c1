//! Owns the AWS SDK: the only file that names aws_sdk_sts, aws_smithy_types, aws_smithy_http_client and tokio.
//!
//! Nothing is set up before the first call. The client is built by hand: loading the SDK's default configuration would
//! read the profile files a second time, in another dialect. Refuses to retry a refusal.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_sts::config::{
    BehaviorVersion, ConfigBag, Intercept, Region, RuntimeComponents, SharedCredentialsProvider, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_sdk_sts::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_sts::types::{PolicyDescriptorType, ProvidedContext, Tag};
use aws_sdk_sts::{Client, Config};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use tokio::runtime::Runtime;

use crate::clock::Timestamp;
use crate::credentials::{CLOCK_TOLERANCE_SECONDS, Credentials};
use crate::plan::endpoint::Endpoint;
use crate::plan::session::{self, Policy, SessionExtras};
use crate::secret::Secret;
use crate::span::Located;

use super::broken::Way;
use super::proxy::{Proxies, Proxy};
use super::refusal::wrapped_error;
use super::roots::Roots;
use super::{
    AssumeRole, AssumeRoleWithWebIdentity, CALL_TIMEOUT, GetSessionToken, Host, Identity, Session, Sts, StsError,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(300);

/// STS through the AWS SDK, and the connections of all that is asked over HTTP.
pub struct SdkSts {
    roots: Option<Located<PathBuf>>,
    proxies: Proxies,
    runtime: OnceCell<Runtime>,
    /// Of `http` URLs directly and by proxy, of `https` URLs directly and by proxy.
    clients: [OnceCell<HttpClient>; 4],
}

/// An HTTP client, and whom it trusts.
struct HttpClient {
    http: SharedHttpClient,
    trusted: String,
}

/// The way to one URL.
pub(crate) struct Link<'a> {
    pub(crate) runtime: &'a Runtime,
    client: &'a HttpClient,
    url: &'a str,
    proxy: Option<Proxy>,
}

impl Link<'_> {
    /// What a client of another service of AWS is made of.
    pub(crate) fn config(&self, region: &str, timeout: Duration) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region.to_owned()))
            .http_client(self.client.http.clone())
            .timeout_config(timeouts(timeout))
            .retry_config(retries())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }

    /// What a call's error means. `secrets` are taken out of AWS's words: a refused signature is answered with what was
    /// signed.
    pub(crate) fn reason<E: ProvideErrorMetadata>(&self, error: &SdkError<E>, secrets: &[Option<&Secret>]) -> StsError {
        let Self { runtime: _, client, url, proxy } = self;
        let way = Way { url, proxy: proxy.as_ref().map(|proxy| proxy.shown.as_str()), trusted: &client.trusted };
        reason(error, &way, secrets)
    }
}

/// A way without the SDK's retries: for metadata services, which are no farther than the next link, and for calls that
/// are signed by hand.
pub(crate) struct Direct<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) connector: Connector,
    url: &'a str,
    proxy: Option<Proxy>,
    trusted: String,
}

impl Direct<'_> {
    /// What an error of the connection means.
    pub(crate) fn broken(&self, error: &(dyn std::error::Error + 'static)) -> StsError {
        self.way().broken(error)
    }

    /// What it means that no answer came in time.
    pub(crate) fn timed_out(&self) -> StsError {
        self.way().timed_out()
    }

    fn way(&self) -> Way<'_> {
        Way { url: self.url, proxy: self.proxy.as_ref().map(|proxy| proxy.shown.as_str()), trusted: &self.trusted }
    }
}

impl SdkSts {
    /// Nothing happens until the first call. `roots` is the PEM file of certificate authorities that replaces the
    /// system's.
    pub fn new(roots: Option<Located<PathBuf>>, proxies: Proxies) -> Self {
        Self { roots, proxies, runtime: OnceCell::new(), clients: Default::default() }
    }

    /// The way to `url`, by proxy where one is set.
    pub(crate) fn link<'a>(&'a self, url: &'a str) -> Result<Link<'a>, StsError> {
        let proxy = self.proxies.before(url)?;
        Ok(Link { runtime: self.runtime()?, client: self.http(url, proxy.as_ref())?, url, proxy })
    }

    /// The way to `url` without a proxy.
    pub(crate) fn direct<'a>(&'a self, url: &'a str) -> Result<Direct<'a>, StsError> {
        self.by_hand(url, None)
    }

    /// The way to `url` for calls that are signed by hand, by proxy where one is set.
    pub(crate) fn signed_by_hand<'a>(&'a self, url: &'a str) -> Result<Direct<'a>, StsError> {
        self.by_hand(url, self.proxies.before(url)?)
    }

    fn by_hand<'a>(&'a self, url: &'a str, proxy: Option<Proxy>) -> Result<Direct<'a>, StsError> {
        let runtime = self.runtime()?;
        let mut connector = Connector::builder();
        if let Some(Proxy { url, .. }) = &proxy {
            let config = ProxyConfig::all(url.expose()).map_err(|error| StsError::Setup(error.to_string()))?;
            connector = connector.proxy_config(config);
        }
        if !url.starts_with("https://") && !proxy.as_ref().is_some_and(|proxy| proxy.is_tls) {
            return Ok(Direct { runtime, connector: connector.build_http(), url, proxy, trusted: String::new() });
        }
        let roots = Roots::of(self.roots.clone());
        let connector = connector.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls_context(&roots)?);
        Ok(Direct { runtime, connector: connector.build(), url, proxy, trusted: roots.to_string() })
    }

    fn runtime(&self) -> Result<&Runtime, StsError> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StsError::Setup(error.to_string()))?;
        Ok(self.runtime.get_or_init(|| runtime))
    }

    /// The client for URLs like this one. All hops share it, and so a connection where they call one host.
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

impl Sts for SdkSts {
    fn assume_role(&self, request: &AssumeRole<'_>, signer: &Credentials) -> Result<Session, StsError> {
        let AssumeRole { role_arn, session_name, external_id, duration_seconds, mfa, extras, host } = request;
        let SessionExtras { policy_arns, policy, tags, source_identity, contexts } = extras;
        let vouched =
            |Located { value: session::ProvidedContext { provider, file: _, assertion }, from: _ }: &Located<
                session::ProvidedContext,
            >| {
                let context = ProvidedContext::builder().provider_arn(provider);
                context.context_assertion(assertion.expose()).build()
            };
        let arn = |arn: &Located<String>| PolicyDescriptorType::builder().arn(&arn.value).build();
        let policy = policy.as_ref().and_then(|policy| match &policy.value {
            Policy::Text(text) => Some(text.clone()),
            Policy::File(_) => None,
        });
        let sent_tags = tags.iter().map(|tag| Tag::builder().key(&tag.value.key).value(&tag.value.value).build());
        let sent_tags = sent_tags.collect::<Result<Vec<_>, _>>().map_err(|error| StsError::Setup(error.to_string()))?;
        let transitive = tags.iter().filter(|tag| tag.value.transitive).map(|tag| tag.value.key.clone());
        let call = |client: &Client| {
            let call = client
                .assume_role()
                .role_arn(*role_arn)
                .role_session_name(*session_name)
                .set_external_id(external_id.map(str::to_owned))
                .duration_seconds((*duration_seconds).cast_signed())
                .set_serial_number(mfa.map(|(serial, _)| serial.to_owned()))
                .set_token_code(mfa.map(|(_, code)| code.expose().to_owned()))
                .set_policy(policy)
                .set_policy_arns(some(policy_arns.iter().map(arn).collect()))
                .set_tags(some(sent_tags))
                .set_transitive_tag_keys(some(transitive.collect()))
                .set_provided_contexts(some(contexts.iter().map(vouched).collect()))
                .set_source_identity(source_identity.as_ref().map(|identity| identity.value.clone()));
            async move { call.send().await.map(|output| output.credentials) }
        };
        let account = role_arn.split(':').nth(4).map(str::to_owned);
        self.session(call, *host, Some(signer), mfa.map(|(_, code)| code), account)
    }

    fn assume_role_with_web_identity(&self, request: &AssumeRoleWithWebIdentity<'_>) -> Result<Session, StsError> {
        let AssumeRoleWithWebIdentity { role_arn, session_name, token, duration_seconds, host } = request;
        let call = |client: &Client| {
            let call = client
                .assume_role_with_web_identity()
                .role_arn(*role_arn)
                .role_session_name(*session_name)
                .web_identity_token(token.expose())
                .duration_seconds((*duration_seconds).cast_signed());
            async move { call.send().await.map(|output| output.credentials) }
        };
        let account = role_arn.split(':').nth(4).map(str::to_owned);
        self.session(call, *host, None, Some(token), account)
    }

    fn get_session_token(&self, request: &GetSessionToken<'_>, signer: &Credentials) -> Result<Session, StsError> {
        let GetSessionToken { duration_seconds, mfa: (serial, code), host } = request;
        let call = |client: &Client| {
            let call = client
                .get_session_token()
                .duration_seconds((*duration_seconds).cast_signed())
                .serial_number(*serial)
                .token_code(code.expose());
            async move { call.send().await.map(|output| output.credentials) }
        };
        // A device that is no virtual one has a serial number of its maker instead of an ARN.
        let account = serial.split(':').nth(4).filter(|account| !account.is_empty()).map(str::to_owned);
        self.session(call, *host, Some(signer), Some(code), account)
    }
}

impl SdkSts {
    /// Calls GetCallerIdentity, signed with `signer`: it needs no permission and tells whom AWS takes the signer for.
    pub fn get_caller_identity(&self, at: &Endpoint, signer: &Credentials) -> Result<Identity, StsError> {
        let host = Host { url: &at.url.value, signing_region: &at.signing_region.value, timeout: CALL_TIMEOUT };
        let link = self.link(host.url)?;
        let clock = ServerClock(Arc::new(AtomicI64::new(0)));
        let client = Client::from_conf(config(host, Some(signer), link.client.http.clone(), clock));
        let secrets = [Some(&signer.secret_access_key), signer.session_token.as_ref()];
        let call = client.get_caller_identity().send();
        let told = link.runtime.block_on(call).map_err(|error| link.reason(&error, &secrets))?;
        match (told.account, told.arn, told.user_id) {
            (Some(account), Some(arn), Some(user_id)) => Ok(Identity { account, arn, user_id }),
            _ => Err(StsError::Garbage),
        }
    }

    /// The session that `call` gives. `proof` is the code or token that it sends.
    fn session<F, E>(
        &self,
        call: impl FnOnce(&Client) -> F,
        host: Host<'_>,
        signer: Option<&Credentials>,
        proof: Option<&Secret>,
        account_id: Option<String>,
    ) -> Result<Session, StsError>
    where
        F: Future<Output = Result<Option<aws_sdk_sts::types::Credentials>, SdkError<E>>>,
        E: ProvideErrorMetadata,
    {
        let link = self.link(host.url)?;
        let offset = Arc::new(AtomicI64::new(0));
        let client = Client::from_conf(config(host, signer, link.client.http.clone(), ServerClock(offset.clone())));
        let given = link.runtime.block_on(call(&client)).map_err(|error| {
            let secret = signer.map(|signer| &signer.secret_access_key);
            link.reason(&error, &[secret, signer.and_then(|signer| signer.session_token.as_ref()), proof])
        })?;
        let given = given.ok_or(StsError::Garbage)?;
        if [&given.access_key_id, &given.secret_access_key, &given.session_token].iter().any(|text| text.is_empty()) {
            return Err(StsError::Garbage);
        }
        let credentials = Credentials {
            access_key_id: given.access_key_id,
            secret_access_key: Secret::new(given.secret_access_key),
            session_token: Some(Secret::new(given.session_token)),
            expiration: Some(Timestamp(given.expiration.secs())),
            account_id,
        };
        let offset = offset.load(Ordering::Relaxed);
        let clock_offset = if offset.abs() > CLOCK_TOLERANCE_SECONDS { offset } else { 0 };
        Ok(Session { credentials, clock_offset })
    }
}

/// A list, if there is anything in it.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn timeouts(timeout: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT.min(timeout))
        .operation_timeout(timeout)
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF)
}

/// Credentials as the SDK's signer takes them.
pub(crate) fn keys(signer: &Credentials) -> aws_sdk_sts::config::Credentials {
    aws_sdk_sts::config::Credentials::new(
        &signer.access_key_id,
        signer.secret_access_key.expose(),
        signer.session_token.as_ref().map(|token| token.expose().to_owned()),
        None,
        "amplify-creds",
    )
}

/// How far AWS's clock is ahead of this machine's, by the `Date` of an answer; 0 where that says nothing.
pub(crate) fn clock_offset(date: Option<&str>) -> i64 {
    let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
    date.map_or(0, |date| date.secs() - Timestamp::from(SystemTime::now()).0)
}

fn config(host: Host<'_>, signer: Option<&Credentials>, http: SharedHttpClient, clock: ServerClock) -> Config {
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(host.signing_region.to_owned()))
        .http_client(http)
        .timeout_config(timeouts(host.timeout))
        .retry_config(retries())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .interceptor(clock)
        .endpoint_url(host.url);
    config.set_credentials_provider(signer.map(keys).map(SharedCredentialsProvider::new));
    config.build()
}

impl HttpClient {
    fn plain(proxy: ProxyConfig) -> Self {
        let http = Builder::new().build_with_connector_fn(move |settings, components| {
            let mut connector = Connector::builder().proxy_config(proxy.clone());
            connector.set_connector_settings(settings.cloned());
            connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            connector.build_http()
        });
        Self { http, trusted: String::new() }
    }

    fn secure(roots: &Roots, proxy: ProxyConfig) -> Result<Self, StsError> {
        let context = tls_context(roots)?;
        let http = Builder::new().build_with_connector_fn(move |settings, components| {
            // Each client of the SDK first asks for a connector that it throws away, to have the roots read early.
            let Some(settings) = settings else { return Connector::builder().build_http() };
            let mut connector = Connector::builder()
                .proxy_config(proxy.clone())
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(context.clone())
                .connector_settings(settings.clone());
            connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            connector.build()
        });
        Ok(Self { http, trusted: roots.to_string() })
    }
}

fn tls_context(roots: &Roots) -> Result<TlsContext, StsError> {
    let store = match roots.pem()? {
        Some(pem) => TrustStore::empty().with_pem_certificate(pem),
        None => TrustStore::default(),
    };
    TlsContext::builder().with_trust_store(store).build().map_err(|error| StsError::Setup(error.to_string()))
}

/// Notes how far AWS's clock is ahead, from the `Date` of the last answer. The SDK signs again by itself when the clock
/// is the reason for a refusal, but keeps to itself that it was.
#[derive(Debug)]
struct ServerClock(Arc<AtomicI64>);

impl Intercept for ServerClock {
    fn name(&self) -> &'static str {
        "ServerClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(date) = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok()) {
            self.0.store(date.secs() - Timestamp::from(SystemTime::now()).0, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// What a call's error means, on its way.
fn reason<E: ProvideErrorMetadata>(error: &SdkError<E>, way: &Way<'_>, secrets: &[Option<&Secret>]) -> StsError {
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
            let (code, message) = match &wrapped {
                Some((code, message)) => (Some(code.as_str()), message.as_str()),
                None => (meta.code(), meta.message().unwrap_or_default()),
            };
            match (code, status) {
                (Some(code), _) if is_throttling(code) => StsError::Throttled,
                (_, 429) => StsError::Throttled,
                (_, 500..) => StsError::Server(status),
                (Some(code), 400..) => StsError::Refused { code: code.to_owned(), message: told(message, secrets) },
                _ => StsError::Garbage,
            }
        }
        _ => StsError::Garbage,
    }
}

/// Whether AWS asks to slow down.
pub(crate) fn is_throttling(code: &str) -> bool {
    ["Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown"].contains(&code)
}

/// AWS's words, without secrets and not longer than anybody reads.
pub(crate) fn told(message: &str, secrets: &[Option<&Secret>]) -> String {
    const LONGEST: usize = 1000;
    let secrets = secrets.iter().flatten().filter(|secret| !secret.is_empty());
    let told = secrets.fold(message.trim().to_owned(), |told, secret| told.replace(secret.expose(), "****"));
    match told.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", &told[..end]),
        None => told,
    }
}
