//! The wrapper: a profile without keys and without a role, whose credentials this program gives.

use std::path::Path;

use crate::plan::kind::Kind;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;
use crate::profile_file::{Dialect, FileKind};

use super::command;
use super::draft::{Draft, SetupError};

/// The wrapper that is wanted.
#[derive(Debug)]
pub(super) struct WrapperSpec<'w> {
    pub(super) name: &'w str,
    /// The profile that it is for.
    pub(super) target: &'w str,
    /// Paths of this program, the one that lasts longest first, the running executable last.
    pub(super) programs: &'w [String],
    /// Its region, where one is known.
    pub(super) region: Option<&'w str>,
    /// Whether that region is to replace another one.
    pub(super) sets_region: bool,
    /// More keys and values, and lines, that it is to have when it is new.
    pub(super) kept: Kept,
}

/// What a profile says besides where its credentials come from.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Keys and values.
    pub(super) properties: Vec<(String, String)>,
    /// Nested blocks, as they stand.
    pub(super) lines: Vec<String>,
}

/// Adds the wrapper, or brings one that is there up to date. Gives its command.
pub(super) fn wrap(draft: &mut Draft, wish: &WrapperSpec<'_>) -> Result<String, SetupError> {
    let WrapperSpec { name, target, programs, region, sets_region, kept } = wish;
    let files = draft.files();
    let set = files.profiles(Dialect::Auto).map_err(SetupError::Broken)?;
    let no_command = || SetupError::Command((*target).to_owned());
    let Some(existing) = set.get(name) else {
        let command = command::command(programs, target).ok_or_else(no_command)?;
        let mut properties = vec![("credential_process", command.as_str())];
        properties.extend(region.map(|region| ("region", region)));
        properties.extend(kept.properties.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        draft.edit(FileKind::Config, |config| config.add_profile(name, &properties, &kept.lines))?;
        return Ok(command);
    };
    let there = wrapped(&existing, programs).filter(|(_, wrapper)| wrapper.profile.as_deref() == Some(target));
    let Some((there, _)) = there else { return Err(draft.taken(name)) };
    let command = command::updated(programs, &there).ok_or_else(no_command)?;
    let has_region = existing.get("region").map(|region| region.value.to_owned());
    let region = region.filter(|region| match &has_region {
        None => true,
        Some(there) => *sets_region && there != region,
    });
    // Under two spellings of a name with a dot, both say the same.
    for line in draft.config.lines_of(name).into_iter().rev() {
        if there != command {
            draft.edit(FileKind::Config, |config| config.set(line, "credential_process", &command))?;
        }
        if let Some(region) = region {
            draft.edit(FileKind::Config, |config| config.set(line, "region", region))?;
        }
    }
    Ok(command)
}

/// The command of a profile that has nothing but one of ours, and what it asks for.
pub(super) fn wrapped(profile: &Profile<'_>, programs: &[String]) -> Option<(String, Wrapper)> {
    // A program of ours by another name is any process to whoever does not know that name.
    if !matches!(Kind::of(profile), Kind::Wrapper | Kind::Process) {
        return None;
    }
    let command = profile.get("credential_process")?.value.to_owned();
    let running = programs.last().map(Path::new);
    let wrapper = Wrapper::parse(&command, running)?;
    Some((command, wrapper))
}
