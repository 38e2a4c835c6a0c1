use crate::cli::args::policy::PlaceArgs;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure, USAGE};
use crate::cli::output::note;
use crate::cli::warnings::plan_warning;
use crate::cli::{credentials, selection};
use crate::plan::limits::is_region;
use crate::plan::{CredentialPlan, Warning};
use crate::policy::place::is_account;
use crate::policy::{ArnScope, partition_name};

pub(super) fn plan_with_roles(context: &Context) -> Result<CredentialPlan, Failure> {
    require_roles(plan_before_keys(context)?)
}

pub(super) fn plan_before_keys(context: &Context) -> Result<CredentialPlan, Failure> {
    let plan = credentials::plan(context, &context.profiles()?, &context.inputs()?)?;
    for warning in plan.warnings.iter().filter(|warning| matches!(warning, Warning::NoCredentials { .. })) {
        note(context, &plan_warning(warning));
    }
    Ok(plan)
}

pub(super) fn require_roles(plan: CredentialPlan) -> Result<CredentialPlan, Failure> {
    if !plan.hops.is_empty() {
        return Ok(plan);
    }
    let message = format!("profile {} has no role_arn", plan.profile);
    Err(Failure::new(CONFIG, message)
        .at(plan.base.source.origin(), Some(&plan.profile))
        .hint("use a profile with a role_arn; to see them: amplify-creds list"))
}

/// `None` if no profile is selected and `default` has no plan.
pub(super) fn plan_if_any(context: &Context) -> Result<Option<CredentialPlan>, Failure> {
    match plan_before_keys(context) {
        Err(_) if context.selected()?.is_none() => Ok(None),
        plan => plan.map(Some),
    }
}

pub(super) fn place_without_plan(context: &Context) -> Result<ArnScope, Failure> {
    let region = context.inputs()?.region;
    if let Some(region) = region.as_ref().filter(|region| !is_region(&region.value)) {
        let message = format!("invalid region in {} (expected for example eu-west-1)", region.from);
        return Err(Failure::new(CONFIG, message));
    }
    let region = region.map(|region| region.value);
    let partition = partition_name(region.as_deref().unwrap_or_default()).to_owned();
    Ok(ArnScope { partition, region, account: None, app: None })
}

pub(super) fn plan_and_place(
    context: &Context,
    options: &PlaceArgs,
) -> Result<(Option<CredentialPlan>, ArnScope), Failure> {
    let plan = plan_if_any(context)?;
    let mut place = match &plan {
        Some(plan) => ArnScope::of(plan),
        None => place_without_plan(context)?,
    };
    if let Some(account) = &options.account {
        if !is_account(account) {
            return Err(Failure::new(USAGE, "invalid --account (expected twelve digits)"));
        }
        place.account = Some(account.clone());
    }
    place.app = options.app.clone().or_else(|| selection::word(context, "project")).filter(|app| !app.is_empty());
    Ok((plan, place))
}
