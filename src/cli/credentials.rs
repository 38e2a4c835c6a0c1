//! Derives a plan and its credentials from a command's options.

use crate::audit::record::GrantSource;
use crate::cache::key::CacheKey;
use crate::cache::store::Store;
use crate::cli::args::SessionArgs;
use crate::cli::audit_log;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::login_command;
use crate::cli::output::note;
use crate::cli::plan_inputs::{complete, inputs};
use crate::cli::prompts::prompt_chain;
use crate::cli::reporter::StderrReporter;
use crate::cli::resolve_options::resolve_options;
use crate::cli::sign_in::{self, Occasion};
use crate::cli::sources::with_sources;
use crate::cli::warnings;
use crate::core::clock::Clock;
use crate::core::credentials::Credentials;
use crate::core::masking::masked;
use crate::core::origin::Origin;
use crate::os::env;
use crate::output::left_until;
use crate::plan::error::PlanError;
use crate::plan::inputs::Inputs;
use crate::plan::{BaseSource, CredentialPlan, build};
use crate::profile::ProfileSet;
use crate::profile_file::Property;
use crate::prompt::PromptChain;
use crate::resolve::{Request, Resolver};
use crate::source::Sources;
use crate::sts::client::SdkSts;

pub(crate) struct Fetched {
    pub(crate) plan: CredentialPlan,
    pub(crate) credentials: Credentials,
    pub(crate) source: GrantSource,
}

pub(crate) fn fetch(context: &Context, session: &SessionArgs) -> Result<Fetched, Failure> {
    fetch_with(context, session, |plan| prompt_chain(context, session, Some(&plan.options)))
}

fn cache_hit(credentials: &Credentials) -> String {
    let left = credentials.expiration.map(|end| left_until(end, Clock::System.now()));
    format!("using the cached session{}", left.map_or_else(String::new, |left| format!(": {left}")))
}

/// Like [`fetch`], with the caller's prompt. The caller must hand out the credentials, because the audit log records
/// them.
pub(crate) fn fetch_with(
    context: &Context,
    session: &SessionArgs,
    prompt: impl FnOnce(&CredentialPlan) -> Result<PromptChain, Failure>,
) -> Result<Fetched, Failure> {
    let fetched = fetch_unrecorded(context, session, prompt)?;
    fetched.record(context, session)?;
    Ok(fetched)
}

/// Like [`fetch_with`], for a caller that may discard the credentials, and otherwise calls [`Fetched::record`].
pub(crate) fn fetch_unrecorded(
    context: &Context,
    session: &SessionArgs,
    prompt: impl FnOnce(&CredentialPlan) -> Result<PromptChain, Failure>,
) -> Result<Fetched, Failure> {
    let set = context.profiles()?;
    let plan = plan(context, &set, &inputs(context, session)?)?;
    let (credentials, source) = fetch_planned(context, &set, &plan, session, prompt)?;
    Ok(Fetched { plan, credentials, source })
}

impl Fetched {
    pub(crate) fn record(&self, context: &Context, session: &SessionArgs) -> Result<(), Failure> {
        audit_log::record(context, &self.plan, session, &self.credentials, self.source)
    }
}

/// Connections and prompts are built only if the cache has no session. Does not record the credentials in the audit
/// log.
pub(crate) fn fetch_planned(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    session: &SessionArgs,
    prompt: impl FnOnce(&CredentialPlan) -> Result<PromptChain, Failure>,
) -> Result<(Credentials, GrantSource), Failure> {
    with_request(context, set, plan, session, |request| {
        let store = context.session_store()?;
        if let Some(credentials) = request.cached(&store, Clock::System.now()) {
            context.info(|| cache_hit(&credentials));
            return Ok((credentials, GrantSource::Cached));
        }
        // An invalid setting is reported before a prompt.
        audit_log::is_on(context)?;
        resolve_or_sign_in(context, &store, request, session, &mut prompt(plan)?)
    })
}

/// After an automatic sign-in, resolves the credentials a second time.
fn resolve_or_sign_in(
    context: &Context,
    store: &Store,
    request: Request<'_>,
    session: &SessionArgs,
    prompt: &mut PromptChain,
) -> Result<(Credentials, GrantSource), Failure> {
    let (pool, plan, options) = (ConnectionPool::default(), request.plan, request.options);
    let mut attempt = || {
        resolve(context, &pool, store, request, prompt, |resolver, _| {
            let outcome = resolver.credentials().map_err(|error| (error, resolver.failed_elsewhere));
            outcome.map(|found| (found, if resolver.is_new { GrantSource::New } else { GrantSource::Cached }))
        })
    };
    let mut outcome = attempt();
    if let Err((error, _)) = &outcome
        && let Some(signed_in) = sign_in::after(context, &pool, plan, error, Occasion::Automatic)
    {
        signed_in?;
        outcome = attempt();
    }
    outcome.map_err(|(error, is_shared)| {
        let failure = login_command::failure(context, error, plan, session, &options);
        Failure { is_shared, ..failure }
    })
}

