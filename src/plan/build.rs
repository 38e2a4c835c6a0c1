use crate::core::origin::{Located, Origin};
use crate::profile::{Profile, ProfileSet};
use crate::profile_file::Property;

use super::credential_plan::{Base, BaseSource, CredentialPlan, Hop};
use super::endpoint::{Choice, Endpoint};
use super::error::PlanError;
use super::hop::{AMPLIFY_SESSION_NAME, RoleOptions, SetByWrappers, override_role};
use super::inputs::Inputs;
use super::limits::{EXTERNAL_ID, MFA_SERIAL, SESSION_NAME, SessionDuration};
use super::partition::first_region;
use super::walk::Walk;
use super::walk_state::{Trail, WalkSettings};
use super::wrapper::WrapperOptions;
use super::{base, hop, limits, mfa};

pub fn build(set: &ProfileSet<'_>, name: &str, inputs: &Inputs) -> Result<CredentialPlan, PlanError> {
    plan(set, name, inputs).map_err(|error| explain_continuation(set, error))
}

/// An indented line, which is easily overlooked, may continue a valid value and make it invalid.
fn explain_continuation(set: &ProfileSet<'_>, error: PlanError) -> PlanError {
    match error {
        PlanError::Invalid { profile, key, expected: _, from: from @ Origin::File(_) }
            if set
                .get(&profile)
                .is_some_and(|found| found.get_any(key).is_some_and(|found| found.value.contains('\n'))) =>
        {
            let expected = "one line (the indented line below continues it)".to_owned();
            PlanError::Invalid { profile, key, expected, from }
        }
        other => other,
    }
}

