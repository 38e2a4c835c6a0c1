use clap::Args;

use super::shared::Fetch;

#[derive(Debug, Args)]
pub struct ConsoleOptions {
    #[command(flatten)]
    pub fetch: Fetch,
    /// Service to open, for example s3 or lambda
    ///
    /// Default: the home page of the console.
    #[arg(long, value_name = "NAME", conflicts_with = "destination")]
    pub service: Option<String>,
    /// Page of the console to open
    #[arg(long, value_name = "URL")]
    pub destination: Option<String>,
    /// Print the address, a secret, instead of opening it
    ///
    /// Every person with the address can use the console as you. It can be opened
    /// for 15 minutes.
    #[arg(long)]
    pub print: bool,
}
