//! Simulates actions: groups them into requests, finds the denying policy, and makes the statement that would fix the
//! denial.

use crate::plan::partition::first_region;

use super::amplify::{CLOUDFORMATION, RequiredAction};
use super::category::Category;
use super::document::{Effect, Statement, StringOrList};

const AT_ONCE: usize = 50;

const SAMPLE: &str = "sample";

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    pub actions: Vec<String>,
    pub resource: Option<String>,
    pub context: Vec<SimulationEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulationEntry {
    pub key: &'static str,
    pub kind: &'static str,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeniedBy {
    Identity,
    Boundary,
    Scp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Allowed,
    Denied {
        by: DeniedBy,
        policy: Option<String>,
        /// Whether a Deny statement matches. Then another Allow does not help.
        is_explicit: bool,
    },
    /// Unknown, because the values of these condition keys are missing, if any.
    Unknown(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResult {
    pub action: String,
    pub resource: Option<String>,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    pub probe: RequiredAction,
    pub verdict: Verdict,
}

/// Groups the probes into as few requests as possible. `context` applies to every action.
pub fn batches(probes: &[RequiredAction], context: &[SimulationEntry]) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for probe in probes {
        let context = entries(probe, context);
        for resource in samples(probe) {
            let fits = |batch: &&mut Batch| {
                batch.resource == resource && batch.context == context && batch.actions.len() < AT_ONCE
            };
            match batches.iter_mut().find(fits) {
                Some(batch) if batch.actions.contains(&probe.action) => {}
                Some(batch) => batch.actions.push(probe.action.clone()),
                None => {
                    let actions = vec![probe.action.clone()];
                    batches.push(Batch { actions, resource, context: context.clone() });
                }
            }
        }
    }
    batches
}

pub fn entries(probe: &RequiredAction, context: &[SimulationEntry]) -> Vec<SimulationEntry> {
    let via = SimulationEntry { key: "aws:CalledVia", kind: "stringList", value: CLOUDFORMATION.to_owned() };
    context.iter().cloned().chain(probe.via_cloudformation.then_some(via)).collect()
}

/// One ARN for each kind of resource that a probe applies to; `None` for any resource.
pub fn samples(probe: &RequiredAction) -> Vec<Option<String>> {
    probe.resources.iter().map(|pattern| sample(pattern)).collect()
}

fn sample(pattern: &str) -> Option<String> {
    if pattern == "*" {
        return None;
    }
    let mut parts: Vec<_> = pattern.splitn(6, ':').map(str::to_owned).collect();
    if let [_, partition, service, region, account, resource] = parts.as_mut_slice() {
        *region = region.replace('*', first_region(partition));
        *account = account.replace('*', "123456789012");
        // The collection in which REST APIs are created.
        let name = if service == "apigateway" { "restapis" } else { SAMPLE };
        *resource = resource.replace('*', name);
    }
    Some(parts.join(":"))
}

/// The verdict for each probe. A probe that applies to several kinds of resources is allowed if one of them is.
pub fn lines(probes: &[RequiredAction], judged: &[ActionResult]) -> Vec<ReportLine> {
    let line = |probe: &RequiredAction| {
        let resources = samples(probe);
        let is_of = |judged: &&ActionResult| {
            judged.action.eq_ignore_ascii_case(&probe.action) && resources.contains(&judged.resource)
        };
        let all: Vec<_> = judged.iter().filter(is_of).map(|judged| &judged.verdict).collect();
        let best = all.iter().find(|verdict| ***verdict == Verdict::Allowed).or(all.first());
        let verdict = best.map_or(Verdict::Unknown(Vec::new()), |verdict| (*verdict).clone());
        ReportLine { probe: probe.clone(), verdict }
    };
    probes.iter().map(line).collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial<'l> {
    pub category: Category,
    pub by: DeniedBy,
    /// The policy with the denying statement; `None` if no statement allows the action.
    pub policy: Option<&'l str>,
    pub is_explicit: bool,
    pub lines: Vec<&'l ReportLine>,
}

pub fn denials(lines: &[ReportLine]) -> Vec<Denial<'_>> {
    let mut denials: Vec<Denial<'_>> = Vec::new();
    for line in lines {
        let Verdict::Denied { by, policy, is_explicit } = &line.verdict else { continue };
        let new = Denial {
            category: line.probe.category,
            by: *by,
            policy: policy.as_deref(),
            is_explicit: *is_explicit,
            lines: vec![line],
        };
        let same = |known: &&mut Denial<'_>| {
            (known.category, known.by, known.policy, known.is_explicit)
                == (new.category, new.by, new.policy, new.is_explicit)
        };
        match denials.iter_mut().find(same) {
            Some(known) => known.lines.push(line),
            None => denials.push(new),
        }
    }
    denials.sort_by_key(|denial| (denial.category, denial.by));
    denials
}

