use std::convert::Infallible;
use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCandidates;

use super::candidates::profiles;
use super::setup_sso::SessionSetup;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Setup {
    /// Profile with a role [default: prompt for a new role]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Name of the new profile
    ///
    /// Default: PROFILE-amplify; with --for-agent, PROFILE-agent. Without PROFILE: the name of the profile with the
    /// new role.
    #[arg(long = "name", value_name = "NAME")]
    pub new_name: Option<String>,
    /// Keep the name PROFILE for the new profile
    ///
    /// The role's settings move to PROFILE-role. Other profiles that refer to
    /// the role are changed, too.
    #[arg(long)]
    pub in_place: bool,
    /// Read the role from an invitation ("-": stdin)
    ///
    /// The owner of the role creates it with amplify-creds policy invite. The
    /// command prompts for what is missing: the source profile, the MFA device, the
    /// name, and values that the owner left out. Keys of the file other than those
    /// of an invitation are ignored.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["name", "profile", "role_arn"]
    )]
    pub from: Option<PathBuf>,
    /// Limit the new profile, for a coding agent
    ///
    /// The new profile is PROFILE-agent. It assumes the role of PROFILE with the
    /// session policy ReadOnlyAccess, for at most one hour. The session name contains
    /// the name of the agent.
    /// It is a default, not a boundary: see Coding agents in the guide.
    #[arg(
        long,
        conflicts_with_all = [
            "in_place", "from", "project", "role_arn", "source_profile", "external_id", "mfa_serial", "access_key_id",
            "secret_access_key", "sso",
        ]
    )]
    pub for_agent: bool,
    /// Managed policy of --for-agent instead of ReadOnlyAccess
    #[arg(long = "policy-arn", value_name = "ARN", requires = "for_agent", hide_short_help = true)]
    pub agent_policy: Option<String>,
    /// Use the new profile in the Amplify environment
    #[arg(long)]
    pub project: bool,
    /// Print the diff, without writing it
    #[arg(long)]
    pub dry_run: bool,
    /// Write without a prompt
    #[arg(short, long)]
    pub yes: bool,
    /// ARN of a new role
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// Profile that assumes the new role
    #[arg(long, value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub source_profile: Option<String>,
    /// External ID of the new role
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// MFA device for the new role
    #[arg(long, value_name = "SERIAL")]
    pub mfa_serial: Option<String>,
    /// Access key ID of a new source profile
    #[arg(long, value_name = "ID")]
    pub access_key_id: Option<String>,
    /// Its secret key: "-" reads it from stdin
    ///
    /// Only "-" is accepted. Other processes could see a key in the arguments.
    #[arg(long, value_name = "-", value_parser = is_stdin, requires = "access_key_id")]
    pub secret_access_key: Option<bool>,
    #[command(flatten)]
    pub session: SessionSetup,
}

/// Accepts any text, since clap's error for another value would repeat a secret.
#[expect(clippy::unnecessary_wraps, reason = "clap asks for a Result")]
fn is_stdin(text: &str) -> Result<bool, Infallible> {
    Ok(text == "-")
}
