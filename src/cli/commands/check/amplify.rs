//! `check --for amplify` simulates every action that the Amplify CLI needs.

use std::io::IsTerminal;
use std::time::Instant;

use crate::cli::args::Check;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CREDENTIALS_REJECTED, FINDINGS, Failure};
use crate::cli::errors::network::unanswered_by;
use crate::cli::iam::rejects_keys;
use crate::cli::policy_categories::{self, ActionOptions};
use crate::cli::selection;
use crate::core::credentials::Credentials;
use crate::iam::Client;
use crate::output::write_stderr;
use crate::plan::CredentialPlan;
use crate::plan::endpoint::{Endpoint, EndpointKind};
use crate::policy::ArnScope;
use crate::policy::amplify::{for_check, probes};
use crate::policy::document::json as compact;
use crate::policy::simulation::{ActionResult, Batch, SimulationEntry, batches, denials, lines};
use crate::sts::connections::Connections;
use crate::sts::{CallerIdentity, StsError};

use super::finding::CheckFinding;
use super::report::{Report, denial_finding, unknown_finding};

struct SimulatedPrincipal {
    arn: String,
    role_name: Option<String>,
}

pub(crate) fn simulate_all(
    context: &Context,
    options: &Check,
    plan: &CredentialPlan,
    connections: &Connections,
    endpoint: &Endpoint,
    (identity, credentials): (&CallerIdentity, &Credentials),
) -> Result<Report, Failure> {
    let app = options.app.clone().or_else(|| selection::word(context, "project")).filter(|app| !app.is_empty());
    let partition = identity.arn.split(':').nth(1).unwrap_or("aws").to_owned();
    let place = ArnScope { partition, account: Some(identity.account.clone()), app, ..ArnScope::of(plan) };
    let boundary = selection::iam_boundary(context, plan.profile_in_files())?;
    let Check { generation, category, documented, managed, bootstrap, .. } = options;
    let (generation, documented, managed, bootstrap) = (*generation, *documented, *managed, *bootstrap);
    let actions = ActionOptions { generation, category, documented, managed, bootstrap };
    let probes = probes(&place, &policy_categories::selection(context, &actions)?);
    let batches = batches(&probes, &condition_values(plan, &place, boundary));
    let client = Client::new(connections, endpoint, credentials).map_err(unanswered)?;
    let mut findings = Vec::new();
    let mut results = Vec::new();
    let mut who = identity.arn.clone();
    if let Some(SimulatedPrincipal { arn, role_name }) = principal(plan, identity) {
        let role = match role_name.map(|name| client.role(&name).map(|role| role.arn)).transpose() {
            Err(StsError::Refused { code, .. }) if !rejects_keys(&code) => None,
            role => role.map_err(unanswered)?,
        };
        // The ARN of a session has no path, but the ARN of its role may have one.
        let source = role.as_ref().unwrap_or(&arn);
        match simulate(context, &client, source, &batches) {
            // Reading the policies instead would only give a guess.
            Err(error) if is_simulation_unavailable(endpoint, &error) => {
                let statement = compact(&for_check(&place));
                let hint =
                    format!("add to a policy of {source}: {statement} (see: amplify-creds policy amplify --check)");
                findings.push(not_simulated(format!("IAM cannot simulate the policies of {source}: {error}"), &hint));
            }
            simulated => results = simulated.map_err(unanswered)?,
        }
        who = arn;
    } else {
        let hint = "IAM simulates only users and roles; only service control policies limit the root user";
        findings.push(not_simulated(format!("{who} is neither a user nor a role"), hint));
    }
    let lines = lines(&probes, &results);
    findings.extend(denials(&lines).iter().map(|denial| denial_finding(denial, &who)));
    findings.extend(unknown_finding(&lines));
    if plan.hops.last().is_some_and(|hop| hop.extras.policy.is_some() || !hop.extras.policy_arns.is_empty()) {
        let message = "the simulation does not include the session policies, which allow less";
        findings.push(CheckFinding::new("session_policy", "warning", Failure::new(FINDINGS, message)));
    }
    Ok(Report { lines, findings })
}

fn condition_values(plan: &CredentialPlan, place: &ArnScope, boundary: Option<String>) -> Vec<SimulationEntry> {
    // Role chaining drops the MFA context.
    let has_mfa = plan.mfa.is_some() && plan.hops.len() <= 1;
    let entry = |key, kind, value| SimulationEntry { key, kind, value };
    let mut values = vec![
        entry("aws:MultiFactorAuthPresent", "boolean", has_mfa.to_string()),
        entry("aws:SecureTransport", "boolean", "true".to_owned()),
    ];
    values.extend(place.region.clone().map(|region| entry("aws:RequestedRegion", "string", region)));
    values.extend(boundary.map(|arn| entry("iam:PermissionsBoundary", "string", arn)));
    values
}

fn principal(plan: &CredentialPlan, identity: &CallerIdentity) -> Option<SimulatedPrincipal> {
    let (prefix, resource) = identity.arn.rsplit_once(':')?;
    if resource.starts_with("user/") {
        return Some(SimulatedPrincipal { arn: identity.arn.clone(), role_name: None });
    }
    let name = resource.strip_prefix("assumed-role/")?.split('/').next()?.to_owned();
    let by_plan = plan.hops.last().map(|hop| hop.role_arn.value.as_str());
    let by_plan = by_plan.filter(|arn| arn.rsplit('/').next() == Some(name.as_str())).map(str::to_owned);
    let arn = by_plan.unwrap_or_else(|| format!("{}:role/{name}", prefix.replace(":sts:", ":iam:")));
    Some(SimulatedPrincipal { arn, role_name: Some(name) })
}

fn simulate(
    context: &Context,
    client: &Client<'_>,
    source: &str,
    batches: &[Batch],
) -> Result<Vec<ActionResult>, StsError> {
    let shows_progress = !context.global.quiet && std::io::stderr().is_terminal();
    let show = |progress: &str| {
        if shows_progress {
            write_stderr(progress);
        }
    };
    let results = batches.iter().enumerate().map(|(index, batch)| {
        show(&format!("\rwaiting for IAM: {} of {}", index + 1, batches.len()));
        let began = Instant::now();
        let result = client.simulate(source, batch);
        context.info(|| {
            let took = began.elapsed().as_millis();
            format!("SimulatePrincipalPolicy {} of {}: {took} ms", index + 1, batches.len())
        });
        result
    });
    let results = results.collect::<Result<Vec<_>, _>>();
    show("\r\u{1b}[K");
    results.map(|results| results.concat())
}

fn is_simulation_unavailable(endpoint: &Endpoint, error: &StsError) -> bool {
    match error {
        StsError::Refused { code, .. } => !rejects_keys(code),
        // A server other than AWS may not support the call.
        StsError::Server(_) | StsError::Garbage | StsError::ForeignError(_) => {
            endpoint.kind == EndpointKind::Configured
        }
        _ => false,
    }
}

fn not_simulated(message: String, hint: &str) -> CheckFinding {
    CheckFinding::new("not_simulated", "warning", Failure::new(FINDINGS, message).hint(hint))
}

fn unanswered(error: StsError) -> Failure {
    let what = "cannot simulate the policies of the credentials with IAM";
    match error {
        StsError::Refused { code, message } => {
            Failure { aws: Some(message), ..Failure::new(CREDENTIALS_REJECTED, format!("{what}: {code}")) }
        }
        error => unanswered_by("IAM", error, what),
    }
}
