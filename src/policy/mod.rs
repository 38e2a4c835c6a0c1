//! Owns the IAM documents of the cross-account set-up: who may assume a role, what assumes it, what the Amplify CLI needs
//! there, and how much of that its own roles may get. Pure data, made of what profiles and projects say.
//!
//! Refuses to ask AWS, and to put down a value that nothing gives: whoever calls must know it, or leave it open.

mod actions;
pub mod amplify;
pub mod caller;
pub mod ceiling;
pub mod cloudformation;
pub mod document;
pub mod mfa;
pub mod principal;
pub mod simulation;
pub mod trust;

use crate::plan::partition::partition_of;
use crate::plan::{BaseSource, CredentialPlan};

/// A part of what an app can have, as the Amplify CLI divides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// What every push needs: stacks, roles, the app itself. No document leaves it out.
    Deployment,
    /// Amazon Cognito.
    Auth,
    /// AWS AppSync and API Gateway, with their tables and search domains.
    Api,
    /// Amazon S3 and Amazon DynamoDB.
    Storage,
    /// AWS Lambda.
    Function,
    /// Amazon CloudFront with Amazon S3, and rendering on a server.
    Hosting,
    /// Amazon Pinpoint and Amazon Kinesis.
    Analytics,
    /// Amazon Pinpoint.
    Notifications,
    /// Amazon Lex.
    Interactions,
    /// Amazon Rekognition, Amazon Polly and their like.
    Predictions,
    /// Amazon Location Service.
    Geo,
}

impl Category {
    /// All of them, in the order that they are shown in.
    pub const ALL: [Self; 11] = [
        Self::Deployment,
        Self::Auth,
        Self::Api,
        Self::Storage,
        Self::Function,
        Self::Hosting,
        Self::Analytics,
        Self::Notifications,
        Self::Interactions,
        Self::Predictions,
        Self::Geo,
    ];

    /// Its name, as the Amplify CLI spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::Auth => "auth",
            Self::Api => "api",
            Self::Storage => "storage",
            Self::Function => "function",
            Self::Hosting => "hosting",
            Self::Analytics => "analytics",
            Self::Notifications => "notifications",
            Self::Interactions => "interactions",
            Self::Predictions => "predictions",
            Self::Geo => "geo",
        }
    }
}

/// What ARNs are narrowed to. What is not known is left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// The region.
    pub region: Option<String>,
    /// The account's twelve digits.
    pub account: Option<String>,
    /// The Amplify project's name.
    pub app: Option<String>,
}

impl Place {
    /// A template with partition `{p}`, region `{r}`, account `{a}` and the project's part of names `{app}` filled in; `*`
    /// for what is open.
    pub fn fill(&self, template: &str) -> String {
        let Self { partition, region, account, app } = self;
        let app = app.as_deref().map(normalized).filter(|app| !app.is_empty()).map(|app| app + "-");
        template
            .replace("{p}", partition)
            .replace("{r}", region.as_deref().unwrap_or("*"))
            .replace("{a}", account.as_deref().unwrap_or("*"))
            .replace("{app}", app.as_deref().unwrap_or_default())
    }
}

impl Place {
    /// Where the credentials of `plan` are good.
    pub fn of(plan: &CredentialPlan) -> Self {
        let region = plan.region.as_ref().map(|region| region.value.clone());
        let by_region = partition_name(region.as_deref().unwrap_or_default());
        let of_role = plan.hops.last().map(|hop| &hop.role_arn.value);
        let of_base = || match &plan.base.source {
            BaseSource::Sso(sso) => Some(sso.account_id.value.clone()),
            BaseSource::WebIdentity(web) => Some(web.role_arn.value.account().to_owned()),
            _ => device_account(plan),
        };
        let account = of_role.map(|role| role.account().to_owned()).or_else(of_base);
        Self {
            partition: of_role.map_or(by_region, |role| role.partition()).to_owned(),
            region,
            account: account.filter(|account| principal::is_account(account)),
            app: None,
        }
    }
}

/// The account of the MFA device that the chain begins with.
pub fn device_account(plan: &CredentialPlan) -> Option<String> {
    let of_hop = || plan.hops.first().and_then(|hop| hop.mfa_serial.as_ref());
    let serial = plan.mfa.as_ref().map(|mfa| &mfa.serial).or_else(of_hop)?;
    serial.value.split(':').nth(4).filter(|account| principal::is_account(account)).map(str::to_owned)
}

/// The name of the partition that `region` lies in.
pub fn partition_name(region: &str) -> &'static str {
    partition_of(region).name
}

/// A project's name as the Amplify CLI puts it into names of stacks: lower case, without hyphens, underscores and spaces.
fn normalized(app: &str) -> String {
    let kept = app.chars().filter(|c| !matches!(c, '-' | '_') && !c.is_whitespace());
    let name = kept.collect::<String>().to_lowercase();
    // A name that does not begin with a letter gets one.
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.is_empty() { name } else { format!("a{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::build::{self, Inputs};
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    /// The plan of a profile `p` with these keys, and `u` with keys of a user.
    pub(super) fn plan(keys: &str) -> CredentialPlan {
        let credentials = "[u]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
        let files = Files::from_text(&format!("[profile p]\n{keys}"), credentials);
        build::build(&files.profiles(Dialect::Auto).unwrap(), "p", &Inputs::default()).unwrap()
    }

    #[test]
    fn what_is_not_known_is_left_open() {
        let open = Place { partition: "aws".into(), region: None, account: None, app: None };
        let template = "arn:{p}:cloudformation:{r}:{a}:stack/amplify-{app}*/*";
        assert_eq!(open.fill(template), "arn:aws:cloudformation:*:*:stack/amplify-*/*");
        let known = Place {
            partition: "aws-cn".into(),
            region: Some("cn-north-1".into()),
            account: Some("222222222222".into()),
            app: Some("My_App-2".into()),
        };
        assert_eq!(known.fill(template), "arn:aws-cn:cloudformation:cn-north-1:222222222222:stack/amplify-myapp2-*/*");
        assert_eq!(normalized("2do"), "a2do");
    }
}
