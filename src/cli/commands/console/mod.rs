mod opening;
mod refusal;
mod renewal;

use crate::cli::args::ConsoleOptions;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials;
use crate::cli::errors::failure::Failure;
use crate::cli::output::note;
use crate::cli::plan_inputs::inputs;
use crate::cli::sources::connections;
use crate::console::access::Access;
use crate::console::destination::{of_service, of_user};
use crate::console::federation::Federation;
use crate::console::hosts::ConsoleHosts;
use crate::console::portal;
use crate::core::clock::Clock;
use crate::core::credentials::Credentials;
use crate::core::masking::masked;
use crate::core::secret::Secret;
use crate::os::env;
use crate::output::{left, left_until};
use crate::plan::{BaseSource, CredentialPlan};
use crate::policy::ArnScope;
use crate::profile::ProfileSet;

use opening::{Console, Opening};

pub(crate) fn run(context: &Context, options: &ConsoleOptions) -> Result<(), Failure> {
    let set = context.profiles()?;
    let inputs = inputs(context, &options.fetch.session)?;
    let plan = credentials::plan(context, &set, &inputs)?;
    let asked = inputs.duration.as_ref().map(|asked| asked.value);
    // Before a prompt for an MFA code.
    let active = context.env.text(env::AMPLIFY_CREDS_ACTIVE_PROFILE);
    let name = plan.profile_in_files().or(active.as_deref()).unwrap_or(&plan.profile);
    let opening = Opening::of(context, options, plan.profile_in_files(), name)?;
    let console = match Access::of(&plan, asked) {
        Access::Portal(sso) => {
            let has_page = options.service.is_some() || options.destination.is_some() || plan.region.is_some();
            let page = if has_page { Some(destination(&hosts(&plan)?, options)?) } else { None };
            let link = portal::link(sso, page.as_deref()).ok_or_else(|| refusal::start_url(&sso.session))?;
            let subject = format!("account {}, role {}", sso.account_id.value, sso.role_name.value);
            Console { address: Secret::new(link), subject, end: String::new() }
        }
        Access::Federation(duration) => by_federation(context, options, &set, &plan, duration)?,
        Access::Impossible(why) => return Err(refusal::of_access(context, &set, &plan, why)),
    };
    opening.open(context, &console)
}

fn by_federation(
    context: &Context,
    options: &ConsoleOptions,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    duration: Option<u32>,
) -> Result<Console, Failure> {
    let hosts = hosts(plan)?;
    let destination = destination(&hosts, options)?;
    let credentials = renewal::fetch(context, set, plan, &options.fetch.session, duration.is_some())?;
    if credentials.session_token.is_none() {
        return Err(refusal::user_keys(context, set, plan));
    }
    let endpoint = context.source_endpoints().signin.unwrap_or_else(|| hosts.sign_in());
    let pool = ConnectionPool::default();
    let connections = connections(context, &pool, plan.ca_bundle.clone());
    let federation = Federation { connections: &connections, endpoint: &endpoint };
    context.info(|| format!("requesting a sign-in token of {endpoint}"));
    let token = federation.sign_in_token(&credentials, duration);
    let token = token.map_err(|error| refusal::of_federation(error, plan))?;
    let duration = duration.filter(|_| !token.is_without_duration);
    if token.is_without_duration {
        note(context, "AWS rejected the session duration; the console lasts as long as the credentials");
    }
    let now = Clock::System.now();
    let end = match (duration, credentials.expiration) {
        (Some(seconds), _) => format!(", for {}", left(seconds.into())),
        (None, Some(end)) => format!(", {}", left_until(end, now)),
        (None, None) => String::new(),
    };
    let address = federation.login_url(&token, &destination);
    Ok(Console { address, subject: subject(plan, &credentials), end })
}

fn subject(plan: &CredentialPlan, credentials: &Credentials) -> String {
    let of_profile = plan.profile_in_files().map(|profile| format!("profile {}", masked(profile)));
    let role = match (plan.hops.last(), &plan.base.source) {
        (Some(hop), _) => Some(hop.role_arn.value.as_str()),
        (None, BaseSource::WebIdentity(web)) => Some(web.role_arn.value.as_str()),
        (None, BaseSource::Sso(sso)) => Some(sso.role_name.value.as_str()),
        _ => None,
    };
    let role = role.and_then(|role| role.rsplit('/').next()).map(|role| format!("role {role}"));
    let account = credentials.account_id.as_ref().map(|account| format!("account {account}"));
    let known: Vec<_> = account.into_iter().chain(role).collect();
    match (known.is_empty(), of_profile) {
        (false, _) => known.join(", "),
        (true, Some(profile)) => profile,
        (true, None) => format!("the environment ({})", plan.base.source.origin()),
    }
}

fn hosts(plan: &CredentialPlan) -> Result<ConsoleHosts, Failure> {
    let scope = ArnScope::of(plan);
    ConsoleHosts::of(&scope.partition, scope.region.as_deref()).ok_or_else(|| refusal::partition(&scope.partition))
}

fn destination(hosts: &ConsoleHosts, options: &ConsoleOptions) -> Result<String, Failure> {
    let found = match &options.destination {
        Some(url) => of_user(hosts, url),
        None => of_service(hosts, options.service.as_deref()),
    };
    found.map_err(|invalid| refusal::destination(invalid, hosts))
}
