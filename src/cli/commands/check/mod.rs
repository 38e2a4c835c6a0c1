//! `check` calls AWS with the credentials of each hop and compares the identity with the plan.

mod amplify;
mod finding;
mod report;

use serde_json::json;

use crate::cli::args::Check;
use crate::cli::color::Color;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials;
use crate::cli::credentials::with_resolver;
use crate::cli::errors::failure::{FINDINGS, Failure};
use crate::cli::errors::hints::advice;
use crate::cli::errors::resolve::{causes, identity_failure};
use crate::cli::iam::iam_endpoint;
use crate::cli::output::write_stdout;
use crate::cli::plan_inputs::inputs;
use crate::cli::prompts::prompt_chain;
use crate::cli::screen::Screen;
use crate::cli::sign_in;
use crate::core::credentials::Credentials;
use crate::core::masking::masked;
use crate::core::sanitize::escaped_json;
use crate::output::table;
use crate::output::table::{Cell, Fit, Layout};
use crate::plan::build::identity_endpoint;
use crate::plan::endpoint::Endpoint;
use crate::plan::mfa_strategy::MfaStrategy;
use crate::plan::{CredentialPlan, Hop};
use crate::resolve::{ResolveError, Resolver, watched};
use crate::sts::client::SdkSts;
use crate::sts::{CallerIdentity, StsError};

use finding::CheckFinding;
use report::Report;

const ROLE: &str = "role";

/// The column of `ok` and `NO`.
const VERDICT: usize = 3;

/// The account and the session are at the end of an ARN.
const NARROWER: [Fit; 3] = [Fit::CutMiddle(2, 20), Fit::CutStart(4, 30), Fit::CutMiddle(2, 10)];

struct CheckStep {
    /// 0 before the first role.
    hop: usize,
    what: &'static str,
    profile: String,
    plan: CredentialPlan,
}

type Outcome = (CheckStep, Option<CallerIdentity>, CheckFinding);

pub(crate) fn run(context: &Context, options: &Check) -> Result<(), Failure> {
    let how = &options.fetch.session;
    let set = context.profiles()?;
    let inputs = inputs(context, how)?;
    let plan = credentials::plan(context, &set, &inputs)?;
    let endpoint = identity_endpoint(&set, &plan, &inputs)?;
    let iam = options.target.map(|_| iam_endpoint(context, &set, &plan, &inputs.sts)).transpose()?;
    let pool = ConnectionPool::default();
    let mut prompt = prompt_chain(context, how, Some(&plan.options))?;
    sign_in::ahead(context, &pool, &plan)?;
    let mut outcomes = Vec::new();
    let mut report = None;
    let steps = steps(&plan);
    let count = steps.len();
    for (index, step) in steps.into_iter().enumerate() {
        let (identity, finding) =
            with_resolver(context, &pool, &set, &step.plan, how, &mut prompt, |resolver, sts| {
                let (who, finding) = try_step(&step, resolver, sts, &endpoint)?;
                if let (Some(iam), Some((identity, credentials)), true) = (&iam, &who, index + 1 == count) {
                    let who = (identity, credentials);
                    report = Some(amplify::simulate_all(context, options, &plan, sts.connections, iam, who)?);
                }
                Ok::<_, Failure>((who.map(|(identity, _)| identity), finding))
            })??;
        let failed = identity.is_none();
        outcomes.push((step, identity, finding));
        if failed {
            break;
        }
    }
    let shown = if options.json {
        json_text(&outcomes, report.as_ref())
    } else {
        text(&outcomes, report.as_ref(), Screen::of(context))
    };
    write_stdout(shown.as_bytes())?;
    let of_steps = outcomes.iter().map(|(_, _, finding)| finding);
    let has_errors = of_steps.chain(report.iter().flat_map(|report| &report.findings)).any(CheckFinding::is_error);
    if has_errors { Err(Failure::found()) } else { Ok(()) }
}

/// The base, its MFA session, then each role.
fn steps(plan: &CredentialPlan) -> Vec<CheckStep> {
    let step = |hop: usize, what, profile: &str, has_mfa| CheckStep {
        hop,
        what,
        profile: profile.to_owned(),
        plan: CredentialPlan {
            hops: plan.hops[..hop].to_vec(),
            mfa: plan.mfa.clone().filter(|_| has_mfa),
            ..plan.clone()
        },
    };
    let mut steps = vec![step(0, "base", &plan.base.profile, false)];
    if let Some(mfa) = plan.mfa.as_ref().filter(|mfa| matches!(mfa.way, MfaStrategy::Session(_))) {
        steps.push(step(0, "MFA session", &mfa.profile, true));
    }
    steps.extend(plan.hops.iter().zip(1..).map(|(hop, number)| step(number, ROLE, &hop.profile, true)));
    steps
}

