//! What all verbs that get credentials share: from options to a plan and its credentials.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::cache::key::CacheKey;
use crate::cache::store::{Store, WriteError};
use crate::cli::args::{How, PromptArg};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::errors::resolve::{CLOCK_FIX, behind};
use crate::cli::plan_inputs::{complete, inputs};
use crate::core::clock::Clock;
use crate::core::credentials::Credentials;
use crate::core::origin::{Located, Origin};
use crate::core::secret::Secret;
use crate::os::env;
use crate::plan::error::PlanError;
use crate::plan::inputs::Inputs;
use crate::plan::mfa_strategy::{Mfa, MfaStrategy};
use crate::plan::{CredentialPlan, Warning, build};
use crate::profile::ProfileSet;
use crate::profile_file::Property;
use crate::prompt::{GivenCode, PromptChain, PromptMethod, available};
use crate::resolve::{Options, ResolveWarning, Resolver};
use crate::settings::seconds;
use crate::source::Sources;
use crate::sts::client::SdkSts;
use crate::sts::connections::Connections;
use crate::sts::proxy::Proxies;

/// Seconds that a session must still last: botocore runs us again for every request under 15 minutes.
const MIN_TTL: u64 = 900;

/// Seconds to wait for another process: a prompt and a chain of calls fit.
const LOCK_TIMEOUT: u64 = 240;

/// A plan, and the credentials that it leads to.
pub(crate) struct Fetched {
    pub(crate) plan: CredentialPlan,
    pub(crate) credentials: Credentials,
}

/// Gets the credentials of the profile that is meant.
pub(crate) fn fetch(context: &Context, how: &How) -> Result<Fetched, Failure> {
    let mut prompt = ladder(context, how)?;
    fetch_asking(context, how, &mut prompt)
}

/// The same, asking nobody but those on this ladder.
pub(crate) fn fetch_asking(context: &Context, how: &How, prompt: &mut PromptChain) -> Result<Fetched, Failure> {
    let set = context.profiles()?;
    let plan = plan(context, &set, &inputs(context, how)?)?;
    let credentials = with_resolver(context, &set, &plan, how, prompt, |resolver, _| resolver.credentials(&plan))?;
    Ok(Fetched { credentials: credentials?, plan })
}

/// Runs `what` with a resolver for `plan`, and tells with `-v` what went wrong on the way.
pub(crate) fn with_resolver<T>(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    how: &How,
    prompt: &mut PromptChain,
    what: impl FnOnce(&mut Resolver<'_>, &SdkSts<'_>) -> T,
) -> Result<T, Failure> {
    build::can_be_carried_out(plan)?;
    for warning in &plan.warnings {
        context.say(|| warn(warning));
    }
    if let Some(mfa) = &plan.mfa {
        context.say(|| way_of(mfa));
    }
    let store = Store::new(&context.paths.cache_dir);
    let connections = Connections::new(roots(context, plan), Proxies::of(&context.env));
    let sts = SdkSts::new(&connections);
    let sources = Sources {
        connections: &connections,
        sso_cache: &context.paths.sso_cache,
        login_cache: &context.paths.login_cache,
        store: &store,
        endpoints: context.source_endpoints(),
        clock: Clock::System,
    };
    let mut resolver = Resolver {
        store: &store,
        sts: &sts,
        sources: &sources,
        prompt,
        clock: Clock::System,
        options: resolve_options(context, plan, how)?,
        is_only_profile: &|key: &CacheKey| is_only_profile(context, set, plan, key),
        chain: &context.chain(),
        config: &context.config(),
        verb: context.verb,
        mishaps: Vec::new(),
        asked: false,
    };
    let outcome = what(&mut resolver, &sts);
    let mut reported = Vec::new();
    for mishap in &resolver.mishaps {
        let line = tell_of(mishap);
        // What befalls each role of a chain is told once.
        if reported.contains(&line) {
            continue;
        }
        match mishap {
            // A reset at the same time is no reason for concern.
            ResolveWarning::NotCached(WriteError::Forgotten) => context.say(|| line.clone()),
            ResolveWarning::ClockOff(_) | ResolveWarning::NotCached(_) => context.warn(|| line.clone()),
            _ => context.say(|| line.clone()),
        }
        reported.push(line);
    }
    Ok(outcome)
}

