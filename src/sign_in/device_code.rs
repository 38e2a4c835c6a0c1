//! Signs in by a device code (RFC 8628): the user enters a short code in a browser, on any machine.

use std::time::{Duration, Instant};

use crate::core::clock::Timestamp;
use crate::core::secret::Secret;
use crate::prompt::{PromptError, Watch};
use crate::source::SourceError;
use crate::source::registration::{Grant, Registration};

use super::error::SignInError;
use super::interaction::{DeviceCode, Interaction, Notice};
use super::token_service::{IssuedToken, TokenService, garbage, is_of_client, refusal};

/// Without another interval in the response, and the addition after `SlowDownException` (RFC 8628 section 3.5).
const INTERVAL: Duration = Duration::from_secs(5);
const LIFETIME: u64 = 600;

struct Started {
    device_code: Secret,
    code: DeviceCode,
    interval: Duration,
}

/// Returns when the stored token expires.
pub(super) fn sign_in(service: &TokenService<'_>, interaction: &Interaction<'_>) -> Result<Timestamp, SignInError> {
    let stored = Registration::find(service.sources, service.session, Grant::DeviceCode);
    let with_stored = stored.map(|stored| (start(service, &stored), stored));
    let (mut started, registration) = match with_stored {
        Some((Ok(started), stored)) => (started, stored),
        Some((Err(error), _)) if !is_of_client(&error) && refusal(&error) != Some("InvalidGrantException") => {
            return Err(error.into());
        }
        // No registration, or one that the service does not accept any more.
        _ => {
            let new = service.register(Grant::DeviceCode)?;
            (start(service, &new)?, new)
        }
    };
    started.code.lifetime = started.code.lifetime.min(interaction.limit.as_secs());
    (interaction.notice)(Notice::DeviceCode(&started.code));
    let token = poll(service, &registration, started)?;
    service.store(&registration, token)
}

fn start(service: &TokenService<'_>, registration: &Registration) -> Result<Started, SourceError> {
    let answer = service.start_device_code(registration)?;
    let code = DeviceCode {
        user_code: answer.user_code.filter(|code| !code.is_empty()).ok_or_else(garbage)?,
        page: answer.verification_uri.filter(|page| !page.is_empty()).ok_or_else(garbage)?,
        page_with_code: answer.verification_uri_complete,
        lifetime: u64::try_from(answer.expires_in).ok().filter(|seconds| *seconds > 0).unwrap_or(LIFETIME),
    };
    let interval = u64::try_from(answer.interval).ok().filter(|seconds| *seconds > 0);
    Ok(Started {
        device_code: Secret::new(answer.device_code.ok_or_else(garbage)?),
        code,
        interval: interval.map_or(INTERVAL, Duration::from_secs),
    })
}

fn poll(service: &TokenService<'_>, registration: &Registration, started: Started) -> Result<IssuedToken, SignInError> {
    let Started { device_code, code, mut interval } = started;
    let watch = Watch::begin(Instant::now() + Duration::from_secs(code.lifetime));
    loop {
        let grant_type = Grant::DeviceCode.types()[0];
        let token =
            service.token(registration, grant_type, &device_code, |request| request.device_code(device_code.expose()));
        let error = match token {
            Ok(token) => return Ok(token),
            Err(error) => error,
        };
        match refusal(&error) {
            Some("AuthorizationPendingException") => {}
            Some("SlowDownException") => interval += INTERVAL,
            Some("ExpiredTokenException") => return Err(SignInError::Expired),
            Some("AccessDeniedException") => return Err(SignInError::Denied),
            _ => return Err(error.into()),
        }
        watch.wait(interval).map_err(|error| match error {
            PromptError::TimedOut(_) => SignInError::Expired,
            error => SignInError::of_wait(&error, code.lifetime),
        })?;
    }
}
