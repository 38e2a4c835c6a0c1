//! `check --for amplify`: whether the credentials may do what the Amplify CLI does, category by category, who denies
//! it, and the statement that mends it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;

use serde_json::{Value, json};

use crate::cli::args::Check;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CREDENTIALS_REJECTED, Failure};
use crate::cli::errors::network::unanswered_by;
use crate::cli::{policy_categories, selection};
use crate::core::credentials::Credentials;
use crate::core::sanitize::printable;
use crate::iam::Client;
use crate::os::env;
use crate::output::{table, write_stderr};
use crate::plan::endpoint::{Endpoint, EndpointKind, EndpointVariables};
use crate::plan::{CredentialPlan, endpoint};
use crate::policy::amplify::{RequiredAction, for_check, probes};
use crate::policy::document::json as compact;
use crate::policy::simulation::{
    ActionResult, Denial, DeniedBy, ReportLine, SimulationEntry, Verdict, batches, denials, lines,
};
use crate::policy::{ArnScope, Category};
use crate::profile::ProfileSet;
use crate::sts::connections::Connections;
use crate::sts::{Identity, StsError};

/// Something that is said of the permissions.
pub(crate) struct Remark {
    pub(crate) code: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// What is known of every action.
pub(crate) struct Report {
    lines: Vec<ReportLine>,
    pub(crate) remarks: Vec<Remark>,
}

/// Who is asked about.
struct Principal {
    /// What IAM knows it by.
    arn: String,
    /// The role's name, if it is one.
    role: Option<String>,
}

/// What is asked, and of whom.
struct Asking<'a> {
    context: &'a Context,
    client: Client<'a>,
    endpoint: &'a Endpoint,
    probes: &'a [RequiredAction],
    known: &'a [SimulationEntry],
    place: &'a ArnScope,
}

/// Where IAM is called for `plan`.
pub(crate) fn endpoint(
    context: &Context,
    set: &ProfileSet<'_>,
    plan: &CredentialPlan,
    variables: &EndpointVariables,
) -> Result<Endpoint, Failure> {
    let url = context.variable(&[env::AWS_ENDPOINT_URL_IAM, env::AWS_ENDPOINT_URL]);
    let variables = EndpointVariables { url, ..variables.clone() };
    let profile = set.get(&plan.profile);
    let place = ArnScope::of(plan);
    Ok(endpoint::iam(profile.as_ref().map(|profile| (set, profile)), &variables, &place.partition)?)
}

/// Asks about every action of the list on behalf of `identity`, which `credentials` are.
pub(crate) fn ask(
    context: &Context,
    options: &Check,
    plan: &CredentialPlan,
    connections: &Connections,
    endpoint: &Endpoint,
    (identity, credentials): (&Identity, &Credentials),
) -> Result<Report, Failure> {
    let app = options.app.clone().or_else(|| selection::word(context, "project")).filter(|app| !app.is_empty());
    let partition = identity.arn.split(':').nth(1).unwrap_or("aws").to_owned();
    let place = ArnScope { partition, account: Some(identity.account.clone()), app, ..ArnScope::of(plan) };
    let boundary = selection::boundary(context, &plan.profile)?.map(|boundary| boundary.value);
    let known = known(plan, &place, boundary);
    let probes = probes(&place, &policy_categories::selection(&options.category, options.managed));
    let client = Client::new(connections, endpoint, credentials).map_err(unanswered)?;
    let asking = Asking { context, client, endpoint, probes: &probes, known: &known, place: &place };
    let mut remarks = Vec::new();
    let principal = principal(plan, identity);
    let judged = if let Some(principal) = &principal {
        asking.judged(principal, &mut remarks)?
    } else {
        let hint = "it is asked about users and roles; root is held back by service control policies alone";
        remarks.push(not_simulated(format!("{} is neither a user nor a role", identity.arn), hint.to_owned()));
        Vec::new()
    };
    let lines = lines(&probes, &judged);
    let who = principal.as_ref().map_or(&identity.arn, |principal| &principal.arn);
    remarks.extend(denials(&lines).iter().map(|denial| remark(denial, who)));
    remarks.extend(doubts(&lines));
    if plan.hops.last().is_some_and(|hop| hop.extras.policy.is_some() || !hop.extras.policy_arns.is_empty()) {
        let message = "the session's own policies narrow it further, which no simulation sees".to_owned();
        remarks.push(Remark { code: "session_policy", severity: "warning", message, hint: None });
    }
    Ok(Report { lines, remarks })
}

