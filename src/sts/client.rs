//! Calls STS through the AWS SDK. Only this file uses aws_sdk_sts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::SystemTime;

use aws_sdk_sts::Client;
use aws_sdk_sts::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef,
};
use aws_sdk_sts::config::{Builder, ConfigBag, Intercept, RuntimeComponents, SharedCredentialsProvider};
use aws_sdk_sts::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_sts::types::{PolicyDescriptorType, ProvidedContext, Tag};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::core::clock::Timestamp;
use crate::core::credentials::{CLOCK_TOLERANCE_SECONDS, Credentials};
use crate::core::origin::Located;
use crate::core::secret::Secret;
use crate::plan::endpoint::Endpoint;
use crate::plan::session;
use crate::plan::session::{Policy, SessionExtras};
use crate::sts::complete_xml::is_complete;
use crate::sts::connections::{Connections, Link};
use crate::sts::error::StsError;
use crate::sts::request::{
    AssumeRole, AssumeRoleWithWebIdentity, CALL_TIMEOUT, CallerIdentity, GetSessionToken, Host, Session, Sts,
};

pub struct SdkSts<'a> {
    pub(crate) connections: &'a Connections,
    attempts: Arc<AtomicU32>,
}

impl<'a> SdkSts<'a> {
    pub fn new(connections: &'a Connections) -> Self {
        Self { connections, attempts: Arc::default() }
    }
}

impl Sts for SdkSts<'_> {
    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

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
        // A hardware device has its manufacturer's serial number instead of an ARN.
        let account = serial.split(':').nth(4).filter(|account| !account.is_empty()).map(str::to_owned);
        self.session(call, *host, Some(signer), Some(code), account)
    }
}

impl SdkSts<'_> {
    /// Calls GetCallerIdentity with `signer`. The call needs no permission and returns the signer's identity.
    pub fn get_caller_identity(&self, at: &Endpoint, signer: &Credentials) -> Result<CallerIdentity, StsError> {
        let host = Host { url: &at.url.value, signing_region: &at.signing_region.value, timeout: CALL_TIMEOUT };
        let link = self.connections.link(host.url)?;
        let client =
            client(&link, host, Some(signer), ServerClock { offset: Arc::default(), attempts: Arc::default() });
        let secrets = [Some(&signer.secret_access_key), signer.session_token.as_ref()];
        let call = client.get_caller_identity().send();
        let identity = link.runtime.block_on(call).map_err(|error| link.reason(&error, &secrets))?;
        match (identity.account, identity.arn, identity.user_id) {
            (Some(account), Some(arn), Some(user_id)) => Ok(CallerIdentity { account, arn, user_id }),
            _ => Err(StsError::Garbage),
        }
    }

    /// Runs `call`. `proof` is the code or token that it sends.
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
        let link = self.connections.link(host.url)?;
        let offset = Arc::new(AtomicI64::new(0));
        self.attempts.store(0, Ordering::Relaxed);
        let client =
            client(&link, host, signer, ServerClock { offset: offset.clone(), attempts: self.attempts.clone() });
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

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn client(link: &Link<'_>, host: Host<'_>, signer: Option<&Credentials>, clock: ServerClock) -> Client {
    let mut config = Builder::from(&link.config(host.signing_region, host.timeout))
        .interceptor(clock)
        .interceptor(WholeDocument)
        .endpoint_url(host.url);
    config.set_credentials_provider(signer.map(keys).map(SharedCredentialsProvider::new));
    Client::from_conf(config.build())
}

pub(crate) fn keys(signer: &Credentials) -> aws_sdk_sts::config::Credentials {
    aws_sdk_sts::config::Credentials::new(
        &signer.access_key_id,
        signer.secret_access_key.expose(),
        signer.session_token.as_ref().map(|token| token.expose().to_owned()),
        None,
        "amplify-creds",
    )
}

/// The seconds by which AWS's clock is ahead of this machine's, by the `Date` of a response (RFC 9110).
pub(crate) fn clock_offset(date: Option<&str>) -> Option<i64> {
    let date = DateTime::from_str(date?, Format::HttpDate).ok()?;
    Some(date.secs() - Timestamp::from(SystemTime::now()).0)
}

/// Counts attempts, and records how far AWS's clock is ahead, from the `Date` of the last response. The SDK signs again by
/// itself if AWS rejects the clock, but does not report that.
#[derive(Debug)]
struct ServerClock {
    /// In seconds.
    offset: Arc<AtomicI64>,
    attempts: Arc<AtomicU32>,
}

impl Intercept for ServerClock {
    fn name(&self) -> &'static str {
        "ServerClock"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(offset) = clock_offset(context.response().headers().get("date")) {
            self.offset.store(offset, Ordering::Relaxed);
        }
        Ok(())
    }
}

#[derive(Debug)]
struct WholeDocument;

impl Intercept for WholeDocument {
    fn name(&self) -> &'static str {
        "WholeDocument"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let text = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
        if response.status().is_success() && !is_complete(&text) {
            return Err("the response is incomplete".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::core::origin::{Located, Origin};
    use crate::os::panics::catch;
    use crate::plan::endpoint::EndpointKind;
    use crate::sts::proxy::Proxies;

    use super::*;

    /// If this test fails, the SDK's signer no longer panics, and `Credentials::checked` has one reason less.
    #[test]
    fn panic_of_the_signer_is_caught() {
        let located = |text: &str| Located::new(text.to_owned(), Origin::Default);
        let at = Endpoint {
            url: located("http://127.0.0.1:1"),
            kind: EndpointKind::Configured,
            signing_region: located("us-east-1"),
        };
        let signer = Credentials {
            access_key_id: "AKIA\n".to_owned(),
            secret_access_key: "s".into(),
            session_token: None,
            expiration: None,
            account_id: None,
        };
        let connections = Connections::new(None, Proxies::default());
        assert!(catch(|| SdkSts::new(&connections).get_caller_identity(&at, &signer).is_ok()).is_err());
    }
}
