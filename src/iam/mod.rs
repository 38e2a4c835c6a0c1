//! Owns what is asked of IAM: what a principal may do, as IAM simulates it, and the policies that it has.
//!
//! Refuses to change anything there, and to decide what an answer means for Amplify.

mod answer;
mod client;

use serde_json::Value;

use crate::policy::evaluate::Named;
use crate::policy::simulation::{Batch, Denier, Judged, Verdict};
use crate::sts::StsError;

pub use client::Client;

use answer::Node;

/// A role, as far as it may be seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Role {
    /// Its ARN, with its path.
    pub arn: String,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
}

/// The policies of a role, as far as they may be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policies {
    /// What it is allowed and denied.
    pub identity: Vec<Named>,
    /// Its boundary, if it has one.
    pub boundary: Option<Named>,
    /// What could not be read: the action that was refused, and on what.
    pub unread: Vec<String>,
}

impl Client<'_> {
    /// What `source`, the ARN of a user or a role, may do. A refusal is one of the simulation, not of its actions.
    pub fn simulate(&self, source: &str, batch: &Batch) -> Result<Vec<Judged>, StsError> {
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

    /// The role of that name.
    pub fn role(&self, name: &str) -> Result<Role, StsError> {
        let answer = self.call("GetRole", &[("RoleName".to_owned(), name.to_owned())])?;
        let role = answer.get("Role").ok_or(StsError::Garbage)?;
        let boundary = role.get("PermissionsBoundary").and_then(|boundary| boundary.text("PermissionsBoundaryArn"));
        let arn = role.text("Arn").ok_or(StsError::Garbage)?.to_owned();
        Ok(Role { arn, boundary: boundary.map(str::to_owned) })
    }

    /// The policies of the role `name`, whose boundary has the ARN `boundary`. What may not be read is told; that IAM
    /// cannot be asked at all is an error.
    pub fn policies(&self, name: &str, boundary: Option<&str>) -> Result<Policies, StsError> {
        let mut policies = Policies::default();
        let role = || ("RoleName".to_owned(), name.to_owned());
        let attached = self.list("ListAttachedRolePolicies", "AttachedPolicies", role(), &mut policies.unread)?;
        for arn in attached.iter().filter_map(|policy| policy.text("PolicyArn")) {
            let read = self.managed(arn, &mut policies.unread)?;
            policies.identity.extend(read.map(|document| (arn.to_owned(), document)));
        }
        let inline = self.list("ListRolePolicies", "PolicyNames", role(), &mut policies.unread)?;
        for policy in inline.iter().map(|name| name.text.as_str()) {
            let params = [role(), ("PolicyName".to_owned(), policy.to_owned())];
            let read = self.readable("GetRolePolicy", policy, &params, &mut policies.unread)?;
            let document = read.as_ref().and_then(|answer| document(answer.text("PolicyDocument")?));
            policies.identity.extend(document.map(|document| (policy.to_owned(), document)));
        }
        if let Some(arn) = boundary {
            let read = self.managed(arn, &mut policies.unread)?;
            policies.boundary = read.map(|document| (arn.to_owned(), document));
        }
        Ok(policies)
    }

    /// The text of a managed policy that is in force.
    fn managed(&self, arn: &str, unread: &mut Vec<String>) -> Result<Option<Value>, StsError> {
        let of_policy = || ("PolicyArn".to_owned(), arn.to_owned());
        let Some(answer) = self.readable("GetPolicy", arn, &[of_policy()], unread)? else { return Ok(None) };
        let version =
            answer.get("Policy").and_then(|policy| policy.text("DefaultVersionId")).ok_or(StsError::Garbage)?;
        let params = [of_policy(), ("VersionId".to_owned(), version.to_owned())];
        let answer = self.readable("GetPolicyVersion", arn, &params, unread)?;
        let version = answer.as_ref().and_then(|answer| answer.get("PolicyVersion"));
        Ok(version.and_then(|version| document(version.text("Document")?)))
    }

    /// All of a list that comes in parts.
    fn list(
        &self,
        action: &str,
        list: &str,
        of: (String, String),
        unread: &mut Vec<String>,
    ) -> Result<Vec<Node>, StsError> {
        let mut all = Vec::new();
        let mut params = vec![of];
        loop {
            let name = params[0].1.clone();
            let Some(mut answer) = self.readable(action, &name, &params, unread)? else { return Ok(all) };
            let marker = answer.text("Marker").filter(|_| answer.text("IsTruncated") == Some("true"));
            let marker = marker.map(str::to_owned);
            all.append(&mut answer.take(list));
            params.truncate(1);
            match marker {
                Some(marker) => params.push(("Marker".to_owned(), marker)),
                None => return Ok(all),
            }
        }
    }

    /// The answer, unless IAM refuses it.
    fn readable(
        &self,
        action: &str,
        what: &str,
        params: &[(String, String)],
        unread: &mut Vec<String>,
    ) -> Result<Option<Node>, StsError> {
        match self.call(action, params) {
            Ok(answer) => Ok(Some(answer)),
            Err(StsError::Refused { .. }) => {
                unread.push(format!("iam:{action} on {what}"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// A policy's text, which IAM gives percent-encoded.
fn document(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&decoded(text)).ok())
}

/// Percent-encoding (RFC 3986) undone.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What IAM says of one action.
fn verdict(result: &Node, batch: &Batch) -> Judged {
    let says_no = |detail: &str, key: &str| result.get(detail).and_then(|detail| detail.text(key)) == Some("false");
    let list = |name: &str| result.get(name).map(|list| list.children.as_slice()).unwrap_or_default();
    let missing: Vec<_> = list("MissingContextValues").iter().map(|key| key.text.clone()).collect();
    let by = |policy: &Node| policy.text("SourcePolicyId").map(str::to_owned);
    let is_explicit = result.text("EvalDecision") == Some("explicitDeny");
    let denier = if says_no("OrganizationsDecisionDetail", "AllowedByOrganizations") {
        Denier::Scp
    } else if says_no("PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary") {
        Denier::Boundary
    } else {
        Denier::Identity
    };
    let verdict = match result.text("EvalDecision") {
        Some("allowed") => Verdict::Allowed,
        Some("implicitDeny") if denier == Denier::Identity && !missing.is_empty() => Verdict::Unknown(missing),
        Some("explicitDeny" | "implicitDeny") => Verdict::Denied {
            by: denier,
            policy: list("MatchedStatements").iter().find_map(by).filter(|_| is_explicit),
            is_explicit,
        },
        _ => Verdict::Unknown(Vec::new()),
    };
    let action = result.text("EvalActionName").unwrap_or_default().to_owned();
    Judged { action, resource: batch.resource.clone(), verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_come_encoded_or_not() {
        let plain = r#"{"Statement":[],"x":"a%b"}"#;
        assert_eq!(document(plain).unwrap()["x"], "a%b");
        let encoded = "%7B%22Statement%22%3A%5B%5D%2C%22x%22%3A%22a%2Bb%20c%22%7D";
        assert_eq!(document(encoded).unwrap()["x"], "a+b c");
        assert_eq!(document("%7B%22"), None);
        assert_eq!(decoded("a%2"), "a%2");
    }

    fn judged(inside: &str) -> Judged {
        let xml = format!(
            "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><SimulatePrincipalPolicyResult>\
             <EvaluationResults><member><EvalActionName>s3:GetObject</EvalActionName>{inside}</member></EvaluationResults>\
             </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        );
        let answer = answer::result(&xml).unwrap();
        verdict(&answer.get("EvaluationResults").unwrap().children[0], &Batch::default())
    }

    #[test]
    fn each_kind_of_denial() {
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
            (implicit.to_owned(), denied(Denier::Identity, None, false)),
            (format!("{implicit}{no_boundary}"), denied(Denier::Boundary, None, false)),
            (format!("{implicit}{no_boundary}{no_organisation}"), denied(Denier::Scp, None, false)),
            (format!("{implicit}{missing}"), Verdict::Unknown(vec!["aws:CalledVia".to_owned()])),
            (format!("{implicit}{no_boundary}{missing}"), denied(Denier::Boundary, None, false)),
            (
                "<EvalDecision>explicitDeny</EvalDecision><MatchedStatements><member><SourcePolicyId>Ceiling</SourcePolicyId>\
                 <StartPosition><Line>1</Line></StartPosition></member></MatchedStatements>".to_owned(),
                denied(Denier::Identity, Some("Ceiling"), true),
            ),
            ("<EvalDecision>perhaps</EvalDecision>".to_owned(), Verdict::Unknown(Vec::new())),
        ] {
            let seen = judged(&inside);
            assert_eq!((seen.action.as_str(), seen.verdict), ("s3:GetObject", expected), "{inside}");
        }
    }
}
