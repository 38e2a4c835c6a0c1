mod codes;
mod first_sign_in;
mod outcomes;
mod plans;

use std::collections::BTreeSet;

use crate::cli::args::Login;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::{cached, with_resolver};
use crate::cli::errors::failure::{Failure, KEY_STORE};
use crate::cli::login_command;
use crate::cli::prompts::prompt_chain;
use crate::cli::sign_in::{self, Occasion, Session, SignedIn};
use crate::core::clock::Timestamp;
use crate::core::masking::masked;
use crate::core::sanitize::printable;
use crate::output::write_stderr;
use crate::plan::CredentialPlan;
use crate::profile::ProfileSet;
use crate::prompt::PromptChain;
use crate::serve::directory;

use outcomes::Outcomes;
use plans::{ProfileFailure, plans};

pub(crate) fn run(context: Context, options: &Login) -> Result<(), Failure> {
    directory::sweep();
    let (context, failures) = first_sign_in::offer(context, options)?;
    match log_in_all(&context, options, failures)? {
        SignedIn::AsBefore => Ok(()),
        // The other profiles are signed in already.
        SignedIn::AsAnother => run(context.reload()?, options),
    }
}

/// `failures` are those of profiles that were offered a sign-in. They replace the failures of their plans.
fn log_in_all(context: &Context, options: &Login, failures: Vec<ProfileFailure>) -> Result<SignedIn, Failure> {
    let set = context.profiles()?;
    let mut outcomes = Outcomes::new(context, options.json);
    let (plans, unplanned) = plans(context, &set, options)?;
    if plans.iter().any(|plan| plan.steps().next().is_some()) {
        check_sealing(context)?;
    }
    let pool = ConnectionPool::default();
    let mut prompt = prompt_chain(context, &options.session, None)?;
    if !context.global.quiet && !plans.is_empty() {
        announce(context, &pool, &set, &plans, options, &mut prompt);
    }
    let unplanned = unplanned.into_iter().filter(|(profile, _)| !failures.iter().any(|(failed, _)| failed == profile));
    for (profile, failure) in unplanned.collect::<Vec<_>>().into_iter().chain(failures) {
        outcomes.add_failure(&profile, failure)?;
    }
    let mut failed_sign_ins = BTreeSet::new();
    for plan in &plans {
        match log_in(context, &pool, &set, plan, options, &mut prompt, &mut failed_sign_ins) {
            Ok(Some((expires, prompted))) => outcomes.add(&plan.profile, expires, prompted),
            Ok(None) => return Ok(SignedIn::AsAnother),
            Err(failure) => outcomes.add_failure(&plan.profile, failure)?,
        }
    }
    outcomes.finish().map(|()| SignedIn::AsBefore)
}

/// A session that cannot be sealed is not cached, so a login would have no effect.
fn check_sealing(context: &Context) -> Result<(), Failure> {
    context.session_store()?.check_sealing().map_err(|error| {
        Failure::new(KEY_STORE, format!("the sessions could not be sealed: {error}"))
            .hint("to check the key store: amplify-creds doctor")
            .hint("to cache sessions without encryption: AMPLIFY_CREDS_SEAL=off, or seal = off in config.ini")
    })
}

/// Prints what the profiles need, before the first prompt.
fn announce(
    context: &Context,
    pool: &ConnectionPool,
    set: &ProfileSet<'_>,
    plans: &[CredentialPlan],
    options: &Login,
    prompt: &mut PromptChain,
) {
    let mut needy = BTreeSet::new();
    let is_cached =
        |plan: &CredentialPlan| cached(context, set, plan, &options.session).is_ok_and(|cached| cached.is_some());
    let mut lines = sign_in::all_needed(context, pool, plans.iter().filter(|plan| !is_cached(plan)), &mut needy);
    lines.extend(codes::needed(context, pool, set, plans, options, prompt, &mut needy));
    let others = plans.iter().filter(|plan| !needy.contains(plan.profile.as_str()));
    let others: Vec<_> = others.map(|plan| masked(&plan.profile)).collect();
    if lines.is_empty() {
        let only_sign_in = plans.iter().all(|plan| plan.mfa.is_none() && Session::of(&plan.base.source).is_some());
        let what = if only_sign_in { "no sign-in needed" } else { "no MFA code needed" };
        lines.push(what.to_owned());
    } else if !others.is_empty() {
        lines.push(format!("nothing needed: {}", others.join(", ")));
    }
    for line in lines {
        write_stderr(&format!("{}\n", printable(&line)));
    }
}

/// Returns when the session expires, and whether the user was prompted. `None` if the profile has changed.
///
/// Signs in if the profile needs it. Other profiles of the session then find its token. After a failure they do not ask
/// again.
fn log_in(
    context: &Context,
    pool: &ConnectionPool,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    options: &Login,
    prompt: &mut PromptChain,
    failed_sign_ins: &mut BTreeSet<String>,
) -> Result<Option<(Option<Timestamp>, bool)>, Failure> {
    let mut attempt = || {
        with_resolver(context, pool, set, plan, &options.session, prompt, |resolver, _| {
            let outcome = resolver.credentials().map(|credentials| (credentials.expiration, resolver.asked));
            outcome.map_err(|error| (error, resolver.request.options))
        })
    };
    let mut outcome = attempt()?;
    if let Err((error, _)) = &outcome
        && let Some(session) = sign_in::of(error).filter(|session| !failed_sign_ins.contains(&session.name()))
        && let Some(signed_in) = sign_in::after(context, pool, plan, error, Occasion::Login(options.flow()))
    {
        let signed_in = signed_in.inspect_err(|_| {
            failed_sign_ins.insert(session.name());
        })?;
        if signed_in == SignedIn::AsAnother {
            return Ok(None);
        }
        outcome = attempt()?;
    }
    match outcome {
        Ok(session) => Ok(Some(session)),
        Err((error, run)) => Err(login_command::failure(context, error, plan, &options.session, &run)),
    }
}
