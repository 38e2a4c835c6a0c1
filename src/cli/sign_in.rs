//! Signs the user in to IAM Identity Center, and prints what the user has to do.

use std::collections::BTreeSet;

use crate::cache::store::Store;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::with_sources;
use crate::cli::errors::base;
use crate::cli::errors::failure::{CACHE, Failure, SIGN_IN_NEEDED};
use crate::cli::errors::shell_word::shell_word;
use crate::cli::output::note;
use crate::core::clock::Clock;
use crate::core::sanitize::printable;
use crate::output::{left_until, write_stderr};
use crate::plan::sources::{SsoBase, SsoSession};
use crate::plan::{Base, BaseSource, CredentialPlan};
use crate::resolve::ResolveError;
use crate::sign_in::SignInError;
use crate::sign_in::device_code::{DeviceCode, sign_in};
use crate::source::SourceError;
use crate::sts::StsError;

pub(super) fn needed(error: &ResolveError) -> Option<&SsoBase> {
    match error {
        ResolveError::Base { error: SourceError::SignedOut(_) | SourceError::InvalidTokenFile { .. }, base } => {
            if let BaseSource::Sso(sso) = &base.source {
                Some(sso)
            } else {
                None
            }
        }
        _ => None,
    }
}

pub(super) fn all_needed<'p>(
    context: &Context,
    pool: &ConnectionPool,
    plans: impl IntoIterator<Item = &'p CredentialPlan>,
) -> Vec<String> {
    let mut needed: Vec<(String, Vec<&str>, BTreeSet<&str>)> = Vec::new();
    let store = Store::new(&context.paths.cache_dir);
    for plan in plans {
        let BaseSource::Sso(sso) = &plan.base.source else { continue };
        if with_sources(context, pool, plan, &store, |sources| sources.is_signed_in(&sso.session)) {
            continue;
        }
        let session = name(&sso.session);
        let at = needed.iter().position(|(known, ..)| *known == session).unwrap_or_else(|| {
            needed.push((session, Vec::new(), BTreeSet::new()));
            needed.len() - 1
        });
        needed[at].1.push(&plan.profile);
        needed[at].2.insert(&sso.account_id.value);
    }
    let line = |(session, profiles, accounts): (String, Vec<&str>, BTreeSet<&str>)| {
        let unit = if accounts.len() == 1 { "account" } else { "accounts" };
        let accounts = Vec::from_iter(accounts).join(", ");
        format!("sign-in needed: {session} for {} ({unit} {accounts})", profiles.join(", "))
    };
    needed.into_iter().map(line).collect()
}

pub(super) fn by_device_code(
    context: &Context,
    pool: &ConnectionPool,
    plan: &CredentialPlan,
    session: &SsoSession,
) -> Result<(), Failure> {
    let store = Store::new(&context.paths.cache_dir);
    let signed_in = with_sources(context, pool, plan, &store, |sources| {
        sign_in(sources, session, &session.start_url.value, 600, |code| show(session, code))
    });
    let expires = signed_in.map_err(|error| failure(&error, &plan.base, session))?;
    note(context, &format!("signed in to {}: {}", name(session), left_until(expires, Clock::System.now())));
    Ok(())
}

/// Also with `--quiet`: without the code there is no sign-in.
fn show(session: &SsoSession, code: &DeviceCode) {
    let page = code.page_with_code.as_ref().unwrap_or(&code.page);
    let lines = [
        format!("Sign in to {}. Open this page in a browser, on any machine:", name(session)),
        format!("  {page}"),
        format!("and compare or enter this code: {}", code.user_code),
        format!("Waiting for the sign-in, up to {} min. Press Ctrl-C to cancel.", code.lifetime.div_ceil(60)),
    ];
    write_stderr(&lines.map(|line| printable(&line) + "\n").concat());
}

pub(super) fn name(session: &SsoSession) -> String {
    let start_url = &session.start_url.value;
    match &session.name {
        Some(name) => format!("IAM Identity Center session {} ({start_url})", name.value),
        None => format!("IAM Identity Center at {start_url}"),
    }
}

fn failure(error: &SignInError, base: &Base, session: &SsoSession) -> Failure {
    let hint = format!("to try again: amplify-creds login {}", shell_word(&base.profile));
    let failure = match error {
        SignInError::Source(error @ SourceError::Service { error: StsError::Refused { .. }, .. }) => {
            return base::failure(error, base).hint("check sso_start_url, sso_region and sso_registration_scopes");
        }
        SignInError::Source(error) => return base::failure(error, base),
        SignInError::Denied | SignInError::Expired => {
            Failure::new(SIGN_IN_NEEDED, format!("{}: {error}", name(session))).hint(hint)
        }
        SignInError::NotSaved { .. } => {
            Failure::new(CACHE, error.to_string()).hint("make the directory and the file writable, or free disk space")
        }
    };
    failure.at(base.source.origin(), Some(&base.profile))
}
