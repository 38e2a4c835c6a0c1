//! IAM calls: the simulation of a principal's permissions, the ARN and boundary of a role, and the access keys of a
//! user.

mod access_keys;
mod answer;
mod client;
mod mfa_devices;

use crate::policy::simulation::{ActionResult, Batch, DeniedBy, Verdict};
use crate::sts::StsError;

pub use access_keys::{AccessKeyMetadata, LastUse, NewAccessKey};
pub use client::Client;

use answer::XmlNode;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
}

impl Client<'_> {
    /// `source` is the ARN of a user or a role. An error concerns the simulation itself, not its actions.
    pub fn simulate(&self, source: &str, batch: &Batch) -> Result<Vec<ActionResult>, StsError> {
        let mut judged = Vec::new();
        let mut marker = None;
        loop {
            let mut params = vec![("PolicySourceArn".to_owned(), source.to_owned())];
            params.push(("MaxItems".to_owned(), "1000".to_owned()));
            for (index, action) in batch.actions.iter().enumerate() {
                params.push((format!("ActionNames.member.{}", index + 1), action.clone()));
            }
            if let Some(resource) = &batch.resource {
                params.push(("ResourceArns.member.1".to_owned(), resource.clone()));
            }
            for (index, entry) in batch.context.iter().enumerate() {
                let prefix = format!("ContextEntries.member.{}", index + 1);
                params.push((format!("{prefix}.ContextKeyName"), entry.key.to_owned()));
                params.push((format!("{prefix}.ContextKeyType"), entry.kind.to_owned()));
                params.push((format!("{prefix}.ContextKeyValues.member.1"), entry.value.clone()));
            }
            params.extend(marker.take().map(|marker| ("Marker".to_owned(), marker)));
            let answer = self.call("SimulatePrincipalPolicy", &params)?;
            let results = answer.get("EvaluationResults").ok_or(StsError::Garbage)?;
            judged.extend(results.children.iter().map(|result| verdict(result, batch)));
            marker = answer.text("Marker").filter(|_| answer.text("IsTruncated") == Some("true")).map(str::to_owned);
            if marker.is_none() {
                return Ok(judged);
            }
        }
    }

    pub fn role(&self, name: &str) -> Result<Role, StsError> {
        let answer = self.call("GetRole", &[("RoleName".to_owned(), name.to_owned())])?;
        let role = answer.get("Role").ok_or(StsError::Garbage)?;
        let boundary = role.get("PermissionsBoundary").and_then(|boundary| boundary.text("PermissionsBoundaryArn"));
        let arn = role.text("Arn").map(str::to_owned).ok_or(StsError::Garbage)?;
        Ok(Role { arn, boundary: boundary.map(str::to_owned) })
    }
}

fn verdict(result: &XmlNode, batch: &Batch) -> ActionResult {
    let says_no = |detail: &str, key: &str| result.get(detail).and_then(|detail| detail.text(key)) == Some("false");
    let list = |name: &str| result.get(name).map(|list| list.children.as_slice()).unwrap_or_default();
    let missing: Vec<_> = list("MissingContextValues").iter().map(|key| key.text.clone()).collect();
    let by = |policy: &XmlNode| policy.text("SourcePolicyId").map(str::to_owned);
    let is_explicit = result.text("EvalDecision") == Some("explicitDeny");
    let denier = if says_no("OrganizationsDecisionDetail", "AllowedByOrganizations") {
        DeniedBy::Scp
    } else if says_no("PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary") {
        DeniedBy::Boundary
    } else {
        DeniedBy::Identity
    };
    let verdict = match result.text("EvalDecision") {
        Some("allowed") => Verdict::Allowed,
        Some("implicitDeny") if denier == DeniedBy::Identity && !missing.is_empty() => Verdict::Unknown(missing),
        Some("explicitDeny" | "implicitDeny") => Verdict::Denied {
            by: denier,
            policy: list("MatchedStatements").iter().find_map(by).filter(|_| is_explicit),
            is_explicit,
        },
        _ => Verdict::Unknown(Vec::new()),
    };
    let action = result.text("EvalActionName").unwrap_or_default().to_owned();
    ActionResult { action, resource: batch.resource.clone(), verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(inside: &str) -> ActionResult {
        let xml = format!(
            "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><SimulatePrincipalPolicyResult>\
             <EvaluationResults><member><EvalActionName>s3:GetObject</EvalActionName>{inside}</member></EvaluationResults>\
             </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        );
        let answer = answer::result(&xml, "SimulatePrincipalPolicy").unwrap();
        verdict(&answer.get("EvaluationResults").unwrap().children[0], &Batch::default())
    }

    #[test]
    fn simulation_result_gives_the_verdict() {
        let denied = |by, policy: Option<&str>, is_explicit| Verdict::Denied {
            by,
            policy: policy.map(str::to_owned),
            is_explicit,
        };
        let implicit = "<EvalDecision>implicitDeny</EvalDecision>";
        let no_boundary = "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>";
        let no_organisation = "<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>";
        let missing = "<MissingContextValues><member>aws:CalledVia</member></MissingContextValues>";
        for (inside, expected) in [
            ("<EvalDecision>allowed</EvalDecision>".to_owned(), Verdict::Allowed),
            (implicit.to_owned(), denied(DeniedBy::Identity, None, false)),
            (format!("{implicit}{no_boundary}"), denied(DeniedBy::Boundary, None, false)),
            (format!("{implicit}{no_boundary}{no_organisation}"), denied(DeniedBy::Scp, None, false)),
            (format!("{implicit}{missing}"), Verdict::Unknown(vec!["aws:CalledVia".to_owned()])),
            (format!("{implicit}{no_boundary}{missing}"), denied(DeniedBy::Boundary, None, false)),
            (
                "<EvalDecision>explicitDeny</EvalDecision><MatchedStatements><member><SourcePolicyId>Ceiling</SourcePolicyId>\
                 <StartPosition><Line>1</Line></StartPosition></member></MatchedStatements>".to_owned(),
                denied(DeniedBy::Identity, Some("Ceiling"), true),
            ),
            ("<EvalDecision>perhaps</EvalDecision>".to_owned(), Verdict::Unknown(Vec::new())),
        ] {
            let seen = judged(&inside);
            assert_eq!((seen.action.as_str(), seen.verdict), ("s3:GetObject", expected), "{inside}");
        }
    }
}
