//! `reset-cache`: forgets the sessions of a profile or of the Amplify project, the ones that are over, or all.
//!
//! Exact to the profile's chain: sessions of other profiles on the same role stay, unless the Amplify CLI wrote them,
//! which tells nobody's.

use serde_json::json;

use crate::amplify::environment::Source;
use crate::amplify::project::Environment;
use crate::cache::entry::{CachedSession, EntryMetadata};
use crate::cache::key::CacheKey;
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
use crate::plan::mfa_strategy::Step;
use crate::resolve::memory::Memory;

/// Which sessions go, and how they are spoken of.
enum What {
    All,
    Expired,
    Of(Box<CredentialPlan>),
    /// None where the project's environment has no profile, and so nothing here.
    OfProject(Option<Box<CredentialPlan>>),
}

impl What {
    fn plan(&self) -> Option<&CredentialPlan> {
        match self {
            Self::All | Self::Expired => None,
            Self::Of(plan) => Some(plan),
            Self::OfProject(plan) => plan.as_deref(),
        }
    }
}

pub(crate) fn run(context: &Context, options: &ResetCache) -> Result<(), Failure> {
    let what = what(context, options)?;
    let now = Clock::System.now();
    // What is no session is somebody's whom we do not know, and stays.
    let goes = |outer: &str, inner: &str, entry: &str| is_session_like(entry) && goes(&what, outer, inner, entry, now);
    let store = Store::new(&context.paths.cache_dir);
    let snapshot = store.read();
    let sessions = snapshot.sessions();
    let all = sessions.all();
    let gone: Vec<_> = all.iter().filter(|(outer, inner, entry)| goes(outer, inner, entry)).collect();
    let for_good = !matches!(what, What::Expired);
    if !options.dry_run && (for_good || !gone.is_empty()) {
        let removed = store.remove(&goes, for_good).and_then(|()| match what {
            What::All => store.remove_set_aside(),
            _ => Ok(()),
        });
        removed.map_err(|error| {
            Failure::new(CACHE, format!("cannot forget sessions: {error}"))
                .hint(format!("remove the file: {}", store.path().display()))
        })?;
    }
    if !options.dry_run {
        forget_refusals(&what, &store);
    }
    let names = gone.iter().map(|(outer, inner, _)| (outer.as_str(), inner.as_str()));
    if options.json {
        let removed: Vec<_> = names.map(|(outer, inner)| json_of(outer, inner)).collect();
        return write_json(&json!({"removed": removed, "dry_run": options.dry_run}));
    }
    write_stdout(summary(&what, &names.collect::<Vec<_>>(), options.dry_run).as_bytes())
}

fn what(context: &Context, options: &ResetCache) -> Result<What, Failure> {
    if options.project && context.selected_by_hand() {
        return Err(Failure::new(USAGE, "--project and a profile are asked for: give one of them"));
    }
    match options {
        ResetCache { all: true, .. } => Ok(What::All),
        ResetCache { expired: true, .. } => Ok(What::Expired),
        _ if context.selected_by_hand() => {
            Ok(What::Of(Box::new(credentials::plan(context, &context.profiles()?, &context.inputs()?)?)))
        }
        _ => match selection::environment(context)? {
            Some((_, environment)) => Ok(What::OfProject(of_project(context, &environment)?)),
            None => Err(Failure::new(CONFIG, "which sessions to forget is not said, and no Amplify project is around")
                .hint("give a profile: amplify-creds reset-cache PROFILE; or --expired, or --all")),
        },
    }
}

/// The chain of the environment's profile, whatever variables name another.
fn of_project(context: &Context, environment: &Environment) -> Result<Option<Box<CredentialPlan>>, Failure> {
    let Environment { name, source, from } = environment;
    let Source::Profile(profile) = source else {
        context.say(|| format!("the Amplify project's environment {name} uses no profile ({from})"));
        return Ok(None);
    };
    context.say(|| format!("profile {profile} of the Amplify project's environment {name} ({from})"));
    let plan = credentials::plan_of(&context.profiles()?, profile, &context.inputs()?);
    let plan = plan.map_err(|error| credentials::blamed(error, from))?;
    complete(context, plan).map(|plan| Some(Box::new(plan)))
}

fn goes(what: &What, outer: &str, inner: &str, entry: &str, now: Timestamp) -> bool {
    let session = CachedSession::read(entry);
    match (what, what.plan()) {
        (What::All, _) => true,
        (What::Expired, _) => session.is_none_or(|session| session.lease.seconds_left(now) <= 0),
        (_, None) => false,
        (_, Some(plan)) => {
            let leaf = plan.steps().next_back();
            plan.steps().any(|step| {
                let Some(key) = CacheKey::of(plan, step).filter(|key| key.outer == outer) else { return false };
                let is_name = inner == key.inner || inner == key.marked_name();
                let of_profile = |mark: &EntryMetadata| match step {
                    Step::Hop(index) => mark.profile == plan.hops[index].profile,
                    Step::WebIdentity => mark.profile == plan.base.profile,
                    Step::Mfa => false,
                };
                match session.as_ref().map(|session| &session.mark) {
                    Some(Some(mark)) => mark.is_for(&key.fingerprint) || of_profile(mark),
                    // The Amplify CLI's, or nothing that can be read: of the role itself all go, as there.
                    Some(None) | None => Some(step) == leaf || (session.is_none() && is_name),
                }
            })
        }
    }
}

/// What AWS has refused may be allowed by now.
fn forget_refusals(what: &What, store: &Store) {
    if matches!(what, What::All) {
        store.notes().forget_all();
    }
    if let Some((plan, memory)) = what.plan().and_then(|plan| Some((plan, Memory::of(store.notes(), plan)?))) {
        memory.forget(plan);
    }
}

/// A role's session stands under the role, an MFA session under its device.
fn json_of(outer: &str, inner: &str) -> serde_json::Value {
    let kind = if outer.contains(":role/") { "role_arn" } else { "mfa_serial" };
    json!({kind: outer, "session_name": inner})
}

/// The Amplify CLI's words, and for what it has none, as near to them as they go.
fn summary(what: &What, gone: &[(&str, &str)], dry_run: bool) -> String {
    let (which, whose) = match what {
        What::All => ("", String::new()),
        What::Expired => (" that are over", String::new()),
        What::Of(plan) => ("", format!(" for profile {}", plan.profile)),
        What::OfProject(_) => ("", " for the project".to_owned()),
    };
    let mut lines = vec![match (gone.is_empty(), dry_run) {
        (true, _) => format!("No temp credentials{which} are cached{whose}."),
        (false, false) => format!("Cached temp credentials{which} are deleted{whose}."),
        (false, true) => format!("Cached temp credentials{which} would be deleted{whose}:"),
    }];
    lines.extend(gone.iter().map(|(outer, inner)| format!("  {outer}  {inner}")));
    lines.iter().fold(String::new(), |text, line| text + &printable(line) + "\n")
}
