//! The table of checks. A new check is a row here and a function in one of the files below.

mod chains;
mod kinds;
mod lines;
mod names;
mod processes;
mod project;
mod sign_ins;
mod stored_keys;
mod system;
mod values;

use crate::doctor::facts::Facts;
use crate::doctor::finding::Severity::{Error, Info, Warning};
use crate::doctor::finding::{Hit, Severity};

#[derive(Debug)]
pub struct DoctorCheck {
    pub code: &'static str,
    pub severity: Severity,
    pub about: &'static str,
    /// Whether a hit concerns every profile even if it names one, for example in a file that a tool rejects.
    pub concerns_all: bool,
    pub find: fn(&Facts<'_>) -> Vec<Hit>,
}

const fn file(
    code: &'static str,
    severity: Severity,
    about: &'static str,
    find: fn(&Facts<'_>) -> Vec<Hit>,
) -> DoctorCheck {
    DoctorCheck { code, severity, about, concerns_all: true, find }
}

const fn profile(
    code: &'static str,
    severity: Severity,
    about: &'static str,
    find: fn(&Facts<'_>) -> Vec<Hit>,
) -> DoctorCheck {
    DoctorCheck { code, severity, about, concerns_all: false, find }
}

pub const CHECKS: [DoctorCheck; 64] = [
    file("byte_order_mark", Error, "a file begins with a byte order mark", lines::byte_order_mark),
    file("header_not_closed", Error, "a section header has no ']'", lines::header_not_closed),
    file("outside_section", Error, "a property is before the first section header", lines::outside_section),
    file("no_property", Error, "a line is neither header nor property", lines::no_property),
    file("duplicate_section", Error, "a section appears twice: the AWS CLI rejects the file", lines::duplicate_section),
    file("duplicate_key", Error, "a key appears twice: the AWS CLI rejects the file", lines::duplicate_key),
    file("rejected", Error, "the AWS CLI rejects the file", lines::rejected_by_aws_cli),
    file("rejected_by_some", Warning, "a tool other than the AWS CLI rejects the file", lines::rejected_by_some),
    file("text_after_header", Warning, "text follows a section header's ']'", lines::text_after_header),
    file("indented_property", Warning, "a section's first property is indented", lines::indented_property),
    file("colon", Warning, "a key is set with ':', which only some tools accept", lines::colon),
    file("wide_blank", Warning, "a no-break space is at the end of a key or value", lines::wide_blank),
    file("lone_carriage_return", Warning, "a carriage return without a line feed", lines::lone_carriage_return),
    profile("header_not_alone", Warning, "the Amplify CLI reads a header as a key", lines::header_not_alone),
    profile("dotted_pair", Warning, "two spellings of a dotted name hide it from Amplify", names::dotted_pair),
    profile("hidden_name", Warning, "a tool does not see a section under its name", names::hidden_name),
    profile("same_name", Warning, "two headers name the same profile", names::same_name),
    profile("spelling_left_out", Warning, "a second spelling of a name has other settings", names::spelling_left_out),
    profile("read_differently", Warning, "tools read a value differently", values::read_differently),
    profile("process_comment", Warning, "SDKs cut a command at a comment mark", values::process_comment),
    profile("flattened_block", Warning, "the Amplify CLI reads a nested key as the profile's", values::flattened_block),
    profile("home_path", Warning, "a path begins with ~, which other tools do not expand", values::home_path),
    profile("region_capitals", Warning, "a region is in capital letters", values::region_capitals),
    profile("key_typo", Warning, "unknown key, probably a typo", values::key_typo),
    profile("key_in_capitals", Warning, "some tools do not read a key with capital letters", values::key_in_capitals),
    profile("half_pair", Error, "a profile has only half of a key pair", kinds::half_pair),
    profile("invalid_key", Error, "an access key has an invalid character", kinds::invalid_key),
    profile("stale_token", Warning, "a session token belongs to keys in the other file", kinds::stale_token),
    profile("role_and_process", Warning, "a profile has role_arn and credential_process", kinds::role_and_process),
    profile("mixed_kinds", Warning, "a profile has several kinds of credentials", kinds::mixed_kinds),
    profile("mfa_ignored", Warning, "some tools cannot use a role that needs MFA", kinds::mfa_ignored),
    profile("mfa_without_role", Info, "mfa_serial without a role", kinds::mfa_without_role),
    profile("amplify_role", Info, "the Amplify CLI 14.2.2 to 14.5.1 cannot assume a role", kinds::amplify_role),
    profile("amplify_project", Error, "the Amplify CLI cannot use its project's profile", project::amplify_project),
    profile("chain", Error, "a profile's credentials cannot be resolved", chains::broken),
    profile(
        "duration_capped",
        Warning,
        "a role session is requested for longer than AWS allows",
        chains::duration_capped,
    ),
    profile("mfa_does_not_travel", Warning, "a later role of a chain has mfa_serial", chains::mfa_does_not_travel),
    profile("security_key", Error, "mfa_serial is a security key, which has no codes", chains::security_key),
    profile(
        "no_environment_keys",
        Info,
        "a profile needs keys that the environment does not have",
        chains::no_environment_keys,
    ),
    profile("no_credentials", Info, "a profile has no credentials", chains::no_credentials),
    profile("sso_regions_differ", Warning, "one start URL has several regions", sign_ins::regions_differ),
    profile(
        "registration_expired",
        Warning,
        "a sign-in cannot be renewed: its registration expired",
        sign_ins::registration_expired,
    ),
    profile("sign_in_needed", Info, "a profile needs a new sign-in", sign_ins::needed),
    file("key_store", Warning, "the key store cannot be read", stored_keys::store),
    file("key_records", Warning, "the records of stored keys cannot be read", stored_keys::records),
    profile("key_missing", Error, "a profile's key is not in the key store", stored_keys::missing),
    profile("key_unused", Warning, "a stored key is not used by its profile", stored_keys::unused),
    profile("key_without_mfa", Info, "a profile uses a stored key without MFA", stored_keys::without_mfa),
    profile("plain_keys", Info, "a file has a long-term key in plain text", stored_keys::plain_keys),
    file("backup_keys", Warning, "a backup of a file has keys that were removed", stored_keys::backup_keys),
    profile("process_missing", Error, "a credential_process cannot be started", processes::missing),
    profile("process_older", Warning, "a profile uses an older amplify-creds", processes::older),
    profile("process_short_lived", Warning, "the program of a profile may be removed", processes::short_lived),
    profile("process_relative", Warning, "a credential_process is not found from every directory", processes::relative),
    profile("process_shell", Warning, "a command needs a shell, but the AWS CLI uses none", processes::shell),
    file("invalid_setting", Error, "a setting has an invalid value", system::invalid_setting),
    file("mode", Warning, "other users can read a file", system::mode),
    file("owner", Warning, "a file belongs to another user", system::owner),
    file("profile_variable", Error, "a variable names a profile that does not exist", system::profile_variable),
    file("variables_disagree", Warning, "variables name different profiles", system::variables_disagree),
    file("keys_shadow_profile", Warning, "keys in the environment", system::keys_shadow_profile),
    file("clock", Warning, "the system clock was wrong", system::clock),
    file("cache_corrupt", Warning, "the cache cannot be read", system::cache_corrupt),
    file("cache_foreign", Info, "the Amplify CLI has cached sessions", system::cache_foreign),
];
