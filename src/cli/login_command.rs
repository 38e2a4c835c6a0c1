//! Completes the login command of an error. A login helps only if it gets the session that the run needs.

use std::borrow::Cow;

use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, MFA_NEEDED};
use crate::cli::plan_inputs::inputs;
use crate::cli::prompts::why_unprompted;
use crate::cli::wrapper_name::{extras, has_role_options, wrapper_name};
use crate::core::shell_word::shell_word;
use crate::os::env::AI_AGENT;
use crate::plan::build::build;
use crate::plan::{CredentialPlan, agent};
use crate::prompt::PromptError;
use crate::resolve::{Options, ResolveError, StsCall};

pub(super) fn failure(
    context: &Context,
    error: ResolveError,
    plan: &CredentialPlan,
    session: &SessionArgs,
    run: &Options,
) -> Failure {
    let profile = &plan.profile;
    let is_unprompted = matches!(error, ResolveError::Prompt { error: PromptError::NobodyToAsk, .. });
    let ignoring = if run.use_cache { run.refresh.then_some("--refresh") } else { Some("--no-cache") };
    match ignoring {
        Some(option) if is_unprompted => {
            // On one line, because SDKs show only the first line.
            Failure::new(
                MFA_NEEDED,
                format!(
                    "profile {profile} needs an MFA code, but no prompt is possible here; omit {option}, or give a code: --mfa-token CODE"
                ),
            )
        }
        _ => {
            let options = options(session);
            let wrapper = if has_role_options(session) { wrapper_name(context, profile, session) } else { None };
            let agent = agent_variable(context, &error, session, profile).unwrap_or_default();
            let failure = match wrapper {
                Some(wrapper) => with_login(error.into(), profile, &agent, "", &wrapper),
                None => with_login(error.into(), profile, &agent, &options, profile),
            };
            let hint = why_unprompted(context, session, &plan.options).filter(|_| is_unprompted);
            hint.into_iter().fold(failure, Failure::hint)
        }
    }
}

fn with_login(failure: Failure, profile: &str, agent: &str, options: &str, login: &str) -> Failure {
    let command = |agent: &str, options: &str, profile: &str| {
        format!("{agent}amplify-creds login {options}{}", shell_word(profile))
    };
    let complete = |text: String| text.replace(&command("", "", profile), &command(agent, options, login));
    let Failure { message, hints, .. } = failure;
    Failure { message: complete(message), hints: hints.into_iter().map(complete).collect(), ..failure }
}

/// The agent, as a variable of the login command. If the code is for the role itself, a login without the variable would
/// get a session with another name, which does not serve the agent.
fn agent_variable(context: &Context, error: &ResolveError, session: &SessionArgs, profile: &str) -> Option<String> {
    let ResolveError::Prompt { at, .. } = error else { return None };
    let agent = agent::name(|variable| context.env.text(variable));
    if !matches!(at.what, StsCall::Role { .. }) || agent == agent::name(|_| None) {
        return None;
    }
    // The names in the plan of the failed run are filled in.
    let plan = build(&context.profiles().ok()?, profile, &inputs(context, session).ok()?).ok()?;
    let names_agent = plan.hops.iter().any(|hop| hop.session_name.value.contains("{agent}"));
    names_agent.then(|| format!("{AI_AGENT}={} ", shell_word(&agent)))
}

/// The options that select another session in the cache, each with a blank after it.
fn options(session: &SessionArgs) -> String {
    let SessionArgs {
        duration,
        min_ttl,
        refresh: _,
        role_arn,
        external_id,
        session_name,
        policy_arn: _,
        policy: _,
        tag: _,
        source_identity: _,
        provided_context: _,
        no_cache: _,
        lock_timeout: _,
        mfa_token: _,
        prompt: _,
    } = session;
    let seconds = [("--duration", duration), ("--min-ttl", min_ttl)];
    let texts = [("--role-arn", role_arn), ("--external-id", external_id), ("--session-name", session_name)];
    let seconds = seconds.into_iter().filter_map(|(option, value)| Some((option, value.as_ref()?.to_string())));
    let texts = texts.into_iter().filter_map(|(option, value)| Some((option, value.clone()?)));
    let word = |(option, value): (&str, String)| {
        format!("{option} {} ", shlex::try_quote(&value).unwrap_or(Cow::Borrowed(&value)))
    };
    seconds.chain(texts).chain(extras(session)).map(word).collect()
}
