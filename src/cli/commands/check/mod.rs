//! `check`: each hop of a plan against AWS, and whether it makes us who the plan says.

mod amplify;

use serde_json::{Value, json};

use crate::cli::args::Check;
use crate::cli::context::Context;
use crate::cli::credentials;
use crate::cli::credentials::with_resolver;
use crate::cli::errors::failure::{FINDINGS, Failure};
use crate::cli::errors::hints::advice;
use crate::cli::errors::resolve::{causes, identity_failure};
use crate::cli::output::write_stdout;
use crate::cli::plan_inputs::inputs;
use crate::cli::prompts::prompt_chain;
use crate::core::credentials::Credentials;
use crate::core::sanitize::printable;
use crate::output::table;
use crate::plan::build::identity_endpoint;
use crate::plan::endpoint::Endpoint;
use crate::plan::mfa_strategy::MfaStrategy;
use crate::plan::{CredentialPlan, Hop};
use crate::resolve::{ResolveError, Resolver};
use crate::sts::client::SdkSts;
use crate::sts::{Identity, StsError};

use amplify::{Remark, Report};

const ROLE: &str = "role";

/// One step of a plan: the base, its MFA session, or a role.
struct Step {
    /// 0 for what comes before the first role.
    hop: usize,
    what: String,
    profile: String,
    /// As much of the plan as this step needs.
    plan: CredentialPlan,
}

/// What is wrong, or that nothing is.
struct Finding {
    code: &'static str,
    is_error: bool,
    /// Whether AWS's words leave several causes open.
    is_open: bool,
    failure: Failure,
}

/// A step, whom AWS took us for, and what is to be said of it.
type Outcome = (Step, Option<Identity>, Finding);

pub(crate) fn run(context: &Context, options: &Check) -> Result<(), Failure> {
    let how = &options.fetch.session;
    let set = context.profiles()?;
    let inputs = inputs(context, how)?;
    let plan = credentials::plan(context, &set, &inputs)?;
    let endpoint = identity_endpoint(&set, &plan, &inputs)?;
    let iam = options.target.map(|_| amplify::endpoint(context, &set, &plan, &inputs.sts)).transpose()?;
    let mut prompt = prompt_chain(context, how)?;
    let mut outcomes = Vec::new();
    let mut report = None;
    let steps = steps(&plan);
    let count = steps.len();
    for (number, step) in steps.into_iter().enumerate() {
        let found = with_resolver(context, &set, &step.plan, how, &mut prompt, |resolver, sts| {
            let (who, finding) = try_step(&step, resolver, sts, &endpoint)?;
            if let (Some(iam), Some((identity, credentials)), true) = (&iam, &who, number + 1 == count) {
                let who = (identity, credentials);
                report = Some(amplify::ask(context, options, &plan, sts.connections, iam, who)?);
            }
            Ok::<_, Failure>((who.map(|(identity, _)| identity), finding))
        })??;
        let (identity, finding) = found;
        let goes_on = identity.is_some();
        outcomes.push((step, identity, finding));
        if !goes_on {
            break;
        }
    }
    let errors = outcomes.iter().filter(|(_, _, finding)| finding.is_error).count();
    let report = report.as_ref();
    let shown = if options.json { document(&outcomes, report) } else { text(&outcomes, report) };
    write_stdout(shown.as_bytes())?;
    match errors {
        0 if !report.is_some_and(Report::has_errors) => Ok(()),
        _ => Err(Failure::found()),
    }
}

/// The base, the MFA session made from it, then each role.
fn steps(plan: &CredentialPlan) -> Vec<Step> {
    let upto = |count: usize, mfa: bool| CredentialPlan {
        hops: plan.hops[..count].to_vec(),
        mfa: plan.mfa.clone().filter(|_| mfa),
        ..plan.clone()
    };
    let step = |hop, what: &str, profile: &str, plan| Step { hop, what: what.into(), profile: profile.into(), plan };
    let mut steps = vec![step(0, "base", &plan.base.profile, upto(0, false))];
    if let Some(mfa) = plan.mfa.as_ref().filter(|mfa| matches!(mfa.way, MfaStrategy::Session(_))) {
        steps.push(step(0, "MFA session", &mfa.profile, upto(0, true)));
    }
    for (index, hop) in plan.hops.iter().enumerate() {
        steps.push(step(index + 1, ROLE, &hop.profile, upto(index + 1, true)));
    }
    steps
}

