//! Owns the names of keys that decide how a profile gets its credentials.

pub(super) const ROLE: &str = "role_arn";
pub(super) const SOURCE: &str = "source_profile";
pub(super) const CREDENTIAL_SOURCE: &str = "credential_source";
pub(super) const WEB_IDENTITY: &str = "web_identity_token_file";
pub(super) const MFA: &str = "mfa_serial";
pub(super) const PROCESS: &str = "credential_process";
pub(super) const LOGIN: &str = "login_session";
pub(super) const ID: &str = "aws_access_key_id";
pub(super) const SECRET: &str = "aws_secret_access_key";
pub(super) const SSO_SESSION: &str = "sso_session";
/// What says which role of IAM Identity Center is meant.
pub(super) const SSO_ROLE: [&str; 2] = ["sso_account_id", "sso_role_name"];
/// What says where to sign in.
pub(super) const SSO_PLACE: [&str; 2] = ["sso_start_url", "sso_region"];