impl Denial<'_> {
    pub fn actions(&self) -> Vec<&str> {
        self.lines.iter().map(|line| line.probe.action.as_str()).collect()
    }

    pub fn fix_statements(&self) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        for ReportLine { probe, .. } in &self.lines {
            let known = statements.iter_mut().find(|statement| statement.resource.0 == probe.resources);
            if let Some(statement) = known {
                statement.action.0.push(probe.action.clone());
                continue;
            }
            let name = self.category.name();
            let number = if statements.is_empty() { String::new() } else { (statements.len() + 1).to_string() };
            let sid = format!("Amplify{}{}{number}", name[..1].to_uppercase(), &name[1..]);
            let (action, resource) = (StringOrList(vec![probe.action.clone()]), StringOrList(probe.resources.clone()));
            statements.push(Statement::new(sid, Effect::Allow, action, resource));
        }
        statements
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::ArnScope;
    use crate::policy::amplify::{ActionList, Selection, probes};
    use crate::policy::document::json;

    fn all() -> Vec<RequiredAction> {
        let place = ArnScope {
            partition: "aws".into(),
            region: Some("eu-west-1".into()),
            account: Some("222222222222".into()),
            app: None,
        };
        probes(&place, &Selection { categories: Vec::new(), list: ActionList::Managed })
    }

    #[test]
    fn resource_pattern_has_a_sample() {
        for (pattern, expected) in [
            ("*", None),
            (
                "arn:aws:cloudformation:eu-west-1:222222222222:stack/amplify-*/*",
                Some("arn:aws:cloudformation:eu-west-1:222222222222:stack/amplify-sample/sample"),
            ),
            (
                "arn:aws-cn:lambda:*:222222222222:function:*",
                Some("arn:aws-cn:lambda:cn-north-1:222222222222:function:sample"),
            ),
            ("arn:aws:apigateway:eu-west-1::/*", Some("arn:aws:apigateway:eu-west-1::/restapis")),
            ("arn:aws:s3:::amplify-*/*", Some("arn:aws:s3:::amplify-sample/sample")),
        ] {
            assert_eq!(sample(pattern).as_deref(), expected);
        }
    }

    #[test]
    fn required_action_is_simulated_once_per_resource() {
        let probes = all();
        let known = [SimulationEntry { key: "aws:RequestedRegion", kind: "string", value: "eu-west-1".into() }];
        let batches = batches(&probes, &known);
        assert!(batches.iter().all(|batch| (1..=AT_ONCE).contains(&batch.actions.len())));
        assert!(batches.len() < 60, "{}", batches.len());
        for probe in &probes {
            for resource in samples(probe) {
                let asked = batches.iter().filter(|batch| {
                    batch.resource == resource
                        && batch.actions.contains(&probe.action)
                        && batch.context == entries(probe, &known)
                });
                assert_eq!(asked.count(), 1, "{probe:?}");
            }
        }
    }

    #[test]
    fn denial_message_names_denier_and_fix() {
        let probes: Vec<_> = all().into_iter().filter(|probe| probe.category == Category::Storage).take(4).collect();
        let denied = |by, policy: Option<&str>| Verdict::Denied {
            by,
            policy: policy.map(str::to_owned),
            is_explicit: policy.is_some(),
        };
        let verdicts = [
            denied(DeniedBy::Identity, None),
            Verdict::Allowed,
            denied(DeniedBy::Boundary, Some("Ceiling")),
            denied(DeniedBy::Identity, None),
        ];
        let judged: Vec<_> = probes
            .iter()
            .zip(verdicts)
            .map(|(probe, verdict)| ActionResult {
                action: probe.action.clone(),
                resource: samples(probe)[0].clone(),
                verdict,
            })
            .collect();
        let lines = lines(&probes, &judged);
        let denials = denials(&lines);
        let seen: Vec<_> = denials.iter().map(|denial| (denial.by, denial.policy, denial.actions().len())).collect();
        assert_eq!(seen, [(DeniedBy::Identity, None, 2), (DeniedBy::Boundary, Some("Ceiling"), 1)]);
        let fix_statements = denials[0].fix_statements();
        assert_eq!(fix_statements.len(), 1);
        let expected = format!(
            r#"{{"Sid":"AmplifyStorage","Effect":"Allow","Action":["{}","{}"],"Resource":"{}"}}"#,
            probes[0].action, probes[3].action, probes[0].resources[0]
        );
        assert_eq!(json(&fix_statements[0]), expected);
        // A missing result does not count as allowed.
        assert_eq!(super::lines(&probes[..1], &[])[0].verdict, Verdict::Unknown(Vec::new()));
    }
}