/// What a condition may ask for, as far as it is known before the call.
fn known(plan: &CredentialPlan, place: &ArnScope, boundary: Option<String>) -> Vec<SimulationEntry> {
    // The session of a role that another role assumed carries no MFA on.
    let has_mfa = plan.mfa.is_some() && plan.hops.len() <= 1;
    let entry = |key, kind, value| SimulationEntry { key, kind, value };
    let mut known = vec![
        entry("aws:MultiFactorAuthPresent", "boolean", has_mfa.to_string()),
        entry("aws:SecureTransport", "boolean", "true".to_owned()),
    ];
    known.extend(place.region.clone().map(|region| entry("aws:RequestedRegion", "string", region)));
    known.extend(boundary.map(|arn| entry("iam:PermissionsBoundary", "string", arn)));
    known
}

/// Whom IAM knows: a user, or the role of a session, whose ARN has no path.
fn principal(plan: &CredentialPlan, identity: &Identity) -> Option<Principal> {
    let (prefix, resource) = identity.arn.rsplit_once(':')?;
    if resource.starts_with("user/") {
        return Some(Principal { arn: identity.arn.clone(), role: None });
    }
    let name = resource.strip_prefix("assumed-role/")?.split('/').next()?.to_owned();
    let by_plan = plan.hops.last().map(|hop| hop.role_arn.value.as_str());
    let by_plan = by_plan.filter(|arn| arn.rsplit('/').next() == Some(name.as_str())).map(str::to_owned);
    let arn = by_plan.unwrap_or_else(|| format!("{}:role/{name}", prefix.replace(":sts:", ":iam:")));
    Some(Principal { arn, role: Some(name) })
}

impl Asking<'_> {
    /// What IAM says of every action. Nothing where simulation is not permitted: policies that are read instead would give
    /// a guess.
    fn judged(&self, principal: &Principal, remarks: &mut Vec<Remark>) -> Result<Vec<ActionResult>, Failure> {
        let role = match &principal.role {
            Some(name) => seen(self.client.role_arn(name)).map_err(unanswered)?,
            None => None,
        };
        // A session's ARN has no path, which the role's own may have.
        let source = role.as_ref().unwrap_or(&principal.arn);
        let batches = batches(self.probes, self.known);
        let mut judged = Vec::new();
        let progress = Progress::new(self.context, batches.len());
        for (number, batch) in batches.iter().enumerate() {
            progress.show(number + 1);
            match self.client.simulate(source, batch) {
                Ok(answers) => judged.extend(answers),
                Err(error) if self.is_no_simulation(&error) => {
                    progress.end();
                    let statement = compact(&for_check(self.place));
                    let hint = format!("allow it in a policy of {source}: {statement} (policy amplify --check has it)");
                    remarks.push(not_simulated(format!("IAM does not simulate for {source}: {error}"), hint));
                    return Ok(Vec::new());
                }
                Err(error) => {
                    progress.end();
                    return Err(unanswered(error));
                }
            }
        }
        progress.end();
        Ok(judged)
    }

    /// Whether there is no simulation to be had. A server that is not AWS may not know the call at all.
    fn is_no_simulation(&self, error: &StsError) -> bool {
        let is_others = self.endpoint.kind == EndpointKind::Configured;
        match error {
            StsError::Refused { code, .. } => !is_of_keys(code),
            StsError::Server(_) | StsError::Garbage => is_others,
            _ => false,
        }
    }
}

/// Whether IAM refuses the keys, and not what they ask.
fn is_of_keys(code: &str) -> bool {
    ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "RequestExpired"].contains(&code)
}

/// What may be seen; a refusal is nothing.
fn seen<T>(answer: Result<T, StsError>) -> Result<Option<T>, StsError> {
    match answer {
        Err(StsError::Refused { code, .. }) if !is_of_keys(&code) => Ok(None),
        answer => answer.map(Some),
    }
}

fn not_simulated(message: String, hint: String) -> Remark {
    Remark { code: "not_simulated", severity: "warning", message, hint: Some(hint) }
}

/// Why IAM could not be asked at all.
fn unanswered(error: StsError) -> Failure {
    const WHAT: &str = "cannot ask IAM what the credentials may do";
    match error {
        StsError::Refused { code, message } => {
            Failure { aws: Some(message), ..Failure::new(CREDENTIALS_REJECTED, format!("{WHAT}: {code}")) }
        }
        error => unanswered_by("IAM", error, WHAT),
    }
}

/// Says on a terminal how far it is.
struct Progress {
    is_shown: bool,
    of: usize,
}

impl Progress {
    fn new(context: &Context, of: usize) -> Self {
        Self { is_shown: !context.global.quiet && std::io::stderr().is_terminal(), of }
    }

    fn show(&self, number: usize) {
        if self.is_shown {
            write_stderr(&format!("\rasking IAM: {number} of {}", self.of));
        }
    }

    fn end(&self) {
        if self.is_shown {
            write_stderr("\r\u{1b}[K");
        }
    }
}

