use crate::profile::effect;
use crate::profile::load::{Files, LoadError};
use crate::profile_file::{Dialect, FileKind};
use crate::tools::{Tool, Views, Visibility};

use super::draft::SetupError;
use super::wrapper::is_only_process;

/// Checks in every dialect that only `profiles` changed and that `wrapper` gets credentials only from `command`.
/// Returns the files that a dialect could not read before either.
pub(super) fn verify(
    before: &Files,
    after: &Files,
    profiles: &[&str],
    (wrapper, command): (&str, &str),
) -> Result<Vec<LoadError>, SetupError> {
    let mut unreadable = Vec::new();
    for dialect in Dialect::ALL {
        let changed = effect::changed(dialect, before, after)?;
        if let Some(profile) = changed.into_iter().find(|name| !is_meant(profiles, name)) {
            return Err(SetupError::Ripple { profile, dialect });
        }
        match after.profiles(dialect) {
            Err(error) => unreadable.push(error),
            Ok(set) => {
                let found = set.get(wrapper).filter(|found| {
                    let has_command = found.get("credential_process").is_some_and(|setting| setting.value == command);
                    has_command && is_only_process(found)
                });
                if found.is_none() {
                    return Err(SetupError::Unseen { profile: wrapper.to_owned(), dialect });
                }
            }
        }
    }
    Ok(unreadable)
}

/// The tools that cannot use the wrapper because of errors that the files already had and that other tools accept.
pub(super) fn blind(files: &Files, wrapper: &str) -> Vec<(Tool, String)> {
    let views = Views::from_files(files);
    let reason = |tool| {
        let Visibility { visible, resolvable, reason } = views.visibility(tool, wrapper);
        if visible && resolvable {
            return None;
        }
        let rejection = views.view(tool).rejection(FileKind::ALL);
        rejection.or(reason).or_else(|| Some("does not see it".to_owned()))
    };
    Tool::ALL.into_iter().filter_map(|tool| Some((tool, reason(tool)?))).collect()
}

/// The Amplify CLI also reads a dotted name's container as a profile.
pub(super) fn is_meant(profiles: &[&str], name: &str) -> bool {
    profiles.iter().any(|profile| *profile == name || profile.split('.').next() == Some(name))
}
