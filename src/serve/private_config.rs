//! Owns what a command under `exec --serve` finds in its config file: the profile's region and other settings, as
//! `[default]`, and nothing that leads to credentials. SDKs look at files before they ask the endpoint.
//!
//! Pure. Refuses keys that it does not know: one of them may be another tool's secret.

use std::fmt::Write as _;

/// The settings that the AWS SDKs and Tools Reference Guide names and that have nothing to do with credentials, and the
/// blocks of the AWS CLI.
pub const KEYS: [&str; 39] = [
    "account_id_endpoint_mode",
    "api_versions",
    "auth_scheme_preference",
    "ca_bundle",
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_follow_urlparam",
    "cli_history",
    "cli_pager",
    "cli_timestamp_format",
    "cloudfront",
    "defaults_mode",
    "disable_request_compression",
    "dynamodb",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_v1_disabled",
    "endpoint_discovery_enabled",
    "endpoint_url",
    "ignore_configured_endpoint_urls",
    "max_attempts",
    "output",
    "parameter_validation",
    "region",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "s3",
    "s3_disable_express_session_auth",
    "s3_disable_multiregion_access_points",
    "s3_use_arn_region",
    "sdk_ua_app_id",
    "services",
    "sigv4a_signing_region_set",
    "sts_regional_endpoints",
    "tcp_keepalive",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// The file: `settings` as `[default]`, and the section that its `services` names.
pub fn render(settings: &[(&str, String)], services: Option<(&str, &[(String, String)])>) -> String {
    let mut text = "[default]\n".to_owned();
    for (key, value) in settings {
        property(&mut text, key, value);
    }
    if let Some((name, properties)) = services {
        let _ = writeln!(text, "\n[services {name}]");
        for (key, value) in properties {
            property(&mut text, key, value);
        }
    }
    text
}

/// A block's lines stand below its key, as they do in the file that it comes from.
fn property(text: &mut String, key: &str, value: &str) {
    let mut lines = value.lines();
    let first = lines.next().unwrap_or_default();
    let _ = writeln!(text, "{}", format!("{key} = {first}").trim_end());
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stay_blocks() {
        let settings = [
            ("region", "eu-west-1".to_owned()),
            ("s3", "\nmax_concurrent_requests = 20\naddressing_style = path".into()),
        ];
        let services = [("sqs".to_owned(), "\nendpoint_url = http://localhost:1".to_owned())];
        assert_eq!(
            render(&settings, Some(("mine", &services))),
            "[default]\nregion = eu-west-1\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n\n\
             [services mine]\nsqs =\n  endpoint_url = http://localhost:1\n"
        );
        assert_eq!(render(&[], None), "[default]\n");
    }

    #[test]
    fn no_key_leads_to_credentials() {
        assert!(KEYS.is_sorted());
        for part in
            ["role", "source", "mfa", "sso", "login", "process", "secret", "access_key", "session", "token", "polic"]
        {
            assert!(!KEYS.iter().any(|key| key.contains(part) && *key != "s3_disable_express_session_auth"), "{part}");
        }
    }
}
