//! Making a plan: what goes in beside the profile files, and what is settled once the whole chain is known.

use crate::core::origin::{Located, Origin};
use crate::profile::{Profile, ProfileSet};
use crate::profile_file::Property;

use super::credential_plan::{Base, BaseSource, CredentialPlan, Hop};
use super::endpoint::{Choice, Endpoint};
use super::error::PlanError;
use super::hop::{AMPLIFY_SESSION_NAME, PolicySetter, override_role};
use super::inputs::{Inputs, RoleFlags};
use super::limits::{EXTERNAL_ID, MFA_SERIAL, SESSION_NAME, SessionDuration};
use super::partition::first_region;
use super::walk::{Trail, Walk, WalkSettings};
use super::wrapper::WrapperOptions;
use super::{base, hop, limits, mfa};

/// Plans the credentials of the profile `name`.
pub fn build(set: &ProfileSet<'_>, name: &str, inputs: &Inputs) -> Result<CredentialPlan, PlanError> {
    let mut walk = Walk::new(set, inputs);
    let mut base = walk.from(name)?;
    if let Some(Origin::File(at)) = walk.unused_role_flags() {
        return Err(PlanError::NoRole { profile: base.profile, at: Some(at.clone()) });
    }
    let Walk { trail, settings, .. } = walk;
    let Trail { path, profiles, mut hops, via, mut warnings, policy_setter } = trail;
    let WalkSettings { region, ca_bundle, min_ttl, options, .. } = settings;
    hops.reverse();
    match (&mut base.source, &inputs.duration) {
        (BaseSource::WebIdentity(web), Some(asked)) if hops.is_empty() => {
            web.duration = SessionDuration { is_explicit: true, requested: asked.clone(), seconds: asked.value };
        }
        _ => {}
    }
    override_last(&mut hops, inputs, policy_setter, name)?;
    let region = region.map(|region| limits::region(name, "region", region)).transpose()?;
    for hop in hops.iter_mut().skip(usize::from(!base.source.is_temporary())) {
        hop.hold_to_an_hour(&mut warnings);
    }
    let chain = mfa::MfaContext { profiles: &profiles, base: &base.source, set, sts: &inputs.sts, region: &region };
    let mfa = chain.mfa(&mut hops, &mut warnings)?;
    let mut path: Vec<_> = path.into_iter().map(|mention| mention.by).collect();
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
        ca_bundle,
        min_ttl,
        options,
        is_of_environment: false,
        warnings,
    })
}

/// Refuses a plan that can be explained and not carried out: AWS has no account without twelve digits.
pub fn can_be_carried_out(plan: &CredentialPlan) -> Result<(), PlanError> {
    let of_hops = plan.hops.iter().map(|hop| (&hop.role_arn, &hop.profile));
    let of_base = match &plan.base.source {
        BaseSource::WebIdentity(web) => Some((&web.role_arn, &plan.base.profile)),
        _ => None,
    };
    match of_base.into_iter().chain(of_hops).find(|(role, _)| !role.value.has_account()) {
        Some((role, profile)) => Err(hop::not_a_role(profile, role.from.clone())),
        None => Ok(()),
    }
}

/// Where AWS is asked whose the credentials of `plan` are.
pub fn identity_endpoint(set: &ProfileSet<'_>, plan: &CredentialPlan, inputs: &Inputs) -> Result<Endpoint, PlanError> {
    if let Some(hop) = plan.hops.last() {
        return Ok(hop.sts.clone());
    }
    let profile = plan.profile_in_files().and_then(|_| set.get(&plan.base.profile));
    let choice = Choice::of(profile.as_ref().map(|profile| (set, profile)), &inputs.sts)?;
    let first_region = || Located::new(first_region("aws").to_owned(), Origin::Default);
    Ok(choice.endpoint(plan.region.clone().unwrap_or_else(first_region)))
}

fn override_last(hops: &mut [Hop], inputs: &Inputs, setter: PolicySetter, profile: &str) -> Result<(), PlanError> {
    let Inputs { role, extras, duration, .. } = inputs;
    let wants = *role != RoleFlags::default() || !extras.is_empty();
    let Some(last) = hops.last_mut() else {
        return if wants { Err(PlanError::NoRole { profile: profile.to_owned(), at: None }) } else { Ok(()) };
    };
    if let Some(asked) = duration {
        last.duration = SessionDuration { is_explicit: true, requested: asked.clone(), seconds: asked.value };
    }
    override_role(last, role, extras, setter, profile, Origin::Flag)
}

/// Plans what the environment itself has, keys before a web identity, for when no profile is asked for and the one that
/// would be meant has nothing. `None` where the environment has nothing either.
pub fn environment(inputs: &Inputs) -> Result<Option<CredentialPlan>, PlanError> {
    let profile = "environment".to_owned();
    let source = match (&inputs.environment, &inputs.web_identity) {
        (Some(keys), _) => BaseSource::Environment(keys.clone()),
        (None, Some(web)) => BaseSource::WebIdentity(base::of_environment(&profile, web, inputs)?),
        (None, None) => return Ok(None),
    };
    Ok(Some(CredentialPlan {
        profile: profile.clone(),
        path: Vec::new(),
        via: Vec::new(),
        region: inputs.region.clone().map(|region| limits::region("environment", "region", region)).transpose()?,
        base: Base { profile, source },
        mfa: None,
        hops: Vec::new(),
        ca_bundle: inputs.ca_bundle.clone(),
        min_ttl: None,
        options: Located::new(WrapperOptions::default(), Origin::Default),
        is_of_environment: true,
        warnings: Vec::new(),
    }))
}

/// Whether the properties of one section take this role under this session name, as the Amplify CLI would read them.
pub fn section_names_session(section: &[Property<'_>], role_arn: &str, session_name: &str) -> bool {
    let last = |key| section.iter().rev().find(|property| property.key == key).map(|property| &*property.value);
    last("role_arn") == Some(role_arn)
        && last(SESSION_NAME.key).filter(|name| !name.is_empty()).unwrap_or(AMPLIFY_SESSION_NAME) == session_name
}

/// Whether `profile` says by itself that it takes this role under this session name, as the Amplify CLI would read it:
/// not by our own settings, which Amplify does not know.
pub fn names_session(profile: &Profile<'_>, hop: &Hop, session_name: &str) -> bool {
    let is_own = |key: &'static str, used: &Option<Located<String>>| {
        profile.get(key).map(|found| found.value) == used.as_ref().map(|used| used.value.as_str())
    };
    profile.get("role_arn").is_some_and(|role| role.value == hop.role_arn.value.as_str())
        && profile.get(SESSION_NAME.key).map_or(AMPLIFY_SESSION_NAME, |name| name.value) == session_name
        && is_own(EXTERNAL_ID.key, &hop.external_id)
        && is_own(MFA_SERIAL.key, &hop.mfa_serial)
}
