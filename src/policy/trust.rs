//! The trust policy of a role, which the role's account owns: who may assume it, and under which conditions.

use crate::plan::Hop;

use super::document::{Effect, PolicyDocument, Statement, StringOrList};
use super::principal::Principal;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustConditions {
    pub principals: Vec<Principal>,
    pub external_id: Option<String>,
    pub mfa: bool,
    /// The maximum age of the MFA code in seconds.
    pub mfa_max_age: Option<u64>,
    pub session_name: Option<String>,
    pub tags: Vec<String>,
    pub source_identity: Option<String>,
}

impl TrustConditions {
    /// The conditions that the profile of `hop` meets, for any principal.
    pub fn of(hop: &Hop) -> Self {
        let extras = &hop.extras;
        Self {
            external_id: hop.external_id.as_ref().map(|id| id.value.clone()),
            tags: extras.tags.iter().map(|tag| tag.value.key.clone()).collect(),
            source_identity: extras.source_identity.as_ref().map(|identity| identity.value.clone()),
            ..Self::default()
        }
    }

    pub fn document(&self) -> PolicyDocument {
        let Self { principals, external_id, mfa, mfa_max_age, session_name, tags, source_identity } = self;
        let mut assume = self.statement("AssumeRole", "sts:AssumeRole");
        if let Some(id) = external_id {
            assume = assume.when("StringEquals", "sts:ExternalId", [id]);
        }
        if *mfa {
            assume = assume.when("Bool", "aws:MultiFactorAuthPresent", ["true"]);
        }
        if let Some(age) = mfa_max_age {
            assume = assume.when("NumericLessThan", "aws:MultiFactorAuthAge", [age.to_string()]);
        }
        if let Some(name) = session_name {
            assume = assume.when("StringLike", "sts:RoleSessionName", [name]);
        }
        if let [Principal { like: Some(like), .. }] = principals.as_slice() {
            assume = assume.when("ArnLike", "aws:PrincipalArn", [like]);
        }
        let mut statements = vec![assume];
        if !tags.is_empty() {
            let keys = StringOrList(tags.clone());
            statements.push(self.statement("TagSessions", "sts:TagSession").when(
                "ForAllValues:StringEquals",
                "aws:TagKeys",
                keys,
            ));
        }
        if let Some(identity) = source_identity {
            let statement = self.statement("NameWhoIsBehind", "sts:SetSourceIdentity");
            statements.push(statement.when("StringLike", "sts:SourceIdentity", [identity]));
        }
        PolicyDocument::new(statements)
    }

    fn statement(&self, what: &str, action: &str) -> Statement {
        let kind = self.principals.first().map_or("Account", Principal::kind);
        let arns = self.principals.iter().map(|principal| principal.arn.clone()).collect();
        let statement = Statement::new(format!("{kind}May{what}"), Effect::Allow, [action], StringOrList::default());
        Statement { principal: Some([("AWS", StringOrList(arns))].into()), ..statement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::document::json;
    use crate::policy::tests::plan;

    fn principal(arn: &str) -> Vec<Principal> {
        vec![Principal::parse(arn, "aws").unwrap()]
    }

    #[test]
    fn trust_policy_has_conditions_of_profile() {
        let plan = plan(
            "role_arn = arn:aws:iam::222222222222:role/R\nexternal_id = biz-4711\nsession_tags = team=web, cost=1\n\
             source_identity = dev\nsource_profile = u\n[profile u]\n",
        );
        let trust = TrustConditions {
            principals: principal("arn:aws:iam::111111111111:user/dev"),
            mfa: true,
            mfa_max_age: Some(3600),
            session_name: Some("dev-*".into()),
            ..TrustConditions::of(&plan.hops[0])
        };
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Sid":"UserMayAssumeRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/dev"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"},"StringEquals":{"sts:ExternalId":"biz-4711"},"StringLike":{"sts:RoleSessionName":"dev-*"}}},{"Sid":"UserMayTagSessions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/dev"},"Action":"sts:TagSession","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost"]}}},{"Sid":"UserMayNameWhoIsBehind","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/dev"},"Action":"sts:SetSourceIdentity","Condition":{"StringLike":{"sts:SourceIdentity":"dev"}}}]}"#;
        assert_eq!(json(&trust.document()), expected);
    }

    #[test]
    fn trust_policy_omits_unset_conditions() {
        let trust = TrustConditions { principals: principal("111111111111"), ..TrustConditions::default() };
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Sid":"AccountMayAssumeRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole"}]}"#;
        assert_eq!(json(&trust.document()), expected);
    }
}
