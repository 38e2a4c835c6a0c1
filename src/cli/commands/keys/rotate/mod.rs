mod ask;
mod finish;
mod key_text;
mod new_key;
mod rotation_run;
mod second_key;
mod signer;
mod steps;
mod verification;

use crate::cli::args::keys::RotateKey;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, LOCK_TIMEOUT};
use crate::cli::errors::rotation::{RotatedProfile, failure, with_state};
use crate::core::clock::Clock;
use crate::core::digest::sha256_hex;
use crate::os::lock::{Attempt, Guard, Locks};
use crate::rotation::Rotator;

use rotation_run::RotationRun;
use signer::Signer;

pub(super) fn run(context: &Context, options: &RotateKey) -> Result<(), Failure> {
    let profile = options.name.as_str();
    let signer = Signer::new(context, profile, options.mfa_token.clone())?;
    let _lock = lock(context, profile)?;
    let key_store = context.key_store();
    let directory = &context.paths.cache_dir;
    let rotator = Rotator::open(directory, profile, &key_store, context.unlock(), Clock::System)
        .map_err(|error| failure(error, &RotatedProfile { profile, ..RotatedProfile::default() }))?;
    let mut run = RotationRun::new(context, profile, &signer, rotator);
    let outcome =
        if options.finish { finish::run(&mut run, options.yes) } else { steps::rotate(&mut run, options.yes) };
    outcome.map_err(|failure| with_state(failure, run.rotator.journal.rotation(), profile))
}

/// One rotation of a profile at a time.
fn lock(context: &Context, profile: &str) -> Result<Option<Guard>, Failure> {
    let id = format!("rotate-{}", sha256_hex(profile));
    match Locks::in_dir(&context.paths.cache_dir).try_lock(&id) {
        Attempt::Held(guard) => Ok(Some(guard)),
        Attempt::Busy => {
            let message = format!("another process is rotating the key of profile {profile}");
            Err(Failure::new(LOCK_TIMEOUT, message).hint("wait until it has finished, then run the command again"))
        }
        // Some file systems have no locks.
        Attempt::Unavailable(error) => {
            context.warn(|| format!("cannot lock the rotation of profile {profile}: {error}"));
            Ok(None)
        }
    }
}
