use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;

use crate::settings::seconds;

use super::candidates::{profiles, session_names};

/// Options of the commands that get credentials.
#[derive(Debug, Default, Args)]
pub struct Fetch {
    /// Profile [default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE,
    /// AWS_DEFAULT_PROFILE, the Amplify project's (not in process), "default"]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// How to get them.
    #[command(flatten)]
    pub session: SessionArgs,
}

/// How credentials are got.
#[derive(Debug, Default, Clone, Args)]
pub struct SessionArgs {
    /// MFA code; "-" reads it from stdin (an argument can be seen by other processes)
    #[arg(short = 't', long, value_name = "CODE")]
    pub mfa_token: Option<String>,
    /// How to ask for an MFA code [default: the terminal, else a window where there is a screen]
    #[arg(long, value_name = "WAY")]
    pub prompt: Option<PromptArg>,
    /// Session duration, such as 1h or 3600
    #[arg(short, long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<u64>,
    /// Another role than the profile's
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// Another external id than the profile's
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Another session name than the profile's
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(session_names))]
    pub session_name: Option<String>,
    /// Limit the session to this managed policy: an ARN, "read-only" or "boundary",
    /// the Amplify environment's. Of several, each one allows more (repeatable)
    #[arg(long, value_name = "ARN")]
    pub policy_arn: Vec<String>,
    /// Limit the session to this policy: a file, or JSON. With --policy-arn, what
    /// one of them allows is allowed
    #[arg(long, value_name = "FILE")]
    pub policy: Option<String>,
    /// Give the session a tag (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub tag: Vec<String>,
    /// Who is behind the session, in CloudTrail and for every role assumed later
    #[arg(long, value_name = "NAME")]
    pub source_identity: Option<String>,
    /// Who else vouches for the caller: a context provider, and the file with
    /// its assertion (repeatable)
    #[arg(long, value_name = "ARN=FILE")]
    pub provided_context: Vec<String>,
    /// Renew a session that lasts no longer than this
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub min_ttl: Option<u64>,
    /// Take no cached session for this profile
    #[arg(long)]
    pub refresh: bool,
    /// Neither read nor write the cache
    #[arg(long)]
    pub no_cache: bool,
    /// How long to wait for another process that fetches the same session
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub lock_timeout: Option<u64>,
}

pub(super) fn duration(text: &str) -> Result<u64, String> {
    seconds(text).ok_or_else(|| "give seconds, or a time such as 90s, 15m, 1h30m, 12h".to_owned())
}

/// How to ask for an MFA code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PromptArg {
    /// On the terminal
    Tty,
    /// By GnuPG's pinentry
    Pinentry,
    /// By a dialog of macOS
    Osascript,
    /// By a dialog of GTK
    Zenity,
    /// By a dialog of Windows, also from inside WSL
    Powershell,
    /// Not at all
    None,
}
