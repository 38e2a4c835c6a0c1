use crate::cli::args::Login;
use crate::cli::context::Context;
use crate::cli::credentials::{plan, plan_of};
use crate::cli::errors::failure::Failure;
use crate::cli::plan_inputs::{complete, inputs};
use crate::plan::error::PlanError;
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::ProfileSet;

pub(super) type ProfileFailure = (String, Failure);

/// The plans, and the failures of profiles without one.
pub(super) fn plans(
    context: &Context,
    set: &ProfileSet<'_>,
    options: &Login,
) -> Result<(Vec<CredentialPlan>, Vec<ProfileFailure>), Failure> {
    let inputs = inputs(context, &options.session)?;
    if options.names.is_empty() && !options.all {
        return Ok((vec![plan(context, set, &inputs)?], Vec::new()));
    }
    let names = if options.all { set.names() } else { options.names.clone() };
    let (mut plans, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        match plan_of(set, &name, &inputs) {
            Ok(plan) if options.all && plan.steps().next().is_none() && !needs_sign_in(&plan) => {
                context.info(|| format!("profile {name} has only keys, so it has no session to cache"));
            }
            Ok(plan) => match complete(context, plan) {
                Ok(plan) => plans.push(plan),
                Err(failure) => failures.push((name, failure)),
            },
            // Many profiles only set a region.
            Err(PlanError::NoCredentials { named_by: None, .. }) if options.all => {
                context.info(|| format!("profile {name} has no credentials"));
            }
            Err(error) => failures.push((name, error.into())),
        }
    }
    Ok((plans, failures))
}

fn needs_sign_in(plan: &CredentialPlan) -> bool {
    matches!(plan.base.source, BaseSource::Sso(_) | BaseSource::Login(_))
}
