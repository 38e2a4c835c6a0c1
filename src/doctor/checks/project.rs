//! The Amplify CLI's own messages do not name the error in the profile, so the findings quote them.

use crate::core::masking::masked;
use crate::doctor::facts::Facts;
use crate::doctor::finding::{FilePlace, Hit};
use crate::doctor::picker::amplify_choices;
use crate::doctor::visibility::VisibilityTable;
use crate::doctor::world::ProjectProfile;
use crate::profile::Profile;
use crate::profile_file::FileKind;
use crate::tools::{Tool, Visibility};

/// Messages for a role profile. The second appears if a session of the role is cached. Observed in version 14.2.2.
pub(super) const ROLE_MESSAGES: &str =
    "\"Resolved credential object is not valid\" or \"identity.expiration.getTime is not a function\"";
const OTHER_MESSAGES: &str = "\"Could not initialize platform\" or \"Region is missing\"";

pub(super) fn amplify_project(facts: &Facts<'_>) -> Vec<Hit> {
    let Some(ProjectProfile { environment, profile, from }) = &facts.project else { return Vec::new() };
    let at = FilePlace::of(from);
    let of_environment = format!("environment {environment} of the Amplify project uses profile {}", masked(profile));
    let known = facts.profiles.iter().find(|known| known.name == *profile);
    let Some(known) = known else {
        let message = format!("{of_environment}, which does not exist");
        return vec![Hit::new(profile, at, message).hint("run: amplify-creds list")];
    };
    let Visibility { resolvable, reason, .. } = VisibilityTable::of(facts).visibility(Tool::Amplify, profile);
    if resolvable {
        // The JavaScript SDK falls back to the region of its own profile.
        let sdk_profile = facts.variables.profiles.iter().find(|(variable, _)| *variable == "AWS_PROFILE");
        let sdk_profile = sdk_profile.map_or("default", |(_, name)| name);
        let has_region = |profile: &Profile<'_>| profile.has("region");
        let fallback = facts.profiles.iter().find(|profile| profile.name == sdk_profile);
        if has_region(known) || facts.variables.has_region || fallback.is_some_and(has_region) {
            return Vec::new();
        }
        let message = format!("{of_environment}, which has no region: the Amplify CLI reports \"Region is missing\"");
        return vec![Hit::new(profile, at, message).hint(format!("add region = REGION to profile {profile}"))];
    }
    let (reported, hint) = if known.has("role_arn") {
        let choice =
            amplify_choices(facts.views, &facts.profiles, facts.program.as_deref(), &|name| facts.can_be_wrapped(name));
        let option = if choice.iter().any(|choice| choice.role == *profile) { "" } else { "--in-place " };
        (ROLE_MESSAGES, format!("amplify-creds setup {profile} {option}--project"))
    } else if !known.parts().iter().any(|part| part.kind == FileKind::Config) {
        (OTHER_MESSAGES, format!("add a section to ~/.aws/config: [profile {profile}] with region = REGION"))
    } else {
        (OTHER_MESSAGES, format!("amplify-creds explain {profile}"))
    };
    let reason = reason.unwrap_or_default();
    let message = format!("{of_environment}. The Amplify CLI {reason}. It reports {reported}");
    vec![Hit::new(profile, at, message).hint(hint)]
}
