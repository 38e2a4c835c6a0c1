use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;

use crate::settings::seconds;

use super::candidates::{profiles, session_names};
use super::headings::{FILES, PROMPTING, SESSION};

#[derive(Debug, Default, Args)]
pub struct Fetch {
    /// Profile to use
    ///
    /// Default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, the
    /// profile of the Amplify project, "default".
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    #[command(flatten)]
    pub session: SessionArgs,
}

/// The names of [`SessionArgs`].
pub(super) const SESSION_OPTIONS: [&str; 15] = [
    "duration",
    "min_ttl",
    "refresh",
    "role_arn",
    "external_id",
    "session_name",
    "policy_arn",
    "policy",
    "tag",
    "source_identity",
    "provided_context",
    "no_cache",
    "lock_timeout",
    "mfa_token",
    "prompt",
];

#[derive(Debug, Default, Clone, PartialEq, Eq, Args)]
pub struct SessionArgs {
    /// Session duration, for example 1h or 3600
    ///
    /// Default: duration_seconds of the profile, or 1h.
    #[arg(short, long, value_name = "TIME", value_parser = duration, help_heading = SESSION)]
    pub duration: Option<u64>,
    /// Renew a session with less time left [default: 15m]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = SESSION)]
    pub min_ttl: Option<u64>,
    /// Ignore the cache and get a new session
    #[arg(long, help_heading = SESSION)]
    pub refresh: bool,
    /// Role to assume instead of the profile's
    #[arg(long, value_name = "ARN", help_heading = SESSION)]
    pub role_arn: Option<String>,
    /// External ID instead of the profile's
    #[arg(long, value_name = "ID", help_heading = SESSION)]
    pub external_id: Option<String>,
    /// Session name instead of the profile's
    #[arg(long, value_name = "NAME", help_heading = SESSION, add = ArgValueCandidates::new(session_names))]
    pub session_name: Option<String>,
    /// Limit the session to a managed policy
    ///
    /// An ARN; read-only for ReadOnlyAccess; or boundary for the permissions
    /// boundary of the Amplify environment. Repeatable: the session can do what
    /// any of the policies allows.
    #[arg(long, value_name = "ARN", help_heading = SESSION)]
    pub policy_arn: Vec<String>,
    /// Limit the session to a policy: a file, or JSON
    ///
    /// Together with --policy-arn, the session can do what any of the policies
    /// allows.
    #[arg(long, value_name = "FILE", help_heading = SESSION)]
    pub policy: Option<String>,
    /// Add a session tag (repeatable)
    #[arg(long, value_name = "KEY=VALUE", hide_short_help = true, help_heading = SESSION)]
    pub tag: Vec<String>,
    /// Source identity to record in CloudTrail (sts:SourceIdentity)
    #[arg(long, value_name = "NAME", hide_short_help = true, help_heading = SESSION)]
    pub source_identity: Option<String>,
    /// Identity context: the ARN of the provider and the file with its assertion
    ///
    /// An entry of ProvidedContexts in AssumeRole (repeatable).
    #[arg(long, value_name = "ARN=FILE", hide_short_help = true, help_heading = SESSION)]
    pub provided_context: Vec<String>,
    /// Do not read or write the session cache
    #[arg(long, help_heading = FILES)]
    pub no_cache: bool,
    /// Time to wait for another process that fetches the same session [default:
    /// 240s]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true, help_heading = FILES)]
    pub lock_timeout: Option<u64>,
    /// MFA code; "-" reads it from stdin
    ///
    /// Other processes can see a code in the arguments.
    #[arg(short = 't', long, value_name = "CODE", help_heading = PROMPTING)]
    pub mfa_token: Option<String>,
    /// Prompt method: tty, pinentry, zenity or another
    ///
    /// tty (the terminal), pinentry (GnuPG), osascript (macOS dialog), zenity
    /// (GTK dialog), powershell (Windows dialog, also from WSL) or none (never
    /// prompt). Default: the terminal, then a dialog if there is a display.
    #[arg(long, value_name = "METHOD", hide_possible_values = true, help_heading = PROMPTING)]
    pub prompt: Option<PromptArg>,
}

pub(super) fn duration(text: &str) -> Result<u64, String> {
    seconds(text).ok_or_else(|| "expected for example 900, 90s, 15m or 1h30m".to_owned())
}

/// How to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FlowArg {
    /// In the browser of this machine
    Browser,
    /// By a code, in any browser
    Device,
    /// By pasting the response of any browser
    Paste,
}

/// How to prompt for an MFA code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PromptArg {
    /// On the terminal
    Tty,
    /// GnuPG's pinentry
    Pinentry,
    /// macOS dialog
    Osascript,
    /// GTK dialog (zenity)
    Zenity,
    /// Windows dialog, also from WSL
    Powershell,
    /// Never prompt
    None,
}
