use serde_json::json;

#[cfg(unix)]
use crate::broker::IdentityReply;
use crate::cli::args::WhoAmI;
#[cfg(unix)]
use crate::cli::broker_client;
use crate::cli::color::Painter;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials;
use crate::cli::credentials::{cached, with_resolver};
use crate::cli::errors::failure::Failure;
use crate::cli::errors::resolve::identity_failure;
use crate::cli::output::{write_json, write_stdout};
use crate::cli::plan_inputs::inputs;
use crate::cli::prompts::prompt_chain;
use crate::cli::sign_in;
use crate::core::masking::masked;
use crate::output::fields::Fields;
use crate::plan::build::identity_endpoint;
use crate::resolve::watched;
use crate::sts::CallerIdentity;

pub(crate) fn run(context: &Context, options: &WhoAmI) -> Result<(), Failure> {
    #[cfg(unix)]
    if let Some(socket) = &context.broker {
        let IdentityReply { profile, account, arn, user_id } =
            broker_client::identity(context, socket, &options.fetch.session)?;
        let heading = format!("profile {}", masked(&profile));
        return print(context, options, &profile, &heading, &CallerIdentity { account, arn, user_id });
    }
    let how = &options.fetch.session;
    let set = context.profiles()?;
    let inputs = inputs(context, how)?;
    let plan = credentials::plan(context, &set, &inputs)?;
    let endpoint = identity_endpoint(&set, &plan, &inputs)?;
    let mut prompt = prompt_chain(context, how, Some(&plan.options))?;
    let pool = ConnectionPool::default();
    if cached(context, &set, &plan, how)?.is_none() {
        sign_in::ahead(context, &pool, &plan)?;
    }
    let identity = with_resolver(context, &pool, &set, &plan, how, &mut prompt, |resolver, sts| {
        let credentials = resolver.credentials()?;
        let is_session = plan.steps().next().is_some();
        let call = || sts.get_caller_identity(&endpoint, &credentials);
        watched(resolver.reporter, "STS (GetCallerIdentity)", call)
            .map_err(|error| identity_failure(error, plan.profile_in_files(), is_session))
    })??;
    let heading = plan.profile_in_files().map(|profile| format!("profile {}", masked(profile)));
    let heading = heading.unwrap_or_else(|| format!("the environment ({})", plan.base.source.origin()));
    print(context, options, &plan.profile, &heading, &identity)
}

fn print(
    context: &Context,
    options: &WhoAmI,
    profile: &str,
    heading: &str,
    CallerIdentity { account, arn, user_id }: &CallerIdentity,
) -> Result<(), Failure> {
    if options.json {
        return write_json(&json!({"account": account, "arn": arn, "user_id": user_id, "profile": masked(profile)}));
    }
    let mut fields = Fields::default();
    fields.heading(heading);
    for (name, value) in [("account", account), ("arn", arn), ("user id", user_id)] {
        fields.add(name, value, "");
    }
    write_stdout(Painter::stdout(context).fields(fields).as_bytes())
}