/// The file of trusted certificate authorities, where something names one: first what the AWS SDKs read, then what
/// other programs do.
fn roots(context: &Context, plan: &CredentialPlan) -> Option<Located<PathBuf>> {
    let of_others = || context.variable(&[env::REQUESTS_CA_BUNDLE, env::SSL_CERT_FILE]);
    let Located { value, from } = plan.ca_bundle.clone().or_else(of_others)?;
    Some(Located::new(context.paths.expand(value.into()), from))
}

/// The plan of the profile that is meant.
pub(crate) fn plan(context: &Context, set: &ProfileSet<'_>, inputs: &Inputs) -> Result<CredentialPlan, Failure> {
    let selected = context.selected()?;
    let name = selected.as_ref().map_or("default", |selected| &selected.value);
    let planned = match plan_of(set, name, inputs) {
        // Nobody asked for a profile, and the default one has nothing: then every SDK uses what the environment has.
        Err(
            error
            @ (PlanError::UnknownProfile { named_by: None, .. } | PlanError::NoCredentials { named_by: None, .. }),
        ) if selected.is_none() => match build::environment(inputs) {
            Ok(Some(plan)) => {
                context.say(|| "the profile default has no credentials: the environment's own".to_owned());
                Ok(plan)
            }
            Ok(None) => Err(error),
            Err(error) => Err(error),
        },
        planned => planned,
    };
    let named_by = selected.as_ref().map_or(&Origin::Default, |selected| &selected.from);
    complete(context, planned.map_err(|error| blamed(error, named_by))?)
}

/// The failure, which is `named_by`'s where the error itself has no place: a project may name a profile that is gone.
pub(crate) fn blamed(error: PlanError, named_by: &Origin) -> Failure {
    match Failure::from(error) {
        failure @ Failure { at: None, .. } => failure.at(named_by, None),
        failure => failure,
    }
}

/// The plan of the profile `name`, unless it waits for this run.
pub(crate) fn plan_of(set: &ProfileSet<'_>, name: &str, inputs: &Inputs) -> Result<CredentialPlan, PlanError> {
    if inputs.waiting.iter().any(|waiting| waiting == name) {
        return Err(PlanError::Recursion { profile: name.to_owned(), at: None });
    }
    build::build(set, name, inputs)
}

