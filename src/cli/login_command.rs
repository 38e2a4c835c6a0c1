//! Completes the login command of an error. A login helps only if it gets the session that the run needs.

use std::borrow::Cow;

use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, MFA_NEEDED};
use crate::cli::prompts::why_unprompted;
use crate::core::shell_word::shell_word;
use crate::plan::CredentialPlan;
use crate::prompt::PromptError;
use crate::resolve::{Options, ResolveError};

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
            let failure = with_options(error.into(), profile, &options(session));
            let hint = why_unprompted(context, session, &plan.options).filter(|_| is_unprompted);
            hint.into_iter().fold(failure, Failure::hint)
        }
    }
}

fn with_options(failure: Failure, profile: &str, options: &str) -> Failure {
    let command = |options: &str| format!("amplify-creds login {options}{}", shell_word(profile));
    let complete = |text: String| text.replace(&command(""), &command(options));
    let Failure { message, hints, .. } = failure;
    Failure { message: complete(message), hints: hints.into_iter().map(complete).collect(), ..failure }
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
        policy_arn,
        policy,
        tag,
        source_identity,
        provided_context,
        no_cache: _,
        lock_timeout: _,
        mfa_token: _,
        prompt: _,
    } = session;
    let seconds = [("--duration", duration), ("--min-ttl", min_ttl)];
    let texts = [
        ("--role-arn", role_arn),
        ("--external-id", external_id),
        ("--session-name", session_name),
        ("--policy", policy),
        ("--source-identity", source_identity),
    ];
    let lists = [("--policy-arn", policy_arn), ("--tag", tag), ("--provided-context", provided_context)];
    let seconds = seconds.into_iter().filter_map(|(option, value)| Some((option, value.as_ref()?.to_string())));
    let texts = texts.into_iter().filter_map(|(option, value)| Some((option, value.clone()?)));
    let lists = lists.into_iter().flat_map(|(option, values)| values.iter().map(move |value| (option, value.clone())));
    let word = |(option, value): (&str, String)| {
        format!("{option} {} ", shlex::try_quote(&value).unwrap_or(Cow::Borrowed(&value)))
    };
    seconds.chain(texts).chain(lists).map(word).collect()
}
