use std::collections::BTreeMap;

use crate::plan::kind::ProfileKind;
use crate::profile::load::Files;
use crate::profile::{Profile, effect};
use crate::profile_file::Dialect;

use super::draft::SetupError;
use super::verify::is_meant;

/// Checks in every dialect that only these profiles changed, and that each gets its credentials only from its command.
/// A tool that did not see the profile before does not have to see it now.
pub(super) fn verify(before: &Files, after: &Files, commands: &BTreeMap<String, String>) -> Result<(), SetupError> {
    let profiles: Vec<_> = commands.keys().map(String::as_str).collect();
    for dialect in Dialect::ALL {
        let changed = effect::changed(dialect, before, after)?;
        // The Amplify CLI keeps the quotes and backslashes of a name.
        let is_spelling = |name: &str| commands.contains_key(&name.replace(['"', '\\'], ""));
        if let Some(profile) = changed.into_iter().find(|name| !is_meant(&profiles, name) && !is_spelling(name)) {
            return Err(SetupError::Ripple { profile, dialect });
        }
        let (Ok(old), Ok(new)) = (before.profiles(dialect), after.profiles(dialect)) else { continue };
        for (profile, command) in commands {
            let must_see = dialect == Dialect::Auto || old.get(profile).is_some();
            if must_see && !new.get(profile).is_some_and(|found| is_only_source(&found, command)) {
                return Err(SetupError::Unseen { profile: profile.clone(), dialect });
            }
        }
    }
    Ok(())
}

fn is_only_source(profile: &Profile<'_>, command: &str) -> bool {
    let kinds = [ProfileKind::KeyStore, ProfileKind::Wrapper, ProfileKind::Process];
    profile.get("credential_process").is_some_and(|setting| setting.value == command)
        && kinds.contains(&ProfileKind::of(profile))
        && matches!(profile.keys(), Ok(None))
}
