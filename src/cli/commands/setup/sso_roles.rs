//! Lists the roles of a session, after a sign-in if one is needed.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::cache::store::Store;
use crate::cli::args::{FlowArg, Setup};
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::errors::sso_session::{failure, nothing_listed};
use crate::cli::questions::Questions;
use crate::cli::sign_in::{self, Occasion, Session};
use crate::cli::sources::with_sources_trusting;
use crate::core::origin::Located;
use crate::output::write_stderr;
use crate::plan::sources::{AccountRole, SsoSession};
use crate::profile::Setting;
use crate::profile_file::Dialect;
use crate::source::SourceError;

pub(super) fn list(context: &Context, options: &Setup, session: &SsoSession) -> Result<Vec<AccountRole>, Failure> {
    let (pool, ca_bundle) = (ConnectionPool::default(), ca_bundle(context)?);
    let store = Store::new(&context.paths.cache_dir);
    let needed = Session::IdentityCenter(session, None);
    let (name, shown) = (session.token_key(), needed.name());
    let listed = with_sources_trusting(context, &pool, ca_bundle, &store, |sources| {
        let attempt = || {
            let mut progress = Progress::new(context);
            sources.account_roles(session, |done, all| progress.show(done, all))
        };
        let failure = |error| failure(&error, &format!("cannot list the accounts of {shown}"), name, &shown);
        let rejected = match attempt() {
            Err(SourceError::SignedOut(_) | SourceError::InvalidTokenFile { .. }) if !context.no_input() => None,
            Err(SourceError::Rejected { token, .. }) if !context.no_input() => Some(token),
            listed => return listed.map_err(failure),
        };
        if !options.yes && !options.dry_run {
            // A sign-in would be in vain if the changes could not be confirmed.
            Questions::open_to_write(context, context.verb)?;
        }
        let occasion = Occasion::Login(options.session.device_code.then_some(FlowArg::Device));
        sign_in::into_session(context, sources, &needed, name, rejected.as_deref(), occasion)?;
        attempt().map_err(failure)
    });
    let roles = listed?;
    if roles.is_empty() { Err(nothing_listed(&shown)) } else { Ok(roles) }
}

/// The session has no profile yet, so `default` decides.
fn ca_bundle(context: &Context) -> Result<Option<Located<String>>, Failure> {
    let set = context.files().profiles(Dialect::Auto)?;
    let of_default = || set.get("default")?.get("ca_bundle").map(Setting::located);
    Ok(context.inputs()?.ca_bundle.or_else(of_default))
}

/// A line on the terminal that is updated, if listing takes longer than a second.
struct Progress {
    started: Option<Instant>,
    width: usize,
}

impl Progress {
    fn new(context: &Context) -> Self {
        let is_shown = !context.global.quiet && std::io::stderr().is_terminal();
        Self { started: is_shown.then(Instant::now), width: 0 }
    }

    fn show(&mut self, done: usize, all: Option<usize>) {
        if self.started.is_some_and(|started| started.elapsed() >= Duration::from_secs(1)) {
            let line = match all {
                Some(all) => format!("listing the roles: {done} of {all} accounts"),
                None => "listing the accounts".to_owned(),
            };
            self.width = line.len();
            write_stderr(&format!("\r{line}"));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.width > 0 {
            write_stderr(&format!("\r{:width$}\r", "", width = self.width));
        }
    }
}
