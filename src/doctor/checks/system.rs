//! Checks of settings, rights, variables, the clock and the cache.

use std::collections::BTreeSet;

use crate::core::masking::is_secret;
use crate::doctor::facts::Facts;
use crate::doctor::finding::{FilePlace, Hit};
use crate::os::env;
use crate::os::fs::Rights;

/// Seconds by which a clock may be off without a finding.
const TOLERANCE: i64 = 300;

/// Files and directories with their rights, and whether they contain secrets.
fn guarded(facts: &Facts<'_>) -> Vec<(FilePlace, Rights, bool)> {
    let mut all = Vec::new();
    for file in &facts.files {
        if let Some(rights) = file.rights {
            let has_secrets =
                file.sections.iter().flat_map(|section| &section.properties).any(|property| is_secret(&property.key));
            all.push((FilePlace { file: file.source.clone(), line: None }, rights, has_secrets));
        }
    }
    all.extend(facts.cache.rights.map(|rights| (facts.cache.file.clone(), rights, true)));
    all
}

pub(super) fn invalid_setting(facts: &Facts<'_>) -> Vec<Hit> {
    facts.invalid_settings.clone()
}

pub(super) fn mode(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (place, Rights { mode, .. }, has_secrets) in
        guarded(facts).into_iter().filter(|(_, rights, _)| rights.mode & 0o077 != 0)
    {
        let what = if has_secrets { ", and it contains secrets" } else { "" };
        let path = place.file.shown.clone();
        let message = format!("{path} has mode {mode:04o}, so other users can access it{what}");
        found.push(Hit::general(place, message).hint(format!("chmod 600 {path}")));
    }
    if let Some(rights) = facts.cache.dir_rights.filter(|rights| rights.mode & 0o077 != 0) {
        let path = facts.cache.dir.file.shown.clone();
        let message = format!("{path} has mode {:04o}, so other users can access it", rights.mode);
        found.push(Hit::general(facts.cache.dir.clone(), message).hint(format!("chmod 700 {path}")));
    }
    found
}

pub(super) fn owner(facts: &Facts<'_>) -> Vec<Hit> {
    let dir = facts.cache.dir_rights.map(|rights| (facts.cache.dir.clone(), rights, true));
    guarded(facts)
        .into_iter()
        .chain(dir)
        .filter(|(_, rights, _)| rights.is_foreign)
        .map(|(place, ..)| {
            let path = place.file.shown.clone();
            Hit::general(place, format!("{path} belongs neither to you nor to root"))
                .hint(format!("run: ls -lL {path}"))
        })
        .collect()
}

pub(super) fn profile_variable(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for (variable, name) in &facts.variables.profiles {
        let is_there = facts.profiles.iter().any(|profile| profile.name == *name);
        if is_there || facts.views.iter().any(|view| view.sees(name)) {
            continue;
        }
        let nearest = facts.profiles.iter().map(|profile| (strsim::jaro_winkler(name, &profile.name), &profile.name));
        let nearest = nearest.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0));
        let message = format!("{variable} names profile {name}, which does not exist");
        let hint = nearest.map_or_else(|| format!("unset {variable}"), |(_, near)| format!("did you mean {near}?"));
        found.push(Hit::general(None, message).hint(hint));
    }
    found
}

pub(super) fn variables_disagree(facts: &Facts<'_>) -> Vec<Hit> {
    let value = |variable| facts.variables.profiles.iter().find(|(name, _)| *name == variable).map(|(_, value)| value);
    match (value(env::AWS_PROFILE), value(env::AWS_DEFAULT_PROFILE)) {
        (Some(one), Some(other)) if one != other => {
            let message = format!(
                "AWS_PROFILE is {one} and AWS_DEFAULT_PROFILE is {other}: boto3 and AWS CLI v1 use the second, all others the first"
            );
            vec![Hit::general(None, message).hint("unset AWS_DEFAULT_PROFILE")]
        }
        _ => Vec::new(),
    }
}

pub(super) fn keys_shadow_profile(facts: &Facts<'_>) -> Vec<Hit> {
    if !facts.variables.has_keys {
        return Vec::new();
    }
    let named = facts.variables.profiles.iter().find(|(variable, _)| *variable != env::AMPLIFY_CREDS_PROFILE);
    let message = match named {
        Some((variable, name)) => format!(
            "AWS_ACCESS_KEY_ID and {variable} are both set: the AWS CLI and the Rust SDK use the keys, the JS SDK uses profile {name}"
        ),
        None if facts.profiles.iter().any(|profile| profile.name == "default") => {
            "AWS_ACCESS_KEY_ID is set: if no profile is given, tools use these keys and not the profile default"
                .to_owned()
        }
        None => return Vec::new(),
    };
    vec![Hit::general(None, message).hint("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN")]
}

pub(super) fn clock(facts: &Facts<'_>) -> Vec<Hit> {
    let minutes = |seconds: i64| (seconds.abs() + 59) / 60;
    let ours = || facts.cache.entries.iter().filter(|entry| entry.is_ours);
    let ahead = ours().filter_map(|entry| entry.written_at).max().map_or(0, |at| at.since(facts.now));
    let hint = "fix the system clock (WSL or a resumed VM: sudo hwclock -s; otherwise enable NTP)";
    let mut found = Vec::new();
    if ahead > TOLERANCE {
        let message = format!(
            "a cached session was written {} min in the future, so the clock was set back since then",
            minutes(ahead)
        );
        found.push(Hit::general(facts.cache.file.clone(), message).hint(hint));
    }
    let off =
        ours().filter(|entry| entry.lasts && entry.clock_offset.abs() > TOLERANCE).max_by_key(|entry| entry.written_at);
    if let Some(entry) = off {
        let way = if entry.clock_offset > 0 { "behind" } else { "ahead of" };
        let message =
            format!("the clock was {} min {way} AWS's clock when a session was fetched", minutes(entry.clock_offset));
        found.push(Hit::general(facts.cache.file.clone(), message).hint(hint));
    }
    found
}

pub(super) fn cache_corrupt(facts: &Facts<'_>) -> Vec<Hit> {
    let cache = &facts.cache;
    if let Some(problem) = &cache.problem {
        let message = format!("{} cannot be used: {problem}", cache.file.file.shown);
        return vec![Hit::general(cache.file.clone(), message).hint("amplify-creds reset-cache --all")];
    }
    let bad: BTreeSet<_> = cache.entries.iter().filter(|entry| !entry.is_session).map(|entry| &entry.outer).collect();
    let hit = |outer: &&String| {
        let message = format!("an entry of {outer} is not a session");
        Hit::general(cache.file.clone(), message).hint("amplify-creds reset-cache --expired")
    };
    bad.iter().map(hit).collect()
}

pub(super) fn cache_foreign(facts: &Facts<'_>) -> Vec<Hit> {
    let foreign = facts.cache.entries.iter().filter(|entry| entry.is_session && !entry.is_ours && entry.lasts).count();
    if foreign == 0 {
        return Vec::new();
    }
    let message = format!(
        "the Amplify CLI wrote {foreign} of the cached sessions; each is used only if exactly one profile matches it"
    );
    vec![Hit::general(facts.cache.file.clone(), message).hint("run: amplify-creds sessions")]
}