fn remark(denial: &Denial<'_>, who: &str) -> Remark {
    let count = denial.lines.len();
    let actions = denial.actions().join(" ");
    let category = denial.category.name();
    let fix_statements = denial.fix_statements().iter().map(compact).collect::<Vec<_>>().join(",");
    let (code, by, hint) = match (denial.by, denial.policy, denial.is_explicit) {
        (DeniedBy::Identity, _, false) => (
            "denied_by_identity_policy",
            "no policy allows".to_owned(),
            format!("add to a policy of {who}: {fix_statements}"),
        ),
        (DeniedBy::Identity, policy, true) => {
            let policy = policy.unwrap_or("a policy of its own");
            let hint =
                format!("take the denial out of {policy}, or narrow it; what it must leave allowed: {fix_statements}");
            ("denied_by_identity_policy", format!("{policy} denies"), hint)
        }
        (DeniedBy::Boundary, policy, is_explicit) => {
            let boundary = policy.unwrap_or("its permissions boundary");
            let verb = if is_explicit { "denies" } else { "does not allow" };
            let hint = format!("the boundary must allow it, and not deny it: {fix_statements}");
            ("denied_by_boundary", format!("the permissions boundary ({boundary}) {verb}"), hint)
        }
        (DeniedBy::Scp, ..) => (
            "denied_by_scp",
            "a service control policy of the organisation denies".to_owned(),
            format!("who administers the organisation can allow it: {fix_statements}"),
        ),
    };
    let message = format!("{category}: {by} {count} {}: {actions}", if count == 1 { "action" } else { "actions" });
    Remark { code, severity: "error", message, hint: Some(hint) }
}

/// What is not known, for want of the values of condition keys.
fn doubts(lines: &[ReportLine]) -> Option<Remark> {
    let mut keys: Vec<&str> = Vec::new();
    for line in lines {
        if let Verdict::Unknown(missing) = &line.verdict {
            keys.extend(missing.iter().map(String::as_str));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    (!keys.is_empty()).then(|| Remark {
        code: "unknown_condition",
        severity: "warning",
        message: format!("some actions depend on conditions whose values are not known here: {}", keys.join(", ")),
        hint: None,
    })
}

/// The actions of one category: allowed, denied by identity policy, by boundary, by SCP, unknown.
type Columns<'l> = [Vec<&'l str>; 5];

const COLUMNS: [&str; 5] = ["allowed", "denied_by_identity_policy", "denied_by_boundary", "denied_by_scp", "unknown"];

impl Report {
    /// Whether anything is denied.
    pub(crate) fn has_errors(&self) -> bool {
        self.remarks.iter().any(|remark| remark.severity == "error")
    }

    fn categories(&self) -> BTreeMap<Category, Columns<'_>> {
        let mut categories: BTreeMap<Category, Columns<'_>> = BTreeMap::new();
        for line in &self.lines {
            let column = match &line.verdict {
                Verdict::Allowed => 0,
                Verdict::Denied { by: DeniedBy::Identity, .. } => 1,
                Verdict::Denied { by: DeniedBy::Boundary, .. } => 2,
                Verdict::Denied { by: DeniedBy::Scp, .. } => 3,
                Verdict::Unknown(_) => 4,
            };
            categories.entry(line.probe.category).or_default()[column].push(&line.probe.action);
        }
        categories
    }

    /// The table, and what is said of it.
    pub(crate) fn text(&self) -> String {
        let row = |(category, columns): (Category, Columns<'_>)| {
            let [allowed, identity, boundary, scp, unknown] = columns.map(|actions| actions.len().to_string());
            [category.name().to_owned(), allowed, identity, boundary, scp, unknown]
        };
        let rows: Vec<_> = self.categories().into_iter().map(row).collect();
        let header = ["CATEGORY", "ALLOWED", "NO BY IDENTITY POLICY", "NO BY BOUNDARY", "NO BY SCP", "UNKNOWN"];
        let mut text = format!("\n{}", table::render(header, &rows));
        for Remark { message, hint, .. } in &self.remarks {
            let _ = writeln!(text, "\n{}", printable(message));
            if let Some(hint) = hint {
                let _ = writeln!(text, "  hint: {}", printable(hint));
            }
        }
        text
    }

    /// The same for `categories` of the JSON.
    pub(crate) fn json(&self) -> Value {
        let category = |(category, columns): (Category, Columns<'_>)| {
            let columns = COLUMNS.into_iter().zip(columns).map(|(name, actions)| (name.to_owned(), json!(actions)));
            (category.name().to_owned(), Value::Object(columns.collect()))
        };
        Value::Object(self.categories().into_iter().map(category).collect())
    }
}
