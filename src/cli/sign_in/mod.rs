//! Signs the user in to the session of a profile, and prints what the user has to do.

mod failure;
mod flow;
pub(super) mod login_session;
mod needs;
mod notices;
mod occasion;

use std::cell::Cell;

use crate::cache::store::Store;
use crate::cli::args::FlowArg;
use crate::cli::browser::browser;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::note;
use crate::cli::questions::Questions;
use crate::cli::sources::with_sources;
use crate::core::clock::{Clock, Timestamp};
use crate::core::sanitize::printable;
use crate::os::browser::Browser;
use crate::output::left_until;
use crate::plan::CredentialPlan;
use crate::resolve::ResolveError;
use crate::sign_in::aws_sign_in::{self, LoginSession};
use crate::sign_in::{Flow, Interaction, SignInError, Turn, identity_center};
use crate::source::Sources;
use crate::source::login::DEFAULT_REGION;

pub(super) use flow::check_settings;
pub(super) use needs::{Session, all_needed, session as of};
pub(super) use occasion::Occasion;

use notices::Notices;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignedIn {
    AsBefore,
    /// The profile names another identity now.
    AsAnother,
}

/// Signs in if `error` requires it and the user allows it. `None` if not.
pub(super) fn after(
    context: &Context,
    pool: &ConnectionPool,
    plan: &CredentialPlan,
    error: &ResolveError,
    occasion: Occasion,
) -> Option<Result<SignedIn, Failure>> {
    let (session, rejected) = needs::of(error)?;
    if context.no_input() {
        return None;
    }
    if matches!(occasion, Occasion::Automatic) {
        match flow::is_automatic(context) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(failure) => return Some(Err(failure)),
        }
    }
    let store = Store::new(&context.paths.cache_dir);
    Some(with_sources(context, pool, plan, &store, |sources| {
        into_session(context, sources, &session, &plan.profile, rejected, occasion)
    }))
}

/// With `sign_in = auto`, signs in before the calls if no token is cached.
pub(super) fn ahead(context: &Context, pool: &ConnectionPool, plan: &CredentialPlan) -> Result<(), Failure> {
    let Some(session) = Session::of(&plan.base.source) else { return Ok(()) };
    if context.no_input() || !flow::is_automatic(context)? {
        return Ok(());
    }
    let store = Store::new(&context.paths.cache_dir);
    with_sources(context, pool, plan, &store, |sources| {
        if session.is_signed_in(sources, None) {
            return Ok(());
        }
        into_session(context, sources, &session, &plan.profile, None, Occasion::Automatic).map(drop)
    })
}

/// Signs in once for all processes that need `session`. `rejected` identifies a token that the service did not accept.
pub(super) fn into_session(
    context: &Context,
    sources: &Sources<'_>,
    session: &Session<'_>,
    profile: &str,
    rejected: Option<&str>,
    occasion: Occasion,
) -> Result<SignedIn, Failure> {
    let flow = flow::of(context, session, occasion)?;
    let browser = browser(context, profile)?;
    let turn = Turn {
        store: sources.store,
        clock: Clock::System,
        session: session.key(),
        verb: context.verb,
        profile,
        is_automatic: matches!(occasion, Occasion::Automatic),
        limit: occasion.limit(),
    };
    let name = session.name();
    let report_wait = |holder: &str| note(context, &format!("waiting for {holder}, which signs in to {name}"));
    let is_signed_in = || session.is_signed_in(sources, rejected);
    let was_asked = Cell::new(false);
    let signed_in = turn.take(
        is_signed_in,
        report_wait,
        || was_asked.get(),
        || {
            let notices = Notices::new(context, session, profile, occasion, flow)?;
            let outcome = by_flow(context, sources, session, flow, occasion, (&notices, &browser));
            was_asked.set(notices.has_printed());
            outcome
        },
    );
    match signed_in {
        Ok(Some((_, Some(identity)))) => {
            note(context, &format!("signed in to AWS Sign-In as {identity}"));
            let Session::AwsSignIn(Some(login)) = session else { return Ok(SignedIn::AsBefore) };
            login_session::write(context, &login.profile, &identity, None).map(|()| SignedIn::AsAnother)
        }
        Ok(Some((expires, None))) => {
            note(context, &format!("signed in to {name}: {}", left_until(expires, Clock::System.now())));
            Ok(SignedIn::AsBefore)
        }
        Ok(None) => Ok(SignedIn::AsBefore),
        Err(error) => Err(failure::of_turn(&error, session, profile)),
    }
}

