use std::path::PathBuf;

use crate::core::origin::Located;
use crate::profile::keys::Keys;

use super::endpoint::EndpointVariables;
use super::session::SessionExtras;
use super::sources::{ContainerService, MetadataService, WebIdentityInputs};

#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Allows a role with a source that has no credentials yet: policies are made before keys.
    pub may_lack_base: bool,
    /// `--region` or the user's variables. Overrides the profile's region.
    pub region: Option<Located<String>>,
    /// Also includes the variables that this program set: the region of credentials in the environment.
    pub environment_region: Option<Located<String>>,
    /// `--duration` in seconds, for the last role. Overrides the profile's.
    pub duration: Option<Located<u32>>,
    /// `--role-arn`, `--external-id` and `--session-name`, for the last role. They override the profile's.
    pub role: RoleFlags,
    /// `--policy-arn`, `--policy` and `--tag`, for the last role. Not allowed if the profile has a policy.
    pub extras: SessionExtras,
    /// Session name for profiles without one; `amplify` by default.
    pub session_name: Option<Located<String>>,
    pub sts: EndpointVariables,
    /// `AWS_CA_BUNDLE`. Overrides the profile's `ca_bundle`.
    pub ca_bundle: Option<Located<String>>,
    /// Keys in the environment, for `credential_source = Environment` and if no profile is requested.
    pub environment: Option<Keys>,
    /// A web identity in the environment, used if no profile is requested.
    pub web_identity: Option<WebIdentityInputs>,
    /// The environment's settings for the EC2 metadata service.
    pub metadata: MetadataService,
    pub container: ContainerService,
    pub machine: HostnameFn,
    /// The profile of a `credential_process` of ours that names none.
    pub unnamed_profile: String,
    /// The running executable. A `credential_process` may name it by another path.
    pub program: Option<PathBuf>,
    /// Profiles of the same config file with a `credential_process` that is waiting for this run.
    pub waiting: Vec<String>,
}

impl Inputs {
    pub fn changes_role(&self) -> bool {
        self.role != RoleFlags::default() || !self.extras.is_empty()
    }
}

/// Called only for credentials of the machine itself.
#[derive(Debug, Clone, Copy)]
pub struct HostnameFn(pub fn() -> String);

impl HostnameFn {
    pub(super) fn name(self) -> String {
        self.0()
    }
}

impl Default for HostnameFn {
    fn default() -> Self {
        Self(String::new)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleFlags {
    pub role_arn: Option<String>,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
}
