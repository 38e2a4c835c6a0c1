/// A key that AWS tools, the Amplify CLI, aws-vault or this program read from a profile.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    /// Whether this program reads it. [`Profile::get`](super::merged::Profile::get) accepts no other key.
    pub is_read: bool,
    /// Whether `exec --serve` passes it to the command: settings that do not affect credentials, and the AWS CLI's
    /// blocks.
    pub is_passed_on: bool,
}

const fn read(name: &'static str) -> Key {
    Key { name, is_read: true, is_passed_on: false }
}

const fn passed_on(name: &'static str) -> Key {
    Key { name, is_read: false, is_passed_on: true }
}

const fn both(name: &'static str) -> Key {
    Key { name, is_read: true, is_passed_on: true }
}

const fn other(name: &'static str) -> Key {
    Key { name, is_read: false, is_passed_on: false }
}

pub const KEYS: [Key; 82] = [
    read("accessKeyId"),
    read("accesskeyid"),
    passed_on("account_id_endpoint_mode"),
    passed_on("api_versions"),
    passed_on("auth_scheme_preference"),
    read("aws_access_key_id"),
    other("aws_account_id"),
    other("aws_credential_scope"),
    read("aws_secret_access_key"),
    read("aws_security_token"),
    read("aws_session_token"),
    both("ca_bundle"),
    passed_on("cli_auto_prompt"),
    passed_on("cli_binary_format"),
    passed_on("cli_follow_urlparam"),
    other("cli_help_output"),
    passed_on("cli_history"),
    passed_on("cli_pager"),
    passed_on("cli_timestamp_format"),
    passed_on("cloudfront"),
    read("credential_process"),
    read("credential_source"),
    passed_on("defaults_mode"),
    passed_on("disable_request_compression"),
    read("duration_seconds"),
    passed_on("dynamodb"),
    both("ec2_metadata_service_endpoint"),
    both("ec2_metadata_service_endpoint_mode"),
    both("ec2_metadata_v1_disabled"),
    passed_on("endpoint_discovery_enabled"),
    both("endpoint_url"),
    read("external_id"),
    both("ignore_configured_endpoint_urls"),
    read("include_profile"),
    read("login_session"),
    passed_on("max_attempts"),
    other("metadata_service_num_attempts"),
    other("metadata_service_timeout"),
    read("mfa_process"),
    read("mfa_serial"),
    read("mfa_session"),
    read("min_ttl"),
    passed_on("output"),
    passed_on("parameter_validation"),
    read("policy"),
    read("policy_arns"),
    read("process_identity"),
    read("provided_contexts"),
    both("region"),
    passed_on("request_checksum_calculation"),
    passed_on("request_min_compression_size_bytes"),
    passed_on("response_checksum_validation"),
    passed_on("retry_mode"),
    read("role_arn"),
    read("role_session_name"),
    passed_on("s3"),
    passed_on("s3_disable_express_session_auth"),
    passed_on("s3_disable_multiregion_access_points"),
    other("s3_us_east_1_regional_endpoint"),
    passed_on("s3_use_arn_region"),
    passed_on("sdk_ua_app_id"),
    read("secretAccessKey"),
    read("secretaccesskey"),
    both("services"),
    read("sessionToken"),
    read("session_tags"),
    read("sessiontoken"),
    passed_on("sigv4a_signing_region_set"),
    read("source_identity"),
    read("source_profile"),
    read("sso_account_id"),
    read("sso_region"),
    other("sso_registration_scopes"),
    read("sso_role_name"),
    read("sso_session"),
    read("sso_start_url"),
    both("sts_regional_endpoints"),
    passed_on("tcp_keepalive"),
    read("transitive_session_tags"),
    both("use_dualstack_endpoint"),
    both("use_fips_endpoint"),
    read("web_identity_token_file"),
];

pub fn is_known(key: &str) -> bool {
    KEYS.iter().any(|known| known.name == key)
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
