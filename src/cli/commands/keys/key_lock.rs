use std::time::Duration;

use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, LOCK_TIMEOUT};
use crate::core::digest::sha256_hex;
use crate::os::lock::{Attempt, Guard, Locks};

/// For a change of a key while another is in progress. A question keeps the lock longer.
pub(super) const CHANGE_WAIT: Duration = Duration::from_secs(10);

/// One change of a profile's key at a time.
pub(super) fn lock(context: &Context, profile: &str, wait: Duration) -> Result<Option<Guard>, Failure> {
    let id = format!("key-{}", sha256_hex(profile));
    match Locks::in_dir(&context.paths.cache_dir).lock_within(&id, wait) {
        Attempt::Held(guard) => Ok(Some(guard)),
        Attempt::Busy => {
            let message = format!("another process is changing the key of profile {profile}");
            Err(Failure::new(LOCK_TIMEOUT, message).hint("wait until it has finished, then run the command again"))
        }
        // Some file systems have no locks.
        Attempt::Unavailable(error) => {
            context.warn(|| format!("cannot lock the key of profile {profile}: {error}"));
            Ok(None)
        }
    }
}
