use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use super::candidates::profiles;
use super::global::{own_region, unused};
use super::headings::PROMPTING;
use super::keys_examples::{
    KEYS_ADD_EXAMPLES, KEYS_IMPORT_EXAMPLES, KEYS_LIST_EXAMPLES, KEYS_REMOVE_EXAMPLES, KEYS_ROTATE_EXAMPLES,
};

/// What `keys` does.
#[derive(Debug, Subcommand)]
pub enum KeysVerb {
    /// Store a new key and write its profile
    #[command(after_long_help = KEYS_ADD_EXAMPLES, args(unused(["dialect"])), arg(own_region("Region of the profile, if it has none")))]
    Add(AddKey),
    /// Move keys from the profile files, or from aws-vault
    #[command(after_long_help = KEYS_IMPORT_EXAMPLES, args(unused(["dialect"])), arg(own_region("Region of the profile, if it has none")))]
    Import(ImportKeys),
    /// List the stored keys
    #[command(visible_alias = "ls", after_long_help = KEYS_LIST_EXAMPLES, args(unused(["profile", "region", "dialect", "no_input"])))]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Replace a key by a new one of the same user
    #[command(args(unused(["dialect"])))]
    Rotate(RotateKey),
    /// Delete a key from the key store
    #[command(visible_alias = "rm", after_long_help = KEYS_REMOVE_EXAMPLES, args(unused(["region", "dialect"])))]
    Remove(RemoveKey),
}

#[derive(Debug, Args)]
pub struct AddKey {
    /// Profile to store the key for
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Read the key from stdin: the ID and the secret on two lines
    #[arg(long)]
    pub stdin: bool,
    /// MFA device for the profile [default: ask if IAM lists one]
    #[arg(long, value_name = "SERIAL")]
    pub mfa_serial: Option<String>,
    /// Write without a prompt
    #[arg(short, long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub struct ImportKeys {
    /// Profile with the keys
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Program that has the keys [default: the profile files]
    #[arg(long, value_name = "PROGRAM", hide_possible_values = true)]
    pub from: Option<KeySource>,
    /// Write and delete old backups without a prompt
    #[arg(short, long)]
    pub yes: bool,
    /// Print the diff, without writing it
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeySource {
    /// aws-vault
    AwsVault,
}

#[derive(Debug, Args)]
#[command(after_long_help = KEYS_ROTATE_EXAMPLES)]
pub struct RotateKey {
    /// Profile with the key
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Delete the old key, which an earlier rotation deactivated
    #[arg(long)]
    pub finish: bool,
    /// Rotate or finish without a prompt
    ///
    /// A second key, and an old key that is in use, are deleted only after a
    /// prompt.
    #[arg(short, long)]
    pub yes: bool,
    /// MFA code; "-" reads it from stdin
    ///
    /// Other processes can see a code in the arguments.
    #[arg(short = 't', long, value_name = "CODE", help_heading = PROMPTING)]
    pub mfa_token: Option<String>,
}

#[derive(Debug, Args)]
pub struct RemoveKey {
    /// Profile with the key
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Delete without a prompt
    #[arg(short, long)]
    pub yes: bool,
}

impl KeysVerb {
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Add(AddKey { name, .. })
            | Self::Import(ImportKeys { name, .. })
            | Self::Rotate(RotateKey { name, .. })
            | Self::Remove(RemoveKey { name, .. }) => name.as_deref(),
            Self::List { .. } => None,
        }
    }
}
