use std::path::PathBuf;

use crate::core::origin::Located;
use crate::profile::keys::Keys;

use super::endpoint::EndpointVariables;
use super::session::SessionExtras;
use super::sources::{ContainerService, MetadataService, WebIdentityInputs};

#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Whether a role can be planned whose source has no credentials yet: policies are made before keys.
    pub may_lack_base: bool,
    /// `--region` or the user's variables; beats the profile's.
    pub region: Option<Located<String>>,
    /// The same with the variables that this program set: the region of credentials in the environment.
    pub environment_region: Option<Located<String>>,
    /// `--duration`, in seconds, for the last role; beats the profile's.
    pub duration: Option<Located<u32>>,
    /// `--role-arn`, `--external-id` and `--session-name`, for the last role; they beat the profile's.
    pub role: RoleFlags,
    /// `--policy-arn`, `--policy` and `--tag`, for the last role. They do not go with a policy of the profile's.
    pub extras: SessionExtras,
    /// Session name for profiles that set none; else `amplify`.
    pub session_name: Option<Located<String>>,
    pub sts: EndpointVariables,
    /// `AWS_CA_BUNDLE`; beats the profile's `ca_bundle`.
    pub ca_bundle: Option<Located<String>>,
    /// Keys in the environment, for `credential_source = Environment` and for no profile at all.
    pub environment: Option<Keys>,
    /// A web identity in the environment, for no profile at all.
    pub web_identity: Option<WebIdentityInputs>,
    /// What the environment says of the metadata service of EC2.
    pub metadata: MetadataService,
    pub container: ContainerService,
    pub machine: HostnameFn,
    /// The profile that a `credential_process` of ours without a name means.
    pub unnamed_profile: String,
    /// The running executable, which a `credential_process` may name by another name.
    pub program: Option<PathBuf>,
    /// Profiles of the same config file whose `credential_process` is waiting for this run.
    pub waiting: Vec<String>,
}

impl Inputs {
    pub fn changes_role(&self) -> bool {
        self.role != RoleFlags::default() || !self.extras.is_empty()
    }
}

/// What names this machine; asked only for credentials that are the machine's own.
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
    /// `ExternalId`
    pub external_id: Option<String>,
    /// `RoleSessionName`
    pub session_name: Option<String>,
}
