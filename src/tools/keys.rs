//! The names of keys that decide how a profile gets its credentials.

pub(crate) const ROLE: &str = "role_arn";
pub(crate) const SOURCE: &str = "source_profile";
pub(crate) const CREDENTIAL_SOURCE: &str = "credential_source";
pub(crate) const WEB_IDENTITY: &str = "web_identity_token_file";
pub(crate) const MFA: &str = "mfa_serial";
pub(crate) const PROCESS: &str = "credential_process";
pub(crate) const LOGIN: &str = "login_session";
pub(crate) const ID: &str = "aws_access_key_id";
pub(crate) const SECRET: &str = "aws_secret_access_key";
pub(crate) const SSO_SESSION: &str = "sso_session";
/// What says which role of IAM Identity Center is meant.
pub(crate) const SSO_ROLE: [&str; 2] = ["sso_account_id", "sso_role_name"];
/// What says where to sign in.
pub(crate) const SSO_PLACE: [&str; 2] = ["sso_start_url", "sso_region"];