/// A denial is a finding; a failed connection is a failure.
fn try_step(
    step: &CheckStep,
    resolver: &mut Resolver<'_>,
    sts: &SdkSts<'_>,
    endpoint: &Endpoint,
) -> Result<(Option<(CallerIdentity, Credentials)>, CheckFinding), Failure> {
    let credentials = match resolver.credentials() {
        Ok(credentials) => credentials,
        Err(ResolveError::Sts { error: error @ StsError::Refused { .. }, at }) => {
            let causes = causes(&error, &at);
            let code = if let [cause] = causes[..] { cause.name() } else { "cannot_tell" };
            let hop = step.plan.hops.last().filter(|_| step.what == ROLE);
            let hints = causes.iter().map(|cause| advice(*cause, hop, &step.profile)).collect();
            let failure = Failure { hints, ..Failure::from(ResolveError::Sts { error, at }) };
            return Ok((None, CheckFinding { code, severity: "error", is_open: causes.len() > 1, failure }));
        }
        Err(error) => return Err(error.into()),
    };
    let call = || sts.get_caller_identity(endpoint, &credentials);
    match watched(resolver.reporter, "STS (GetCallerIdentity)", call) {
        Ok(identity) => {
            let finding = compare(step, &identity);
            Ok((Some((identity, credentials)), finding))
        }
        Err(error @ StsError::Refused { .. }) => {
            Ok((None, CheckFinding::new("keys_refused", "error", identity_failure(error, Some(&step.profile), false))))
        }
        Err(error) => Err(identity_failure(error, Some(&step.profile), true)),
    }
}

fn compare(step: &CheckStep, identity: &CallerIdentity) -> CheckFinding {
    let same = |message| CheckFinding::new("identity", "info", Failure::new(FINDINGS, message));
    let Some(hop) = step.plan.hops.last() else {
        return same(format!("{} has the identity {}", step.what, identity.arn));
    };
    let expected = session_arn(hop);
    let message = format!("hop {} has the identity {}", step.hop, identity.arn);
    if identity.arn == expected && identity.account == hop.role_arn.value.account() {
        return same(message);
    }
    let failure = Failure::new(FINDINGS, format!("{message} (expected {expected})"));
    CheckFinding::new("other_identity", "error", failure.at(&hop.role_arn.from, Some(&hop.profile)))
}

/// AWS omits the role's path in the ARN of a session.
fn session_arn(hop: &Hop) -> String {
    let role = &hop.role_arn.value;
    let name = role.as_str().rsplit('/').next().unwrap_or_default();
    format!("arn:{}:sts::{}:assumed-role/{name}/{}", role.partition(), role.account(), hop.session_name.value)
}

fn text(outcomes: &[Outcome], report: Option<&Report>, screen: Screen) -> String {
    let rows: Vec<_> = outcomes
        .iter()
        .map(|(step, identity, finding)| {
            let verdict = if finding.is_error() { "NO" } else { "ok" };
            let who = identity.as_ref().map_or("", |identity| &identity.arn);
            [
                step.hop.to_string(),
                step.what.to_owned(),
                masked(&step.profile).into_owned(),
                verdict.to_owned(),
                who.to_owned(),
            ]
        })
        .collect();
    let errors = outcomes.iter().map(|(_, _, finding)| finding).filter(|finding| finding.is_error());
    let errors: String = errors.map(|finding| finding.text(screen.painter)).collect();
    let paint = |Cell { row, column, text }: Cell<'_>| {
        let color = match (row.map(|row| outcomes[row].2.is_error()), column) {
            (None, _) => Some(Color::Bold),
            (Some(true), VERDICT) => Some(Color::Red),
            (Some(false), VERDICT) => Some(Color::Green),
            _ => None,
        };
        color.map_or_else(|| text.to_owned(), |color| screen.painter.paint(color, text).into_owned())
    };
    let layout = Layout { width: screen.width, fit: &NARROWER, paint: &paint };
    table::render_with(["HOP", "STEP", "PROFILE", "", "IDENTITY"], &rows, &layout)
        + &errors
        + &report.map_or_else(String::new, |report| report.text(screen))
}

fn json_text(outcomes: &[Outcome], report: Option<&Report>) -> String {
    let mut findings: Vec<_> =
        outcomes.iter().map(|(step, _, finding)| finding.json(&step.profile, step.hop)).collect();
    if let (Some(report), Some((last, ..))) = (report, outcomes.last()) {
        findings.extend(report.findings.iter().map(|finding| finding.json(&last.profile, last.hop)));
    }
    escaped_json(format!("{}\n", json!({"findings": findings, "categories": report.map(Report::json)})))
}
