//! The wrapper: a profile without keys and role, with this program as `credential_process`.

use std::path::Path;

use crate::plan::kind::ProfileKind;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;
use crate::profile_file::{Dialect, FileKind};

use super::command;
use super::draft::{Draft, SetupError};

#[derive(Debug)]
pub(super) struct WrapperSpec<'w> {
    pub(super) name: &'w str,
    pub(super) target: &'w str,
    /// Paths of this program, the most permanent first, the running executable last.
    pub(super) programs: &'w [String],
    pub(super) region: Option<&'w str>,
    /// Whether `region` replaces an existing one.
    pub(super) sets_region: bool,
    pub(super) extra: ExtraSettings,
    /// Options of the command. An existing wrapper must have the same ones, unless there are none.
    pub(super) options: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct ExtraSettings {
    pub(super) properties: Vec<(String, String)>,
    pub(super) lines: Vec<String>,
}

pub(super) fn wrap(draft: &mut Draft, spec: &WrapperSpec<'_>) -> Result<String, SetupError> {
    let WrapperSpec { name, target, programs, region, sets_region, extra, options } = spec;
    let files = draft.files();
    let set = files.profiles(Dialect::Auto)?;
    let running = programs.last().map(Path::new);
    // A command with a plain profile shows whether the path or the profile's name cannot be quoted.
    let no_command = || match command::command(programs, "x") {
        Some(_) => SetupError::ProfileInCommand((*target).to_owned()),
        None => SetupError::ProgramInCommand(programs.last().cloned().unwrap_or_default()),
    };
    let Some(existing) = set.get(name) else {
        let command = command::command_with(programs, target, options).ok_or_else(no_command)?;
        let mut properties = vec![("credential_process", command.as_str())];
        properties.extend(region.map(|region| ("region", region)));
        properties.extend(extra.properties.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        draft.edit(FileKind::Config, |config| config.add_profile(name, &properties, &extra.lines))?;
        return Ok(command);
    };
    let there = wrapped(&existing, programs).filter(|(_, wrapper)| {
        if options.is_empty() {
            return wrapper.profile.as_deref() == Some(target);
        }
        let wanted = command::command_with(programs, target, options);
        wanted.and_then(|command| Wrapper::parse(&command, running)).as_ref() == Some(wrapper)
    });
    let Some((there, _)) = there else {
        // The keys are the difference, even if the command is the wanted one.
        let at = match existing.keys() {
            Ok(Some(keys)) => keys.from.location().cloned(),
            Err(half) => Some(half.at),
            Ok(None) => None,
        };
        return Err(at.map_or_else(|| draft.taken(name), |at| SetupError::Taken { profile: (*name).to_owned(), at }));
    };
    let command = command::updated(programs, &there).ok_or_else(no_command)?;
    let has_region = existing.get("region").map(|region| region.value.to_owned());
    let region = region.filter(|region| match &has_region {
        None => true,
        Some(there) => *sets_region && there != region,
    });
    // The second section of a dotted name has the same properties.
    for line in draft.document(FileKind::Config).lines_of(name).into_iter().rev() {
        if there != command {
            draft.edit(FileKind::Config, |config| config.set(line, "credential_process", &command))?;
        }
        if let Some(region) = region {
            draft.edit(FileKind::Config, |config| config.set(line, "region", region))?;
        }
    }
    Ok(command)
}

/// A key counts like another kind, because some tools use it instead of the command.
pub(super) fn is_only_process(profile: &Profile<'_>) -> bool {
    matches!(ProfileKind::of(profile), ProfileKind::Wrapper | ProfileKind::Process)
        && matches!(profile.keys(), Ok(None))
}

/// `None` unless the profile's only credentials are one of our commands.
pub(super) fn wrapped(profile: &Profile<'_>, programs: &[String]) -> Option<(String, Wrapper)> {
    // Without the running executable, a renamed program of ours is an ordinary process.
    if !is_only_process(profile) {
        return None;
    }
    let command = profile.get("credential_process")?.value.to_owned();
    let running = programs.last().map(Path::new);
    let wrapper = Wrapper::parse(&command, running)?;
    Some((command, wrapper))
}
