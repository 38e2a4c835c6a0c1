//! Answers one request of a client.

use std::sync::Arc;

use crate::audit::asker::Asker;
use crate::audit::record::GrantSource;
use crate::broker::{
    Action, CallState, HEARTBEAT, IdentityReply, Peer, RemoteError, Reply, ReplyStream, Request, SharedCall,
};
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::errors::failure::{
    CANCELLED, Failure, INTERNAL, KEY_STORE, LOCK_TIMEOUT, MFA_NEEDED, MFA_REJECTED, NOBODY_TO_ASK, SIGN_IN_NEEDED,
};
use crate::cli::errors::resolve::identity_failure;
use crate::cli::sources::with_sources;
use crate::core::credentials::Credentials;
use crate::core::masking::masked;
use crate::core::shell_word::shell_word;
use crate::output::left;
use crate::plan::CredentialPlan;
use crate::plan::build::identity_endpoint;
use crate::profile::ProfileSet;
use crate::prompt::discard_typed;
use crate::sts::CallerIdentity;
use crate::sts::client::SdkSts;

use super::answer::Answer;
use super::offer::{Asked, Offer};

/// A reply that cannot be sent is dropped: its client is gone.
pub(super) fn answer(offer: &Arc<Offer>, request: &Request, peer: Peer, replies: &mut ReplyStream) {
    if let Err(failure) = try_answer(offer, request, Asker::Socket { pid: peer.pid }, replies) {
        let _ = replies.send(&Reply::Error(failure.into()));
    }
}

fn try_answer(offer: &Arc<Offer>, request: &Request, client: Asker, replies: &mut ReplyStream) -> Result<(), Failure> {
    if request.action == Action::Profiles {
        let _ = replies.send(&Reply::Profiles(offer.rows()?));
        return Ok(());
    }
    let profile = offer.profile(request)?;
    if request.action == Action::Credentials
        && let Some(fetched) = offer.cached(Asked { profile, request }, client)?
    {
        let _ = replies.send(&Answer::Credentials(Box::new(fetched)).reply());
        return Ok(());
    }
    // Equal requests are equal after the profile is known.
    let request = Request { profile: Some(profile.to_owned()), ..request.clone() };
    let (caller, asked) = (offer.clone(), request.clone());
    let joined = offer.calls.join(
        &request,
        |other| other.profile == request.profile,
        move |call| {
            let profile = asked.profile.as_deref().unwrap_or_default();
            fetch(&caller, Asked { profile, request: &asked }, call)
        },
    );
    let joined = joined
        .map_err(|error| Failure::new(INTERNAL, format!("the broker cannot start a thread: {error}")))?
        .ok_or_else(|| {
            Failure::new(LOCK_TIMEOUT, "the broker is busy: too many clients wait for a session")
                .hint("answer the open prompt, then run the client again")
        })?;
    let mut known = None;
    loop {
        match joined.wait(known.as_deref(), HEARTBEAT) {
            CallState::Waiting(text) => {
                let of_other = || Some(format!("{}, on the broker's host", offer.prompts.open_prompt()?));
                if replies.send(&Reply::Waiting(text.clone().or_else(of_other).map(Into::into))).is_err() {
                    return Ok(());
                }
                known = text;
            }
            CallState::Done(result) => {
                match &*result {
                    Ok(Ok(answer)) => {
                        if let Answer::Credentials(fetched) = answer {
                            // Only one client caused the call.
                            let source = match fetched.source {
                                GrantSource::New if !joined.is_first => GrantSource::Cached,
                                source => source,
                            };
                            offer.record(fetched, client, source)?;
                        }
                        let _ = replies.send(&answer.reply());
                    }
                    Ok(Err(failure)) => drop(replies.send(&Reply::Error(failure.clone()))),
                    Err(panicked) => return Err(Failure::new(INTERNAL, panicked.to_string())),
                }
                return Ok(());
            }
        }
    }
}

/// Tries without the user first, so that a prompt for one profile does not delay the sessions of another.
fn fetch(
    offer: &Offer,
    asked: Asked<'_>,
    call: &SharedCall<Result<Answer, RemoteError>>,
) -> Result<Answer, RemoteError> {
    let Asked { profile, request } = asked;
    let may_prompt = !request.no_input && !offer.no_input();
    let without_user = match once(offer, asked, true) {
        Err(failure) if what_is_needed(&failure).is_some() && may_prompt => failure,
        done => return done.map_err(RemoteError::from),
    };
    let needed = what_is_needed(&without_user).unwrap_or_default();
    let what = format!("{needed} for profile {}", masked(profile));
    call.set_waiting(format!("{what}, on the broker's host"));
    let _turn = offer.prompts.enter(&what);
    if let Some(left_of_silence) = offer.silence.left(profile) {
        return Err(silent(profile, left_of_silence.as_secs(), needed).into());
    }
    if !call.has_clients() {
        return Err(RemoteError::from(without_user));
    }
    discard_typed();
    let done = once(offer, asked, false);
    match &done {
        // No prompt was possible.
        Err(failure) if failure.message == without_user.message => {}
        // The user did not expect a prompt without a client.
        Err(failure) if failure.code != CANCELLED && !call.has_clients() => {}
        Err(failure) if what_is_needed(failure).is_some() || failure.code == CANCELLED => offer.silence.begin(profile),
        _ => offer.silence.end(profile),
    }
    done.map_err(RemoteError::from)
}

/// `None` if the user cannot help.
fn what_is_needed(failure: &Failure) -> Option<&'static str> {
    Some(match failure.code {
        MFA_NEEDED | MFA_REJECTED => "an MFA code",
        SIGN_IN_NEEDED => "a sign-in",
        KEY_STORE => "the key store",
        NOBODY_TO_ASK => "an answer",
        _ => return None,
    })
}

fn silent(profile: &str, seconds: u64, needed: &str) -> Failure {
    let message = format!("profile {} needs {needed}, and the last prompt was not answered", masked(profile));
    let wait = left(i64::try_from(seconds).unwrap_or(i64::MAX));
    let failure = Failure::new(MFA_NEEDED, message).hint(format!("run: amplify-creds login {}", shell_word(profile)));
    Failure { details: vec![format!("the broker prompts again in {wait}")], ..failure }
}

fn once(offer: &Offer, asked: Asked<'_>, no_input: bool) -> Result<Answer, Failure> {
    offer.fetch(asked, no_input, |context, set, fetched| match asked.request.action {
        Action::Identity => identity(context, set, &fetched.plan, &fetched.credentials).map(Answer::Identity),
        Action::Credentials | Action::Profiles => Ok(Answer::Credentials(Box::new(fetched))),
    })
}

fn identity(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    credentials: &Credentials,
) -> Result<IdentityReply, Failure> {
    let endpoint = identity_endpoint(set, plan, &context.inputs()?)?;
    let store = context.session_store()?;
    let called = with_sources(context, &ConnectionPool::default(), plan, &store, |sources| {
        SdkSts::new(sources.connections).get_caller_identity(&endpoint, credentials)
    });
    let is_session = plan.steps().next().is_some();
    let CallerIdentity { account, arn, user_id } =
        called.map_err(|error| identity_failure(error, plan.profile_in_files(), is_session))?;
    Ok(IdentityReply { profile: masked(&plan.profile).into_owned(), account, arn, user_id })
}
