//! Owns `whoami`: whom AWS takes the profile's credentials for.

use serde_json::json;

use crate::output::fields::Fields;
use crate::plan::build::identity_endpoint;
use crate::sts::Identity;

use super::args::WhoAmI;
use super::context::Context;
use super::explain_error::identity_failure;
use super::failure::Failure;
use super::fetching::{self, ladder, with_resolver};
use super::put;
use super::role_flags::inputs;

pub(super) fn run(context: &Context, options: &WhoAmI) -> Result<(), Failure> {
    let how = &options.fetch.how;
    let set = context.profiles()?;
    let inputs = inputs(context, how)?;
    let plan = fetching::plan(context, &set, &inputs)?;
    let endpoint = identity_endpoint(&set, &plan, &inputs)?;
    let mut prompt = ladder(context, how)?;
    let identity = with_resolver(context, &set, &plan, how, &mut prompt, |resolver, sts| {
        let credentials = resolver.credentials(&plan)?;
        sts.get_caller_identity(&endpoint, &credentials).map_err(|error| identity_failure(error, &plan.profile))
    })??;
    let Identity { account, arn, user_id } = &identity;
    if options.json {
        let document = json!({"account": account, "arn": arn, "user_id": user_id, "profile": plan.profile});
        return put(format!("{document}\n").as_bytes());
    }
    let mut fields = Fields::default();
    fields.heading(&format!("profile {}", plan.profile));
    for (name, value) in [("account", account), ("arn", arn), ("user id", user_id)] {
        fields.add(name, value, "");
    }
    put(fields.text().as_bytes())
}
