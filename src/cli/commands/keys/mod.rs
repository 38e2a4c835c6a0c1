mod add;
mod import;
mod key_entry;
mod key_lock;
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
use crate::cli::errors::failure::{Failure, USAGE};

pub(crate) fn run(context: &Context, command: &KeysVerb) -> Result<(), Failure> {
    // Variables do not count, because they may have been set for another purpose.
    let name = || {
        context.command_line_profile().ok_or_else(|| {
            Failure::new(USAGE, "no profile given").hint("name the profile with the key: amplify-creds keys list")
        })
    };
    match command {
        KeysVerb::Add(options) => add::run(context, name()?, options),
        KeysVerb::Import(options) => import::run(context, name()?, options),
        KeysVerb::List { json } => list::run(context, *json),
        KeysVerb::Rotate(options) => rotate::run(context, name()?, options),
        KeysVerb::Remove(options) => remove::run(context, name()?, options),
    }
}
