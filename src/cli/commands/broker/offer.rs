use std::collections::HashSet;

use crate::audit::asker::Asker;
use crate::audit::record::GrantSource;
use crate::broker::{MISSING, OfferedProfile, RemoteError, Request, SharedCalls};
use crate::cache::store::Store;
use crate::cli::args::{Global, SessionArgs};
use crate::cli::audit_log;
use crate::cli::context::Context;
use crate::cli::credentials::{self, Fetched, cached, fetch_planned};
use crate::cli::errors::failure::{Failure, PROFILE_NOT_FOUND, USAGE};
use crate::cli::plan_inputs::inputs;
use crate::cli::profile_rows::ProfileRows;
use crate::cli::prompts::prompt_chain;
use crate::core::clock::Timestamp;
use crate::core::masking::masked;
use crate::plan::kind::ProfileKind;
use crate::plan::mfa_strategy::{Mfa, MfaStrategy};
use crate::plan::{BaseSource, CredentialPlan, build};
use crate::profile::ProfileSet;

use super::answer::Answer;
use super::prompt_queue::PromptQueue;
use super::silence::Silence;

/// What the broker offers: profiles and the options of its command.
pub(super) struct Offer {
    global: Global,
    session: SessionArgs,
    names: Vec<String>,
    pub(super) calls: SharedCalls<Request, Result<Answer, RemoteError>>,
    pub(super) prompts: PromptQueue,
    pub(super) silence: Silence,
}

/// A client's request with the profile that it means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'r> {
    pub(super) profile: &'r str,
    pub(super) request: &'r Request,
}

