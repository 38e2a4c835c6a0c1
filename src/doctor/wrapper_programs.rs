//! The programs in the commands of wrappers: whether each is there, lasts, and is at least as new as this one.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use crate::core::program_path::{Lifetime, lifetime, version_numbers};
use crate::os::fs::is_in_environment;
use crate::os::version::version;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;
use crate::profile_file::botocore::words;

/// Why a wrapper should start another program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramTrouble {
    Missing,
    /// Its version.
    Older(String),
    /// In a place that does not last.
    ShortLived(&'static str),
}

/// The troubles by the program's path in the command. Only absolute paths have any.
pub fn troubles(profiles: &[Profile<'_>], running: Option<&Path>) -> HashMap<String, ProgramTrouble> {
    let programs: BTreeSet<_> = profiles
        .iter()
        .filter_map(|profile| {
            let command = profile.get("credential_process")?.value;
            Wrapper::parse(command, running)?;
            words(command)?.into_iter().next().filter(|program| Path::new(program).is_absolute())
        })
        .collect();
    let running = running.and_then(|running| fs::canonicalize(running).ok());
    programs.into_iter().filter_map(|program| Some((program.clone(), trouble(&program, running.as_ref())?))).collect()
}

fn trouble(program: &str, running: Option<&PathBuf>) -> Option<ProgramTrouble> {
    let Ok(real) = fs::canonicalize(program) else { return Some(ProgramTrouble::Missing) };
    if let Lifetime::Temporary(place) | Lifetime::Replaced(place) = lifetime(program, is_in_environment(program)) {
        return Some(ProgramTrouble::ShortLived(place));
    }
    if running == Some(&real) {
        return None;
    }
    let found = version(&real, "amplify-creds ")?;
    (version_numbers(&found) < version_numbers(env!("CARGO_PKG_VERSION"))).then_some(ProgramTrouble::Older(found))
}
