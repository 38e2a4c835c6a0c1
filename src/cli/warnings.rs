//! Warnings of plans and runs, in words.

use crate::cache::store::CacheWriteError;
use crate::cli::context::Context;
use crate::cli::errors::resolve::{CLOCK_FIX, behind};
use crate::cli::output::note;
use crate::core::masking::shown_url;
use crate::output::left;
use crate::plan::mfa_strategy::{Mfa, MfaStrategy};
use crate::plan::{CredentialPlan, Warning};
use crate::profile::value_form::shown;
use crate::resolve::ResolveWarning;

/// Prints the plan's warnings under `-v`, and the region of a variable where it is handed on.
pub(crate) fn of_plan(context: &Context, plan: &CredentialPlan) {
    if let (Some(own), Some(region)) = (&plan.overridden_region, &plan.region) {
        let line = || {
            let (used, profile) = (shown("region", &region.value), &plan.profile);
            let own = format!("{} of profile {profile} ({})", shown("region", &own.value), own.from);
            format!("region {used} ({}) overrides the region {own}", region.from)
        };
        if ["env", "exec"].contains(&context.verb) { note(context, &line()) } else { context.info(line) }
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

/// Prints the warnings of a run, each once: every role of a chain may have the same.
pub(crate) fn of_run(context: &Context, warnings: &[ResolveWarning]) {
    let mut reported = Vec::new();
    for warning in warnings {
        let line = describe(warning);
        if reported.contains(&line) {
            continue;
        }
        match warning {
            // A reset at the same time needs no attention.
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
            "profile {profile} asks for {requested} s ({from}); from a session AWS gives a role 3600 s, which is what is sent"
        ),
        Warning::MfaDoesNotTravel { profile, from } => format!(
            "profile {profile} sets mfa_serial ({from}) on a role that another role assumes; the code is given at the base, \
             and a trust policy that asks for MFA further on will not see it"
        ),
        Warning::NoCredentials { profile, from } => {
            format!("profile {profile} ({from}) has no credentials yet; until it has, no role can be assumed")
        }
        Warning::SecurityKey { profile, from } => format!(
            "mfa_serial of profile {profile} ({from}) is a security key, which cannot give a code to AWS's API; \
             set mfa_serial to a virtual MFA device of the user"
        ),
        Warning::MixedKinds { profile, used, unused, from } => {
            format!("profile {profile} has {used} and {unused} ({from}); {used} is used, other tools may differ")
        }
    }
}

pub(crate) fn mfa_strategy(mfa: &Mfa) -> String {
    match &mfa.way {
        MfaStrategy::Session(asked) => format!(
            "an MFA code is spent on a session of {} s ({}) that serves every role of this user and device",
            asked.value, asked.from
        ),
        MfaStrategy::Role(why) => format!("an MFA code is spent on the first role alone: {why}"),
    }
}

fn describe(warning: &ResolveWarning) -> String {
    match warning {
        ResolveWarning::NotCached(error) => format!("the session is not cached: {error}"),
        ResolveWarning::NoLock(error) => format!("going on without a lock: {error}"),
        ResolveWarning::SessionDenied(error) => {
            format!("AWS gives this user no MFA session, so each role takes a code of its own: {error}")
        }
        ResolveWarning::ClockOff(seconds) => {
            format!("this machine's clock is {} AWS's; {CLOCK_FIX}", behind(*seconds))
        }
        ResolveWarning::Stale(error, seconds) => {
            format!("STS did not renew the session ({error}); the cached one has {} left", left(*seconds))
        }
    }
}
