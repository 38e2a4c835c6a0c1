//! Makes one hop and checks every value against AWS's limits.

use crate::core::origin::{Located, Location, Origin};
use crate::profile::{Profile, Setting};

use super::credential_plan::{Hop, Warning};
use super::endpoint::Choice;
use super::error::PlanError;
use super::inputs::{Inputs, RoleFlags};
use super::limits::{
    DURATION_SECONDS, EXTERNAL_ID, MFA_SERIAL, ONE_HOUR, RoleArn, SESSION_NAME, SessionDuration, limited,
};
use super::partition::first_region;
use super::session::SessionExtras;
use super::{hop, limits, session_name};

/// The session name that the Amplify CLI uses if the profile has none.
pub(super) const AMPLIFY_SESSION_NAME: &str = "amplify";

#[derive(Debug, Default)]
pub(super) struct RequestedRole {
    pub(super) duration: Option<Located<u32>>,
    pub(super) region: Option<Located<String>>,
    /// The role options of each wrapper on the way to the role, the outermost first.
    pub(super) roles: Vec<WrapperRole>,
}

#[derive(Debug)]
pub(super) struct WrapperRole {
    pub(super) wrapper: String,
    pub(super) flags: RoleFlags,
    pub(super) extras: SessionExtras,
    pub(super) duration: Option<u32>,
    pub(super) from: Origin,
}

/// What the wrappers of a role set. If one of them sets a policy, options cannot change the rest either.
#[derive(Debug, Default)]
pub(super) struct SetByWrappers {
    has_policy: bool,
    has_session_name: bool,
    /// In seconds.
    duration: Option<u32>,
}

impl SetByWrappers {
    pub(super) fn add(&mut self, wrapper: &WrapperRole) {
        let WrapperRole { wrapper: _, flags, extras, duration, from: _ } = wrapper;
        self.has_policy |= extras.policy_origin().is_some();
        self.has_session_name |= flags.session_name.is_some();
        self.duration = duration.or(self.duration);
    }
}

/// Options for a role, from a wrapper or the command line.
pub(super) struct RoleOptions<'o> {
    pub(super) flags: &'o RoleFlags,
    pub(super) extras: &'o SessionExtras,
    /// In seconds.
    pub(super) duration: Option<u32>,
}

/// `source_region` is the region of the source profile.
pub(super) fn make(
    profile: &Profile<'_>,
    role: Setting<'_>,
    source_region: Option<Setting<'_>>,
    inputs: &Inputs,
    asked: &RequestedRole,
    sts: &Choice,
) -> Result<Hop, PlanError> {
    let role_arn = role_arn(&profile.name, role.located())?;
    let session_name = session_name(profile)?.or_else(|| inputs.session_name.clone());
    let stated_region = profile.get("region").or(source_region);
    Ok(Hop {
        profile: profile.name.clone(),
        session_name: session_name.unwrap_or_else(default_session_name),
        external_id: limited(profile, &EXTERNAL_ID)?,
        mfa_serial: limited(profile, &MFA_SERIAL)?,
        duration: duration(profile, asked)?,
        extras: SessionExtras::of(profile, role_arn.value.partition())?,
        sts: sts.endpoint(region(&profile.name, stated_region, &role_arn.value, inputs, asked)?),
        role_arn,
    })
}

pub(super) fn role_arn(profile: &str, role: Located<String>) -> Result<Located<RoleArn>, PlanError> {
    if let Some(arn) = RoleArn::parse(&role.value) {
        return Ok(Located::new(arn, role.from));
    }
    Err(not_a_role(profile, role.from))
}

pub(super) fn not_a_role(profile: &str, from: Origin) -> PlanError {
    let expected = "arn:aws:iam::ACCOUNT:role/NAME with an account id of twelve digits".to_owned();
    PlanError::Invalid { profile: profile.to_owned(), key: "role_arn", expected, from }
}

/// The region of the STS endpoint: by flag, wrapper, variable, profile, or the partition's first region.
pub(super) fn region(
    profile: &str,
    stated: Option<Setting<'_>>,
    role: &RoleArn,
    inputs: &Inputs,
    asked: &RequestedRole,
) -> Result<Located<String>, PlanError> {
    let flag = inputs.region.clone().filter(|region| matches!(region.from, Origin::Flag(_)));
    let region = flag.or_else(|| asked.region.clone()).or_else(|| inputs.region.clone());
    match region.or_else(|| stated.map(Setting::located)) {
        Some(region) => limits::region(profile, "region", region),
        None => Ok(Located::new(first_region(role.partition()).to_owned(), Origin::Default)),
    }
}

pub(super) fn session_name(profile: &Profile<'_>) -> Result<Option<Located<String>>, PlanError> {
    let Some(found) = profile.get(SESSION_NAME.key).map(Setting::located) else { return Ok(None) };
    if session_name::allows(&found.value) {
        return Ok(Some(found));
    }
    let (profile, expected) = (profile.name.clone(), session_name::expected());
    Err(PlanError::Invalid { profile, key: SESSION_NAME.key, expected, from: found.from })
}

pub(super) fn default_session_name() -> Located<String> {
    Located::new(AMPLIFY_SESSION_NAME.to_owned(), Origin::Default)
}

