//! Plans the base of a profile or of the environment: an EC2 instance, a container, IAM Identity Center, a web
//! identity, a session of `aws login`, or a program.

use std::path::PathBuf;

use crate::core::origin::{Located, Origin};
use crate::profile::{Profile, ProfileSet, Setting};

use super::credential_plan::{EnvContext, ProcessIdentity};
use super::endpoint::Choice;
use super::error::PlanError;
use super::hop;
use super::hop::RequestedRole;
use super::inputs::Inputs;
use super::limits;
use super::limits::{SESSION_NAME, SSO_ROLE_NAME, is_account};
use super::sources::{ContainerBase, ImdsBase, LoginBase, SsoBase, SsoSession, WebIdentityBase, WebIdentityInputs};

/// The environment has priority over the profile with `credential_source`, and that over the requested profile.
pub(super) fn imds(
    profile: &Profile<'_>,
    asked_for: Option<&Profile<'_>>,
    from: Origin,
    inputs: &Inputs,
) -> Result<ImdsBase, PlanError> {
    let profiles: Vec<_> = [Some(profile), asked_for].into_iter().flatten().collect();
    Ok(ImdsBase { from, service: inputs.metadata.with(&profiles)?, machine: inputs.machine.name() })
}

pub(super) fn container(from: Origin, inputs: &Inputs) -> ContainerBase {
    ContainerBase { from, service: inputs.container.clone(), machine: inputs.machine.name() }
}

/// `None` if the profile names neither account nor role: its keys then serve tools that need only a token.
pub(super) fn sso(set: &ProfileSet<'_>, profile: &Profile<'_>) -> Result<Option<SsoBase>, PlanError> {
    let stated = |key: &'static str| profile.get(key).map(Setting::located);
    let (account_id, role_name) = (stated("sso_account_id"), stated("sso_role_name"));
    let Some(at) = account_id.as_ref().or(role_name.as_ref()).map(|found| found.from.clone()) else { return Ok(None) };
    let incomplete = |missing, at: Origin| PlanError::SsoIncomplete { profile: profile.name.clone(), missing, at };
    let session = stated("sso_session");
    let named = session.as_ref().map(|name| (name, set.sso_session(&name.value)));
    let section = match named {
        Some((name, None)) => {
            let (profile, session, at) = (profile.name.clone(), name.value.clone(), name.from.clone());
            return Err(PlanError::NoSsoSession { profile, session, at });
        }
        Some((_, section)) => section,
        None => None,
    };
    // As in botocore. The SDK for Rust rejects a key in both places, even with equal values.
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
    let start_url = shared("sso_start_url")?;
    let region = limits::region(&profile.name, "sso_region", shared("sso_region")?)?;
    match (account_id, role_name) {
        (Some(account_id), Some(role_name)) => {
            let invalid = |key, expected: &str, at: &Origin| PlanError::Invalid {
                profile: profile.name.clone(),
                key,
                expected: expected.to_owned(),
                from: at.clone(),
            };
            if !is_account(&account_id.value) {
                return Err(invalid("sso_account_id", "an account id of 12 digits", &account_id.from));
            }
            if !SSO_ROLE_NAME.allows(&role_name.value) {
                return Err(invalid("sso_role_name", &SSO_ROLE_NAME.to_string(), &role_name.from));
            }
            let scopes = section.as_ref().and_then(scopes);
            let session = SsoSession { name: session, start_url, region, scopes };
            Ok(Some(SsoBase { session, account_id, role_name, endpoint: None }))
        }
        (Some(_), None) => Err(incomplete("sso_role_name", at)),
        (None, _) => Err(incomplete("sso_account_id", at)),
    }
}

pub fn scopes(section: &Profile<'_>) -> Option<Vec<String>> {
    let found = section.get("sso_registration_scopes")?.value.split(',').map(|scope| scope.trim().to_owned());
    Some(found.filter(|scope| !scope.is_empty()).collect())
}

/// `None` if the profile has no token file.
pub(super) fn web_identity(
    profile: &Profile<'_>,
    asked: &RequestedRole,
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
        subject: String::new(),
    }))
}

/// The environment's own web identity, used if no profile is requested. `name` is the name for messages.
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
        sts: sts.endpoint(hop::region(name, None, &role_arn.value, inputs, &RequestedRole::default())?),
        role_arn,
        machine: inputs.machine.name(),
        subject: String::new(),
    })
}

/// `None` if the profile has no `login_session`.
pub(super) fn login(profile: &Profile<'_>, region: Option<&Located<String>>) -> Result<Option<LoginBase>, PlanError> {
    let Some(session) = profile.get("login_session").map(Setting::located) else { return Ok(None) };
    let region = profile.get("region").map(Setting::located).or_else(|| region.cloned());
    let region = region.map(|region| limits::region(&profile.name, "region", region)).transpose()?;
    Ok(Some(LoginBase { profile: profile.name.clone(), session, region, endpoint: None }))
}

pub(super) fn process_identity(profile: &Profile<'_>) -> Result<ProcessIdentity, PlanError> {
    match profile.get("process_identity") {
        None => Ok(ProcessIdentity::Environment(EnvContext::default())),
        Some(found) if found.value == "command" => Ok(ProcessIdentity::Command),
        Some(found) => Err(PlanError::Invalid {
            profile: profile.name.clone(),
            key: "process_identity",
            expected: "command".to_owned(),
            from: Origin::File(found.at),
        }),
    }
}
