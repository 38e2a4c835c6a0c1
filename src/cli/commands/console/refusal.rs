use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, CREDENTIALS_REJECTED, Failure, UNSUPPORTED, USAGE};
use crate::cli::errors::network::unanswered_by;
use crate::console::access::WithoutConsole;
use crate::console::destination::InvalidDestination;
use crate::console::federation::FederationError;
use crate::console::hosts::ConsoleHosts;
use crate::core::masking::{masked, shown_url};
use crate::core::shell_word::shell_word;
use crate::os::env;
use crate::plan::sources::SsoSession;
use crate::plan::{CredentialPlan, build};
use crate::policy::ArnScope;
use crate::profile::ProfileSet;

pub(super) fn of_access(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    why: WithoutConsole,
) -> Failure {
    let problem = match why {
        WithoutConsole::UserKeys => return user_keys(context, set, plan),
        WithoutConsole::UserSession => "an MFA session of a user",
        WithoutConsole::SignInUser => "a user of AWS Sign-In",
    };
    let failure = rejected(plan, problem);
    match why {
        WithoutConsole::SignInUser => {
            let ArnScope { partition, region, .. } = ArnScope::of(plan);
            let host = ConsoleHosts::of(&partition, region.as_deref()).map(|hosts| hosts.console());
            let page = host.map(|host| format!(": open https://{host}")).unwrap_or_default();
            failure.hint(format!("the browser of this user is signed in to the console{page}"))
        }
        _ => failure.hint(role_hint(context, set, plan)),
    }
}

pub(super) fn user_keys(context: &Context, set: &ProfileSet<'_>, plan: &CredentialPlan) -> Failure {
    rejected(plan, "the access key of a user").hint(role_hint(context, set, plan))
}

fn rejected(plan: &CredentialPlan, problem: &str) -> Failure {
    let owner = match plan.profile_in_files() {
        Some(profile) => format!("profile {}", masked(profile)),
        None => "the environment".to_owned(),
    };
    let message = format!("{owner} has {problem}, but only a role can open the console");
    Failure::new(UNSUPPORTED, message).at(plan.base.source.origin(), plan.profile_in_files())
}

/// The command for the shortest chain of roles that starts from the credentials.
fn role_hint(context: &Context, set: &ProfileSet<'_>, plan: &CredentialPlan) -> String {
    let active = || context.env.text(env::AMPLIFY_CREDS_ACTIVE_PROFILE);
    let user = plan.profile_in_files().map(str::to_owned).or_else(active);
    let Ok(inputs) = context.inputs() else { return ANY_ROLE.to_owned() };
    let chain = |name: String| {
        let found = build::build(set, &name, &inputs).ok()?;
        let is_after = !found.hops.is_empty() && Some(&found.base.profile) == user.as_ref();
        // A wrapper is for tools.
        is_after.then_some((found.hops.len(), found.via.len(), name))
    };
    match set.names().into_iter().filter_map(chain).min() {
        Some((_, _, name)) => format!("use a role of it: amplify-creds console {}", shell_word(&name)),
        None => ANY_ROLE.to_owned(),
    }
}

const ANY_ROLE: &str = "use a profile with a role: amplify-creds console PROFILE";

pub(super) fn start_url(session: &SsoSession) -> Failure {
    let url = &session.start_url;
    Failure::new(CONFIG, format!("the start URL {} is invalid (expected https://HOST/PATH)", shown_url(&url.value)))
        .at(&url.from, None)
}

pub(super) fn region(region: &str, partition: &str) -> Failure {
    Failure::new(
        USAGE,
        format!("the region {region} in --region is not in partition {partition}, which has the account"),
    )
}

/// Of the environment.
pub(super) fn expired(context: &Context) -> Failure {
    let active = context.env.text(env::AMPLIFY_CREDS_ACTIVE_PROFILE);
    let profile = active.as_deref().map_or("PROFILE".into(), shell_word);
    Failure::new(CREDENTIALS_REJECTED, "the credentials of the environment have expired")
        .hint(format!("to use a profile: amplify-creds console {profile}"))
}

pub(super) fn partition(name: &str) -> Failure {
    Failure::new(UNSUPPORTED, format!("the address of the console in partition {name} is not public"))
        .hint("supported partitions: aws, aws-cn, aws-us-gov, aws-eusc")
}

pub(super) fn destination(invalid: InvalidDestination, hosts: &ConsoleHosts) -> Failure {
    match invalid {
        InvalidDestination::Service => {
            Failure::new(USAGE, "invalid service in --service (expected for example s3 or cloudformation)")
                .hint("for any other page: --destination URL")
        }
        InvalidDestination::NotHttps => Failure::new(
            USAGE,
            format!("invalid URL in --destination (expected for example https://{}/s3/home)", hosts.console()),
        ),
        InvalidDestination::ForeignHost => {
            let domain = hosts.domain();
            Failure::new(USAGE, format!("the host in --destination is not {domain} or below it"))
        }
    }
}

pub(super) fn of_federation(error: FederationError, plan: &CredentialPlan) -> Failure {
    match error {
        FederationError::Rejected(status) => {
            let message = format!("AWS Sign-In rejected the credentials for the console (HTTP status {status})");
            let failure = Failure::new(CREDENTIALS_REJECTED, message).at(plan.base.source.origin(), None);
            match plan.profile_in_files() {
                Some(_) if !plan.hops.is_empty() => {
                    failure.hint("the session may have expired or been revoked; to get a new one, add --refresh")
                }
                _ => failure.hint("the console accepts sessions of roles, not of GetSessionToken").hint(ANY_ROLE),
            }
        }
        FederationError::Call(error) => unanswered_by("SIGNIN", error, "cannot get a sign-in token for the console"),
    }
}
