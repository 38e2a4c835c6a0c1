//! Checks the sign-in sessions of profiles, and the settings that several sections have for one session.

use std::collections::{HashMap, HashSet};

use crate::doctor::facts::Facts;
use crate::doctor::finding::{FilePlace, Hit};
use crate::doctor::sign_ins::SignInFacts;
use crate::output::near;
use crate::profile::Profile;
use crate::profile_file::{FileKind, Name};
use crate::source::{Renewal, SignInSession, SignInState};

/// Profiles of one session that a message names.
const MAX_NAMES: usize = 3;

fn hit(sign_in: &SignInFacts, problem: &str) -> Hit {
    let SignInFacts { session, state: _, profile, at, users } = sign_in;
    let names = users.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join(", ");
    let used_by = match users.len() {
        1 if users[0] == *profile => String::new(),
        0..=MAX_NAMES => format!(" (used by {names})"),
        number => format!(" (used by {names} and {} more)", number - MAX_NAMES),
    };
    Hit::new(profile, at.clone(), format!("{session}: {problem}{used_by}"))
        .hint(format!("amplify-creds login {profile}"))
}

/// A missing token of IAM Identity Center is not reported: most users need only some of their sessions.
pub(super) fn needed(facts: &Facts<'_>) -> Vec<Hit> {
    let problem = |sign_in: &SignInFacts| match &sign_in.state {
        state if !state.needs_sign_in(facts.now) => None,
        SignInState::SignedOut if !matches!(sign_in.session, SignInSession::Login(_)) => None,
        SignInState::SignedOut => Some("not signed in".to_owned()),
        SignInState::Invalid(problem) => Some(problem.clone()),
        SignInState::Token { renewal: Renewal::RegistrationExpired(_), .. } => None,
        SignInState::Token { expires, .. } => Some(format!("the sign-in expired at {}", near(*expires, facts.now))),
    };
    facts.sign_ins.iter().filter_map(|sign_in| Some(hit(sign_in, &problem(sign_in)?))).collect()
}

pub(super) fn registration_expired(facts: &Facts<'_>) -> Vec<Hit> {
    let problem = |sign_in: &SignInFacts| {
        let SignInState::Token { expires, renewal: Renewal::RegistrationExpired(ended) } = &sign_in.state else {
            return None;
        };
        let verb = if sign_in.state.needs_sign_in(facts.now) { "expired" } else { "expires" };
        let (expires, ended) = (near(*expires, facts.now), near(*ended, facts.now));
        Some(format!(
            "the sign-in {verb} at {expires} and cannot be renewed, because its client registration expired at {ended}"
        ))
    };
    let found = facts.sign_ins.iter().filter_map(|sign_in| {
        let hit = hit(sign_in, &problem(sign_in)?);
        let profile = &sign_in.profile;
        let is_valid = !sign_in.state.needs_sign_in(facts.now);
        Some(if is_valid {
            Hit { hint: Some(format!("amplify-creds logout {profile}, then: amplify-creds login {profile}")), ..hit }
        } else {
            hit
        })
    });
    found.collect()
}

struct RegionPlace<'f> {
    url: &'f str,
    region: &'f str,
    at: FilePlace,
    profile: &'f str,
}

/// Settings of a profile that contradict its own `sso-session` are reported with the profile's chain.
pub(super) fn regions_differ(facts: &Facts<'_>) -> Vec<Hit> {
    let places = region_places(facts);
    let mut first: HashMap<&str, &RegionPlace<'_>> = HashMap::new();
    let (mut reported, mut found) = (HashSet::new(), Vec::new());
    for place in &places {
        let RegionPlace { url, region, at, profile } = place;
        let known = *first.entry(url).or_insert(place);
        if known.region == *region || !reported.insert(at.shown()) {
            continue;
        }
        let concerned = places.iter().find(|other| other.url == *url && facts.concerns(other.profile));
        let subject = concerned.filter(|_| !facts.concerns(profile)).map_or(*profile, |other| other.profile);
        let message =
            format!("sso_region is {region}, but {} ({}) for the same sso_start_url", known.region, known.at.shown());
        let hint = "use the region of the IAM Identity Center instance in both";
        found.push(Hit::new(subject, at.clone(), message).hint(hint));
    }
    found
}

fn region_places<'f>(facts: &'f Facts<'_>) -> Vec<RegionPlace<'f>> {
    let sessions = sessions(facts);
    let place = |profile: &'f Profile<'_>| {
        let (url, region, at) = if let Some(session) = profile.first_line("sso_session") {
            let SessionSection { url, region, at } = sessions.get(session)?;
            (*url, *region, at.clone())
        } else {
            let region = profile.get("sso_region")?;
            (profile.first_line("sso_start_url")?, region.value, region.at.into())
        };
        Some(RegionPlace { url: url.trim_end_matches(['/', '#']), region, at, profile: &profile.name })
    };
    facts.profiles.iter().filter_map(place).collect()
}

struct SessionSection<'f> {
    url: &'f str,
    region: &'f str,
    at: FilePlace,
}

fn sessions<'f>(facts: &'f Facts<'_>) -> HashMap<&'f str, SessionSection<'f>> {
    let file = facts.file(FileKind::Config);
    let sections = file.sections.iter().filter_map(|section| {
        let Name::SsoSession(name) = &section.name else { return None };
        let last = |key| section.properties.iter().rfind(|property| property.key == key);
        let (url, region) = (last("sso_start_url")?, last("sso_region")?);
        Some((&**name, SessionSection { url: &url.value, region: &region.value, at: file.at(region.line)? }))
    });
    sections.collect()
}
