use crate::cache::store::CacheWriteError;
use crate::cli::context::Context;
use crate::cli::errors::clock::{CLOCK_FIX, behind};
use crate::cli::output::note;
use crate::core::masking::shown_url;
use crate::output::left;
use crate::plan::mfa_strategy::{Mfa, MfaStrategy};
use crate::plan::{CredentialPlan, Warning};
use crate::profile::value_form::shown;
use crate::resolve::ResolveWarning;

/// Prints the plan's warnings with `-v`, and the region of a variable if it is exported.
pub(crate) fn of_plan(context: &Context, plan: &CredentialPlan) {
    if let (Some(own), Some(region)) = (&plan.overridden_region, &plan.region) {
        let line = || {
            let (used, profile) = (shown("region", &region.value), &plan.profile);
            let own = format!("{} of profile {profile} ({})", shown("region", &own.value), own.from);
            format!("region {used} ({}) overrides the region {own}", region.from)
        };
        if ["env", "exec", "acreds"].contains(&context.verb) { note(context, &line()) } else { context.info(line) }
    }
    if context.global.verbose > 1 {
        if let Some(region) = &plan.region {
            context.info(|| format!("region: {} ({})", shown("region", &region.value), region.from));
        }
        for (hop, number) in plan.hops.iter().zip(1..) {
            context.info(|| {
                let (role, name, sts) = (&hop.role_arn, &hop.session_name, &hop.sts);
                format!(
                    "hop {number}: {} ({}); session name {} ({}); duration {} s ({}); STS {} ({})",
                    role.value.as_str(),
                    role.from,
                    shown("role_session_name", &name.value),
                    name.from,
                    hop.duration.seconds,
                    hop.duration.requested.from,
                    shown_url(&sts.url.value),
                    sts.url.from,
                )
            });
        }
    }
    for warning in &plan.warnings {
        context.info(|| plan_warning(warning));
    }
    if let Some(mfa) = &plan.mfa {
        context.info(|| mfa_strategy(mfa));
    }
}

/// Prints each warning once, because every role of a chain may have the same one.
pub(crate) fn of_run(context: &Context, warnings: &[ResolveWarning]) {
    let mut reported = Vec::new();
    for warning in warnings {
        let line = describe(warning);
        if reported.contains(&line) {
            continue;
        }
        match warning {
            // A reset at the same time is not a problem.
            ResolveWarning::NotCached(CacheWriteError::Forgotten) => context.info(|| line.clone()),
            ResolveWarning::NotCached(_) => context.warn_always(|| line.clone()),
            ResolveWarning::ClockOff(_) => context.warn(|| line.clone()),
            _ => context.info(|| line.clone()),
        }
        reported.push(line);
    }
}

pub(crate) fn plan_warning(warning: &Warning) -> String {
    match warning {
        Warning::DurationCapped { profile, requested, from } => format!(
            "profile {profile} requests {requested} s ({from}), but role chaining allows 3600 s, so 3600 s are sent"
        ),
        Warning::MfaDoesNotTravel { profile, from } => format!(
            "profile {profile} sets mfa_serial ({from}) on a role that another role assumes; the first role uses the code, \
             and role chaining drops the MFA context, so a later trust policy cannot require MFA"
        ),
        Warning::NoCredentials { profile, from } => {
            format!("profile {profile} ({from}) has no credentials yet, so no role can be assumed")
        }
        Warning::SecurityKey { profile, from } => format!(
            "mfa_serial of profile {profile} ({from}) is a security key, which cannot generate codes for the AWS API; \
             set mfa_serial to a virtual MFA device of the user"
        ),
        Warning::MixedKinds { profile, used, unused, from } => {
            format!(
                "profile {profile} has {used} and {unused} ({from}); {used} is used, but other tools may use the other"
            )
        }
    }
}

pub(crate) fn mfa_strategy(mfa: &Mfa) -> String {
    match &mfa.way {
        MfaStrategy::Session(asked) => format!(
            "an MFA code gets an MFA session of {} s ({}), which works for every role of this user and device",
            asked.value, asked.from
        ),
        MfaStrategy::Role(why) => format!("an MFA code is used for the first role only: {why}"),
    }
}

fn describe(warning: &ResolveWarning) -> String {
    match warning {
        ResolveWarning::NotCached(error) => format!("the session is not cached: {error}"),
        ResolveWarning::NoLock(error) => format!("continuing without a lock: {error}"),
        ResolveWarning::SessionDenied(error) => {
            format!("AWS denies this user an MFA session, so each role needs its own MFA code: {error}")
        }
        ResolveWarning::ClockOff(seconds) => {
            format!("this machine's clock is {} AWS's clock; {CLOCK_FIX}", behind(*seconds))
        }
        ResolveWarning::Stale(error, seconds) => {
            format!("STS could not renew the session ({error}); the cached session has {} left", left(*seconds))
        }
    }
}
