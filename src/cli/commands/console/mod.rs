mod opening;
mod refusal;
mod renewal;

use crate::cli::args::ConsoleOptions;
use crate::cli::audit_log;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::output::note;
use crate::cli::plan_inputs::inputs;
use crate::cli::reporter::StderrReporter;
use crate::cli::sources::connections;
use crate::cli::warnings::plan_warning;
use crate::console::access::Access;
use crate::console::destination::{of_service, of_user};
use crate::console::federation::Federation;
use crate::console::hosts::ConsoleHosts;
use crate::console::portal;
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::loopback_url::is_loopback_http;
use crate::core::masking::masked;
use crate::core::origin::Origin;
use crate::core::secret::Secret;
use crate::os::env;
use crate::output::{left, left_until};
use crate::plan::{BaseSource, CredentialPlan, Warning};
use crate::policy::{ArnScope, partition_name};
use crate::profile::ProfileSet;
use crate::resolve::watched;

use opening::{Console, Opening};

pub(crate) fn run(context: &Context, options: &ConsoleOptions) -> Result<(), Failure> {
    let set = context.profiles()?;
    let inputs = inputs(context, &options.fetch.session)?;
    let plan = credentials::plan(context, &set, &inputs)?;
    note_unused(context, &plan);
    let asked = inputs.duration.as_ref().map(|asked| asked.value);
    // Before a prompt for an MFA code.
    let active = context.env.text(env::AMPLIFY_CREDS_ACTIVE_PROFILE);
    let name = plan.profile_in_files().or(active.as_deref()).unwrap_or(&plan.profile);
    let opening = Opening::of(context, options, name)?;
    let console = match Access::of(&plan, asked) {
        Access::Portal(sso) => {
            let has_page = options.service.is_some() || options.destination.is_some() || plan.region.is_some();
            let page = if has_page { Some(destination(&hosts(&plan)?, options)?) } else { None };
            let link = portal::link(sso, page.as_deref()).ok_or_else(|| refusal::start_url(&sso.session))?;
            let subject = format!("account {}, role {}", sso.account_id.value, sso.role_name.value);
            Console { address: Secret::new(link), subject, end: String::new(), is_secret: false }
        }
        Access::Federation(duration) => by_federation(context, options, &set, &plan, duration)?,
        Access::Impossible(why) => return Err(refusal::of_access(context, &set, &plan, why)),
    };
    opening.open(context, &console)
}

/// What the user has asked for and does not get.
fn note_unused(context: &Context, plan: &CredentialPlan) {
    for warning in &plan.warnings {
        if matches!(warning, Warning::DurationCapped { from: Origin::Flag(_), .. }) {
            note(context, &plan_warning(warning));
        }
    }
    if let Some(named) = context.named.as_ref().filter(|_| plan.is_of_environment) {
        let (name, from) = (masked(&named.value), &named.from);
        note(context, &format!("using the credentials of the environment, not profile {name} ({from})"));
    }
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
    let (credentials, source) = renewal::fetch(context, set, plan, &options.fetch.session, duration.is_some())?;
    if credentials.session_token.is_none() {
        return Err(refusal::user_keys(context, set, plan));
    }
    let now = Clock::System.now();
    // `env` and `exec` set it.
    let of_environment = plan.is_of_environment.then(|| context.env.text(env::AWS_CREDENTIAL_EXPIRATION)).flatten();
    let expiration = credentials.expiration.or_else(|| Timestamp::parse(&of_environment?));
    if expiration.is_some_and(|end| end <= now) {
        return Err(refusal::expired(context));
    }
    let endpoint = endpoint(context)?.unwrap_or_else(|| hosts.sign_in());
    let pool = ConnectionPool::default();
    let connections = connections(context, &pool, plan.ca_bundle.clone());
    let federation = Federation { connections: &connections, endpoint: &endpoint };
    context.info(|| format!("requesting a sign-in token of {endpoint}"));
    let call = || federation.sign_in_token(&credentials, duration);
    let token = watched(&StderrReporter::of(context), "AWS Sign-In (getSigninToken)", call);
    let token = token.map_err(|error| refusal::of_federation(error, plan))?;
    audit_log::record(context, plan, &options.fetch.session, &credentials, source)?;
    let duration = duration.filter(|_| !token.is_without_duration);
    if token.is_without_duration {
        note(context, "AWS rejected the session duration; the console lasts as long as the credentials");
    }
    let end = match (duration, expiration) {
        (Some(seconds), _) => format!(", for {}", left(seconds.into())),
        (None, Some(end)) => format!(", {}", left_until(end, now)),
        (None, None) => String::new(),
    };
    let address = federation.login_url(&token, &destination);
    Ok(Console { address, subject: subject(plan, &credentials), end, is_secret: true })
}

/// The call has the secret key itself, so the general AWS_ENDPOINT_URL does not apply.
fn endpoint(context: &Context) -> Result<Option<String>, Failure> {
    if context.env.switch(env::AWS_IGNORE_CONFIGURED_ENDPOINT_URLS) {
        return Ok(None);
    }
    let Some(found) = context.variable(&[env::AWS_ENDPOINT_URL_SIGNIN]) else { return Ok(None) };
    if found.value.starts_with("https://") || is_loopback_http(&found.value) {
        return Ok(Some(found.value));
    }
    let message = format!("{} is not an https:// URL, so the keys of the session would be sent in clear", found.from);
    Err(Failure::new(CONFIG, message).at(&found.from, None))
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
    // An account of Identity Center is in the partition of its portal.
    let partition = match &plan.base.source {
        BaseSource::Sso(sso) if plan.hops.is_empty() => partition_name(&sso.session.region.value).to_owned(),
        _ => scope.partition,
    };
    if let Some(asked) = plan.region.as_ref().filter(|region| matches!(region.from, Origin::Flag(_)))
        && partition_name(&asked.value) != partition
    {
        return Err(refusal::region(&asked.value, &partition));
    }
    ConsoleHosts::of(&partition, scope.region.as_deref()).ok_or_else(|| refusal::partition(&partition))
}

fn destination(hosts: &ConsoleHosts, options: &ConsoleOptions) -> Result<String, Failure> {
    let found = match &options.destination {
        Some(url) => of_user(hosts, url),
        None => of_service(hosts, options.service.as_deref()),
    };
    found.map_err(|invalid| refusal::destination(invalid, hosts))
}
