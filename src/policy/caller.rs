use crate::plan::CredentialPlan;

use super::document::{Effect, PolicyDocument, Statement, StringOrList};

/// The user calls only the first role of a chain. Each of the others is called by the session of the previous role. The
/// policy names all roles, and may be attached to all of them.
pub fn document(plan: &CredentialPlan) -> PolicyDocument {
    let extras = || plan.hops.iter().map(|hop| &hop.extras);
    let uses = [
        ("sts:AssumeRole", true),
        ("sts:TagSession", extras().any(|extras| !extras.tags.is_empty())),
        ("sts:SetSourceIdentity", extras().any(|extras| extras.source_identity.is_some())),
    ];
    let actions = uses.iter().filter(|(_, is_used)| *is_used).map(|(action, _)| (*action).to_owned()).collect();
    let roles = plan.hops.iter().map(|hop| hop.role_arn.value.as_str().to_owned()).collect();
    PolicyDocument::new(vec![Statement::new(
        "AssumeTheRoles",
        Effect::Allow,
        StringOrList(actions),
        StringOrList(roles),
    )])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::document::json;
    use crate::policy::tests::plan;

    #[test]
    fn caller_policy_allows_only_roles_of_chain() {
        let one = plan("role_arn = arn:aws:iam::222222222222:role/R\nsource_profile = u\n[profile u]\n");
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Sid":"AssumeTheRoles","Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::222222222222:role/R"}]}"#;
        assert_eq!(json(&document(&one)), expected);
        let two = plan(
            "role_arn = arn:aws:iam::222222222222:role/R\nsource_identity = dev\nsource_profile = q\n\
             [profile q]\nrole_arn = arn:aws:iam::333333333333:role/p/Q\nsession_tags = a=b\nsource_profile = u\n[profile u]\n",
        );
        let expected = r#""Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":["arn:aws:iam::333333333333:role/p/Q","arn:aws:iam::222222222222:role/R"]}]}"#;
        assert!(json(&document(&two)).ends_with(expected), "{}", json(&document(&two)));
    }
}
