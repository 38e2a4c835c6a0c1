//! Cache and lock settings of one run, by priority: flags (including a wrapper's), variables, the profile,
//! `config.ini`.

use std::time::Duration;

use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::core::origin::{Located, Origin};
use crate::key_store::Unlock;
use crate::os::env;
use crate::plan::CredentialPlan;
use crate::resolve::Options;
use crate::settings::seconds;

/// Seconds for which a session must still be valid. Below 15 minutes, botocore runs a credential_process again for
/// every request.
const MIN_TTL: u64 = 900;

/// Seconds to wait for another process: enough for a prompt and a chain of calls.
const LOCK_TIMEOUT: u64 = 240;

pub(crate) fn resolve_options(
    context: &Context,
    plan: &CredentialPlan,
    session: &SessionArgs,
) -> Result<Options, Failure> {
    let min_ttl = min_ttl(context, plan, session.min_ttl)?.map_or(MIN_TTL, |found| found.value);
    let wrapper = &plan.options.value;
    let lock_timeout = match session.lock_timeout.or(wrapper.lock_timeout) {
        Some(flag) => flag,
        None => time("lock_timeout", context.setting(env::AMPLIFY_CREDS_LOCK_TIMEOUT, "lock_timeout"), LOCK_TIMEOUT)?,
    };
    Ok(Options {
        min_ttl: i64::try_from(min_ttl).unwrap_or(i64::MAX),
        min_ttl_is_strict: session.min_ttl.or(wrapper.min_ttl).is_some(),
        refresh: session.refresh || wrapper.refresh,
        use_cache: !(session.no_cache || wrapper.no_cache),
        lock_timeout: Duration::from_secs(lock_timeout),
        unlock: if wrapper.no_input { Unlock::Never } else { context.unlock() },
    })
}

/// The minimum remaining lifetime in seconds, if any setting has it.
pub(crate) fn min_ttl(
    context: &Context,
    plan: &CredentialPlan,
    flag: Option<u64>,
) -> Result<Option<Located<u64>>, Failure> {
    if let Some(seconds) = flag {
        return Ok(Some(Located::new(seconds, Origin::Flag("--min-ttl"))));
    }
    if let Some(seconds) = plan.options.value.min_ttl {
        return Ok(Some(Located::new(seconds, plan.options.from.clone())));
    }
    let found = context.variable(&[env::AMPLIFY_CREDS_MIN_TTL]).or_else(|| plan.min_ttl.clone());
    let Some(found) = found.or_else(|| context.settings.get("min_ttl").cloned()) else { return Ok(None) };
    let from = found.from.clone();
    Ok(Some(Located::new(time("min_ttl", Some(found), MIN_TTL)?, from)))
}

fn time(setting: &str, found: Option<Located<String>>, default: u64) -> Result<u64, Failure> {
    let Some(found) = found else { return Ok(default) };
    seconds(&found.value).ok_or_else(|| {
        Failure::new(CONFIG, format!("invalid {setting} in {}", found.from))
            .at(&found.from, None)
            .hint("expected seconds, or a time such as 90s, 15m, 1h30m or 12h")
    })
}
