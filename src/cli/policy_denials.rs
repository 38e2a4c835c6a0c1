use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, USAGE};
use crate::cli::selection;
use crate::policy::denied_use::{DENIALS, DeniedUse};

const ENV_UNKNOWN: &str =
    "without --env, --deny covers NAME and NAME-*, the names in every Amplify environment; --env ENV covers only one";

/// The denials of `--deny`, for Amplify's names in the selected environment, and a note about them.
pub(crate) fn denials(context: &Context, deny: &[String]) -> Result<(Vec<DeniedUse>, Option<&'static str>), Failure> {
    if deny.is_empty() {
        return Ok((Vec::new(), None));
    }
    let names = selection::deployed_names(context)?;
    let denial = |text: &String| {
        DeniedUse::parse(text, &names)
            .ok_or_else(|| Failure::new(USAGE, format!("--deny {text} is not one of {DENIALS}")))
    };
    let denials = deny.iter().map(denial).collect::<Result<Vec<_>, _>>()?;
    let is_named = |text: &String| ["table=", "bucket=", "function="].iter().any(|kind| text.starts_with(kind));
    let is_open = names.env.is_none() && deny.iter().any(is_named);
    Ok((denials, is_open.then_some(ENV_UNKNOWN)))
}
