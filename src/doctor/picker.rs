//! The Amplify CLI's picker lists role profiles that it cannot use next to the wrappers that it can use.

use std::path::{Path, PathBuf};

use crate::core::masking::masked;
use crate::os::fs::is_program;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;
use crate::profile_file::botocore::words;
use crate::tools::{Tool, Views, Visibility};

/// Choices that the line names one by one.
const MAX_CHOICES: usize = 3;

#[derive(Debug, PartialEq, Eq)]
pub struct PickerChoice<'p> {
    /// The Amplify CLI lists it but cannot use it.
    pub role: &'p str,
    /// A wrapper of the role that the Amplify CLI can use.
    pub wrapper: &'p str,
}

/// One choice for each role profile that has a wrapper, in the order of the roles.
pub fn amplify_choices<'p>(
    views: &Views<'_>,
    profiles: &'p [Profile<'_>],
    program: Option<&Path>,
    has_plan: &dyn Fn(&str) -> bool,
) -> Vec<PickerChoice<'p>> {
    let amplify = |name: &str| views.visibility(Tool::Amplify, name);
    let wrappers: Vec<_> = profiles
        .iter()
        .filter_map(|profile| Some((profile, Wrapper::parse(profile.get("credential_process")?.value, program)?)))
        // Without a region the Amplify CLI reports "Region is missing".
        .filter(|(profile, _)| !profile.has("role_arn") && profile.has("region") && amplify(&profile.name).resolvable)
        .filter(|(profile, _)| has_program(profile) && has_plan(&profile.name))
        .collect();
    let choice = |role: &'p Profile<'_>| {
        // A policy in the wrapper's command would deny what Amplify does.
        let is_of_role =
            |wrapper: &Wrapper| wrapper.profile.as_deref() == Some(&role.name) && wrapper.extras.is_empty();
        let (wrapper, _) = wrappers.iter().find(|(_, wrapper)| is_of_role(wrapper))?;
        let Visibility { visible, resolvable, .. } = amplify(&role.name);
        (visible && !resolvable).then_some(PickerChoice { role: &role.name, wrapper: &wrapper.name })
    };
    profiles.iter().filter(|profile| profile.has("role_arn")).filter_map(choice).collect()
}

/// Whether an absolute path of the command is that of a program.
fn has_program(profile: &Profile<'_>) -> bool {
    let first = profile.get("credential_process").and_then(|command| words(command.value)?.into_iter().next());
    let path = first.map(PathBuf::from).filter(|path| path.is_absolute());
    path.is_none_or(|path| is_program(&path))
}

pub fn picker_line(choices: &[PickerChoice<'_>]) -> Option<String> {
    let named = choices.iter().take(MAX_CHOICES);
    let named: Vec<_> =
        named.map(|choice| format!("{}, not {}", masked(choice.wrapper), masked(choice.role))).collect();
    let more = match choices.len().saturating_sub(MAX_CHOICES) {
        0 => String::new(),
        more => format!("; and {more} more wrappers"),
    };
    (!named.is_empty()).then(|| format!("in the Amplify CLI choose {}{more}", named.join("; ")))
}