impl Hop {
    /// Limits the duration to the hour that AWS allows a role from a session, and warns if more was requested.
    pub(super) fn hold_to_an_hour(&mut self, warnings: &mut Vec<Warning>) {
        if self.duration.seconds > ONE_HOUR {
            let SessionDuration { requested, .. } = &self.duration;
            let (profile, from) = (self.profile.clone(), requested.from.clone());
            warnings.push(Warning::DurationCapped { profile, requested: requested.value, from });
            self.duration.seconds = ONE_HOUR;
        }
    }
}

/// The duration of a session without a profile.
pub(super) fn asked_duration(inputs: &Inputs) -> SessionDuration {
    let requested = inputs.duration.clone().unwrap_or_else(|| Located::new(ONE_HOUR, Origin::Default));
    SessionDuration { is_explicit: inputs.duration.is_some(), seconds: requested.value, requested }
}

/// A wrapper's duration has priority over the profile's.
pub(super) fn duration(profile: &Profile<'_>, asked: &RequestedRole) -> Result<SessionDuration, PlanError> {
    let (seconds, from) = match (&asked.duration, profile.get("duration_seconds")) {
        (Some(asked), _) => (Some(asked.value), asked.from.clone()),
        (None, Some(found)) => (found.value.parse().ok(), Origin::File(found.at)),
        (None, None) => (Some(ONE_HOUR), Origin::Default),
    };
    match seconds.filter(|seconds| DURATION_SECONDS.contains(seconds)) {
        Some(seconds) => Ok(SessionDuration {
            is_explicit: asked.duration.is_some(),
            requested: Located::new(seconds, from),
            seconds,
        }),
        None => Err(PlanError::Invalid {
            profile: profile.name.clone(),
            key: "duration_seconds",
            expected: "a number of seconds from 900 to 43200".to_owned(),
            from,
        }),
    }
}

/// `from` returns the origin of an option for messages.
pub(super) fn override_role(
    hop: &mut Hop,
    options: &RoleOptions<'_>,
    fixed: &SetByWrappers,
    profile: &str,
    from: impl Fn(&'static str) -> Origin,
) -> Result<(), PlanError> {
    let RoleOptions { flags: RoleFlags { role_arn, external_id, session_name: name }, extras, duration: _ } = options;
    if let Some((option, set)) = beyond_policy(hop, options, fixed) {
        let (at, policy) = (from(option).location().cloned(), hop.extras.policy_name().map(str::to_owned));
        return Err(PlanError::PolicyIsSet { profile: profile.to_owned(), option, policy, set, at });
    }
    let invalid = |key, expected: String, flag| PlanError::Invalid {
        profile: profile.to_owned(),
        key,
        expected,
        from: from(flag),
    };
    if let Some(arn) = role_arn {
        let arn = RoleArn::parse(arn).filter(RoleArn::has_account);
        let arn = arn.ok_or_else(|| hop::not_a_role(profile, from("--role-arn")))?;
        hop.role_arn = Located::new(arn, from("--role-arn"));
    }
    if let Some(id) = external_id {
        if !EXTERNAL_ID.allows(id) {
            return Err(invalid(EXTERNAL_ID.key, EXTERNAL_ID.to_string(), "--external-id"));
        }
        hop.external_id = Some(Located::new(id.clone(), from("--external-id")));
    }
    if let Some(name) = name {
        if !session_name::allows(name) {
            return Err(invalid(SESSION_NAME.key, session_name::expected(), "--session-name"));
        }
        hop.session_name = Located::new(name.clone(), from("--session-name"));
    }
    hop.extras = std::mem::take(&mut hop.extras).with(extras, profile, hop.role_arn.value.partition())?;
    Ok(())
}

/// The option that is not allowed on a session with a policy, and the policy's origin. AWS unites the policies of a
/// session, so another policy would allow more than the first.
fn beyond_policy(hop: &Hop, options: &RoleOptions<'_>, fixed: &SetByWrappers) -> Option<(&'static str, Origin)> {
    let set = hop.extras.policy_origin()?.clone();
    let RoleOptions { flags: RoleFlags { role_arn, external_id, session_name }, extras, duration } = options;
    let SessionExtras { policy_arns, policy, tags, source_identity, contexts } = extras;
    let is_longer = duration.zip(fixed.duration).is_some_and(|(asked, fixed)| asked > fixed);
    let never = [("--policy-arn", !policy_arns.is_empty()), ("--policy", policy.is_some())];
    let fixed_by_wrapper = [
        ("--role-arn", role_arn.is_some()),
        ("--external-id", external_id.is_some()),
        ("--tag", !tags.is_empty()),
        ("--source-identity", source_identity.is_some()),
        ("--provided-context", !contexts.is_empty()),
        ("--session-name", session_name.is_some() && fixed.has_session_name),
        ("--duration", is_longer),
    ];
    let of_wrapper = fixed_by_wrapper.into_iter().filter(|_| fixed.has_policy);
    let (option, _) = never.into_iter().chain(of_wrapper).find(|(_, is_given)| *is_given)?;
    Some((option, set))
}

/// The policy of `profile`, and one of the other kind that it would inherit from `included`.
pub(super) fn united_policies(profile: &Profile<'_>, included: &Profile<'_>) -> Option<(Location, Location)> {
    let kinds = [("policy_arns", "policy"), ("policy", "policy_arns")];
    let (own, other) = kinds.into_iter().find(|(own, other)| profile.has(own) && !profile.has(other))?;
    Some((profile.get(own)?.at, included.get(other)?.at))
}