/// Signs in to AWS Sign-In as the identity that the user chooses in the browser. The session is not stored yet.
pub(super) fn into_new_session(
    context: &Context,
    sources: &Sources<'_>,
    region: &str,
    profile: &str,
    asked: Option<FlowArg>,
) -> Result<LoginSession, Failure> {
    let session = Session::AwsSignIn(None);
    let occasion = Occasion::Login(asked);
    let flow = flow::of(context, &session, occasion)?;
    let browser = browser(context, profile)?;
    let signed_in = Notices::new(context, &session, profile, occasion, flow).and_then(|notices| {
        interacting(context, &session, occasion, (&notices, &browser), |interaction| {
            aws_sign_in::sign_in(sources, region, None, flow, interaction)
        })
    });
    signed_in.map_err(|error| failure::of(&error, &session, profile))
}

pub(super) fn store(sources: &Sources<'_>, session: &LoginSession, profile: &str) -> Result<(), Failure> {
    session.store(sources).map_err(|error| failure::of(&error, &Session::AwsSignIn(None), profile))
}

fn interacting<T>(
    context: &Context,
    session: &Session<'_>,
    occasion: Occasion,
    (notices, browser): (&Notices<'_>, &Browser<'_>),
    sign_in: impl FnOnce(&Interaction<'_>) -> T,
) -> T {
    sign_in(&Interaction {
        browser,
        limit: occasion.limit(),
        subject: &session.subject(),
        notice: &|notice| notices.print(&notice),
        accepts: &|identity| accepts(context, session, occasion, identity),
        paste: &|| notices.paste(),
    })
}

/// Only `login` can ask, and only the config file is edited.
fn accepts(context: &Context, session: &Session<'_>, occasion: Occasion, identity: &str) -> bool {
    let (Session::AwsSignIn(Some(login)), Occasion::Login(_)) = (session, occasion) else { return false };
    if login.session.from.location().is_none_or(|at| at.file.path != context.paths.config) {
        return false;
    }
    let question = format!(
        "The browser is signed in as {identity}, and profile {} has {}. Use the identity of the browser? [y/N] ",
        login.profile, login.session.value
    );
    let asked = Questions::open(context).ok().map(|mut person| person.yes_or_no(&printable(&question), false));
    matches!(asked, Some(Ok(true)))
}

/// Also returns the identity that replaces the one of the profile.
fn by_flow(
    context: &Context,
    sources: &Sources<'_>,
    session: &Session<'_>,
    flow: Flow,
    occasion: Occasion,
    person: (&Notices<'_>, &Browser<'_>),
) -> Result<(Timestamp, Option<String>), SignInError> {
    interacting(context, session, occasion, person, |interaction| match session {
        Session::IdentityCenter(session, _) => {
            identity_center::sign_in(sources, session, flow, interaction).map(|expires| (expires, None))
        }
        Session::AwsSignIn(login) => {
            let region = login.and_then(|login| login.region.as_ref()).map_or(DEFAULT_REGION, |region| &region.value);
            let expected = login.map(|login| login.session.value.trim());
            let signed_in = aws_sign_in::sign_in(sources, region, expected, flow, interaction)?;
            signed_in.store(sources)?;
            let other = expected.is_some_and(|expected| expected != signed_in.identity);
            Ok((signed_in.expires, other.then_some(signed_in.identity)))
        }
    })
}
