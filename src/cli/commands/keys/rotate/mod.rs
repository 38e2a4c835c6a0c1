mod ask;
mod finish;
mod key_text;
mod new_key;
mod rotation_run;
mod second_key;
mod signer;
mod steps;
mod verification;

use std::time::Duration;

use crate::cli::args::keys::RotateKey;
use crate::cli::commands::keys::key_lock::lock;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::errors::rotation::{RotatedProfile, failure, with_state};
use crate::core::clock::Clock;
use crate::rotation::Rotator;

use rotation_run::RotationRun;
use signer::Signer;

pub(super) fn run(context: &Context, profile: &str, options: &RotateKey) -> Result<(), Failure> {
    let signer = Signer::new(context, profile, options.mfa_token.clone())?;
    let _lock = lock(context, profile, Duration::ZERO)?;
    let key_store = context.key_store();
    let directory = &context.paths.cache_dir;
    let rotator = Rotator::open(directory, profile, &key_store, context.unlock(), Clock::System)
        .map_err(|error| failure(error, &RotatedProfile { profile, ..RotatedProfile::default() }))?;
    let mut run = RotationRun::new(context, profile, &signer, rotator);
    let outcome =
        if options.finish { finish::run(&mut run, options.yes) } else { steps::rotate(&mut run, options.yes) };
    outcome.map_err(|failure| with_state(failure, run.rotator.journal.rotation(), profile))
}
