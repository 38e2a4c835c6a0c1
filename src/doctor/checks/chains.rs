//! Checks the chain of each profile. An error that several profiles share is reported once.

use std::collections::BTreeSet;

use crate::core::origin::Location;
use crate::doctor::facts::{Facts, Trouble};
use crate::doctor::finding::{FilePlace, Hit};
use crate::plan::Warning;
use crate::plan::error::{Mention, PlanError};
use crate::plan::limits::ONE_HOUR;

/// The errors that `counts` accepts, once per location.
fn troubles(facts: &Facts<'_>, counts: &dyn Fn(&PlanError, &str) -> bool) -> Vec<Hit> {
    let mut reported = BTreeSet::new();
    let mut found = Vec::new();
    for (name, plan) in &facts.plans {
        let Err(Trouble { error, message, at, hint }) = plan else { continue };
        if !counts(error, name) || !reported.insert(identity(error, at.as_ref(), message)) {
            continue;
        }
        found.push(Hit {
            profile: Some(subject(error, name).to_owned()),
            at: at.clone().map(FilePlace::from),
            message: message.clone(),
            hint: hint.clone(),
        });
    }
    found
}

fn identity(error: &PlanError, at: Option<&Location>, message: &str) -> Vec<String> {
    match (error, at) {
        (PlanError::Loop { path, .. }, _) => {
            let names: BTreeSet<_> = path.iter().map(|mention| mention.by.clone()).collect();
            names.into_iter().collect()
        }
        (_, Some(at)) => vec![at.file.shown.clone(), at.line.to_string()],
        (_, None) => vec![message.to_owned()],
    }
}

fn subject<'e>(error: &'e PlanError, asked: &'e str) -> &'e str {
    match error {
        PlanError::UnknownProfile { named_by: Some(Mention { by, .. }), .. }
        | PlanError::NoCredentials { named_by: Some(Mention { by, .. }), .. } => by,
        PlanError::BrokenHeader { profile, .. }
        | PlanError::NoSource { profile, .. }
        | PlanError::TwoSources { profile, .. }
        | PlanError::UnknownCredentialSource { profile, .. }
        | PlanError::NoRoleForToken { profile, .. }
        | PlanError::NoSsoSession { profile, .. }
        | PlanError::SsoMismatch { profile, .. }
        | PlanError::SsoIncomplete { profile, .. }
        | PlanError::NoServices { profile, .. }
        | PlanError::Invalid { profile, .. }
        | PlanError::PolicyIsSet { profile, .. }
        | PlanError::TwoPolicies { profile, .. }
        | PlanError::IncludeLoop { profile, .. }
        | PlanError::NoEnvironmentKeys { profile, .. }
        | PlanError::MfaOnLaterHop { profile, .. } => profile,
        _ => asked,
    }
}

/// Whether a profile's own `credential_process` leads directly back to it. This has its own finding.
fn is_recursion(facts: &Facts<'_>, error: &PlanError) -> bool {
    let has_role = |name: &str| facts.profiles.iter().any(|profile| profile.name == name && profile.has("role_arn"));
    match error {
        PlanError::Recursion { .. } => true,
        PlanError::Loop { path, back_to } => path.len() == 1 && path[0].by == *back_to && !has_role(back_to),
        _ => false,
    }
}

pub(super) fn broken(facts: &Facts<'_>) -> Vec<Hit> {
    troubles(facts, &|error, asked| match error {
        // Other checks report these.
        PlanError::HalfPair { .. } | PlanError::NoEnvironmentKeys { .. } => false,
        PlanError::NoCredentials { profile, named_by, .. } => profile != asked || named_by.is_some(),
        error => !is_recursion(facts, error),
    })
}

pub(super) fn no_environment_keys(facts: &Facts<'_>) -> Vec<Hit> {
    troubles(facts, &|error, _| matches!(error, PlanError::NoEnvironmentKeys { .. }))
}

pub(super) fn no_credentials(facts: &Facts<'_>) -> Vec<Hit> {
    let is_empty = |error: &PlanError, asked: &str| matches!(error, PlanError::NoCredentials { profile, named_by: None, .. } if profile == asked);
    // Many profiles have no credentials on purpose, for example only a region. A near miss means a mistake.
    let has_near_miss = |error: &PlanError| matches!(error, PlanError::NoCredentials { near, .. } if !near.is_empty());
    let with_hint = troubles(facts, &|error, asked| is_empty(error, asked) && has_near_miss(error));
    let without = troubles(facts, &|error, asked| is_empty(error, asked) && !has_near_miss(error));
    with_hint.into_iter().chain(without.into_iter().map(|hit| Hit { hint: None, ..hit })).collect()
}

fn warnings(facts: &Facts<'_>, tell: fn(&Warning) -> Option<Hit>) -> Vec<Hit> {
    let plans = facts.plans.iter().filter_map(|(_, plan)| plan.as_ref().ok());
    let mut found: Vec<Hit> = Vec::new();
    let mut reported = BTreeSet::new();
    for hit in plans.flat_map(|plan| &plan.warnings).filter_map(tell) {
        if reported.insert((hit.profile.clone(), hit.at.as_ref().map(FilePlace::shown))) {
            found.push(hit);
        }
    }
    found
}

pub(super) fn duration_capped(facts: &Facts<'_>) -> Vec<Hit> {
    warnings(facts, |warning| match warning {
        Warning::DurationCapped { profile, requested, from } => {
            let message = format!("the profile requests {requested} s, but role chaining is limited to one hour");
            Some(Hit::new(profile, FilePlace::of(from), message).hint(format!("set duration_seconds = {ONE_HOUR}")))
        }
        _ => None,
    })
}

pub(super) fn security_key(facts: &Facts<'_>) -> Vec<Hit> {
    warnings(facts, |warning| match warning {
        Warning::SecurityKey { profile, from } => {
            let message = "mfa_serial is a security key, which cannot generate codes for the AWS API";
            let hint = "set mfa_serial to a virtual MFA device; to sign in with the security key in the browser, use a \
                        source_profile without keys: amplify-creds login SOURCE_PROFILE";
            Some(Hit::new(profile, FilePlace::of(from), message).hint(hint))
        }
        _ => None,
    })
}

pub(super) fn mfa_does_not_travel(facts: &Facts<'_>) -> Vec<Hit> {
    warnings(facts, |warning| match warning {
        Warning::MfaDoesNotTravel { profile, from } => {
            let message = "role chaining drops the MFA context, so a later role cannot require MFA";
            Some(
                Hit::new(profile, FilePlace::of(from), message).hint("set mfa_serial on the profile of the first role"),
            )
        }
        _ => None,
    })
}
