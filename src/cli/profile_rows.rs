//! The account, role and session of each profile, for lists.

use std::borrow::Cow;

use crate::cache::key::CacheKey;
use crate::cache::sessions::{CachedSessions, Snapshot};
use crate::cli::context::Context;
use crate::cli::credentials;
use crate::cli::plan_inputs::complete_quietly;
use crate::cli::sign_in_status::{self, SignInStatus};
use crate::core::clock::{Clock, Timestamp};
use crate::core::masking::masked;
use crate::output::left;
use crate::plan::inputs::Inputs;
use crate::plan::kind::ProfileKind;
use crate::plan::limits::RoleArn;
use crate::plan::{CredentialPlan, build};
use crate::profile::value_form::shown;
use crate::profile::{Profile, ProfileSet};
use crate::source::{SignInSession, SignInStates};

pub(crate) struct ProfileRows<'r> {
    context: &'r Context,
    set: &'r ProfileSet<'r>,
    inputs: &'r Inputs,
    cached: CachedSessions<'r>,
    states: SignInStates,
    now: Timestamp,
}

/// Empty where unknown.
#[derive(Debug)]
pub(crate) struct ProfileRow {
    pub(crate) account: String,
    pub(crate) role: String,
    pub(crate) has_mfa: bool,
    /// The time left.
    pub(crate) session: String,
}

impl<'r> ProfileRows<'r> {
    pub(crate) fn new(
        context: &'r Context,
        set: &'r ProfileSet<'r>,
        inputs: &'r Inputs,
        snapshot: &'r Snapshot,
    ) -> Self {
        let now = Clock::System.now();
        let states = sign_in_status::states(context, now);
        Self { context, set, inputs, cached: snapshot.sessions(), states, now }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Planning every profile is slow, so only profiles with a cached role or device are planned.
    pub(crate) fn session_end(&self, profile: &Profile<'_>) -> Option<Timestamp> {
        let has = |key| profile.first_line(key).is_some_and(|outer| self.cached.has(outer));
        let may_stand_for_one = !self.cached.is_empty() && ProfileKind::of(profile) == ProfileKind::Wrapper;
        if !has("role_arn") && !has("mfa_serial") && !may_stand_for_one {
            return None;
        }
        let plan = build::build(self.set, &profile.name, self.inputs).ok()?;
        let (plan, _) = complete_quietly(self.context, plan).ok()?;
        let key = CacheKey::of(&plan, plan.steps().next_back()?)?;
        let is_only_profile = |key: &CacheKey| credentials::is_only_profile(self.context, self.set, &plan, key);
        let found = self.cached.find(&key, &is_only_profile)?;
        (found.lease.seconds_left(self.now) > 0).then_some(found.lease.expiration)
    }

    pub(crate) fn sign_in(&self, profile: &Profile<'_>, plan: Option<&CredentialPlan>) -> Option<SignInStatus> {
        Some(SignInStatus::new(&self.states, sign_in_session(profile, plan)?, self.now))
    }

    /// The account, role and MFA of a wrapper are those of the role that it gets.
    pub(crate) fn row(&self, profile: &Profile<'_>) -> ProfileRow {
        let is_wrapper = ProfileKind::of(profile) == ProfileKind::Wrapper;
        let target = is_wrapper.then(|| build::build(self.set, &profile.name, self.inputs).ok()).flatten();
        let direct = target.as_ref().filter(|plan| plan.steps().next().is_none());
        let session = match self.session_end(profile) {
            Some(ends) => left(ends.since(self.now)),
            None => self.sign_in(profile, direct).map(|status| status.cell()).unwrap_or_default(),
        };
        let role_of_target = target.as_ref().and_then(|plan| Some(plan.hops.last()?.role_arn.value.clone()));
        let role = role_of_target.or_else(|| role(profile));
        let role_name = role.as_ref().and_then(|arn| arn.as_str().split_once(":role/")).map_or("", |(_, name)| name);
        let sso_role = || shown_line(profile, "sso_role_name").unwrap_or_default().into_owned();
        let account = role.as_ref().map(|arn| arn.account().to_owned()).or_else(|| account(profile));
        ProfileRow {
            account: account.unwrap_or_default(),
            role: if role_name.is_empty() { sso_role() } else { masked(role_name).into_owned() },
            has_mfa: profile.has("mfa_serial") || target.as_ref().is_some_and(needs_mfa),
            session,
        }
    }
}

/// `plan` is that of a role or a wrapper.
pub(crate) fn sign_in_session(profile: &Profile<'_>, plan: Option<&CredentialPlan>) -> Option<SignInSession> {
    let line = |key| profile.first_line(key).map(str::to_owned);
    match ProfileKind::of(profile) {
        ProfileKind::Sso => {
            line("sso_session").map(SignInSession::Sso).or_else(|| line("sso_start_url").map(SignInSession::StartUrl))
        }
        ProfileKind::Login => line("login_session").map(SignInSession::Login),
        _ => Some(SignInSession::of(&plan?.base.source)?.value),
    }
}

fn needs_mfa(plan: &CredentialPlan) -> bool {
    plan.mfa.is_some() || plan.hops.iter().any(|hop| hop.mfa_serial.is_some())
}

fn role(profile: &Profile<'_>) -> Option<RoleArn> {
    RoleArn::parse(profile.first_line("role_arn")?)
}

pub(crate) fn account(profile: &Profile<'_>) -> Option<String> {
    let of_role = role(profile).map(|arn| arn.account().to_owned());
    let stated = || shown_line(profile, "sso_account_id").or_else(|| shown_line(profile, "aws_account_id"));
    of_role.or_else(|| stated().map(Cow::into_owned))
}

pub(crate) fn shown_line<'p>(profile: &'p Profile<'_>, key: &str) -> Option<Cow<'p, str>> {
    profile.first_line(key).map(|value| shown(key, value))
}
