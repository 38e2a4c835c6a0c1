//! Offers AWS Sign-In to a profile without a source of credentials, and writes `login_session` as the AWS CLI does.

use crate::cache::store::Store;
use crate::cli::args::Login;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::plan_of;
use crate::cli::errors::failure::{CANCELLED, Failure};
use crate::cli::output::note;
use crate::cli::plan_inputs::inputs;
use crate::cli::questions::{FormField, Questions};
use crate::cli::sign_in::login_session;
use crate::cli::sources::with_sources_trusting;
use crate::cli::{selection, sign_in};
use crate::core::masking::masked;
use crate::plan::error::PlanError;
use crate::plan::inputs::Inputs;
use crate::plan::limits::is_region;
use crate::source::login::DEFAULT_REGION;

use super::plans::ProfileFailure;

const EXAMPLE: &str = "arn:aws:iam::111111111111:user/dev";

/// Returns the context with the new settings, and the failures, which do not stop the other profiles.
pub(super) fn offer(context: Context, options: &Login) -> Result<(Context, Vec<ProfileFailure>), Failure> {
    if options.all || context.no_input() {
        return Ok((context, Vec::new()));
    }
    let inputs = inputs(&context, &options.session)?;
    let without_source = without_source(&context, options, &inputs)?;
    let (mut is_changed, mut failures) = (false, Vec::new());
    let count = without_source.len().max(options.names.len());
    for name in without_source {
        match sign_in(&context, options, &inputs, &name) {
            Ok(written) => is_changed |= written,
            Err(failure) if count > 1 && failure.code != CANCELLED => failures.push((name, failure)),
            Err(failure) => return Err(failure),
        }
    }
    Ok((if is_changed { context.reload()? } else { context }, failures))
}

fn without_source(context: &Context, options: &Login, inputs: &Inputs) -> Result<Vec<String>, Failure> {
    let names = match &context.named {
        _ if !options.names.is_empty() => options.names.clone(),
        Some(named) if context.is_profile_chosen() => vec![named.value.clone()],
        Some(_) => return Ok(Vec::new()),
        None if selection::environment(context)?.is_some() || inputs.environment.is_some() => return Ok(Vec::new()),
        None => vec!["default".to_owned()],
    };
    let set = context.profiles()?;
    let lacks_source = |name: &String| match plan_of(&set, name, inputs) {
        Err(PlanError::NoCredentials { named_by: None, .. }) => {
            // The AWS CLI rejects a profile with both ways to sign in.
            set.get(name).is_some_and(|profile| !profile.has("sso_session") && !profile.has("sso_start_url"))
        }
        // A new profile, unless the name looks like a mistake.
        Err(PlanError::UnknownProfile { named_by: None, .. }) => set.near_misses_of_missing(name).is_empty(),
        _ => false,
    };
    Ok(names.into_iter().filter(lacks_source).collect())
}

/// `false` if nothing was written.
fn sign_in(context: &Context, options: &Login, inputs: &Inputs, name: &str) -> Result<bool, Failure> {
    let Ok(mut person) = Questions::open(context) else { return Ok(false) };
    // A name that cannot be written is known before the question.
    login_session::edit(context, name, EXAMPLE, None)?;
    let set = context.profiles()?;
    let shown = masked(name);
    let question = match set.get(name) {
        Some(_) => format!("Profile {shown} has no credentials. Sign in with AWS Sign-In in a browser?"),
        None => format!("Profile {shown} does not exist. Create it and sign in with AWS Sign-In in a browser?"),
    };
    if !person.confirm(&question)? {
        return Ok(false);
    }
    let configured = set.get(name).and_then(|profile| profile.get("region").map(|region| region.value.to_string()));
    let given = context.global.region.clone().or_else(|| inputs.region.as_ref().map(|region| region.value.clone()));
    let is_valid = |region: &str| if is_region(region) { Ok(()) } else { Err("a region such as eu-west-1".to_owned()) };
    let field = FormField {
        what: "Region",
        flag: "--region",
        given: configured.as_deref().or(given.as_deref()),
        usual: Some(DEFAULT_REGION),
    };
    let region = person.required(&field, &is_valid)?;
    drop(person);
    let (pool, store) = (ConnectionPool::default(), Store::new(&context.paths.cache_dir));
    with_sources_trusting(context, &pool, inputs.ca_bundle.clone(), &store, |sources| {
        let region_to_write = configured.is_none().then_some(region.as_str());
        let signed_in = sign_in::into_new_session(context, sources, &region, name, options.flow())?;
        sign_in::store(sources, &signed_in, name)?;
        note(context, &format!("signed in to AWS Sign-In as {}", signed_in.identity));
        login_session::write(context, name, &signed_in.identity, region_to_write)
    })?;
    Ok(true)
}
