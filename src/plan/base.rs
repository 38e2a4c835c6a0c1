//! Owns the bases that are neither keys nor a program: what a profile, or the environment, says of an EC2 instance, a
//! container, IAM Identity Center, a web identity, a session of `aws login`.
//!
//! Refuses to read a token or its cache: that is `source`'s.

use std::path::PathBuf;

use crate::profile::set::SectionKind;
use crate::profile::{Profile, ProfileSet, Setting};
use crate::secret::Secret;
use crate::span::{Located, Origin};

use super::SessionDuration;
use super::build::Inputs;
use super::endpoint::{Choice, Endpoint};
use super::error::PlanError;
use super::hop::{self, Asked};
use super::limits::{RoleArn, SESSION_NAME, is_endpoint, is_region};

/// The role of the EC2 instance that we run on, by its metadata service.
#[derive(Debug, Clone)]
pub struct ImdsBase {
    /// `credential_source`
    pub from: Origin,
    /// How the service is called.
    pub service: MetadataService,
    /// This machine.
    pub machine: String,
}

/// Where the metadata service is and what it may be asked.
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

/// The address of the metadata service.
const IMDS_IPV4: &str = "http://169.254.169.254";
/// The same where the endpoint mode is IPv6.
const IMDS_IPV6: &str = "http://[fd00:ec2::254]";

/// What a relative address of a container's credentials is relative to.
pub const ECS_CONTAINER: &str = "http://169.254.170.2";

impl MetadataService {
    /// The URL without a slash at its end.
    pub fn url(&self) -> &str {
        let is_ipv6 = self.endpoint_mode.as_ref().is_some_and(|mode| mode.value.eq_ignore_ascii_case("ipv6"));
        match &self.endpoint {
            Some(endpoint) => endpoint.value.trim_end_matches('/'),
            None if is_ipv6 => IMDS_IPV6,
            None => IMDS_IPV4,
        }
    }

    /// Whether the first version, without a token, must not be used.
    pub fn refuses_v1(&self) -> bool {
        is_true(self.v1_disabled.as_ref())
    }

    /// What switches the service off.
    pub fn switched_off(&self) -> Option<&Origin> {
        self.disabled.as_ref().filter(|disabled| is_true(Some(disabled))).map(|disabled| &disabled.from)
    }

    /// The same with what `profiles` say where the environment says nothing; the first that says it counts.
    fn with(&self, profiles: &[&Profile<'_>]) -> Result<Self, PlanError> {
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

fn is_true(found: Option<&Located<String>>) -> bool {
    found.is_some_and(|found| found.value.eq_ignore_ascii_case("true"))
}

/// The role of the container that we run in: Amazon ECS, EKS Pod Identity, and whatever else speaks their protocol.
#[derive(Debug, Clone)]
pub struct ContainerBase {
    /// `credential_source`
    pub from: Origin,
    /// What the container's environment says.
    pub service: ContainerService,
    /// This machine.
    pub machine: String,
}

/// What a container's environment says of its credentials.
#[derive(Debug, Clone, Default)]
pub struct ContainerService {
    /// The whole URL: what `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` leads to, else `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    pub uri: Option<Located<String>>,
    /// What is sent as `Authorization`.
    pub token: Option<ContainerToken>,
}

/// The authorization for a container's credentials.
#[derive(Debug, Clone)]
pub enum ContainerToken {
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`: a file that is read anew each time.
    File(PathBuf),
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN`
    Text(Secret),
}

/// A role that IAM Identity Center gives a person who has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoBase {
    /// `sso_session`; none where the profile has its own start URL.
    pub session: Option<Located<String>>,
    /// `sso_start_url`
    pub start_url: Located<String>,
    /// `sso_region`
    pub region: Located<String>,
    /// `sso_account_id`
    pub account_id: Located<String>,
    /// `sso_role_name`
    pub role_name: Located<String>,
}

/// A role that a token in a file gives (AssumeRoleWithWebIdentity).
#[derive(Debug, Clone)]
pub struct WebIdentityBase {
    /// `web_identity_token_file`
    pub token_file: Located<PathBuf>,
    /// `role_arn`
    pub role_arn: Located<RoleArn>,
    /// `role_session_name`, or the default.
    pub session_name: Located<String>,
    /// How long the session is to last.
    pub duration: SessionDuration,
    /// Where STS is called.
    pub sts: Endpoint,
    /// This machine, whose file the token's is.
    pub machine: String,
}

/// `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`.
#[derive(Debug, Clone)]
pub struct WebIdentityInputs {
    /// The token's file.
    pub token_file: Located<PathBuf>,
    /// The role.
    pub role_arn: Option<Located<String>>,
    /// The session's name.
    pub session_name: Option<Located<String>>,
}

/// The session of a person who has signed in with `aws login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginBase {
    /// `login_session`: the ARN that was signed in with.
    pub session: Located<String>,
    /// The profile's region, for a token that does not know its own.
    pub region: Option<Located<String>>,
}

/// The metadata service as the profile with `credential_source` and the one that is asked for have it.
pub(super) fn imds(
    profile: &Profile<'_>,
    asked_for: Option<&Profile<'_>>,
    from: Origin,
    inputs: &Inputs,
) -> Result<ImdsBase, PlanError> {
    let profiles: Vec<_> = [Some(profile), asked_for].into_iter().flatten().collect();
    Ok(ImdsBase { from, service: inputs.metadata.with(&profiles)?, machine: inputs.machine.name() })
}

/// The container that we run in.
pub(super) fn container(from: Origin, inputs: &Inputs) -> ContainerBase {
    ContainerBase { from, service: inputs.container.clone(), machine: inputs.machine.name() }
}

/// What `profile` says of IAM Identity Center; `None` where it names neither account nor role: then its keys are for
/// tools that want no more than a token.
pub(super) fn sso(set: &ProfileSet<'_>, profile: &Profile<'_>) -> Result<Option<SsoBase>, PlanError> {
    let stated = |key: &'static str| profile.get(key).map(Setting::located);
    let (account_id, role_name) = (stated("sso_account_id"), stated("sso_role_name"));
    let Some(at) = account_id.as_ref().or(role_name.as_ref()).map(|found| found.from.clone()) else { return Ok(None) };
    let incomplete = |missing, at: Origin| PlanError::SsoIncomplete { profile: profile.name.clone(), missing, at };
    let session = stated("sso_session");
    let named = session.as_ref().map(|name| (name, set.section(SectionKind::SsoSession, &name.value)));
    let section = match named {
        Some((name, None)) => {
            let (profile, session, at) = (profile.name.clone(), name.value.clone(), name.from.clone());
            return Err(PlanError::NoSsoSession { profile, session, at });
        }
        Some((_, section)) => section,
        None => None,
    };
    // As botocore has it; the SDK for Rust refuses a key in both places even where they agree.
    let shared = |key: &'static str| {
        let of_section = section.as_ref().and_then(|section| section.get(key).map(Setting::located));
        match (stated(key), of_section) {
            (Some(found), Some(other)) if found.value != other.value => {
                Err(PlanError::SsoMismatch { profile: profile.name.clone(), key, at: found.from, other: other.from })
            }
            (_, Some(found)) | (Some(found), None) => Ok(found),
            (None, None) => Err(incomplete(key, session.as_ref().map_or(&at, |name| &name.from).clone())),
        }
    };
    let (start_url, region) = (shared("sso_start_url")?, shared("sso_region")?);
    if !is_region(&region.value) {
        let (profile, expected) = (profile.name.clone(), "a region's name, such as eu-west-1".to_owned());
        return Err(PlanError::Invalid { profile, key: "sso_region", expected, from: region.from });
    }
    match (account_id, role_name) {
        (Some(account_id), Some(role_name)) => Ok(Some(SsoBase { session, start_url, region, account_id, role_name })),
        (Some(_), None) => Err(incomplete("sso_role_name", at)),
        (None, _) => Err(incomplete("sso_account_id", at)),
    }
}

