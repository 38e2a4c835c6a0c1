//! The IAM actions that the program calls: `GetRole`, `SimulatePrincipalPolicy` and those on a user's access keys.
//!
//! The caller needs the permissions that IAM requires, from the same simulated policies.

mod access_keys;
mod evaluate;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::aws_error::AwsError;
use crate::sts::{Caller, Kind, Params};
use crate::world::{Role, User, World};
use evaluate::{Decision, Layers, decide};

/// The version of IAM's query API.
pub(crate) const VERSION: &str = "2010-05-08";
const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// The page size, smaller than IAM's, so that tests cover several pages.
const PAGE: usize = 40;

/// Executes a request and returns the XML response.
pub(crate) fn perform(
    world: &mut World,
    caller: &Caller,
    params: &Params,
    request_id: &str,
    now: DateTime<Utc>,
) -> Result<String, AwsError> {
    // IAM does not accept sessions from GetSessionToken without MFA (the API reference of GetSessionToken). The error is
    // the one of an unknown key (99designs/aws-vault#1056).
    if matches!(caller.kind, Kind::UserSession { mfa_at: None }) {
        return Err(AwsError::unknown_key());
    }
    let action = params.get("Action").map_or("", String::as_str);
    let missing = |name: &str| AwsError::validation(format!("Value null at '{name}' failed to satisfy constraint"));
    let param = |name: &str| params.get(name).map(String::as_str).ok_or_else(|| missing(name));
    let resource = if access_keys::includes(action) {
        access_keys::resource(world, caller, params)?
    } else if action == "SimulatePrincipalPolicy" {
        param("PolicySourceArn")?.to_owned()
    } else {
        let name = param("RoleName")?;
        let account = caller.account();
        world
            .role_of_name(account, name)
            .map_or_else(|| format!("arn:aws:iam::{account}:role/{name}"), |role| role.arn.clone())
    };
    authorize(world, caller, action, &resource)?;
    let result = if access_keys::includes(action) {
        access_keys::perform(world, &resource, params, now)?
    } else {
        let role = || {
            world
                .role_of_arn(&resource)
                .ok_or_else(|| AwsError::new(404, "NoSuchEntity", format!("{resource} cannot be found.")))
        };
        match action {
            "SimulatePrincipalPolicy" => simulate(&Layers::of(world, &role()?.arn), params)?,
            "GetRole" => of_role(role()?),
            _ => return Err(AwsError::new(400, "InvalidAction", format!("Could not find operation {action}"))),
        }
    };
    // UpdateAccessKey and DeleteAccessKey have no result element.
    let result = if result.is_empty() { String::new() } else { element(&format!("{action}Result"), &result) };
    let metadata = element("ResponseMetadata", &text("RequestId", request_id));
    Ok(format!("<{action}Response xmlns=\"{NAMESPACE}\">{result}{metadata}</{action}Response>"))
}

/// Evaluates the caller's policies. The root of an account is allowed everything.
fn authorize(world: &World, caller: &Caller, action: &str, resource: &str) -> Result<(), AwsError> {
    if caller.root {
        return Ok(());
    }
    let layers = Layers::of(world, &caller.principal);
    let Decision::Denied { policy, boundary, organisation } =
        decide(&layers, &format!("iam:{action}"), resource, &context(world, caller))
    else {
        return Ok(());
    };
    let boundary_name = layers.boundary.map(|(name, _)| name);
    let reason = match policy.as_deref() {
        Some("organisation") => "with an explicit deny in a service control policy".to_owned(),
        Some(name) if Some(name) == boundary_name => "with an explicit deny in a permissions boundary".to_owned(),
        Some(_) => "with an explicit deny in an identity-based policy".to_owned(),
        None => {
            let layer = match (organisation, boundary) {
                (false, _) => "service control policy",
                (true, false) => "permissions boundary",
                (true, true) => "identity-based policy",
            };
            format!("because no {layer} allows the iam:{action} action")
        }
    };
    // IAM reports a user by the name, a role by the ARN.
    let user = resource.split_once(":user/").map(|(_, path)| path.rsplit('/').next().unwrap_or(path));
    let shown = user.map_or_else(|| resource.to_owned(), |name| format!("user {name}"));
    let who = &caller.arn;
    Err(AwsError::access_denied(format!(
        "User: {who} is not authorized to perform: iam:{action} on resource: {shown} {reason}"
    )))
}