impl Offer {
    pub(super) fn new(global: Global, session: SessionArgs, mut names: Vec<String>, connections: usize) -> Self {
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        Self {
            global,
            session,
            names,
            // Cached sessions are also returned while many clients wait for the user.
            calls: SharedCalls::new(connections / 4 * 3),
            prompts: PromptQueue::default(),
            silence: Silence::default(),
        }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn no_input(&self) -> bool {
        self.global.no_input
    }

    /// Fails if a profile has no credentials at all.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.names.iter().try_for_each(|name| {
            let context = self.context(name, true)?;
            let set = context.profiles()?;
            let plan = credentials::plan(&context, &set, &inputs(&context, &self.session)?)?;
            Ok(build::can_be_carried_out(&plan)?)
        })
    }

    /// The profile that a request means.
    pub(super) fn profile(&self, request: &Request) -> Result<&str, Failure> {
        let named = match &request.profile {
            Some(asked) => self.names.iter().find(|name| *name == asked),
            None => match self.names.as_slice() {
                [only] => Some(only),
                names => names.iter().find(|name| *name == "default"),
            },
        };
        named.map(String::as_str).ok_or_else(|| {
            let offered: Vec<_> = self.names.iter().map(|name| masked(name)).collect();
            let offered = offered.join(", ");
            let message = match &request.profile {
                Some(asked) => format!("the broker does not offer profile {}", masked(asked)),
                None => "no profile given, and the broker offers several".to_owned(),
            };
            Failure { details: vec![format!("offered: {offered}")], ..Failure::new(PROFILE_NOT_FOUND, message) }
        })
    }

    /// The files are read for each request, so that a change applies at once.
    fn context(&self, profile: &str, no_input: bool) -> Result<Context, Failure> {
        let mut global = self.global.clone();
        global.no_input |= no_input;
        Context::new("broker", global, Some(profile))?.without_project()
    }

    fn session(&self, request: &Request) -> SessionArgs {
        SessionArgs {
            duration: request.duration.or(self.session.duration),
            min_ttl: request.min_ttl.or(self.session.min_ttl),
            ..self.session.clone()
        }
    }

    /// Checks that the request does not ask for a longer session, and plans it.
    fn plan(&self, context: &Context, set: &ProfileSet<'_>, request: &Request) -> Result<CredentialPlan, Failure> {
        let plan = credentials::plan(context, set, &inputs(context, &self.session)?)?;
        let longest = longest(&plan);
        let is_longer = |seconds: u64| longest.is_some_and(|longest| seconds > u64::from(longest));
        if request.duration.is_some() && longest.is_none() {
            let message = format!("profile {} has no session of a duration to choose; omit the duration", plan.profile);
            return Err(Failure::new(USAGE, message));
        }
        let too_long = [("duration", request.duration), ("minimum time left", request.min_ttl)]
            .into_iter()
            .find(|(_, seconds)| seconds.is_some_and(is_longer));
        if let (Some((what, _)), Some(longest)) = (too_long, longest) {
            let message = format!("the {what} is longer than the broker's sessions of profile {}", plan.profile);
            return Err(Failure { details: vec![format!("they last {longest} s")], ..Failure::new(USAGE, message) });
        }
        match request.duration {
            None => Ok(plan),
            Some(_) => credentials::plan(context, set, &inputs(context, &self.session(request))?),
        }
    }

    /// The credentials from the cache, without a lock, a connection or a prompt, as recorded for the client.
    pub(super) fn cached(
        &self,
        Asked { profile, request }: Asked<'_>,
        client: Asker,
    ) -> Result<Option<Fetched>, Failure> {
        let mut context = self.context(profile, true)?;
        context.asker = client;
        let set = context.profiles()?;
        let plan = self.plan(&context, &set, request)?;
        build::can_be_carried_out(&plan)?;
        let Some(credentials) = cached(&context, &set, &plan, &self.session(request))? else { return Ok(None) };
        let fetched = Fetched { plan, credentials, source: GrantSource::Cached };
        fetched.record(&context, &self.session)?;
        Ok(Some(fetched))
    }

    pub(super) fn fetch<T>(
        &self,
        Asked { profile, request }: Asked<'_>,
        no_input: bool,
        what: impl FnOnce(&Context, &ProfileSet<'_>, Fetched) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let context = self.context(profile, no_input)?;
        let set = context.profiles()?;
        let plan = self.plan(&context, &set, request)?;
        let session = self.session(request);
        let prompt = |plan: &CredentialPlan| prompt_chain(&context, &session, Some(&plan.options));
        let (credentials, source) = fetch_planned(&context, &set, &plan, &session, prompt)?;
        what(&context, &set, Fetched { plan, credentials, source })
    }

    /// Records in the audit log that a client gets the credentials.
    pub(super) fn record(&self, fetched: &Fetched, client: Asker, source: GrantSource) -> Result<(), Failure> {
        let mut context = self.context(&fetched.plan.profile, true)?;
        context.asker = client;
        audit_log::record(&context, &fetched.plan, &self.session, &fetched.credentials, source)
    }

    pub(super) fn rows(&self) -> Result<Vec<OfferedProfile>, Failure> {
        let context = Context::new("broker", Global { no_input: true, ..self.global.clone() }, None)?;
        let set = context.profiles()?;
        let snapshot = Store::new(&context.paths.cache_dir).read();
        let inputs = inputs(&context, &self.session)?;
        let rows = ProfileRows::new(&context, &set, &inputs, &snapshot);
        let offered = self.names.iter().map(|name| {
            let Some(profile) = set.get(name) else { return missing(name) };
            let row = rows.row(&profile);
            let plan = build::build(&set, name, &inputs).ok();
            let text = |text: String| Some(text).filter(|text| !text.is_empty());
            OfferedProfile {
                name: masked(name).into_owned(),
                kind: ProfileKind::of(&profile).name().to_owned(),
                account_id: text(row.account),
                role_arn: plan.as_ref().and_then(|plan| Some(plan.hops.last()?.role_arn.value.to_string())),
                region: plan.and_then(|plan| Some(plan.region?.value)),
                has_mfa: row.has_mfa,
                session_expires: rows.session_end(&profile).map(Timestamp::rfc3339),
            }
        });
        Ok(offered.collect())
    }
}

/// A profile that was deleted after the start of the broker.
fn missing(name: &str) -> OfferedProfile {
    OfferedProfile {
        name: masked(name).into_owned(),
        kind: MISSING.to_owned(),
        account_id: None,
        role_arn: None,
        region: None,
        has_mfa: false,
        session_expires: None,
    }
}

/// The duration of the last session of the plan in seconds. `None` if the source decides it.
fn longest(plan: &CredentialPlan) -> Option<u32> {
    match (plan.hops.last(), &plan.base.source, &plan.mfa) {
        (Some(hop), ..) => Some(hop.duration.seconds),
        (None, BaseSource::WebIdentity(web), _) => Some(web.duration.seconds),
        (None, _, Some(Mfa { way: MfaStrategy::Session(duration), .. })) => Some(duration.value),
        (None, ..) => None,
    }
}
