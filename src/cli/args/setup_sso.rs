use clap::Args;
use clap_complete::ArgValueCandidates;

use super::candidates::sso_sessions;
use super::headings::IDENTITY_CENTER;

/// The options of `setup --sso`.
#[derive(Debug, Args)]
pub struct SessionSetup {
    /// Create a profile for each role of the sso-session
    ///
    /// Signs in if needed, and lists the accounts and roles of the user. Run it
    /// again to update the profiles. If [sso-session SESSION] is missing, the
    /// command prompts for its start URL and region, and adds it.
    #[arg(
        long,
        value_name = "SESSION",
        help_heading = IDENTITY_CENTER,
        conflicts_with_all = [
            "name", "new_name", "from", "in_place", "project", "role_arn", "source_profile", "external_id", "mfa_serial",
            "access_key_id", "secret_access_key", "profile", "env",
        ],
        add = ArgValueCandidates::new(sso_sessions)
    )]
    pub sso: Option<String>,
    /// Template of the profile names
    ///
    /// Default: {account_name}-{role}. More placeholders are {account_id} and
    /// {session}. Characters that some tool rejects become hyphens.
    #[arg(long, value_name = "TEMPLATE", requires = "sso", hide_short_help = true, help_heading = IDENTITY_CENTER)]
    pub template: Option<String>,
    /// Remove profiles of roles that are no longer listed
    ///
    /// Only profiles of the session with exactly the keys that this command
    /// writes are removed.
    #[arg(long, requires = "sso", hide_short_help = true, help_heading = IDENTITY_CENTER)]
    pub prune: bool,
    /// Sign in by a code that you enter in any browser
    #[arg(long, requires = "sso", hide_short_help = true, help_heading = IDENTITY_CENTER)]
    pub device_code: bool,
    /// Start URL of a new sso-session
    #[arg(long, value_name = "URL", requires = "sso", hide_short_help = true, help_heading = IDENTITY_CENTER)]
    pub sso_start_url: Option<String>,
    /// Region of a new sso-session
    #[arg(long, value_name = "REGION", requires = "sso", hide_short_help = true, help_heading = IDENTITY_CENTER)]
    pub sso_region: Option<String>,
}
