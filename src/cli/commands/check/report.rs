use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::cli::color::Color;
use crate::cli::errors::failure::{FINDINGS, Failure};
use crate::cli::screen::Screen;
use crate::output::table;
use crate::output::table::{Cell, Layout};
use crate::policy::Category;
use crate::policy::document::json as compact;
use crate::policy::simulation::{Denial, DeniedBy, ReportLine, Verdict};

use super::finding::CheckFinding;

pub(crate) struct Report {
    pub(crate) lines: Vec<ReportLine>,
    pub(crate) findings: Vec<CheckFinding>,
}

const COLUMNS: [&str; 5] = ["allowed", "denied_by_identity_policy", "denied_by_boundary", "denied_by_scp", "unknown"];

/// The actions of one category, by [`COLUMNS`].
type Columns<'l> = [Vec<&'l str>; 5];

impl Report {
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

    pub(crate) fn text(&self, screen: Screen) -> String {
        let row = |(category, columns): (Category, Columns<'_>)| {
            let [allowed, identity, boundary, scp, unknown] = columns.map(|actions| actions.len().to_string());
            [category.name().to_owned(), allowed, identity, boundary, scp, unknown]
        };
        let rows: Vec<_> = self.categories().into_iter().map(row).collect();
        let header = ["CATEGORY", "ALLOWED", "DENIED BY POLICY", "BY BOUNDARY", "BY SCP", "UNKNOWN"];
        let paint = |Cell { row, column, text }: Cell<'_>| {
            let color = match (row, column, text) {
                (None, ..) => Some(Color::Bold),
                (_, 0, _) | (.., "0") => None,
                (_, 1, _) => Some(Color::Green),
                (_, 2..=4, _) => Some(Color::Red),
                _ => Some(Color::Yellow),
            };
            color.map_or_else(|| text.to_owned(), |color| screen.painter.paint(color, text).into_owned())
        };
        let layout = Layout { width: screen.width, fit: &[], paint: &paint };
        let findings: String = self.findings.iter().map(|finding| finding.text(screen.painter)).collect();
        format!("\n{}{findings}", table::render_with(header, &rows, &layout))
    }

    pub(crate) fn json(&self) -> Value {
        let category = |(category, columns): (Category, Columns<'_>)| {
            let columns = COLUMNS.into_iter().zip(columns).map(|(name, actions)| (name.to_owned(), json!(actions)));
            (category.name().to_owned(), Value::Object(columns.collect()))
        };
        Value::Object(self.categories().into_iter().map(category).collect())
    }
}

pub(crate) fn denial_finding(denial: &Denial<'_>, who: &str) -> CheckFinding {
    let count = denial.lines.len();
    let actions = denial.actions().join(" ");
    let category = denial.category.name();
    let fix_statements = denial.fix_statements().iter().map(compact).collect::<Vec<_>>().join(",");
    let (code, by, hint) = match (denial.by, denial.policy, denial.is_explicit) {
        (DeniedBy::Identity, _, false) => (
            "denied_by_identity_policy",
            "no identity policy allows".to_owned(),
            format!("add to a policy of {who}: {fix_statements}"),
        ),
        (DeniedBy::Identity, policy, true) => {
            let policy = policy.unwrap_or("an identity policy");
            let hint =
                format!("remove the deny statement from {policy}, or restrict it; it must not deny: {fix_statements}");
            ("denied_by_identity_policy", format!("{policy} denies"), hint)
        }
        (DeniedBy::Boundary, policy, is_explicit) => {
            let boundary = policy.unwrap_or("its permissions boundary");
            let verb = if is_explicit { "denies" } else { "does not allow" };
            let hint = format!("the boundary must allow this, and not deny it: {fix_statements}");
            ("denied_by_boundary", format!("the permissions boundary ({boundary}) {verb}"), hint)
        }
        (DeniedBy::Scp, ..) => (
            "denied_by_scp",
            "a service control policy of the organization denies".to_owned(),
            format!("an administrator of the organization can allow it: {fix_statements}"),
        ),
    };
    let message = format!("{category}: {by} {count} {}: {actions}", if count == 1 { "action" } else { "actions" });
    CheckFinding::new(code, "error", Failure::new(FINDINGS, message).hint(hint))
}

/// The actions with a verdict that depends on condition keys without a known value.
pub(crate) fn unknown_finding(lines: &[ReportLine]) -> Option<CheckFinding> {
    let missing = lines.iter().filter_map(|line| match &line.verdict {
        Verdict::Unknown(missing) => Some(missing),
        _ => None,
    });
    let keys: BTreeSet<_> = missing.flatten().map(String::as_str).collect();
    let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!("some actions depend on condition keys with unknown values: {keys}");
    (!keys.is_empty()).then(|| CheckFinding::new("unknown_condition", "warning", Failure::new(FINDINGS, message)))
}
