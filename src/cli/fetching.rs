//! Owns what all verbs that get credentials share: from options to a plan and its credentials.
//!
//! Refuses to print anything but messages.

use std::time::Duration;

use clap::ValueEnum;

use crate::cache::key::CacheKey;
use crate::cache::store::Store;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::env;
use crate::plan::build::{self, Inputs};
use crate::plan::error::PlanError;
use crate::plan::limits::DURATION_SECONDS;
use crate::plan::{CredentialPlan, Warning};
use crate::profile::ProfileSet;
use crate::profile_file::Property;
use crate::prompt::{Given, Ladder, Rung, Surroundings, available};
use crate::resolve::{Mishap, Options, Resolver};
use crate::secret::Secret;
use crate::settings::seconds;
use crate::span::{Located, Origin};
use crate::sts::client::SdkSts;

use super::args::{Fetch, PromptArg};
use super::context::Context;
use super::explain_error::behind;
use super::failure::{CONFIG, Failure, USAGE};

/// Seconds that a session must still last: botocore runs us again for every request under 15 minutes.
const MIN_TTL: u64 = 900;
/// Seconds to wait for another process: a prompt and a chain of calls fit.
const LOCK_TIMEOUT: u64 = 240;

/// A plan, and the credentials that it leads to.
pub(super) struct Fetched {
    pub(super) plan: CredentialPlan,
    pub(super) credentials: Credentials,
}

/// Gets the credentials of the profile that is meant.
pub(super) fn fetch(context: &Context, options: &Fetch) -> Result<Fetched, Failure> {
    let set = context.profiles()?;
    let plan = plan(context, &set, session_duration(options.duration)?)?;
    for warning in &plan.warnings {
        context.say(|| warn(warning));
    }
    let store = Store::new(&context.paths.cache_dir);
    let is_only_profile = |key: &CacheKey| is_only_profile(context, &set, &plan, key);
    let mut prompt = ladder(context, options)?;
    let mut resolver = Resolver {
        store: &store,
        sts: &SdkSts::new(context.env.path(env::AWS_CA_BUNDLE)),
        prompt: &mut prompt,
        clock: Clock::System,
        options: resolve_options(context, &set, options)?,
        is_only_profile: &is_only_profile,
        chain: &context.chain(),
        config: &context.config(),
        mishaps: Vec::new(),
    };
    let credentials = resolver.credentials(&plan);
    for mishap in &resolver.mishaps {
        context.say(|| tell_of(mishap));
    }
    Ok(Fetched { credentials: credentials?, plan })
}

/// The plan of the profile that is meant.
pub(super) fn plan(
    context: &Context,
    set: &ProfileSet<'_>,
    duration: Option<Located<u32>>,
) -> Result<CredentialPlan, Failure> {
    let inputs = Inputs { duration, ..context.inputs()? };
    let name = context.selected().map_or("default", |selected| &selected.value);
    context.say(|| match context.selected() {
        Some(selected) => format!("profile {} ({})", selected.value, selected.from),
        None => "profile default (nothing names another)".to_owned(),
    });
    if inputs.waiting.iter().any(|waiting| waiting == name) {
        return Err(PlanError::Recursion { profile: name.to_owned(), at: None }.into());
    }
    match (build::build(set, name, &inputs), inputs.environment) {
        // Nobody asked for a profile, and there is none: then keys in the environment are what every SDK would use.
        (Err(PlanError::UnknownProfile { named_by: None, .. }), Some(keys)) if context.selected().is_none() => {
            context.say(|| "no profile default: the environment's own keys".to_owned());
            Ok(build::environment(keys))
        }
        (plan, _) => Ok(plan?),
    }
}

/// `--duration`, if it is one that AWS takes.
pub(super) fn session_duration(asked: Option<u64>) -> Result<Option<Located<u32>>, Failure> {
    let Some(asked) = asked else { return Ok(None) };
    match u32::try_from(asked).ok().filter(|seconds| DURATION_SECONDS.contains(seconds)) {
        Some(seconds) => Ok(Some(Located::new(seconds, Origin::Flag("--duration")))),
        None => Err(Failure::new(USAGE, "--duration must be from 900 s (15m) to 43200 s (12h)")),
    }
}

