//! Completion candidates. An unreadable file has none, because an error would disturb typing.

use clap_complete::CompletionCandidate;

use crate::amplify::project::Project;
use crate::cache::store::Store;
use crate::core::masking::holds_secret;
use crate::core::sanitize::printable;
use crate::os::env::{Env, current_directory};
use crate::os::paths::{Overrides, Paths};
use crate::profile::load::Files;
use crate::profile_file::Dialect;

/// The profiles, each with its role.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    let Some(files) = paths().and_then(|paths| Files::load(&paths).ok()) else { return Vec::new() };
    let Ok(profiles) = files.profiles(Dialect::Auto) else { return Vec::new() };
    let candidate = |profile: &crate::profile::Profile<'_>| {
        let role = profile.get("role_arn").map(|role| role.value.to_owned().into());
        CompletionCandidate::new(&profile.name).help(role)
    };
    profiles.all().iter().filter(|profile| !holds_secret(&profile.name)).map(candidate).collect()
}

fn named(names: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    // A file of a cloned repository may contain any name, and shells print candidates unescaped.
    names.into_iter().filter(|name| printable(name) == *name).map(CompletionCandidate::new).collect()
}

/// The names of the `[sso-session NAME]` sections.
pub(crate) fn sso_sessions() -> Vec<CompletionCandidate> {
    let Some(files) = paths().and_then(|paths| Files::load(&paths).ok()) else { return Vec::new() };
    named(files.profiles(Dialect::Auto).map(|profiles| profiles.sso_sessions()).unwrap_or_default())
}

/// The environments of the Amplify project around the current directory.
pub(crate) fn environments() -> Vec<CompletionCandidate> {
    let project =
        current_directory().zip(paths()).and_then(|(here, paths)| Project::around(&here, &paths.home).ok()?);
    named(project.and_then(|project| project.environments().ok()).unwrap_or_default())
}

/// The names of cached sessions.
pub(crate) fn session_names() -> Vec<CompletionCandidate> {
    let Some(paths) = paths() else { return Vec::new() };
    let mut names = Store::new(&paths.cache_dir).read().sessions().role_session_names();
    names.sort_unstable();
    names.dedup();
    named(names)
}

fn paths() -> Option<Paths> {
    Paths::find(&Env::process(), &Overrides::default()).ok()
}
