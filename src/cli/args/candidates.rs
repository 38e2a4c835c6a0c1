//! Completion candidates. An unreadable file has none, because an error would disturb typing.

#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
#[cfg(unix)]
use std::time::Duration;

use clap_complete::CompletionCandidate;

use crate::amplify::project::Project;
#[cfg(unix)]
use crate::broker::{Action, BrokerClient, Reply, Request};
use crate::cache::store::Store;
use crate::core::masking::holds_secret;
use crate::core::sanitize::printable;
use crate::os::env::{AMPLIFY_CREDS_SOCKET, Env, current_directory};
use crate::os::paths::{Overrides, Paths};
use crate::profile::load::Files;
use crate::profile_file::Dialect;

/// The profiles, each with its role.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    #[cfg(unix)]
    if let Some(socket) = broker() {
        return offered(&socket);
    }
    let Some(files) = paths().and_then(|paths| Files::load(&paths).ok()) else { return Vec::new() };
    let Ok(profiles) = files.profiles(Dialect::Auto) else { return Vec::new() };
    let candidate = |profile: &crate::profile::Profile<'_>| {
        let role = profile.get("role_arn").map(|role| role.value.to_owned().into());
        CompletionCandidate::new(&profile.name).help(role)
    };
    profiles.all().iter().filter(|profile| !holds_secret(&profile.name)).map(candidate).collect()
}

/// The profiles of the broker. A user who types waits for a second at most.
#[cfg(unix)]
fn offered(socket: &Path) -> Vec<CompletionCandidate> {
    let request = Request::new(Action::Profiles, None);
    let Ok(mut client) = BrokerClient::send(socket, &request, Duration::from_secs(1)) else { return Vec::new() };
    match client.reply(&mut |_| {}) {
        Ok(Reply::Profiles(profiles)) => named(profiles.into_iter().map(|profile| profile.name)),
        _ => Vec::new(),
    }
}

fn broker() -> Option<PathBuf> {
    Env::process().path(AMPLIFY_CREDS_SOCKET)
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

/// `None` for a client of a broker, which reads no local files.
fn paths() -> Option<Paths> {
    if broker().is_some() {
        return None;
    }
    Paths::find(&Env::process(), &Overrides::default()).ok()
}