/// Whom the step makes us. A refusal is a finding; that AWS could not be asked at all is a failure.
fn try_step(
    step: &Step,
    resolver: &mut Resolver<'_>,
    sts: &SdkSts<'_>,
    endpoint: &Endpoint,
) -> Result<(Option<(Identity, Credentials)>, Finding), Failure> {
    let credentials = match resolver.credentials() {
        Ok(credentials) => credentials,
        Err(ResolveError::Sts { error: error @ StsError::Refused { .. }, at }) => {
            let causes = causes(&error, &at);
            let code = if let [cause] = causes[..] { cause.name() } else { "cannot_tell" };
            let hop = step.plan.hops.last().filter(|_| step.what == ROLE);
            let hints = causes.iter().map(|cause| advice(*cause, hop, &step.profile)).collect();
            let failure = Failure { hints, ..Failure::from(ResolveError::Sts { error, at }) };
            return Ok((None, Finding { code, is_error: true, is_open: causes.len() > 1, failure }));
        }
        Err(error) => return Err(error.into()),
    };
    match sts.get_caller_identity(endpoint, &credentials) {
        Ok(identity) => {
            let finding = judged(step, &identity);
            Ok((Some((identity, credentials)), finding))
        }
        Err(error @ StsError::Refused { .. }) => {
            let failure = identity_failure(error, &step.profile);
            Ok((None, Finding { code: "keys_refused", is_error: true, is_open: false, failure }))
        }
        Err(error) => Err(identity_failure(error, &step.profile)),
    }
}

/// Whether AWS takes us for whom the plan says.
fn judged(step: &Step, identity: &Identity) -> Finding {
    let of = |code, is_error, failure| Finding { code, is_error, is_open: false, failure };
    let Some(hop) = step.plan.hops.last() else {
        return of("identity", false, Failure::new(FINDINGS, format!("{} is {}", step.what, identity.arn)));
    };
    let expected = session_arn(hop);
    if identity.arn == expected && identity.account == hop.role_arn.value.account() {
        return of("identity", false, Failure::new(FINDINGS, format!("hop {} is {}", step.hop, identity.arn)));
    }
    let message = format!("hop {} is {}, not {expected}", step.hop, identity.arn);
    of("other_identity", true, Failure::new(FINDINGS, message).at(&hop.role_arn.from, Some(&hop.profile)))
}

/// What a session of the hop is called by AWS, which leaves out the role's path.
fn session_arn(hop: &Hop) -> String {
    let role = &hop.role_arn.value;
    let name = role.as_str().rsplit('/').next().unwrap_or_default();
    format!("arn:{}:sts::{}:assumed-role/{name}/{}", role.partition(), role.account(), hop.session_name.value)
}

fn text(outcomes: &[Outcome], report: Option<&Report>) -> String {
    let rows: Vec<_> = outcomes
        .iter()
        .map(|(step, identity, finding)| {
            let verdict = if finding.is_error { "NO" } else { "ok" };
            let who = identity.as_ref().map_or("", |identity| &identity.arn);
            [step.hop.to_string(), step.what.clone(), step.profile.clone(), verdict.to_owned(), who.to_owned()]
        })
        .collect();
    let mut text = table::render(["HOP", "STEP", "PROFILE", "", "IDENTITY"], &rows);
    for (_, _, finding) in outcomes.iter().filter(|(_, _, finding)| finding.is_error) {
        let Failure { message, at, aws, hints, .. } = &finding.failure;
        let mut lines = vec![String::new(), message.clone()];
        lines.extend(at.iter().map(|place| format!("  at {place}")));
        lines.extend(aws.iter().map(|said| format!("  AWS: {said}")));
        if finding.is_open {
            lines.push("  cannot tell which of these it is:".to_owned());
        }
        lines.extend(hints.iter().map(|hint| format!("  {} {hint}", if finding.is_open { "-" } else { "hint:" })));
        for line in lines {
            text.push_str(&printable(&line));
            text.push('\n');
        }
    }
    text + &report.map(Report::text).unwrap_or_default()
}

/// As `doctor --json`, with the hop, and for Amplify what is known of each category.
fn document(outcomes: &[Outcome], report: Option<&Report>) -> String {
    let last = outcomes.last().map(|(step, _, _)| step);
    let remark = |remark: &Remark| {
        let Remark { code, severity, message, hint } = remark;
        json!({
            "code": code,
            "severity": severity,
            "profile": last.map(|step| &step.profile),
            "hop": last.map(|step| step.hop),
            "file": null,
            "line": null,
            "message": message,
            "hint": hint,
        })
    };
    let of_steps = outcomes.iter().map(|(step, _, finding)| finding_json(step, finding));
    let of_report = report.iter().flat_map(|report| report.remarks.iter().map(remark));
    let findings: Vec<_> = of_steps.chain(of_report).collect();
    format!("{}\n", json!({"findings": findings, "categories": report.map(Report::json)}))
}

fn finding_json(step: &Step, Finding { code, is_error, is_open: _, failure }: &Finding) -> Value {
    let Failure { message, at, aws, hints, .. } = failure;
    let message = aws.as_ref().map_or_else(|| message.clone(), |said| format!("{message}: {said}"));
    json!({
        "code": code,
        "severity": if *is_error { "error" } else { "info" },
        "profile": step.profile,
        "hop": step.hop,
        "file": at.as_ref().map(|place| place.file.path.display().to_string()),
        "line": at.as_ref().and_then(|place| place.line),
        "message": message,
        "hint": (!hints.is_empty()).then(|| hints.join("; or ")),
    })
}
