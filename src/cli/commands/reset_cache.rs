use serde_json::json;

use crate::amplify::environment::Source;
use crate::amplify::project::Environment;
use crate::cache::entry::CachedEntry;
use crate::cache::file::problem;
use crate::cache::scope::is_of_plan;
use crate::cache::sessions::is_session_like;
use crate::cache::store::Store;
use crate::cli::args::ResetCache;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CACHE, CONFIG, Failure, USAGE};
use crate::cli::output::{write_json, write_stdout};
use crate::cli::plan_inputs::complete;
use crate::cli::{credentials, selection};
use crate::core::clock::{Clock, Timestamp};
use crate::core::sanitize::printable;
use crate::plan::CredentialPlan;
use crate::resolve::memory::Memory;

enum ResetScope {
    All,
    Expired,
    Of(Box<CredentialPlan>),
    /// `None` if the environment of the project has no profile.
    OfProject(Option<Box<CredentialPlan>>),
}

impl ResetScope {
    fn plan(&self) -> Option<&CredentialPlan> {
        match self {
            Self::All | Self::Expired => None,
            Self::Of(plan) => Some(plan),
            Self::OfProject(plan) => plan.as_deref(),
        }
    }
}

pub(crate) fn run(context: &Context, options: &ResetCache) -> Result<(), Failure> {
    let scope = scope(context, options)?;
    let now = Clock::System.now();
    // Entries that are not sessions belong to an unknown program, so they are kept.
    let is_reset =
        |outer: &str, inner: &str, entry: &str| is_session_like(entry) && is_in_scope(&scope, outer, inner, entry, now);
    let store = Store::new(&context.paths.cache_dir);
    let problem = problem(store.path());
    let snapshot = store.read();
    let sessions = snapshot.sessions();
    let all = sessions.all();
    let gone: Vec<_> = all.iter().filter(|(outer, inner, entry)| is_reset(outer, inner, entry)).collect();
    let permanently = !matches!(scope, ResetScope::Expired);
    if !options.dry_run && (permanently || !gone.is_empty()) {
        let removed = store.remove(&is_reset, permanently).and_then(|()| match scope {
            ResetScope::All => store.remove_set_aside(),
            _ => Ok(()),
        });
        removed.map_err(|error| {
            Failure::new(CACHE, format!("cannot delete the cached sessions: {error}"))
                .hint(format!("delete the file: {}", store.path().display()))
        })?;
    }
    if let Some(problem) = problem {
        let file = store.path().display();
        let is_deleted = matches!(scope, ResetScope::All) && !options.dry_run;
        let what = if is_deleted { format!("deleted {file}, which could not") } else { format!("{file} cannot") };
        context.warn(|| format!("{what} be used: {problem}"));
    }
    if !options.dry_run {
        forget_denials(&scope, &store);
    }
    let names = gone.iter().map(|(outer, inner, _)| (outer.as_str(), inner.as_str()));
    if options.json {
        let removed: Vec<_> = names.map(|(outer, inner)| json_of(outer, inner)).collect();
        return write_json(&json!({"removed": removed, "dry_run": options.dry_run}));
    }
    write_stdout(summary(&scope, &names.collect::<Vec<_>>(), options.dry_run).as_bytes())
}

fn scope(context: &Context, options: &ResetCache) -> Result<ResetScope, Failure> {
    if options.project && context.is_named_on_command_line() {
        return Err(Failure::new(USAGE, "--project cannot be used with a profile"));
    }
    match options {
        ResetCache { all: true, .. } => Ok(ResetScope::All),
        ResetCache { expired: true, .. } => Ok(ResetScope::Expired),
        _ if context.is_named_on_command_line() => {
            Ok(ResetScope::Of(Box::new(credentials::plan(context, &context.profiles()?, &context.inputs()?)?)))
        }
        _ => match selection::environment(context)? {
            Some((_, environment)) => Ok(ResetScope::OfProject(of_project(context, &environment)?)),
            None => Err(Failure::new(CONFIG, "no profile given, and not inside an Amplify project")
                .hint("name a profile: amplify-creds reset-cache PROFILE; or use --expired or --all")),
        },
    }
}

/// Variables that name another profile are ignored.
fn of_project(context: &Context, environment: &Environment) -> Result<Option<Box<CredentialPlan>>, Failure> {
    let Environment { name, source, from } = environment;
    let Source::Profile(profile) = source else {
        context.info(|| format!("Amplify environment {name} uses no profile ({from})"));
        return Ok(None);
    };
    context.info(|| format!("using profile {profile} (Amplify environment {name}, {from})"));
    let plan = credentials::plan_of(&context.profiles()?, profile, &context.inputs()?);
    let plan = plan.map_err(|error| credentials::blamed(error, from))?;
    complete(context, plan).map(|plan| Some(Box::new(plan)))
}

fn is_in_scope(scope: &ResetScope, outer: &str, inner: &str, entry: &str, now: Timestamp) -> bool {
    let session = CachedEntry::read(entry);
    match (scope, scope.plan()) {
        (ResetScope::All, _) => true,
        (ResetScope::Expired, _) => session.is_none_or(|session| session.lease.seconds_left(now) <= 0),
        (_, None) => false,
        (_, Some(plan)) => is_of_plan(plan, outer, inner, session.as_ref()),
    }
}

/// AWS may allow now what it denied before.
fn forget_denials(scope: &ResetScope, store: &Store) {
    if matches!(scope, ResetScope::All) {
        store.notes().forget_all();
    }
    if let Some(plan) = scope.plan()
        && let Some(memory) = Memory::of(store.notes(), plan)
    {
        memory.forget(plan);
    }
}

fn json_of(outer: &str, inner: &str) -> serde_json::Value {
    let kind = if outer.contains(":role/") { "role_arn" } else { "mfa_serial" };
    json!({kind: outer, "session_name": inner})
}

/// Uses the Amplify CLI's messages if it has one.
fn summary(scope: &ResetScope, gone: &[(&str, &str)], dry_run: bool) -> String {
    let (cached, which, owner) = match scope {
        ResetScope::All => ("Cached", "", String::new()),
        ResetScope::Expired => ("Expired", "expired ", String::new()),
        ResetScope::Of(plan) => ("Cached", "", format!(" for profile {}", plan.profile)),
        ResetScope::OfProject(_) => ("Cached", "", " for the project".to_owned()),
    };
    let mut lines = vec![match (gone.is_empty(), dry_run) {
        (true, _) => format!("No {which}temp credentials are cached{owner}."),
        (false, false) => format!("{cached} temp credentials are deleted{owner}."),
        (false, true) => format!("{cached} temp credentials would be deleted{owner}:"),
    }];
    lines.extend(gone.iter().map(|(outer, inner)| format!("  {outer}  {inner}")));
    lines.iter().fold(String::new(), |text, line| text + &printable(line) + "\n")
}