/// Whether a session that the Amplify CLI cached can be this plan's. It tells neither profile nor external id: that is
/// so only where no other section of the files, under whatever header, names the same role and session.
pub(crate) fn is_only_profile(context: &Context, set: &ProfileSet<'_>, plan: &CredentialPlan, key: &CacheKey) -> bool {
    let names = |section: &[Property<'_>]| build::section_names_session(section, &key.outer, &key.inner);
    let profile = plan.hops.first().and_then(|hop| set.get(&hop.profile));
    profile.is_some_and(|profile| build::names_session(&profile, &key.outer, &key.inner))
        && context.sections_where(&names) == 1
}

/// The codes that were given, then whoever can be asked.
pub(crate) fn ladder(context: &Context, how: &How) -> Result<PromptChain, Failure> {
    let from_flag = how.mfa_token.as_deref().map(|code| match code {
        "-" => GivenCode::Stdin,
        code => GivenCode::Code(Secret::from(code)),
    });
    let from_variable = context.env.text(env::AMPLIFY_CREDS_MFA_TOKEN).map(|code| GivenCode::Code(Secret::new(code)));
    let given = [("--mfa-token", from_flag), ("$AMPLIFY_CREDS_MFA_TOKEN", from_variable)];
    let given = given.into_iter().filter_map(|(from, given)| Some((from, given?))).collect();
    Ok(PromptChain::new(given, rungs(context, how)?))
}

/// Whoever can be asked without the terminal, which a command has.
pub(crate) fn windows(context: &Context, how: &How) -> Result<PromptChain, Failure> {
    let in_window = |rung| match rung {
        PromptMethod::Terminal => None,
        PromptMethod::Pinentry | PromptMethod::PinentryWindow => Some(PromptMethod::PinentryWindow),
        PromptMethod::Osascript | PromptMethod::Zenity | PromptMethod::PowerShell => Some(rung),
    };
    Ok(PromptChain::new(Vec::new(), rungs(context, how)?.into_iter().filter_map(in_window).collect()))
}

/// Who may be asked: nobody, the one way that is chosen, or whatever is there.
fn rungs(context: &Context, how: &How) -> Result<Vec<PromptMethod>, Failure> {
    if context.may_not_ask() {
        return Ok(Vec::new());
    }
    let chosen = match (how.prompt, context.setting(env::AMPLIFY_CREDS_PROMPT, "prompt")) {
        (Some(flag), _) => flag,
        (None, Some(named)) => PromptArg::from_str(&named.value, false).map_err(|_| {
            Failure::new(CONFIG, format!("what {} gives is no way to ask for a code", named.from))
                .at(&named.from, None)
                .hint("it is one of tty, pinentry, osascript, zenity, powershell, none")
        })?,
        (None, None) => return Ok(available(&context.env)),
    };
    Ok(match chosen {
        PromptArg::Tty => vec![PromptMethod::Terminal],
        PromptArg::Pinentry => vec![PromptMethod::Pinentry],
        PromptArg::Osascript => vec![PromptMethod::Osascript],
        PromptArg::Zenity => vec![PromptMethod::Zenity],
        PromptArg::Powershell => vec![PromptMethod::PowerShell],
        PromptArg::None => Vec::new(),
    })
}

fn resolve_options(context: &Context, plan: &CredentialPlan, how: &How) -> Result<Options, Failure> {
    let min_ttl = min_ttl(context, plan, how.min_ttl)?.map_or(MIN_TTL, |found| found.value);
    let lock_timeout = match how.lock_timeout {
        Some(flag) => flag,
        None => time(context.setting(env::AMPLIFY_CREDS_LOCK_TIMEOUT, "lock_timeout"), LOCK_TIMEOUT)?,
    };
    Ok(Options {
        min_ttl: i64::try_from(min_ttl).unwrap_or(i64::MAX),
        min_ttl_is_strict: how.min_ttl.is_some(),
        refresh: how.refresh,
        use_cache: !how.no_cache,
        lock_timeout: Duration::from_secs(lock_timeout),
    })
}

/// How long a cached session must still last, in seconds, where anything says it: `flag` before all.
pub(crate) fn min_ttl(
    context: &Context,
    plan: &CredentialPlan,
    flag: Option<u64>,
) -> Result<Option<Located<u64>>, Failure> {
    if let Some(seconds) = flag {
        return Ok(Some(Located::new(seconds, Origin::Flag("--min-ttl"))));
    }
    let found = context.variable(&[env::AMPLIFY_CREDS_MIN_TTL]).or_else(|| plan.min_ttl.clone());
    let Some(found) = found.or_else(|| context.settings.get("min_ttl").cloned()) else { return Ok(None) };
    let from = found.from.clone();
    Ok(Some(Located::new(time(Some(found), MIN_TTL)?, from)))
}

fn time(found: Option<Located<String>>, default: u64) -> Result<u64, Failure> {
    let Some(found) = found else { return Ok(default) };
    seconds(&found.value).ok_or_else(|| {
        Failure::new(CONFIG, format!("what {} gives is not a time", found.from))
            .at(&found.from, None)
            .hint("give seconds, or a time such as 90s, 15m, 1h30m, 12h")
    })
}

/// A warning in words.
pub(crate) fn warn(warning: &Warning) -> String {
    match warning {
        Warning::DurationCapped { profile, requested, from } => format!(
            "profile {profile} asks for {requested} s ({from}); from a session AWS gives a role 3600 s, which is what is sent"
        ),
        Warning::MfaDoesNotTravel { profile, from } => format!(
            "profile {profile} sets mfa_serial ({from}) on a role that another role assumes; the code is given at the base, \
             and a trust policy that asks for MFA further on will not see it"
        ),
        Warning::MixedKinds { profile, used, unused, from } => {
            format!("profile {profile} has {used} and {unused} ({from}); {used} is used, other tools may differ")
        }
    }
}

/// What a code is spent on, in words.
pub(crate) fn way_of(mfa: &Mfa) -> String {
    match &mfa.way {
        MfaStrategy::Session(asked) => format!(
            "an MFA code is spent on a session of {} s ({}) that serves every role of this user and device",
            asked.value, asked.from
        ),
        MfaStrategy::Role(why) => format!("an MFA code is spent on the first role alone: {why}"),
    }
}

fn tell_of(mishap: &ResolveWarning) -> String {
    match mishap {
        ResolveWarning::NotCached(error) => format!("the session is not cached: {error}"),
        ResolveWarning::NoLock(error) => format!("going on without a lock: {error}"),
        ResolveWarning::SessionDenied(error) => {
            format!("AWS gives this user no MFA session, so each role takes a code of its own: {error}")
        }
        ResolveWarning::ClockOff(seconds) => {
            format!("this machine's clock is {} AWS's; {CLOCK_FIX}", behind(*seconds))
        }
        ResolveWarning::Stale(error, left) => {
            format!("STS did not help ({error}); the cached session lasts {left} s more")
        }
    }
}
