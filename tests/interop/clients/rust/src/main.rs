//! The AWS SDK for Rust as a client: a GetCallerIdentity for each line of stdin, or a single one with the argument
//! `once`.

use std::error::Error;
use std::io::BufRead;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sts::error::DisplayErrorContext;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

async fn call(client: &aws_sdk_sts::Client, config: &SdkConfig) -> Result<String, Box<dyn Error>> {
    let identity = client.get_caller_identity().send().await?;
    let credentials = config.credentials_provider().ok_or("no credentials provider")?.provide_credentials().await?;
    Ok(format!("ok {} {}", identity.arn().unwrap_or_default(), credentials.access_key_id()))
}

async fn say(client: &aws_sdk_sts::Client, config: &SdkConfig) {
    let line = call(client, config).await.unwrap_or_else(|error| format!("error {}", DisplayErrorContext(&*error)));
    println!("{}", line.replace('\n', " | "));
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let http = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
        let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
        let client = aws_sdk_sts::Client::new(&config);
        if std::env::args().nth(1).as_deref() == Some("once") {
            return say(&client, &config).await;
        }
        for _ in std::io::stdin().lock().lines() {
            say(&client, &config).await;
        }
    });
}
