use Form::{Account, Arn, Arns, Block, Device, ExternalId, KeyId, MfaCommand, Region, Secret, Text, Url, Word};

/// The form of a key's values. Text of another form can be a secret that was pasted into the wrong line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Secret,
    KeyId,
    /// Names, commands, paths and lists. One line without anything that looks like a secret.
    Text,
    /// A switch, a number, or one of AWS's words for this key.
    Word,
    Region,
    Account,
    Arn,
    Arns,
    /// AWS does not define it as a secret, but it is often random.
    ExternalId,
    /// An MFA device: an ARN, or the serial number of a hardware token.
    Device,
    /// Shown without user, password and query.
    Url,
    /// A command with arguments that can hold a secret.
    MfaCommand,
    Block,
}

/// Read by an AWS tool, the Amplify CLI, aws-vault or this program.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    pub form: Form,
    /// [`Profile::get`](super::merged::Profile::get) accepts only these keys.
    pub is_read: bool,
    /// Whether `exec --serve` passes it to the command. True for settings that do not affect credentials, and for the
    /// AWS CLI's blocks.
    pub is_passed_on: bool,
}

const fn read(name: &'static str, form: Form) -> Key {
    Key { name, form, is_read: true, is_passed_on: false }
}

const fn passed_on(name: &'static str, form: Form) -> Key {
    Key { name, form, is_read: false, is_passed_on: true }
}

const fn both(name: &'static str, form: Form) -> Key {
    Key { name, form, is_read: true, is_passed_on: true }
}

const fn other(name: &'static str, form: Form) -> Key {
    Key { name, form, is_read: false, is_passed_on: false }
}

pub const KEYS: [Key; 82] = [
    read("accessKeyId", KeyId),
    read("accesskeyid", KeyId),
    passed_on("account_id_endpoint_mode", Word),
    passed_on("api_versions", Block),
    passed_on("auth_scheme_preference", Word),
    read("aws_access_key_id", KeyId),
    other("aws_account_id", Account),
    other("aws_credential_scope", Word),
    read("aws_secret_access_key", Secret),
    read("aws_security_token", Secret),
    read("aws_session_token", Secret),
    both("ca_bundle", Text),
    passed_on("cli_auto_prompt", Word),
    passed_on("cli_binary_format", Word),
    passed_on("cli_follow_urlparam", Word),
    other("cli_help_output", Word),
    passed_on("cli_history", Word),
    passed_on("cli_pager", Text),
    passed_on("cli_timestamp_format", Word),
    passed_on("cloudfront", Block),
    read("credential_process", Text),
    read("credential_source", Word),
    passed_on("defaults_mode", Word),
    passed_on("disable_request_compression", Word),
    read("duration_seconds", Word),
    passed_on("dynamodb", Block),
    both("ec2_metadata_service_endpoint", Url),
    both("ec2_metadata_service_endpoint_mode", Word),
    both("ec2_metadata_v1_disabled", Word),
    passed_on("endpoint_discovery_enabled", Word),
    both("endpoint_url", Url),
    read("external_id", ExternalId),
    both("ignore_configured_endpoint_urls", Word),
    read("include_profile", Text),
    read("login_session", Arn),
    passed_on("max_attempts", Word),
    other("metadata_service_num_attempts", Word),
    other("metadata_service_timeout", Word),
    read("mfa_process", MfaCommand),
    read("mfa_serial", Device),
    read("mfa_session", Word),
    read("min_ttl", Word),
    passed_on("output", Word),
    passed_on("parameter_validation", Word),
    read("policy", Text),
    read("policy_arns", Arns),
    read("process_identity", Word),
    read("provided_contexts", Text),
    both("region", Region),
    passed_on("request_checksum_calculation", Word),
    passed_on("request_min_compression_size_bytes", Word),
    passed_on("response_checksum_validation", Word),
    passed_on("retry_mode", Word),
    read("role_arn", Arn),
    read("role_session_name", Text),
    passed_on("s3", Block),
    passed_on("s3_disable_express_session_auth", Word),
    passed_on("s3_disable_multiregion_access_points", Word),
    other("s3_us_east_1_regional_endpoint", Word),
    passed_on("s3_use_arn_region", Word),
    passed_on("sdk_ua_app_id", Text),
    read("secretAccessKey", Secret),
    read("secretaccesskey", Secret),
    both("services", Text),
    read("sessionToken", Secret),
    read("session_tags", Text),
    read("sessiontoken", Secret),
    passed_on("sigv4a_signing_region_set", Word),
    read("source_identity", Text),
    read("source_profile", Text),
    read("sso_account_id", Account),
    read("sso_region", Region),
    read("sso_registration_scopes", Text),
    read("sso_role_name", Text),
    read("sso_session", Text),
    read("sso_start_url", Url),
    both("sts_regional_endpoints", Word),
    passed_on("tcp_keepalive", Word),
    read("transitive_session_tags", Text),
    both("use_dualstack_endpoint", Word),
    both("use_fips_endpoint", Word),
    read("web_identity_token_file", Text),
];

pub fn form(key: &str) -> Option<Form> {
    KEYS.iter().find(|known| known.name == key).map(|known| known.form)
}

pub fn is_known(key: &str) -> bool {
    KEYS.iter().any(|known| known.name == key)
}

/// Whether a known key is written with capital letters: botocore and the Go and Rust SDKs accept it, Amplify and the JS
/// and Java SDKs ignore it. Amplify's own names such as `accessKeyId` do not count.
pub fn is_in_capitals(key: &str) -> bool {
    !is_known(key) && is_known(&key.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_on_keys_do_not_affect_credentials() {
        assert!(KEYS.is_sorted_by_key(|key| key.name));
        for part in
            ["role", "source", "mfa", "sso", "login", "process", "secret", "access_key", "session", "token", "polic"]
        {
            let leads = |key: &Key| key.name.contains(part) && key.name != "s3_disable_express_session_auth";
            assert!(!KEYS.iter().any(|key| key.is_passed_on && leads(key)), "{part}");
        }
    }
}