/// The context keys of a request that policies can use.
fn context(world: &World, caller: &Caller) -> BTreeMap<String, Vec<String>> {
    let mut context = BTreeMap::new();
    if let Some(name) = world.user_of_arn(&caller.principal).and_then(User::name) {
        context.insert("aws:username".to_owned(), vec![name.to_owned()]);
    }
    // The key is absent for long-term keys.
    if let Kind::UserSession { mfa_at } = caller.kind {
        context.insert("aws:multifactorauthpresent".to_owned(), vec![mfa_at.is_some().to_string()]);
    }
    context
}

pub(crate) fn allows(world: &World, role: &str, action: &str, resource: &str) -> bool {
    decide(&Layers::of(world, role), action, resource, &BTreeMap::new()) == Decision::Allowed
}

fn of_role(role: &Role) -> String {
    let boundary = role.boundary.as_ref().map_or_else(String::new, |(arn, _)| {
        let inside = text("PermissionsBoundaryType", "Policy") + &text("PermissionsBoundaryArn", arn);
        element("PermissionsBoundary", &inside)
    });
    element("Role", &(text("Path", "/") + &text("Arn", &role.arn) + &boundary))
}

fn simulate(layers: &Layers<'_>, params: &Params) -> Result<String, AwsError> {
    let numbered = |prefix: &str| {
        let prefix = prefix.to_owned();
        (1..)
            .map(move |number| format!("{prefix}.{number}"))
            .map_while(|name| params.get(&name).cloned())
            .collect::<Vec<_>>()
    };
    let actions = numbered("ActionNames.member");
    if let Some(bad) = actions.iter().find(|action| action.contains('*') || !action.contains(':')) {
        return Err(AwsError::new(400, "InvalidInput", format!("Invalid Input Action Name: {bad}")));
    }
    let resources = numbered("ResourceArns.member");
    let resource = resources.first().map_or("*", String::as_str);
    let mut context = BTreeMap::new();
    for number in 1.. {
        let prefix = format!("ContextEntries.member.{number}");
        let Some(key) = params.get(&format!("{prefix}.ContextKeyName")) else { break };
        context.insert(key.to_lowercase(), numbered(&format!("{prefix}.ContextKeyValues.member")));
    }
    let start: usize = params.get("Marker").and_then(|marker| marker.parse().ok()).unwrap_or(0);
    let asked = params.get("MaxItems").and_then(|most| most.parse().ok()).unwrap_or(100);
    let end = (start + PAGE.min(asked)).min(actions.len());
    let all: String = actions[start..end]
        .iter()
        .map(|action| element("member", &judged(layers, action, resource, &context)))
        .collect();
    let more = if end < actions.len() { text("Marker", &end.to_string()) } else { String::new() };
    Ok(text("IsTruncated", if more.is_empty() { "false" } else { "true" })
        + &more
        + &element("EvaluationResults", &all))
}

fn judged(layers: &Layers<'_>, action: &str, resource: &str, context: &BTreeMap<String, Vec<String>>) -> String {
    let decision = decide(layers, action, resource, context);
    let (word, policy, boundary, organisation) = match &decision {
        Decision::Allowed => ("allowed", None, true, true),
        Decision::Denied { policy, boundary, organisation } => {
            (if policy.is_some() { "explicitDeny" } else { "implicitDeny" }, policy.clone(), *boundary, *organisation)
        }
    };
    let mut result = text("EvalActionName", action) + &text("EvalResourceName", resource) + &text("EvalDecision", word);
    if let Some(policy) = policy {
        result += &element("MatchedStatements", &element("member", &text("SourcePolicyId", &policy)));
    }
    if layers.boundary.is_some() {
        let inside = text("AllowedByPermissionsBoundary", &boundary.to_string());
        result += &element("PermissionsBoundaryDecisionDetail", &inside);
    }
    if layers.organisation.is_some() {
        result += &element("OrganizationsDecisionDetail", &text("AllowedByOrganizations", &organisation.to_string()));
    }
    result + "<MissingContextValues/>"
}

fn element(name: &str, inside: &str) -> String {
    format!("<{name}>{inside}</{name}>")
}

fn text(name: &str, text: &str) -> String {
    element(name, &text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}
