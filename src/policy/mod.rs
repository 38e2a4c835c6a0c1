//! The IAM documents of the cross-account set-up: trust policy, caller policy, the Amplify CLI's permissions, and the
//! boundary of its roles. Pure data from profiles and projects.

mod actions;
pub mod amplify;
pub mod caller;
mod category;
pub mod cloudformation;
pub mod denied_use;
pub mod deployed_names;
pub mod document;
pub mod mfa;
pub mod permissions_boundary;
pub(super) mod place;
pub mod principal;
pub mod simulation;
pub mod trust;

pub use category::Category;
pub use place::{ArnScope, device_account, partition_name};

#[cfg(test)]
mod tests {
    use super::place::normalized;
    use super::*;
    use crate::plan::inputs::Inputs;
    use crate::plan::{CredentialPlan, build};
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    /// The plan of a profile `p` with these keys. `u` has the keys of a user.
    pub(super) fn plan(keys: &str) -> CredentialPlan {
        let credentials = "[u]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
        let files = Files::from_text(&format!("[profile p]\n{keys}"), credentials);
        build::build(&files.profiles(Dialect::Auto).unwrap(), "p", &Inputs::default()).unwrap()
    }

    #[test]
    fn unknown_arn_parts_are_wildcards() {
        let open = ArnScope { partition: "aws".into(), region: None, account: None, app: None };
        let template = "arn:{p}:cloudformation:{r}:{a}:stack/amplify-{app}*/*";
        assert_eq!(open.fill(template), "arn:aws:cloudformation:*:*:stack/amplify-*/*");
        let known = ArnScope {
            partition: "aws-cn".into(),
            region: Some("cn-north-1".into()),
            account: Some("222222222222".into()),
            app: Some("My_App-2".into()),
        };
        assert_eq!(known.fill(template), "arn:aws-cn:cloudformation:cn-north-1:222222222222:stack/amplify-myapp2-*/*");
        assert_eq!(normalized("2do"), "a2do");
    }
}