fn plan(set: &ProfileSet<'_>, name: &str, inputs: &Inputs) -> Result<CredentialPlan, PlanError> {
    let mut walk = Walk::new(set, inputs);
    let mut base = walk.from(name)?;
    if let Some(Origin::File(at)) = walk.unused_role_flags() {
        let has_token = matches!(base.source, BaseSource::WebIdentity(_));
        return Err(PlanError::NoRole { profile: base.profile, at: Some(at.clone()), has_token });
    }
    let Walk { trail, settings, .. } = walk;
    let Trail { path, profiles, mut hops, via, mut warnings, set_by_wrappers } = trail;
    let WalkSettings { region, own_region, ca_bundle, min_ttl, options, .. } = settings;
    hops.reverse();
    match (&mut base.source, &inputs.duration) {
        (BaseSource::WebIdentity(web), Some(asked)) if hops.is_empty() => {
            web.duration = SessionDuration { is_explicit: true, requested: asked.clone(), seconds: asked.value };
        }
        _ => {}
    }
    if hops.is_empty() && inputs.changes_role() {
        let has_token = matches!(base.source, BaseSource::WebIdentity(_));
        return Err(PlanError::NoRole { profile: name.to_owned(), at: None, has_token });
    }
    override_last(&mut hops, inputs, &set_by_wrappers, name)?;
    let region = region.map(|region| limits::region(name, "region", region)).transpose()?;
    for hop in hops.iter_mut().skip(usize::from(!base.source.is_temporary())) {
        hop.hold_to_an_hour(&mut warnings);
    }
    let chain = mfa::MfaContext { profiles: &profiles, base: &base.source, set, sts: &inputs.sts, region: &region };
    let mfa = chain.mfa(&mut hops, &mut warnings)?;
    let overrides = |own: &Located<String>| {
        let variable = region.as_ref().filter(|region| matches!(region.from, Origin::Variable(_)));
        variable.is_some_and(|region| !region.value.eq_ignore_ascii_case(&own.value))
    };
    let mut path: Vec<_> = path.into_iter().map(|mention| mention.by).collect();
    path.push(base.profile.clone());
    path.dedup();
    Ok(CredentialPlan {
        profile: name.to_owned(),
        path,
        via,
        overridden_region: own_region.filter(overrides),
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

/// Fails for a plan that can be explained but not executed: AWS accounts have twelve digits.
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

/// The endpoint of GetCallerIdentity for the credentials of `plan`.
pub fn identity_endpoint(set: &ProfileSet<'_>, plan: &CredentialPlan, inputs: &Inputs) -> Result<Endpoint, PlanError> {
    if let Some(hop) = plan.hops.last() {
        return Ok(hop.sts.clone());
    }
    let profile = plan.profile_in_files().and_then(|_| set.get(&plan.base.profile));
    let choice = Choice::of(profile.as_ref().map(|profile| (set, profile)), &inputs.sts)?;
    let first_region = || Located::new(first_region("aws").to_owned(), Origin::Default);
    Ok(choice.endpoint(plan.region.clone().unwrap_or_else(first_region)))
}

fn override_last(hops: &mut [Hop], inputs: &Inputs, fixed: &SetByWrappers, profile: &str) -> Result<(), PlanError> {
    let Inputs { role, extras, duration, .. } = inputs;
    let Some(last) = hops.last_mut() else { return Ok(()) };
    if let Some(asked) = duration {
        last.duration = SessionDuration { is_explicit: true, requested: asked.clone(), seconds: asked.value };
    }
    let options = RoleOptions { flags: role, extras, duration: duration.as_ref().map(|asked| asked.value) };
    override_role(last, &options, fixed, profile, Origin::Flag)
}

/// Checks the environment in the order of the SDKs: keys, web identity, container. `None` if it has no credentials.
pub fn environment(inputs: &Inputs) -> Result<Option<CredentialPlan>, PlanError> {
    let inputs = &Inputs { region: inputs.environment_region.clone(), ..inputs.clone() };
    let profile = "environment".to_owned();
    let source = match (&inputs.environment, &inputs.web_identity, &inputs.container.uri) {
        (Some(keys), _, _) => BaseSource::Environment(keys.clone()),
        (None, Some(web), _) => BaseSource::WebIdentity(base::of_environment(&profile, web, inputs)?),
        (None, None, Some(uri)) => BaseSource::Container(base::container(uri.from.clone(), inputs)),
        (None, None, None) => return Ok(None),
    };
    if inputs.changes_role() {
        let has_token = matches!(source, BaseSource::WebIdentity(_));
        return Err(PlanError::NoRole { profile, at: None, has_token });
    }
    Ok(Some(CredentialPlan {
        profile: profile.clone(),
        path: Vec::new(),
        via: Vec::new(),
        overridden_region: None,
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

/// Whether the properties of one section set this role and this session name, as the Amplify CLI reads them.
pub fn section_names_session(section: &[Property<'_>], role_arn: &str, session_name: &str) -> bool {
    let last = |key| section.iter().rev().find(|property| property.key == key).map(|property| &*property.value);
    last("role_arn") == Some(role_arn)
        && last(SESSION_NAME.key).filter(|name| !name.is_empty()).unwrap_or(AMPLIFY_SESSION_NAME) == session_name
}

/// Whether `profile` itself sets this role and this session name, as the Amplify CLI reads it. Our own settings do not
/// count, because Amplify ignores them.
pub fn names_session(profile: &Profile<'_>, hop: &Hop, session_name: &str) -> bool {
    let is_own = |key: &'static str, used: &Option<Located<String>>| {
        profile.get(key).map(|found| found.value) == used.as_ref().map(|used| used.value.as_str())
    };
    profile.get("role_arn").is_some_and(|role| role.value == hop.role_arn.value.as_str())
        && profile.get(SESSION_NAME.key).map_or(AMPLIFY_SESSION_NAME, |name| name.value) == session_name
        && is_own(EXTERNAL_ID.key, &hop.external_id)
        && is_own(MFA_SERIAL.key, &hop.mfa_serial)
}

#[cfg(test)]
mod tests {
    use super::super::inputs::RoleFlags;
    use super::*;
    use crate::core::secret::Secret;
    use crate::plan::endpoint::EndpointVariables;
    use crate::plan::sources::{ContainerService, WebIdentityInputs};
    use crate::profile::keys::{KeyPlace, KeyPlaces, Keys};
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    fn found(value: &str) -> Located<String> {
        Located::new(value.to_owned(), Origin::Variable("X"))
    }

    fn keys() -> Keys {
        let place = || KeyPlace { name: "X", from: Origin::Variable("X") };
        let (access_key_id, secret_access_key) = ("AKIA1".to_owned(), Secret::from("s"));
        let places = KeyPlaces { access_key_id: place(), secret_access_key: place(), session_token: None };
        Keys { access_key_id, secret_access_key, session_token: None, from: Origin::Variable("X"), places }
    }

    #[test]
    fn environment_is_keys_then_web_identity_then_container() {
        let web = || {
            let token_file = Located::new("/token".into(), Origin::Variable("X"));
            Some(WebIdentityInputs {
                token_file,
                role_arn: Some(found("arn:aws:iam::222222222222:role/R")),
                session_name: None,
            })
        };
        let container = || ContainerService { uri: Some(found("http://127.0.0.1/")), token: None };
        let all =
            Inputs { environment: Some(keys()), web_identity: web(), container: container(), ..Inputs::default() };
        let kind = |inputs: &Inputs| environment(inputs).unwrap().and_then(|plan| plan.base.source.kind());
        assert_eq!(kind(&all), Some("environment"));
        let no_keys = Inputs { environment: None, ..all.clone() };
        assert_eq!(kind(&no_keys), Some("web_identity"));
        assert_eq!(kind(&Inputs { web_identity: None, ..no_keys }), Some("container"));
        assert_eq!(kind(&Inputs::default()), None);
        let role = RoleFlags { role_arn: Some("r".to_owned()), ..RoleFlags::default() };
        assert!(matches!(environment(&Inputs { role, ..all }), Err(PlanError::NoRole { .. })));
    }

    #[test]
    fn endpoint_variables_count_for_credentials_of_the_environment() {
        let files = Files::from_text("[default]\nregion = eu-west-1\nendpoint_url = http://default\n", "");
        let set = files.profiles(Dialect::Auto).unwrap();
        let none = EndpointVariables::default;
        for (variables, url) in [
            (none(), "https://sts.eu-north-1.amazonaws.com"),
            (EndpointVariables { url: Some(found("http://sts.test")), ..none() }, "http://sts.test"),
            (EndpointVariables { fips: Some(found("true")), ..none() }, "https://sts-fips.eu-north-1.amazonaws.com"),
            (EndpointVariables { dual_stack: Some(found("true")), ..none() }, "https://sts.eu-north-1.api.aws"),
            (EndpointVariables { regional: Some(found("legacy")), ..none() }, "https://sts.amazonaws.com"),
        ] {
            // The region that belongs to the credentials, even if this program exported it.
            let environment_region = Some(found("eu-north-1"));
            let inputs = Inputs { environment: Some(keys()), environment_region, sts: variables, ..Inputs::default() };
            let plan = environment(&inputs).unwrap().unwrap();
            assert_eq!(identity_endpoint(&set, &plan, &inputs).unwrap().url.value, url);
        }
    }

    #[test]
    fn region_variable_that_overrides_profile_is_noted() {
        let text = "[profile p]\nregion = eu-west-1\naws_access_key_id = A\naws_secret_access_key = s\n\
                    [profile q]\naws_access_key_id = A\naws_secret_access_key = s\n";
        let files = Files::from_text(text, "");
        let set = files.profiles(Dialect::Auto).unwrap();
        let overridden = |name: &str, region: &str, from: Origin| {
            let region = Some(Located::new(region.to_owned(), from));
            build(&set, name, &Inputs { region, ..Inputs::default() }).unwrap().overridden_region.is_some()
        };
        assert!(overridden("p", "us-west-2", Origin::Variable("X")));
        assert!(!overridden("p", "eu-west-1", Origin::Variable("X")));
        assert!(!overridden("p", "us-west-2", Origin::Flag("--region")));
        assert!(!overridden("q", "us-west-2", Origin::Variable("X")));
    }
}
