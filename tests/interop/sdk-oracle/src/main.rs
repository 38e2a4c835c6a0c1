//! Prints the AWS SDK for Rust's chain of a profile as JSON. The SDK logs it before it fetches anything. The
//! environment is the row's, and the only argument is a profile that is set explicitly.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The fields of each line of the log, by name.
type Log = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

struct Recorder(Log);

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Debug)]
struct NoNetwork;

impl HttpConnector for NoNetwork {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(ConnectorError::user("no network".into())))
    }
}

fn main() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(Recorder(log.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(async {
        let config = ProviderConfig::without_region()
            .with_region(Some(Region::new("us-east-1")))
            .with_behavior_version(Some(BehaviorVersion::v2026_01_12()))
            .with_http_client(http_client_fn(|_, _| SharedHttpConnector::new(NoNetwork)));
        // Needs no timeout: without a network, every fetch fails at once.
        match std::env::args().nth(1) {
            Some(name) => {
                let provider = ProfileFileCredentialsProvider::builder().configure(&config).profile_name(name).build();
                provide(&provider).await
            }
            None => {
                let chain = DefaultCredentialsChain::builder().configure(config).build().await;
                provide(&chain).await
            }
        }
    });
    let (key, error) = match answer {
        Ok(key) => (Some(key), None),
        Err(error) => (None, Some(error)),
    };
    println!("{}", serde_json::json!({"key": key, "error": error, "log": *log.lock().unwrap()}));
}

async fn provide(provider: &impl ProvideCredentials) -> Result<String, String> {
    match provider.provide_credentials().await {
        Ok(credentials) => Ok(credentials.access_key_id().to_owned()),
        Err(error) => Err(format!("{error:?}")),
    }
}
