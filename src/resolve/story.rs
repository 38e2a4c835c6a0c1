//! The words for the steps of a run, as `-v` prints them.

use std::time::Instant;

use crate::core::credentials::Credentials;
use crate::key_store::KeyStore;
use crate::output::left_until;
use crate::plan::BaseSource;

use super::reporter::watched;
use super::state::{Call, Run};

pub(super) fn process_name(pid: u32, verb: &str, profile: &str) -> String {
    format!("process {pid} (amplify-creds {verb} {profile})")
}

impl Run<'_, '_> {
    pub(super) fn step_name(&self, at: usize) -> String {
        match self.steps[at].0 {
            Call::MfaSession(mfa, _) => format!("MFA session of profile {}", mfa.profile),
            Call::WebIdentity(_) => format!("web identity of profile {}", self.plan.base.profile),
            Call::Role(index) => format!("hop {} (profile {})", index + 1, self.plan.hops[index].profile),
        }
    }

    pub(super) fn why_not_cached(&self, at: usize) -> String {
        let request = &self.resolver.request;
        let now = self.resolver.clock.now();
        let is_leaf = at + 1 == self.steps.len();
        if !request.options.use_cache {
            return "the cache is not used".to_owned();
        }
        match request.lookup(self.resolver.store, &self.steps[at].1) {
            None => "no cached session".to_owned(),
            Some(found) if found.lease.seconds_left(now) <= 0 => "the cached session has expired".to_owned(),
            Some(_) if is_leaf && request.options.refresh => "ignoring the cached session (--refresh)".to_owned(),
            Some(_) if self.exchange.distrusted == Some(at) => "AWS rejected the cached session".to_owned(),
            Some(found) if is_leaf && !request.is_long_enough(&found) => {
                "the cached session was requested for a shorter duration".to_owned()
            }
            Some(found) => format!("renewing the cached session, {}", left_until(found.lease.expiration, now)),
        }
    }

    pub(super) fn report_cached(&self, at: usize, session: &Credentials) {
        self.resolver.reporter.detail(&|| {
            let left = session.expiration.map(|end| left_until(end, self.resolver.clock.now()));
            format!("{}: using the cached session, {}", self.step_name(at), left.unwrap_or_default())
        });
    }

    /// Fetches the base credentials, and reports their source and the duration.
    pub(super) fn reported_base<T, E>(&self, fetch: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let Some(what) = self.remote_base() else { return fetch() };
        let began = Instant::now();
        let fetched = watched(self.resolver.reporter, &what, fetch);
        let result = if fetched.is_ok() { "returned credentials" } else { "failed" };
        self.resolver.reporter.detail(&|| format!("{what} {result} ({} ms)", began.elapsed().as_millis()));
        fetched
    }

    /// What returns the base credentials, unless they are in a file or variable.
    fn remote_base(&self) -> Option<String> {
        let profile = &self.plan.base.profile;
        match &self.plan.base.source {
            BaseSource::Process(_) => Some(format!("credential_process of profile {profile}")),
            BaseSource::Sso(_) => Some(format!("IAM Identity Center (profile {profile})")),
            BaseSource::Login(_) => Some(format!("AWS Sign-In (profile {profile})")),
            BaseSource::KeyStore(_) => Some(format!("{} (profile {profile})", KeyStore::name())),
            BaseSource::Imds(_) => Some("the instance metadata service".to_owned()),
            BaseSource::Container(_) => Some("the container credentials endpoint".to_owned()),
            BaseSource::Static(_)
            | BaseSource::Environment(_)
            | BaseSource::Missing(_)
            | BaseSource::WebIdentity(_) => None,
        }
    }
}
