mod add;
mod import;
mod list;
mod remove;
mod rotate;

use crate::cli::args::keys::KeysVerb;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;

pub(crate) fn run(context: &Context, command: &KeysVerb) -> Result<(), Failure> {
    match command {
        KeysVerb::Add(options) => add::run(context, options),
        KeysVerb::Import(options) => import::run(context, options),
        KeysVerb::List { json } => list::run(context, *json),
        KeysVerb::Rotate(options) => rotate::run(context, options),
        KeysVerb::Remove(options) => remove::run(context, options),
    }
}
