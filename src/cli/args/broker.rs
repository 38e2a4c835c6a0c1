use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::ArgValueCandidates;

use super::candidates::profiles;
use super::shared::SessionArgs;

#[derive(Debug, Args)]
pub struct BrokerOptions {
    /// Profiles that clients may use
    #[arg(value_name = "PROFILE", required = true, add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Path of the socket, in a directory of its own
    ///
    /// The directory is created if it is missing. Only you may have access to it.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub socket: PathBuf,
    /// Also answer to root, the user in most Docker containers
    #[arg(long)]
    pub allow_root: bool,
    #[command(flatten)]
    pub session: SessionArgs,
}
