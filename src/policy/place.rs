use crate::plan::partition::partition_of;
use crate::plan::{BaseSource, CredentialPlan};

/// The restrictions of ARNs. Unknown parts are unrestricted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArnScope {
    pub partition: String,
    pub region: Option<String>,
    pub account: Option<String>,
    pub app: Option<String>,
}

impl ArnScope {
    /// Fills in partition `{p}`, region `{r}`, account `{a}` and the project's part of names `{app}`; `*` for unknown
    /// parts.
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

impl ArnScope {
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
            account: account.filter(|account| super::place::is_account(account)),
            app: None,
        }
    }
}

pub fn device_account(plan: &CredentialPlan) -> Option<String> {
    let of_hop = || plan.hops.first().and_then(|hop| hop.mfa_serial.as_ref());
    let serial = plan.mfa.as_ref().map(|mfa| &mfa.serial).or_else(of_hop)?;
    serial.value.split(':').nth(4).filter(|account| super::place::is_account(account)).map(str::to_owned)
}

pub fn partition_name(region: &str) -> &'static str {
    partition_of(region).name
}

/// A project's name in names of stacks, as the Amplify CLI forms it: lower case, without hyphens, underscores and
/// spaces.
pub(super) fn normalized(app: &str) -> String {
    let kept = app.chars().filter(|c| !matches!(c, '-' | '_') && !c.is_whitespace());
    let name = kept.collect::<String>().to_lowercase();
    // A name that does not begin with a letter is prefixed.
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.is_empty() { name } else { format!("a{name}") }
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
