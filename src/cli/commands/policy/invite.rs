use std::path::Path;

use crate::cli::args::policy::{FormatArg, InvitePolicy, Plain};
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, USAGE};
use crate::cli::output::note;
use crate::cli::plan_inputs::session_duration;
use crate::cli::policy_file;
use crate::core::origin::Origin;
use crate::core::shell_word::shell_word;
use crate::setup::invitation::{Invitation, InvitationError};

use super::plans::plan_with_roles;

pub(super) fn invite(context: &Context, options: &InvitePolicy) -> Result<(), Failure> {
    let InvitePolicy { name: _, role_arn, external_id, mfa, duration, note: text, output, force } = options;
    // The owner of the role may have no profile for it and uses options instead.
    let plan = match role_arn {
        Some(_) if context.command_line_profile().is_none() => None,
        Some(_) => Some(plan_with_roles(context)?),
        None => Some(plan_with_roles(context).map_err(|failure| {
            failure.hint("for a role without a profile: amplify-creds policy invite --role-arn ARN")
        })?),
    };
    let hop = plan.as_ref().and_then(|plan| plan.hops.last());
    let own_region = plan.as_ref().and_then(|plan| plan.overridden_region.as_ref().or(plan.region.as_ref()));
    let own_duration = hop.map(|hop| &hop.duration.requested).filter(|requested| requested.from != Origin::Default);
    let asked = session_duration(*duration)?;
    // The device of a chain belongs to its first role.
    let has_mfa = plan.as_ref().filter(|plan| plan.hops.len() == 1).map(|plan| plan.mfa.is_some());
    let of_profile = hop.map(|hop| hop.role_arn.value.as_str().to_owned());
    let invitation = Invitation {
        role_arn: role_arn.clone().or(of_profile).unwrap_or_default(),
        external_id: external_id.clone().or_else(|| Some(hop?.external_id.as_ref()?.value.clone())),
        region: context.global.region.clone().or_else(|| Some(own_region?.value.clone())),
        mfa_required: if *mfa { Some(true) } else { has_mfa },
        duration_seconds: asked.or_else(|| own_duration.cloned()).map(|seconds| seconds.value),
        note: text.clone(),
    };
    invitation.check().map_err(|error| match error {
        InvitationError::Invalid { key, expected } => {
            Failure::new(USAGE, format!("invalid {key} for the invitation (expected {expected})"))
        }
        error => Failure::new(USAGE, error.to_string()),
    })?;
    let file = Plain { name: None, format: FormatArg::Json, output: output.clone(), force: *force };
    policy_file::template(context, &file, &invitation.document())?;
    if invitation.external_id.is_none() {
        let line = "the invitation has no external ID; AWS recommends one for a role that another company uses";
        note(context, line);
    }
    if let Some(path) = output.as_ref().filter(|path| **path != Path::new("-")) {
        let name = path.file_name().unwrap_or_default().display().to_string();
        let name = if name.starts_with('-') { format!("./{name}") } else { name };
        note(
            context,
            &format!("send it to the user of the role, who runs: amplify-creds setup --from {}", shell_word(&name)),
        );
    }
    Ok(())
}
