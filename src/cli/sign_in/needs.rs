use std::collections::{BTreeMap, BTreeSet};

use crate::cache::store::Store;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::errors::sso_session::setup_command;
use crate::cli::sources::with_sources;
use crate::core::masking::{masked, shown_url};
use crate::core::shell_word::shell_word;
use crate::plan::sources::{LoginBase, SsoBase, SsoSession};
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::value_form::shown;
use crate::resolve::ResolveError;
use crate::source::{SignInSession, SourceError, Sources};

/// What the user signs in to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Session<'a> {
    /// Profiles of the session may have different accounts and roles, so these only describe one of them.
    IdentityCenter(&'a SsoSession, Option<&'a SsoBase>),
    /// `None` before the user has chosen an identity.
    AwsSignIn(Option<&'a LoginBase>),
}

impl<'a> Session<'a> {
    pub(crate) fn of(plan: &'a BaseSource) -> Option<Self> {
        match plan {
            BaseSource::Sso(sso) => Some(Self::IdentityCenter(&sso.session, Some(sso))),
            BaseSource::Login(login) => Some(Self::AwsSignIn(Some(login))),
            _ => None,
        }
    }

    pub(crate) fn key(&self) -> &'a str {
        match self {
            Self::IdentityCenter(session, _) => session.token_key(),
            Self::AwsSignIn(login) => login.map_or("", |login| login.session.value.trim()),
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::IdentityCenter(SsoSession { name: Some(name), start_url, .. }, _) => {
                format!("IAM Identity Center session {} ({})", masked(&name.value), shown_url(&start_url.value))
            }
            Self::IdentityCenter(SsoSession { name: None, start_url, .. }, _) => {
                format!("IAM Identity Center at {}", shown_url(&start_url.value))
            }
            Self::AwsSignIn(Some(login)) => format!("AWS Sign-In as {}", shown("login_session", &login.session.value)),
            Self::AwsSignIn(None) => "AWS Sign-In".to_owned(),
        }
    }

    /// Without start URL and identity, for the first line of an error.
    pub(super) fn short_name(&self) -> String {
        match self {
            Self::IdentityCenter(SsoSession { name: Some(name), .. }, _) => {
                format!("IAM Identity Center session {}", masked(&name.value))
            }
            Self::IdentityCenter(SsoSession { name: None, .. }, _) => self.name(),
            Self::AwsSignIn(_) => "AWS Sign-In".to_owned(),
        }
    }

    /// Who needs the sign-in.
    pub(super) fn user(&self, profile: &str) -> String {
        if matches!(self, Self::IdentityCenter(_, None)) { self.name() } else { format!("profile {profile}") }
    }

    /// The command that signs in. Without a profile, only `setup` does.
    pub(super) fn command(&self, option: Option<&str>, profile: &str) -> String {
        let option = option.map_or_else(String::new, |option| format!(" {option}"));
        match self {
            Self::IdentityCenter(session, None) => setup_command(session.token_key()) + &option,
            _ => format!("amplify-creds login{option} {}", shell_word(profile)),
        }
    }

    /// For the last page of the browser.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::IdentityCenter(_, Some(sso)) => {
                format!("{}, account {}, role {}", self.name(), sso.account_id.value, sso.role_name.value)
            }
            _ => self.name(),
        }
    }

    /// Of the token file. The service may still reject the token.
    pub(super) fn is_signed_in(&self, sources: &Sources<'_>, rejected: Option<&str>) -> bool {
        let session = match self {
            Self::IdentityCenter(session, _) => SignInSession::of_sso(session),
            Self::AwsSignIn(Some(login)) => SignInSession::of_login(login),
            Self::AwsSignIn(None) => return false,
        };
        sources.is_signed_in(&session, rejected)
    }
}

/// The session that an error requires, and the token that the service rejected.
pub(super) fn of(error: &ResolveError) -> Option<(Session<'_>, Option<&str>)> {
    let ResolveError::Base { error, base } = error else { return None };
    let rejected = match error {
        SourceError::SignedOut(_) | SourceError::InvalidTokenFile { .. } => None,
        SourceError::Rejected { token, .. } => Some(token.as_str()),
        _ => return None,
    };
    Some((Session::of(&base.source)?, rejected))
}

pub(crate) fn session(error: &ResolveError) -> Option<Session<'_>> {
    of(error).map(|(session, _)| session)
}

/// Lines for the user: the session, and its profiles by account and role. Adds them to `profiles`.
pub(crate) fn all_needed<'p>(
    context: &Context,
    pool: &ConnectionPool,
    plans: impl IntoIterator<Item = &'p CredentialPlan>,
    profiles: &mut BTreeSet<&'p str>,
) -> Vec<String> {
    let mut needed: Vec<(Session<'_>, BTreeMap<String, Vec<&str>>)> = Vec::new();
    let store = Store::new(&context.paths.cache_dir);
    for plan in plans {
        let Some(session) = Session::of(&plan.base.source) else { continue };
        let at = needed.iter().position(|(known, _)| known.key() == session.key());
        if at.is_none() && with_sources(context, pool, plan, &store, |sources| session.is_signed_in(sources, None)) {
            continue;
        }
        let at = at.unwrap_or_else(|| {
            needed.push((session, BTreeMap::new()));
            needed.len() - 1
        });
        let identity = match session {
            Session::IdentityCenter(_, Some(sso)) => {
                format!(" (account {}, role {})", sso.account_id.value, sso.role_name.value)
            }
            _ => String::new(),
        };
        profiles.insert(&plan.profile);
        needed[at].1.entry(identity).or_default().push(&plan.profile);
    }
    let line = |(session, profiles): (Session<'_>, BTreeMap<String, Vec<&str>>)| {
        let profiles = profiles.iter().map(|(identity, names)| {
            let names: Vec<_> = names.iter().map(|name| masked(name)).collect();
            format!("{}{identity}", names.join(", "))
        });
        format!("sign-in needed: {} for {}", session.name(), profiles.collect::<Vec<_>>().join(", "))
    };
    needed.into_iter().map(line).collect()
}