pub(crate) fn with_resolver<T>(
    context: &Context,
    pool: &ConnectionPool,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    session: &SessionArgs,
    prompt: &mut PromptChain,
    what: impl FnOnce(&mut Resolver<'_>, &SdkSts<'_>) -> T,
) -> Result<T, Failure> {
    let store = context.session_store()?;
    with_request(context, set, plan, session, |request| Ok(resolve(context, pool, &store, request, prompt, what)))
}

pub(crate) fn cached(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    session: &SessionArgs,
) -> Result<Option<Credentials>, Failure> {
    let options = resolve_options(context, plan, session)?;
    let is_only_profile = |key: &CacheKey| is_only_profile(context, set, plan, key);
    let request = Request { plan, options, is_only_profile: &is_only_profile };
    Ok(request.cached(&context.session_store()?, Clock::System.now()))
}

fn with_request<T>(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    session: &SessionArgs,
    what: impl FnOnce(Request<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    build::can_be_carried_out(plan)?;
    warnings::of_plan(context, plan);
    let options = resolve_options(context, plan, session)?;
    what(Request { plan, options, is_only_profile: &|key: &CacheKey| is_only_profile(context, set, plan, key) })
}

fn resolve<T>(
    context: &Context,
    pool: &ConnectionPool,
    store: &Store,
    request: Request<'_>,
    prompt: &mut PromptChain,
    what: impl FnOnce(&mut Resolver<'_>, &SdkSts<'_>) -> T,
) -> T {
    with_sources(context, pool, request.plan, store, |sources| resolve_with(context, sources, request, prompt, what))
}

fn resolve_with<T>(
    context: &Context,
    sources: &Sources<'_>,
    request: Request<'_>,
    prompt: &mut PromptChain,
    what: impl FnOnce(&mut Resolver<'_>, &SdkSts<'_>) -> T,
) -> T {
    let sts = SdkSts::new(sources.connections);
    let mut resolver = Resolver {
        request,
        store: sources.store,
        sts: &sts,
        sources,
        prompt,
        clock: Clock::System,
        chain: &context.chain(),
        config: &context.config(),
        verb: context.verb,
        reporter: &StderrReporter::of(context),
        mishaps: Vec::new(),
        asked: false,
        is_new: false,
        failed_elsewhere: false,
    };
    let outcome = what(&mut resolver, &sts);
    warnings::of_run(context, &resolver.mishaps);
    outcome
}

pub(crate) fn plan(context: &Context, set: &ProfileSet<'_>, inputs: &Inputs) -> Result<CredentialPlan, Failure> {
    if ["whoami", "console"].contains(&context.verb)
        && !context.is_profile_chosen()
        && !inputs.changes_role()
        && let Some(plan) = build::environment(inputs)?
    {
        context.info(|| "using the credentials of the environment (no argument names a profile)".to_owned());
        return complete(context, plan);
    }
    let selected = context.selected()?;
    let name = selected.as_ref().map_or("default", |selected| &selected.value);
    let planned = match plan_of(set, name, inputs) {
        // No profile was named and `default` has no credentials. Like the SDKs, this uses the environment's.
        Err(
            error
            @ (PlanError::UnknownProfile { named_by: None, .. } | PlanError::NoCredentials { named_by: None, .. }),
        ) if selected.is_none() => match build::environment(inputs) {
            Ok(Some(plan)) => {
                context.info(|| {
                    "using the credentials of the environment (profile default has no credentials)".to_owned()
                });
                Ok(plan)
            }
            Ok(None) => Err(error),
            Err(error) => Err(error),
        },
        planned => {
            let is_base = |plan: &CredentialPlan| {
                matches!(plan.base.source, BaseSource::Environment(_) | BaseSource::Container(_))
            };
            if !planned.as_ref().is_ok_and(is_base) {
                note_environment(context, inputs, name);
            }
            planned
        }
    };
    let named_by = selected.as_ref().map_or(&Origin::Default, |selected| &selected.from);
    let planned = planned.map_err(|error| match (&selected, &error) {
        (None, PlanError::UnknownProfile { named_by: None, .. }) => unnamed(context, set, error.into()),
        _ => blamed(error, named_by),
    });
    complete(context, planned?)
}

/// No profile is named and `default` does not exist, so the error lists the profiles.
fn unnamed(context: &Context, set: &ProfileSet<'_>, failure: Failure) -> Failure {
    const SHOWN: usize = 8;
    let mut names = set.names();
    if names.is_empty() {
        return failure;
    }
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let names: Vec<_> = names.iter().map(|name| masked(name)).collect();
    let more = if more > 0 { format!(" and {more} more (amplify-creds list)") } else { String::new() };
    let message = format!("no profile given, and {}", failure.message);
    let hints = failure.hints.into_iter().filter(|hint| !hint.starts_with("see: "));
    let command = format!("name a profile: amplify-creds {} PROFILE", context.verb);
    let half = match [env::AWS_ACCESS_KEY_ID, env::AWS_SECRET_ACCESS_KEY]
        .map(|name| (name, context.env.text(name).is_some()))
    {
        [(set, true), (missing, false)] | [(missing, false), (set, true)] => {
            Some(format!("{set} is set, but {missing} is not"))
        }
        _ => None,
    };
    let profiles = format!("profiles: {}{more}", names.join(", "));
    let hints = [command, profiles].into_iter().chain(half).chain(hints).collect();
    Failure { message, hints, ..failure }
}

/// Notes the credentials in the environment, which most other tools use, if the profile was not named by an argument.
fn note_environment(context: &Context, inputs: &Inputs, name: &str) {
    let from = match (&inputs.environment, &inputs.web_identity, &inputs.container.uri) {
        (Some(keys), _, _) => &keys.from,
        (None, Some(web), _) => &web.token_file.from,
        (None, None, Some(uri)) => &uri.from,
        (None, None, None) => return,
    };
    let active = context.env.text(env::AMPLIFY_CREDS_ACTIVE_PROFILE);
    if context.is_profile_chosen() || active.as_deref() == Some(name) {
        return;
    }
    let line = || {
        let of = active.map(|profile| format!(" of profile {profile}")).unwrap_or_default();
        format!("{} uses profile {name}; the environment has credentials{of} ({from})", context.verb)
    };
    if ["env", "exec", "check", "login"].contains(&context.verb) { note(context, &line()) } else { context.info(line) }
}

/// If the error has no location, `named_by` becomes the location: a project may name a profile that no longer exists.
pub(crate) fn blamed(error: PlanError, named_by: &Origin) -> Failure {
    let is_named_here = matches!(
        error,
        PlanError::UnknownProfile { named_by: None, .. } | PlanError::NoCredentials { named_by: None, .. }
    );
    match (Failure::from(error), named_by) {
        (failure, Origin::Variable(variable)) if is_named_here => {
            let message = format!("{} ({variable} names it)", failure.message);
            Failure { message, ..failure }.hint(format!("name another profile, or: unset {variable}"))
        }
        (failure @ Failure { at: None, .. }, named_by) => failure.at(named_by, None),
        (failure, _) => failure,
    }
}

/// Fails if the profile is waiting for this run.
pub(crate) fn plan_of(set: &ProfileSet<'_>, name: &str, inputs: &Inputs) -> Result<CredentialPlan, PlanError> {
    if inputs.waiting.iter().any(|waiting| waiting == name) {
        return Err(PlanError::Recursion { profile: name.to_owned(), at: None });
    }
    build::build(set, name, inputs)
}

/// Whether a session that the Amplify CLI cached can be this plan's. Its entry contains neither profile nor external
/// id, so this is true only if no other section of the files names the same role and session.
pub(crate) fn is_only_profile(context: &Context, set: &ProfileSet<'_>, plan: &CredentialPlan, key: &CacheKey) -> bool {
    let names = |section: &[Property<'_>]| build::section_names_session(section, &key.outer, &key.inner);
    let Some((hop, profile)) = plan.hops.first().and_then(|hop| Some((hop, set.get(&hop.profile)?))) else {
        return false;
    };
    // The Amplify CLI ignores `include_profile`, and reads comment marks and escapes differently.
    let is_read_alike = !profile.has("include_profile")
        && profile.get("source_profile").is_none_or(|source| !source.value.contains([';', '#', '\\', '"', '\'']));
    is_read_alike
        && context.paths.are_default()
        && build::names_session(&profile, hop, &key.inner)
        && context.files().sections_where(&names) == 1
}
