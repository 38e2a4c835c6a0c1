use crate::audit::record::GrantSource;
use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::credentials::fetch_planned;
use crate::cli::errors::failure::{CANCELLED, Failure};
use crate::cli::prompts::prompt_chain;
use crate::cli::resolve_options::min_ttl;
use crate::core::clock::Clock;
use crate::core::credentials::{Credentials, FLOOR_SECONDS};
use crate::core::masking::masked;
use crate::output::left;
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::ProfileSet;

/// Seconds. The console ends with the credentials.
const MIN_TTL: i64 = 45 * 60;

/// Renews a cached session that would end soon. With its own duration, the console outlives the session.
pub(super) fn fetch(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    session: &SessionArgs,
    has_own_duration: bool,
) -> Result<(Credentials, GrantSource), Failure> {
    let get = |session: &SessionArgs| {
        fetch_planned(context, set, plan, session, |plan| prompt_chain(context, session, Some(&plan.options)))
    };
    let found = get(session)?;
    let Some(end) = found.0.expiration.filter(|_| !has_own_duration) else { return Ok(found) };
    let asked = min_ttl(context, plan, session.min_ttl)?;
    let asked = asked.map_or(MIN_TTL, |asked| i64::try_from(asked.value).unwrap_or(i64::MAX));
    let remaining = end.since(Clock::System.now());
    // A session that was just fetched has nearly its whole lifetime left.
    if remaining >= asked.min(lifetime(plan) * 3 / 4) || plan.steps().next().is_none() || session.refresh {
        return Ok(found);
    }
    context.info(|| format!("the session has {} left, so it is renewed", left(remaining)));
    match get(&SessionArgs { refresh: true, ..session.clone() }) {
        Err(failure) if failure.code != CANCELLED && remaining > FLOOR_SECONDS => {
            let profile = masked(&plan.profile);
            context.warn(|| {
                format!(
                    "cannot renew the session of {profile}, which has {} left: {}",
                    left(remaining),
                    failure.message
                )
            });
            Ok(found)
        }
        renewed => renewed,
    }
}

/// The seconds of a new session.
fn lifetime(plan: &CredentialPlan) -> i64 {
    match (plan.hops.last(), &plan.base.source) {
        (Some(hop), _) => hop.duration.seconds.into(),
        (None, BaseSource::WebIdentity(web)) => web.duration.seconds.into(),
        _ => MIN_TTL,
    }
}
