//! Asks the broker that `AMPLIFY_CREDS_SOCKET` names, and nothing else.

use std::path::Path;

use crate::broker::{Action, BrokerClient, ClientError, IdentityReply, OfferedProfile, Reply, Request, SILENCE_LIMIT};
use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure, USAGE};
use crate::cli::errors::remote::no_reply;
use crate::cli::grant::Grant;
use crate::cli::reporter::StderrReporter;
use crate::os::env;
use crate::resolve::Reporter;
use crate::settings::seconds;

pub(crate) fn credentials(context: &Context, socket: &Path, session: &SessionArgs) -> Result<Grant, Failure> {
    let request = request(context, Action::Credentials, session)?;
    exchange(context, socket, &request, |reply| {
        let Reply::Credentials(reply) = reply else { return None };
        Some(Grant {
            profile: Some(reply.profile.to_string()),
            region: context.global.region.clone().or_else(|| reply.region.as_deref().map(str::to_owned)),
            credentials: reply.credentials()?,
            are_environment_keys: false,
        })
    })
}

pub(crate) fn identity(context: &Context, socket: &Path, session: &SessionArgs) -> Result<IdentityReply, Failure> {
    let request = request(context, Action::Identity, session)?;
    exchange(context, socket, &request, |reply| match reply {
        Reply::Identity(identity) => Some(identity),
        _ => None,
    })
}

pub(crate) fn profiles(context: &Context, socket: &Path) -> Result<Vec<OfferedProfile>, Failure> {
    exchange(context, socket, &Request::new(Action::Profiles, None), |reply| match reply {
        Reply::Profiles(profiles) => Some(profiles),
        _ => None,
    })
}

fn exchange<T>(
    context: &Context,
    socket: &Path,
    request: &Request,
    what: impl FnOnce(Reply<'_>) -> Option<T>,
) -> Result<T, Failure> {
    context.info(|| format!("asking the broker at {}", socket.display()));
    let reporter = StderrReporter::of(context);
    let mut last = String::new();
    let mut report = |text: &str| {
        if text != last && reporter.shows_waits() {
            reporter.waiting(text);
        }
        text.clone_into(&mut last);
    };
    let failed = |error: ClientError| no_reply(socket, &error);
    let mut client = BrokerClient::send(socket, request, SILENCE_LIMIT).map_err(failed)?;
    match client.reply(&mut report).map_err(failed)? {
        Reply::Error(error) => Err(error.into()),
        reply => what(reply).ok_or_else(|| failed(ClientError::Malformed)),
    }
}

/// Everything else is decided on the host, so that a client cannot get more than the user of the broker chose.
fn request(context: &Context, action: Action, session: &SessionArgs) -> Result<Request, Failure> {
    let SessionArgs {
        duration,
        min_ttl,
        refresh,
        role_arn,
        external_id,
        session_name,
        policy_arn,
        policy,
        tag,
        source_identity,
        provided_context,
        no_cache,
        lock_timeout,
        mfa_token,
        prompt,
    } = session;
    let of_host = [
        ("--refresh", *refresh),
        ("--role-arn", role_arn.is_some()),
        ("--external-id", external_id.is_some()),
        ("--session-name", session_name.is_some()),
        ("--policy-arn", !policy_arn.is_empty()),
        ("--policy", policy.is_some()),
        ("--tag", !tag.is_empty()),
        ("--source-identity", source_identity.is_some()),
        ("--provided-context", !provided_context.is_empty()),
        ("--no-cache", *no_cache),
        ("--lock-timeout", lock_timeout.is_some()),
        ("--mfa-token", mfa_token.is_some()),
        ("--prompt", prompt.is_some()),
        // Elsewhere it is also the value of AWS_REGION.
        ("--region", context.global.region.is_some() && !["env", "exec"].contains(&context.verb)),
    ];
    if let Some((option, _)) = of_host.into_iter().find(|(_, is_given)| *is_given) {
        return Err(not_decided_here(option));
    }
    let profile = context.named.as_ref().map(|named| named.value.clone());
    let min_ttl = match (min_ttl, context.variable(&[env::AMPLIFY_CREDS_MIN_TTL])) {
        (Some(flag), _) => Some(*flag),
        (None, Some(variable)) => Some(seconds(&variable.value).ok_or_else(|| {
            Failure::new(CONFIG, format!("invalid min_ttl in {}", variable.from))
                .hint("expected seconds, or a time such as 90s, 15m, 1h30m or 12h")
        })?),
        (None, None) => None,
    };
    Ok(Request { min_ttl, duration: *duration, no_input: context.no_input(), ..Request::new(action, profile) })
}

/// Fails where an option cannot have an effect through a broker.
pub(crate) fn not_decided_here(option: &str) -> Failure {
    let message = format!("{option} cannot be used through a broker ({} names one)", env::AMPLIFY_CREDS_SOCKET);
    Failure::new(USAGE, message).hint("the broker decides it: set it in the profile or in the broker's command")
}