/// What `profile` says of a web identity, if it has a token's file.
pub(super) fn web_identity(
    profile: &Profile<'_>,
    asked: &Asked,
    inputs: &Inputs,
    sts: &Choice,
) -> Result<Option<WebIdentityBase>, PlanError> {
    let Some(file) = profile.get("web_identity_token_file") else { return Ok(None) };
    let Some(role) = profile.get("role_arn") else {
        return Err(PlanError::NoRoleForToken { profile: profile.name.clone(), at: Origin::File(file.at) });
    };
    let role_arn = hop::role_arn(&profile.name, role.located())?;
    let session_name = hop::session_name(profile)?.or_else(|| inputs.session_name.clone());
    let token_file = file.located();
    Ok(Some(WebIdentityBase {
        token_file: Located::new(PathBuf::from(token_file.value), token_file.from),
        session_name: session_name.unwrap_or_else(hop::default_session_name),
        duration: hop::duration(profile, asked)?,
        sts: sts.endpoint(hop::region(&profile.name, profile.get("region"), &role_arn.value, inputs, asked)?),
        role_arn,
        machine: inputs.machine.name(),
    }))
}

/// The web identity of the environment itself, for when no profile is asked for. `name` is what it is called by.
pub(super) fn of_environment(
    name: &str,
    found: &WebIdentityInputs,
    inputs: &Inputs,
) -> Result<WebIdentityBase, PlanError> {
    let WebIdentityInputs { token_file, role_arn, session_name } = found;
    let Some(role) = role_arn.clone() else {
        return Err(PlanError::NoRoleForToken { profile: name.to_owned(), at: token_file.from.clone() });
    };
    let role_arn = hop::role_arn(name, role)?;
    if let Some(session) = session_name.as_ref().filter(|session| !SESSION_NAME.allows(&session.value)) {
        let (profile, from) = (name.to_owned(), session.from.clone());
        return Err(PlanError::Invalid { profile, key: SESSION_NAME.key, expected: SESSION_NAME.to_string(), from });
    }
    let session_name = session_name.clone().or_else(|| inputs.session_name.clone());
    let sts = Choice::of(None, &inputs.sts)?;
    Ok(WebIdentityBase {
        token_file: token_file.clone(),
        session_name: session_name.unwrap_or_else(hop::default_session_name),
        duration: hop::asked_duration(inputs),
        sts: sts.endpoint(hop::region(name, None, &role_arn.value, inputs, &Asked::default())?),
        role_arn,
        machine: inputs.machine.name(),
    })
}

/// What `profile` says of `aws login`.
pub(super) fn login(profile: &Profile<'_>, region: Option<&Located<String>>) -> Option<LoginBase> {
    let session = profile.get("login_session")?.located();
    Some(LoginBase { session, region: profile.get("region").map(Setting::located).or_else(|| region.cloned()) })
}
