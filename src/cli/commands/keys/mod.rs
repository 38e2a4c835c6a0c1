mod add;
mod import;
mod key_entry;
mod list;
mod old_backups;
mod profile_files;
mod profile_key;
mod remove;
mod rotate;
mod sources;
mod vault;
mod verification;

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
