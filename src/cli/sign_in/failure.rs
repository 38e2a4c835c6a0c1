use crate::cli::errors::base;
use crate::cli::errors::failure::{
    BASE_FAILED, CACHE, CANCELLED, CONFIG, CREDENTIALS_REJECTED, Failure, INTERNAL, NOBODY_TO_ASK, SIGN_IN_NEEDED,
};
use crate::sign_in::{SignInError, TurnError};
use crate::source::SourceError;
use crate::sts::StsError;

use super::needs::Session;

pub(super) fn of_turn(error: &TurnError<SignInError>, session: &Session<'_>, profile: &str) -> Failure {
    let command = session.command(None, profile);
    let name = session.name();
    let subject = session.user(profile);
    match error {
        TurnError::Failed(error) => of(error, session, profile),
        TurnError::Waited(holder) => {
            let message = format!("{subject} needs a sign-in, and {holder} is still signing in");
            Failure::new(SIGN_IN_NEEDED, format!("{message}; run: {command}")).hint(format!("the sign-in is to {name}"))
        }
        TurnError::Elsewhere { holder, failure } => {
            let message = format!("{subject} needs a sign-in, which failed in {holder}: {failure}");
            Failure::new(SIGN_IN_NEEDED, message).hint(command)
        }
        TurnError::Backoff(left) => {
            let minutes = (left + 59) / 60;
            let message = format!(
                "{subject} needs a sign-in; the last one was not completed, so no browser opens for {minutes} min"
            );
            Failure::new(SIGN_IN_NEEDED, format!("{message}; run: {command}")).hint(format!("the sign-in is to {name}"))
        }
    }
}

pub(super) fn of(error: &SignInError, session: &Session<'_>, profile: &str) -> Failure {
    let again = format!("to try again: {}", session.command(None, profile));
    let name = session.short_name();
    let message = format!("{name}: {error}");
    let what = format!("cannot sign in to {}", session.short_name());
    let failure = match error {
        SignInError::Source(SourceError::Service { service, error }) => {
            let failure = base::of_service(*service, error, &what);
            match (error, session) {
                (StsError::Refused { .. }, Session::IdentityCenter(..)) => {
                    failure.hint("check sso_start_url, sso_region and sso_registration_scopes")
                }
                _ => failure,
            }
        }
        SignInError::Source(SourceError::ClockWrong { service, error, offset }) => {
            base::of_clock(*service, error, *offset, &what)
        }
        SignInError::Source(error) => Failure::new(BASE_FAILED, format!("{what}: {error}")),
        SignInError::Denied | SignInError::Expired | SignInError::TimedOut(_) | SignInError::InvalidPaste => {
            Failure::new(SIGN_IN_NEEDED, message).hint(again)
        }
        SignInError::Cancelled | SignInError::CallerEnded => Failure::new(CANCELLED, message),
        SignInError::Signalled(signal) => return Failure::by_signal(*signal),
        SignInError::Failed { error: _, description } => {
            Failure { aws: description.clone(), ..Failure::new(SIGN_IN_NEEDED, message) }.hint(again)
        }
        SignInError::OtherIdentity(_) => Failure::new(CREDENTIALS_REJECTED, message)
            .hint(format!("choose that identity in the browser, then: {}", session.command(None, profile)))
            .hint("to use the other identity, answer y in a terminal, or change login_session"),
        SignInError::NoTerminal => {
            // On one line, because SDKs show only the first line.
            let run = session.command(None, profile);
            let message = format!("{} needs a sign-in: {error}; in a terminal, run: {run}", session.user(profile));
            Failure::new(NOBODY_TO_ASK, message).hint(format!("the sign-in is to {name}"))
        }
        SignInError::Listener(_) => Failure::new(INTERNAL, message)
            .hint(format!("to sign in without a listener: {}", session.command(Some("--device-code"), profile))),
        SignInError::StartUrl { .. } => {
            Failure::new(CONFIG, error.to_string()).hint("correct sso_start_url or sso_region")
        }
        SignInError::NotSaved { reason, .. } => Failure::new(CACHE, error.to_string()).hint(not_saved(reason)),
    };
    let is_of_profile = !matches!(session, Session::IdentityCenter(_, None));
    match session {
        Session::IdentityCenter(session, _) => {
            let from = session.name.as_ref().map_or(&session.start_url.from, |name| &name.from);
            failure.at(from, is_of_profile.then_some(profile))
        }
        Session::AwsSignIn(Some(login)) => failure.at(&login.session.from, Some(profile)),
        Session::AwsSignIn(None) => failure,
    }
}

fn not_saved(reason: &str) -> &'static str {
    if reason.contains("another user") {
        "run the command as the owner of the home directory, without sudo"
    } else if reason.contains("it is a link") {
        "delete the link"
    } else {
        "make the directory and the file writable, or free disk space"
    }
}
