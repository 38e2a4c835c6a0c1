//! Owns making a plan: what goes in beside the profile files, and what is settled once the whole chain is known.
//!
//! Refuses to walk the profiles itself: that is `walk`'s.

use std::path::PathBuf;

use crate::profile::keys::Keys;
use crate::profile::{Profile, ProfileSet};
use crate::profile_file::Property;
use crate::span::Located;

use super::error::PlanError;
use super::hop::AMPLIFY_SESSION_NAME;
use super::limits::{SESSION_NAME, is_endpoint};
use super::walk::Walk;
use super::{Base, BaseSource, CredentialPlan, SessionDuration, Surroundings, mfa};

/// What the command line, the environment and the settings add to the profile files.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// `--region` or the variables; beats the profile's.
    pub region: Option<Located<String>>,
    /// `--duration`, in seconds, for the last role; beats the profile's.
    pub duration: Option<Located<u32>>,
    /// Session name for profiles that set none; else `amplify`.
    pub session_name: Option<Located<String>>,
    /// URL of STS.
    pub endpoint: Option<Located<String>>,
    /// Keys in the environment, for `credential_source = Environment` and for no profile at all.
    pub environment: Option<Keys>,
    /// The profile that a `credential_process` of ours without a name means.
    pub unnamed_profile: String,
    /// What a `credential_process` is run in.
    pub surroundings: Surroundings,
    /// The running executable, which a `credential_process` may name by another name.
    pub program: Option<PathBuf>,
    /// Profiles of the same config file whose `credential_process` is waiting for this run.
    pub waiting: Vec<String>,
}

/// Plans the credentials of the profile `name`.
pub fn build(set: &ProfileSet<'_>, name: &str, inputs: &Inputs) -> Result<CredentialPlan, PlanError> {
    let mut walk = Walk::new(set, inputs);
    let base = walk.from(name)?;
    let mut hops = std::mem::take(&mut walk.hops);
    hops.reverse();
    let mut warnings = std::mem::take(&mut walk.warnings);
    if let (Some(last), Some(asked)) = (hops.last_mut(), &inputs.duration) {
        last.duration = SessionDuration { requested: asked.clone(), seconds: asked.value };
    }
    for hop in hops.iter_mut().skip(1) {
        hop.hold_to_an_hour(&mut warnings);
    }
    let chain = mfa::Chain { profiles: &walk.passed, base: &base.source, region: walk.region.as_ref() };
    let mfa = chain.mfa(&mut hops, &mut warnings)?;
    let Walk { path, via, region, .. } = walk;
    if let Some(url) = inputs.endpoint.as_ref().filter(|url| !is_endpoint(&url.value)) {
        let expected = "a URL such as https://sts.eu-west-1.amazonaws.com".to_owned();
        let (profile, from) = (name.to_owned(), url.from.clone());
        return Err(PlanError::Invalid { profile, key: "endpoint URL", expected, from });
    }
    let mut path: Vec<_> = path.into_iter().map(|(name, _)| name).collect();
    path.push(base.profile.clone());
    path.dedup();
    Ok(CredentialPlan {
        profile: name.to_owned(),
        path,
        via,
        region,
        base,
        mfa,
        hops,
        endpoint: inputs.endpoint.clone(),
        warnings,
    })
}

/// Plans the environment's own keys, for when no profile is asked for and none is there.
pub fn environment(keys: Keys) -> CredentialPlan {
    let profile = "environment".to_owned();
    CredentialPlan {
        profile: profile.clone(),
        path: Vec::new(),
        via: Vec::new(),
        region: None,
        base: Base { profile, source: BaseSource::Environment(keys) },
        mfa: None,
        hops: Vec::new(),
        endpoint: None,
        warnings: Vec::new(),
    }
}

/// Whether the properties of one section take this role under this session name, as the Amplify CLI would read them.
pub fn section_names_session(section: &[Property<'_>], role_arn: &str, session_name: &str) -> bool {
    let last = |key| section.iter().rev().find(|property| property.key == key).map(|property| &*property.value);
    last("role_arn") == Some(role_arn)
        && last(SESSION_NAME.key).filter(|name| !name.is_empty()).unwrap_or(AMPLIFY_SESSION_NAME) == session_name
}

/// Whether `profile` says by itself that it takes this role under this session name, as the Amplify CLI would read it:
/// not by our own settings, which Amplify does not know.
pub fn names_session(profile: &Profile<'_>, role_arn: &str, session_name: &str) -> bool {
    profile.get("role_arn").is_some_and(|role| role.value == role_arn)
        && profile.get(SESSION_NAME.key).map_or(AMPLIFY_SESSION_NAME, |name| name.value) == session_name
}
