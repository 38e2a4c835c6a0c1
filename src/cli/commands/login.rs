use std::collections::BTreeSet;

use serde_json::json;

use crate::cli::args::Login;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::{is_cached, plan, plan_of, with_resolver};
use crate::cli::errors::failure::Failure;
use crate::cli::login_command;
use crate::cli::output::{write_json, write_stdout};
use crate::cli::plan_inputs::{complete, inputs};
use crate::cli::prompts::prompt_chain;
use crate::cli::sign_in::{self, Occasion};
use crate::core::clock::{Clock, Timestamp};
use crate::core::masking::masked;
use crate::core::sanitize::printable;
use crate::output::{left_until, table, write_stderr};
use crate::plan::error::PlanError;
use crate::plan::mfa_strategy::MfaAction;
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::ProfileSet;
use crate::prompt::PromptChain;
use crate::serve::directory;

struct LoginResult {
    profile: String,
    expires: Option<Timestamp>,
    prompted: bool,
}

pub(crate) fn run(context: &Context, options: &Login) -> Result<(), Failure> {
    directory::sweep();
    let set = context.profiles()?;
    let (plans, mut failed) = plans(context, &set, options)?;
    let pool = ConnectionPool::default();
    let mut prompt = prompt_chain(context, &options.session, None)?;
    if !context.global.quiet {
        let is_cached = |plan: &CredentialPlan| is_cached(context, &set, plan, &options.session).unwrap_or(false);
        let sign_ins = sign_in::all_needed(context, &pool, plans.iter().filter(|plan| !is_cached(plan)));
        let codes = codes(context, &pool, &set, &plans, options, &mut prompt);
        let codes = codes.or_else(|| sign_ins.is_empty().then(|| "no MFA code needed".to_owned()));
        for line in sign_ins.into_iter().chain(codes) {
            write_stderr(&format!("{}\n", printable(&line)));
        }
    }
    let (mut results, mut failed_sign_ins) = (Vec::new(), BTreeSet::new());
    for plan in &plans {
        match log_in(context, &pool, &set, plan, options, &mut prompt, &mut failed_sign_ins) {
            Ok(result) => results.push(result),
            Err(failure) => add(&mut failed, failure),
        }
    }
    if options.json && failed.is_none() {
        let document: Vec<_> = results.iter().map(json_of).collect();
        return write_json(&json!(document));
    }
    if !options.json && !results.is_empty() {
        let now = Clock::System.now();
        let rows: Vec<_> = results.iter().map(|result| row(result, now)).collect();
        write_stdout(table::render(["PROFILE", "SESSION"], &rows).as_bytes())?;
    }
    failed.map_or(Ok(()), Err)
}

/// Signs in to IAM Identity Center if the profile needs it. Other profiles of the session then find its token. After a
/// failure they do not ask again.
fn log_in(
    context: &Context,
    pool: &ConnectionPool,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    options: &Login,
    prompt: &mut PromptChain,
    failed_sign_ins: &mut BTreeSet<String>,
) -> Result<LoginResult, Failure> {
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
        signed_in.inspect_err(|_| {
            failed_sign_ins.insert(session.name());
        })?;
        outcome = attempt()?;
    }
    match outcome {
        Ok((expires, prompted)) => Ok(LoginResult { profile: plan.profile.clone(), expires, prompted }),
        Err((error, run)) => Err(login_command::failure(context, error, plan, &options.session, &run)),
    }
}

/// The last failure ends the run. Prints the failure before it.
fn add(failed: &mut Option<Failure>, failure: Failure) {
    if let Some(before) = failed.replace(failure) {
        write_stderr(&before.text());
    }
}

/// Also returns the last failure of a profile with `--all`.
fn plans(
    context: &Context,
    set: &ProfileSet<'_>,
    options: &Login,
) -> Result<(Vec<CredentialPlan>, Option<Failure>), Failure> {
    let inputs = inputs(context, &options.session)?;
    if options.names.is_empty() && !options.all {
        return Ok((vec![plan(context, set, &inputs)?], None));
    }
    if options.all {
        let (mut plans, mut failed) = (Vec::new(), None);
        for name in set.names() {
            match plan_of(set, &name, &inputs) {
                Ok(plan) if plan.steps().next().is_none() && !matches!(plan.base.source, BaseSource::Sso(_)) => {
                    context.info(|| format!("profile {name} has only keys, so it has no session to cache"));
                }
                Ok(plan) => match complete(context, plan) {
                    Ok(plan) => plans.push(plan),
                    Err(failure) => add(&mut failed, failure),
                },
                // Many profiles only set a region.
                Err(PlanError::NoCredentials { named_by: None, .. }) => {
                    context.info(|| format!("profile {name} has no credentials"));
                }
                Err(error) => add(&mut failed, error.into()),
            }
        }
        return Ok((plans, failed));
    }
    let plans: Result<_, Failure> =
        options.names.iter().map(|name| complete(context, plan_of(set, name, &inputs)?)).collect();
    Ok((plans?, None))
}

/// The number of codes: `2 codes: mfa/deploy for 3 profiles, mfa/admin for 1`.
fn codes(
    context: &Context,
    pool: &ConnectionPool,
    set: &ProfileSet<'_>,
    plans: &[CredentialPlan],
    options: &Login,
    prompt: &mut PromptChain,
) -> Option<String> {
    // For each code: the device, its user, and the number of profiles.
    let mut codes: Vec<(String, String, usize)> = Vec::new();
    for plan in plans {
        // A failure is reported later, when the credentials are fetched.
        let Ok(action) =
            with_resolver(context, pool, set, plan, &options.session, prompt, |resolver, _| resolver.mfa_action())
        else {
            continue;
        };
        let Some(mfa) = plan.mfa.as_ref().filter(|mfa| !mfa.is_security_key()) else { continue };
        let (serial, user) = (mfa.serial.value.clone(), plan.base.profile.clone());
        let shared = codes.iter_mut().find(|(known, by, _)| *known == serial && *by == user);
        match (action, shared) {
            (MfaAction::Nothing, _) => {}
            (MfaAction::OnSession, Some((_, _, profiles))) => *profiles += 1,
            (MfaAction::OnSession, None) => codes.push((serial, user, 1)),
            // A code for one role cannot be used for another, so the entry must not match any: the user is empty.
            (MfaAction::OnRole(_), _) => codes.push((serial, String::new(), 1)),
        }
    }
    let devices = codes.iter().enumerate().map(|(at, (serial, _, profiles))| {
        let device = serial.rsplit(':').next().unwrap_or(serial);
        let unit = match (at, profiles) {
            (0, 1) => " profile",
            (0, _) => " profiles",
            _ => "",
        };
        format!("{device} for {profiles}{unit}")
    });
    let devices = devices.collect::<Vec<_>>().join(", ");
    match codes.len() {
        0 => None,
        1 => Some(format!("1 MFA code needed: {devices}")),
        several => Some(format!("{several} MFA codes needed: {devices}")),
    }
}

fn json_of(result: &LoginResult) -> serde_json::Value {
    let LoginResult { profile, expires, prompted } = result;
    json!({"profile": masked(profile), "expires": expires.map(Timestamp::rfc3339), "prompted": prompted})
}

fn row(result: &LoginResult, now: Timestamp) -> [String; 2] {
    let session = result.expires.map_or_else(|| "does not expire".to_owned(), |expires| left_until(expires, now));
    [masked(&result.profile).into_owned(), session]
}
