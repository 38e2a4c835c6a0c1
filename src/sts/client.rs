//! Owns the AWS SDK: the only file that names aws_sdk_sts, aws_smithy_types, aws_smithy_http_client and tokio.
//!
//! Nothing is set up before the first call. The client is built by hand: loading the SDK's default configuration would
//! read the profile files a second time, in another dialect. Refuses to retry a refusal.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_sts::config::{
    BehaviorVersion, ConfigBag, Intercept, Region, RuntimeComponents, SharedCredentialsProvider, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_sdk_sts::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use aws_sdk_sts::{Client, Config};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use crate::clock::Timestamp;
use crate::credentials::{CLOCK_TOLERANCE_SECONDS, Credentials};
use crate::plan::endpoint::Endpoint;
use crate::plan::session::{Policy, SessionExtras};
use crate::secret::Secret;
use crate::span::Located;

use super::{
    AssumeRole, AssumeRoleWithWebIdentity, CALL_TIMEOUT, GetSessionToken, Host, Identity, Session, Sts, StsError,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(300);

/// Where Linux distributions and the BSDs keep the system's certificate authorities in one file. One file costs 9
/// million instructions less than the file and the directory that a search for native roots loads (`facts/perf.md`).
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

/// STS through the AWS SDK.
pub struct SdkSts {
    ca_bundle: Option<PathBuf>,
    plain: OnceCell<Parts>,
    tls: OnceCell<Parts>,
}

/// What all calls of one run share.
pub(crate) struct Parts {
    pub(crate) runtime: tokio::runtime::Runtime,
    http: SharedHttpClient,
}

impl Parts {
    /// What a client of another service of AWS is made of.
    pub(crate) fn config(&self, region: &str, timeout: Duration) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region.to_owned()))
            .http_client(self.http.clone())
            .timeout_config(timeouts(timeout))
            .retry_config(retries())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }
}

impl SdkSts {
    /// Nothing happens until the first call. `ca_bundle` replaces the system's certificate authorities.
    pub fn new(ca_bundle: Option<PathBuf>) -> Self {
        Self { ca_bundle, plain: OnceCell::new(), tls: OnceCell::new() }
    }

    /// The certificate authorities to trust instead of the system's.
    pub(crate) fn ca_bundle(&self) -> Option<&Path> {
        self.ca_bundle.as_deref()
    }

    /// What calls to `https://…` or to `http://…` share.
    pub(crate) fn parts(&self, is_tls: bool) -> Result<&Parts, StsError> {
        let cell = if is_tls { &self.tls } else { &self.plain };
        if let Some(parts) = cell.get() {
            return Ok(parts);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StsError::Setup(error.to_string()))?;
        // A plain URL needs no certificate authorities, and reading them is most of a client's cost.
        let http = if is_tls { https_client(self.ca_bundle.as_deref())? } else { http_client() };
        Ok(cell.get_or_init(|| Parts { runtime, http }))
    }
}

impl Sts for SdkSts {
    fn assume_role(&self, request: &AssumeRole<'_>, signer: &Credentials) -> Result<Session, StsError> {
        let AssumeRole { role_arn, session_name, external_id, duration_seconds, mfa, extras, host } = request;
        let SessionExtras { policy_arns, policy, tags, source_identity } = extras;
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
        let parts = self.parts(is_tls(host))?;
        let clock = ServerClock(Arc::new(AtomicI64::new(0)));
        let client = Client::from_conf(config(host, Some(signer), parts.http.clone(), clock));
        let secrets = [Some(&signer.secret_access_key), signer.session_token.as_ref()];
        let call = client.get_caller_identity().send();
        let told = parts.runtime.block_on(call).map_err(|error| reason(&error, &secrets))?;
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
        let parts = self.parts(is_tls(host))?;
        let offset = Arc::new(AtomicI64::new(0));
        let client = Client::from_conf(config(host, signer, parts.http.clone(), ServerClock(offset.clone())));
        let given = parts.runtime.block_on(call(&client)).map_err(|error| {
            let secret = signer.map(|signer| &signer.secret_access_key);
            reason(&error, &[secret, signer.and_then(|signer| signer.session_token.as_ref()), proof])
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

fn is_tls(host: Host<'_>) -> bool {
    !host.url.starts_with("http://")
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

fn config(host: Host<'_>, signer: Option<&Credentials>, http: SharedHttpClient, clock: ServerClock) -> Config {
    let keys = |signer: &Credentials| {
        aws_sdk_sts::config::Credentials::new(
            &signer.access_key_id,
            signer.secret_access_key.expose(),
            signer.session_token.as_ref().map(|token| token.expose().to_owned()),
            None,
            "amplify-creds",
        )
    };
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

fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build_http()
    })
}

/// A connector that goes to `url` without a proxy: metadata services are no farther than the next link.
pub(crate) fn direct(url: &str, ca_bundle: Option<&Path>) -> Result<Connector, StsError> {
    if !url.starts_with("https://") {
        return Ok(Connector::builder().build_http());
    }
    let provider = Provider::Rustls(CryptoMode::Ring);
    Ok(Connector::builder().tls_provider(provider).tls_context(tls_context(ca_bundle)?).build())
}

fn https_client(ca_bundle: Option<&Path>) -> Result<SharedHttpClient, StsError> {
    let context = tls_context(ca_bundle)?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    }))
}

fn tls_context(ca_bundle: Option<&Path>) -> Result<TlsContext, StsError> {
    let system = || SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.is_file());
    let roots = match ca_bundle.or_else(system) {
        Some(path) => TrustStore::empty().with_pem_certificate(read_bundle(path)?),
        None => TrustStore::default(),
    };
    TlsContext::builder().with_trust_store(roots).build().map_err(|error| StsError::Setup(innermost(&error)))
}

fn read_bundle(path: &Path) -> Result<Vec<u8>, StsError> {
    std::fs::read(path).map_err(|error| StsError::Setup(format!("cannot read {}: {error}", path.display())))
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

/// `secrets` are taken out of AWS's words: a refused signature is answered with what was signed.
pub(crate) fn reason<E: ProvideErrorMetadata>(error: &SdkError<E>, secrets: &[Option<&Secret>]) -> StsError {
    match error {
        SdkError::TimeoutError(_) => StsError::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => StsError::TimedOut,
        SdkError::DispatchFailure(failure) => {
            StsError::Unreachable(failure.as_connector_error().map_or_else(String::new, |error| innermost(error)))
        }
        SdkError::ConstructionFailure(failure) => StsError::Setup(format!("{failure:?}")),
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let meta = service.err();
            match (meta.code(), status) {
                (Some("Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "SlowDown"), _) | (_, 429) => {
                    StsError::Throttled
                }
                (_, 500..) => StsError::Server(status),
                (Some(code), 400..) => StsError::Refused {
                    code: code.to_owned(),
                    message: told(meta.message().unwrap_or_default(), secrets),
                },
                _ => StsError::Garbage,
            }
        }
        _ => StsError::Garbage,
    }
}

/// AWS's words, without secrets and not longer than anybody reads.
fn told(message: &str, secrets: &[Option<&Secret>]) -> String {
    const LONGEST: usize = 1000;
    let secrets = secrets.iter().flatten().filter(|secret| !secret.is_empty());
    let told = secrets.fold(message.trim().to_owned(), |told, secret| told.replace(secret.expose(), "****"));
    match told.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", &told[..end]),
        None => told,
    }
}

/// The last cause in a chain of wrapped errors: the one that says what happened.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
