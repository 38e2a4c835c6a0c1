use std::time::{Duration, Instant};

use crate::core::credentials::Credentials;
use crate::prompt::Watch;
use crate::sts::{CallerIdentity, StsError};

use super::error::RotationError;

/// The servers of AWS learn a new key one after the other, so that a success can precede a failure.
const SUCCESSES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// Uses the new key until AWS accepts it several times in a row, or until `limit` has passed. `user_arn` is `None` if the
/// user is unknown.
pub fn verify(
    identity: &dyn Fn(&Credentials) -> Result<CallerIdentity, StsError>,
    key: &Credentials,
    user_arn: Option<&str>,
    limit: Duration,
    watch: &Watch,
) -> Result<(), RotationError> {
    let until = Instant::now() + limit;
    let (mut successes, mut pause) = (0, PAUSE);
    loop {
        match identity(key) {
            Ok(found) if user_arn.is_some_and(|expected| expected != found.arn) => {
                return Err(RotationError::OtherUser(found.arn));
            }
            Ok(_) => {
                successes += 1;
                pause = PAUSE;
            }
            Err(error) if Instant::now() >= until || !is_temporary(&error) => {
                return Err(RotationError::NotAccepted(error));
            }
            Err(_) => {
                successes = 0;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
        if successes == SUCCESSES {
            return Ok(());
        }
        watch.wait(pause).map_err(RotationError::Interrupted)?;
    }
}

/// Whether AWS may accept the key later.
fn is_temporary(error: &StsError) -> bool {
    let is_unknown = matches!(error, StsError::Refused { code, .. } if code == "SignatureDoesNotMatch");
    error.is_passing() || error.is_of_dead_keys() || is_unknown
}
