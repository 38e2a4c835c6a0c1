use std::path::PathBuf;

use crate::core::origin::{Located, Origin};
use crate::core::secret::Secret;
use crate::profile::{Profile, Setting};

use super::endpoint::Endpoint;
use super::error::PlanError;
use super::limits::{RoleArn, SessionDuration, is_endpoint};

/// The role of this EC2 instance, from its metadata service.
#[derive(Debug, Clone)]
pub struct ImdsBase {
    pub from: Origin,
    pub service: MetadataService,
    pub machine: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetadataService {
    /// `ec2_metadata_service_endpoint`, `AWS_EC2_METADATA_SERVICE_ENDPOINT`
    pub endpoint: Option<Located<String>>,
    /// `IPv4` or `IPv6`, in any case: `ec2_metadata_service_endpoint_mode`, `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`
    pub endpoint_mode: Option<Located<String>>,
    /// `true`: `ec2_metadata_v1_disabled`, `AWS_EC2_METADATA_V1_DISABLED`
    pub v1_disabled: Option<Located<String>>,
    /// `true`: `AWS_EC2_METADATA_DISABLED`
    pub disabled: Option<Located<String>>,
}

pub(super) const IMDS_IPV4: &str = "http://169.254.169.254";

/// The default endpoint if the endpoint mode is IPv6.
pub(super) const IMDS_IPV6: &str = "http://[fd00:ec2::254]";

pub const ECS_CONTAINER: &str = "http://169.254.170.2";

impl MetadataService {
    pub fn url(&self) -> &str {
        let is_ipv6 = self.endpoint_mode.as_ref().is_some_and(|mode| mode.value.eq_ignore_ascii_case("ipv6"));
        match &self.endpoint {
            Some(endpoint) => endpoint.value.trim_end_matches('/'),
            None if is_ipv6 => IMDS_IPV6,
            None => IMDS_IPV4,
        }
    }

    /// IMDSv1 is the version without a token.
    pub fn refuses_v1(&self) -> bool {
        is_true(self.v1_disabled.as_ref())
    }

    pub fn switched_off(&self) -> Option<&Origin> {
        self.disabled.as_ref().filter(|disabled| is_true(Some(disabled))).map(|disabled| &disabled.from)
    }

    /// Adds the settings of `profiles` that the environment does not have. The first profile with a setting counts.
    pub(super) fn with(&self, profiles: &[&Profile<'_>]) -> Result<Self, PlanError> {
        let or = |found: &Option<Located<String>>, key: &'static str| {
            let of_profile = || profiles.iter().find_map(|profile| profile.get(key).map(Setting::located));
            found.clone().or_else(of_profile)
        };
        let service = Self {
            endpoint: or(&self.endpoint, "ec2_metadata_service_endpoint"),
            endpoint_mode: or(&self.endpoint_mode, "ec2_metadata_service_endpoint_mode"),
            v1_disabled: or(&self.v1_disabled, "ec2_metadata_v1_disabled"),
            disabled: self.disabled.clone(),
        };
        let invalid = |key, expected: &str, found: &Located<String>| PlanError::Invalid {
            profile: profiles.first().map_or_else(String::new, |profile| profile.name.clone()),
            key,
            expected: expected.to_owned(),
            from: found.from.clone(),
        };
        if let Some(found) = service.endpoint.as_ref().filter(|found| !is_endpoint(&found.value)) {
            return Err(invalid("ec2_metadata_service_endpoint", "a URL such as http://169.254.169.254", found));
        }
        let is_mode = |mode: &str| mode.eq_ignore_ascii_case("ipv4") || mode.eq_ignore_ascii_case("ipv6");
        if let Some(found) = service.endpoint_mode.as_ref().filter(|found| !is_mode(&found.value)) {
            return Err(invalid("ec2_metadata_service_endpoint_mode", "IPv4 or IPv6", found));
        }
        Ok(service)
    }
}

/// The role of this container: Amazon ECS, EKS Pod Identity, and other services with their protocol.
#[derive(Debug, Clone)]
pub struct ContainerBase {
    pub from: Origin,
    pub service: ContainerService,
    pub machine: String,
}

#[derive(Debug, Clone, Default)]
pub struct ContainerService {
    /// The whole URL, from `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, otherwise `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    pub uri: Option<Located<String>>,
    pub token: Option<ContainerToken>,
}

#[derive(Debug, Clone)]
pub enum ContainerToken {
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`: the file is read for each call. Its hash is completed after planning.
    File {
        path: PathBuf,
        hash: String,
    },
    Text(Secret),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoBase {
    pub session: SsoSession,
    pub account_id: Located<String>,
    pub role_name: Located<String>,
    /// The configured endpoint of the portal. Completed after planning.
    pub endpoint: Option<String>,
}

/// A sign-in to IAM Identity Center, which profiles share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoSession {
    /// `sso_session`; `None` if the profile has its own start URL.
    pub name: Option<Located<String>>,
    pub start_url: Located<String>,
    pub region: Located<String>,
    pub scopes: Option<Vec<String>>,
}

impl SsoSession {
    /// The AWS CLI derives the name of the token file from it.
    pub fn token_key(&self) -> &str {
        self.name.as_ref().map_or(&self.start_url.value, |name| &name.value)
    }
}

/// A role of an account that the user of a session may use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountRole {
    pub account_id: String,
    /// As AWS returns it: it may be empty or contain any character.
    pub account_name: String,
    pub role_name: String,
}

#[derive(Debug, Clone)]
pub struct WebIdentityBase {
    pub token_file: Located<PathBuf>,
    pub role_arn: Located<RoleArn>,
    pub session_name: Located<String>,
    pub duration: SessionDuration,
    pub sts: Endpoint,
    pub machine: String,
    /// The token's issuer, subject and audience. Completed after planning.
    pub subject: String,
}

/// `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`.
#[derive(Debug, Clone)]
pub struct WebIdentityInputs {
    pub token_file: Located<PathBuf>,
    pub role_arn: Option<Located<String>>,
    pub session_name: Option<Located<String>>,
}

/// The session of a user who signed in with `aws login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginBase {
    /// The profile with `login_session`.
    pub profile: String,
    /// `login_session`: the ARN of the signed-in identity.
    pub session: Located<String>,
    /// The profile's region, for a token without a region.
    pub region: Option<Located<String>>,
    /// The configured endpoint of AWS Sign-In. Completed after planning.
    pub endpoint: Option<String>,
}

/// The long-term key of an IAM user in the platform's key store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStoreBase {
    /// The profile whose item has the key.
    pub profile: String,
    /// The `credential_process` that names its own profile.
    pub from: Origin,
    /// From the record of the key. Completed after planning; `None` if there is no record.
    pub access_key_id: Option<String>,
}

pub(super) fn is_true(found: Option<&Located<String>>) -> bool {
    found.is_some_and(|found| found.value.eq_ignore_ascii_case("true"))
}