/// Whether a session that the Amplify CLI cached can be this plan's. It tells neither profile nor external id: that is
/// so only where no other section of the files, under whatever header, names the same role and session.
pub(super) fn is_only_profile(context: &Context, set: &ProfileSet<'_>, plan: &CredentialPlan, key: &CacheKey) -> bool {
    let names = |section: &[Property<'_>]| build::section_names_session(section, &key.role_arn, &key.session_name);
    let profile = plan.hops.first().and_then(|hop| set.get(&hop.profile));
    profile.is_some_and(|profile| build::names_session(&profile, &key.role_arn, &key.session_name))
        && context.sections_where(&names) == 1
}

/// The codes that were given, then the terminal.
fn ladder(context: &Context, options: &Fetch) -> Result<Ladder, Failure> {
    let from_flag = options.mfa_token.as_deref().map(|code| match code {
        "-" => Given::Stdin,
        code => Given::Code(Secret::from(code)),
    });
    let from_variable = context.env.text(env::AMPLIFY_CREDS_MFA_TOKEN).map(|code| Given::Code(Secret::new(code)));
    let given = [("--mfa-token", from_flag), ("$AMPLIFY_CREDS_MFA_TOKEN", from_variable)];
    let given = given.into_iter().filter_map(|(from, given)| Some((from, given?))).collect();
    Ok(Ladder::new(given, rungs(context, options)?))
}

/// Who may be asked: nobody, the one way that is chosen, or whatever is there.
fn rungs(context: &Context, options: &Fetch) -> Result<Vec<Rung>, Failure> {
    if context.global.no_input || context.env.switch(env::AMPLIFY_CREDS_NO_INPUT) {
        return Ok(Vec::new());
    }
    let chosen = match (options.prompt, context.setting(env::AMPLIFY_CREDS_PROMPT, "prompt")) {
        (Some(flag), _) => flag,
        (None, Some(named)) => PromptArg::from_str(&named.value, false).map_err(|_| {
            Failure::new(CONFIG, format!("what {} gives is no way to ask for a code", named.from))
                .at(&named.from, None)
                .hint("it is one of tty, pinentry, osascript, zenity, powershell, none")
        })?,
        (None, None) => {
            let has = |name| context.env.text(name).is_some();
            return Ok(available(&Surroundings {
                path: context.env.path(env::PATH).map(Into::into),
                has_display: has(env::DISPLAY) || has(env::WAYLAND_DISPLAY),
                is_wsl: has(env::WSL_DISTRO_NAME),
            }));
        }
    };
    Ok(match chosen {
        PromptArg::Tty => vec![Rung::Terminal],
        PromptArg::Pinentry => vec![Rung::Pinentry],
        PromptArg::Osascript => vec![Rung::Osascript],
        PromptArg::Zenity => vec![Rung::Zenity],
        PromptArg::Powershell => vec![Rung::PowerShell],
        PromptArg::None => Vec::new(),
    })
}

fn resolve_options(context: &Context, set: &ProfileSet<'_>, options: &Fetch) -> Result<Options, Failure> {
    let in_profile = || {
        let name = context.selected().map_or("default", |selected| &selected.value);
        set.get(name)?.get("min_ttl").map(crate::profile::Setting::located)
    };
    let min_ttl = if let Some(flag) = options.min_ttl {
        flag
    } else {
        let found = context.variable(&[env::AMPLIFY_CREDS_MIN_TTL]).or_else(in_profile);
        time(found.or_else(|| context.settings.get("min_ttl").cloned()), MIN_TTL)?
    };
    let lock_timeout = match options.lock_timeout {
        Some(flag) => flag,
        None => time(context.setting(env::AMPLIFY_CREDS_LOCK_TIMEOUT, "lock_timeout"), LOCK_TIMEOUT)?,
    };
    Ok(Options {
        min_ttl: i64::try_from(min_ttl).unwrap_or(i64::MAX),
        min_ttl_is_strict: options.min_ttl.is_some(),
        refresh: options.refresh,
        use_cache: !options.no_cache,
        lock_timeout: Duration::from_secs(lock_timeout),
    })
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
pub(super) fn warn(warning: &Warning) -> String {
    match warning {
        Warning::DurationCapped { profile, requested, from } => format!(
            "profile {profile} asks for {requested} s ({from}); AWS holds a chained role to 3600 s, which is what is sent"
        ),
        Warning::MixedKinds { profile, used, unused, from } => {
            format!("profile {profile} has {used} and {unused} ({from}); {used} is used, other tools may differ")
        }
    }
}

fn tell_of(mishap: &Mishap) -> String {
    match mishap {
        Mishap::NotCached(error) => format!("the session is not cached: {error}"),
        Mishap::NoLock(error) => format!("going on without a lock: {error}"),
        Mishap::ClockOff(seconds) => format!("this machine's clock is {} AWS's", behind(*seconds)),
        Mishap::Stale(error, left) => format!("STS did not help ({error}); the cached session lasts {left} s more"),
    }
}
