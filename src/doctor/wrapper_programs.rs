//! The programs in the commands of wrappers: whether each is there, lasts, and is at least as new as this one.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::core::program_path::{Lifetime, lifetime, version_numbers};
use crate::os::fs::{is_program, surroundings};
use crate::os::version::version;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;
use crate::profile_file::botocore::words;

const BUDGET: Duration = Duration::from_secs(4);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramTrouble {
    /// Or not executable.
    Missing,
    Older(String),
    ShortLived {
        place: &'static str,
        is_newer: bool,
    },
}

impl ProgramTrouble {
    /// A newer program is not replaced by this one.
    pub fn can_be_fixed(&self) -> bool {
        !matches!(self, Self::ShortLived { is_newer: true, .. })
    }
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
    let until = Instant::now() + BUDGET;
    let find = |program: String| {
        let trouble = trouble(&program, running.as_ref(), until)?;
        Some((program, trouble))
    };
    programs.into_iter().filter_map(find).collect()
}

fn trouble(program: &str, running: Option<&PathBuf>, until: Instant) -> Option<ProgramTrouble> {
    let path = Path::new(program);
    if !is_program(path) {
        return Some(ProgramTrouble::Missing);
    }
    let real = fs::canonicalize(path).ok()?;
    let found = if running == Some(&real) { None } else { version(&real, "amplify-creds ", until) };
    let order = found.as_ref().map(|found| version_numbers(found).cmp(&version_numbers(env!("CARGO_PKG_VERSION"))));
    match (lifetime(program, surroundings(program)), order) {
        (Lifetime::Temporary(place) | Lifetime::Replaced(place), _) => {
            Some(ProgramTrouble::ShortLived { place, is_newer: order == Some(Ordering::Greater) })
        }
        (Lifetime::Lasting, Some(Ordering::Less)) => found.map(ProgramTrouble::Older),
        _ => None,
    }
}
