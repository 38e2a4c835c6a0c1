//! Prints what the profile of `setup --for-agent` allows, and what it does not prevent.

use crate::cli::args::Setup;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, USAGE};
use crate::cli::output::note;
use crate::core::shell_word::shell_word;
use crate::plan::CredentialPlan;
use crate::setup::agent::AgentLimits;

/// `None` without `--for-agent`.
pub(super) fn limits(options: &Setup, plan: &CredentialPlan) -> Result<Option<AgentLimits>, Failure> {
    if !options.for_agent {
        return Ok(None);
    }
    Ok(Some(AgentLimits::of(plan, options.agent_policy.as_deref())?))
}

pub(super) fn require_profile(options: &Setup, named: Option<&str>) -> Result<(), Failure> {
    if !options.for_agent || named.is_some() {
        return Ok(());
    }
    Err(Failure::new(USAGE, "--for-agent needs the profile to limit: amplify-creds setup PROFILE --for-agent")
        .hint("to list the profiles: amplify-creds list"))
}

/// Before the question, because these facts decide the answer.
pub(super) fn note_limits(context: &Context, limits: &AgentLimits, base: &str) {
    if limits.is_read_only() {
        note(
            context,
            "ReadOnlyAccess also reads data: S3 objects, DynamoDB items, log events and parameters of Systems Manager",
        );
    }
    note(
        context,
        &format!("the new profile is a default, not a boundary: a program of the same user can use profile {base}"),
    );
    note(
        context,
        "for a boundary, run the agent in a sandbox without this home directory, and give it the socket of \
         amplify-creds broker",
    );
}

pub(super) fn note_use(context: &Context, wrapper: &str) {
    let wrapper = shell_word(wrapper);
    note(context, &format!("to use it, set AWS_PROFILE={wrapper} for the agent; recipes: amplify-creds man guide"));
}
