//! Signs in by a device code (RFC 8628): the user enters a short code in a browser, on any machine.

use std::thread::sleep;
use std::time::Duration;

use aws_sdk_ssooidc::Client as Oidc;
use serde_json::json;

use crate::core::clock::Timestamp;
use crate::core::digest::sha1_hex;
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::os::fs::other_owner;
use crate::plan::sources::SsoBase;
use crate::source::{Service, SourceError, Sources};
use crate::sts::StsError;
use crate::sts::connections::Link;
use crate::token_files::{TokenFields, TokenFile};

use super::error::SignInError;
use super::registration::Registration;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const TIMEOUT: Duration = Duration::from_secs(30);
/// Without another interval in the response, and the addition after `SlowDownException` (RFC 8628 section 3.5).
const INTERVAL: Duration = Duration::from_secs(5);
const LIFETIME: u64 = 600;

#[derive(Debug)]
pub struct DeviceCode {
    pub user_code: String,
    pub page: String,
    pub page_with_code: Option<String>,
    /// Seconds.
    pub lifetime: u64,
}

/// Stores the token for the AWS CLI, the SDKs and this program, and returns when it expires. `show` is called once.
pub fn sign_in(sources: &Sources<'_>, sso: &SsoBase, show: impl FnOnce(&DeviceCode)) -> Result<Timestamp, SignInError> {
    check_directory(sources)?;
    let url = sources.oidc_url(&sso.region.value);
    let link = sources.connections.link(&url).map_err(failed)?;
    let mut config = aws_sdk_ssooidc::config::Builder::from(&link.config(&sso.region.value, TIMEOUT));
    config.set_endpoint_url(Some(url.clone()));
    let flow = Flow { sources, sso, link: &link, oidc: Oidc::from_conf(config.build()) };
    let stored = Registration::find(sources, sso);
    let with_stored = stored.map(|stored| (flow.start(&stored), stored));
    let ((device_code, code, interval), registration) = match with_stored {
        Some((Ok(started), stored)) => (started, stored),
        Some((Err(error), _)) if !is_of_client(&error) => return Err(error.into()),
        // No registration, or one that the service does not accept any more.
        _ => {
            let new = flow.register()?;
            new.store(sources, sso);
            (flow.start(&new)?, new)
        }
    };
    show(&code);
    let token = flow.poll(&registration, &device_code, &code, interval)?;
    flow.store(&registration, token)
}

/// Before the user signs in, because the token could not be stored afterwards.
fn check_directory(sources: &Sources<'_>) -> Result<(), SignInError> {
    let not_saved = |reason: String| SignInError::NotSaved { file: sources.sso_cache.to_owned(), reason };
    // Under sudo the owner of this home directory could not read the token.
    if sources.sso_cache.ancestors().find(|path| path.exists()).is_some_and(|path| other_owner(path).is_some()) {
        return Err(not_saved("the home directory belongs to another user".to_owned()));
    }
    TokenFile::new(sources.sso_cache.join("token")).check_writable().map_err(|error| not_saved(error.to_string()))
}

fn is_of_client(error: &SourceError) -> bool {
    let SourceError::Service { error: StsError::Refused { code, .. }, .. } = error else { return false };
    ["InvalidClientException", "UnauthorizedClientException", "InvalidGrantException"].contains(&code.as_str())
}

struct Flow<'a> {
    sources: &'a Sources<'a>,
    sso: &'a SsoBase,
    link: &'a Link<'a>,
    oidc: Oidc,
}

struct Token {
    access: String,
    refresh: Option<String>,
    expires: Timestamp,
}

impl Flow<'_> {
    fn register(&self) -> Result<Registration, SourceError> {
        let name = match &self.sso.session {
            Some(session) => session.value.clone(),
            None => self.sources.clock.now().0.to_string(),
        };
        let call = self
            .oidc
            .register_client()
            .client_name(format!("botocore-client-{name}"))
            .client_type("public")
            .set_scopes(self.sso.scopes.clone())
            .send();
        let answer = self.link.runtime.block_on(call).map_err(|error| failed(self.link.reason(&error, &[])))?;
        let client_secret = Secret::new(answer.client_secret.ok_or_else(garbage)?);
        let client_id = answer.client_id.ok_or_else(garbage)?;
        checked(client_secret.expose())?;
        checked(&client_id)?;
        Ok(Registration { client_id, client_secret, expires: Timestamp(answer.client_secret_expires_at) })
    }

    fn start(&self, registration: &Registration) -> Result<(Secret, DeviceCode, Duration), SourceError> {
        let call = self
            .oidc
            .start_device_authorization()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose())
            .start_url(&self.sso.start_url.value)
            .send();
        let secrets = [Some(&registration.client_secret)];
        let answer = self.link.runtime.block_on(call).map_err(|error| failed(self.link.reason(&error, &secrets)))?;
        let code = DeviceCode {
            user_code: answer.user_code.filter(|code| !code.is_empty()).ok_or_else(garbage)?,
            page: answer.verification_uri.filter(|page| !page.is_empty()).ok_or_else(garbage)?,
            page_with_code: answer.verification_uri_complete,
            lifetime: u64::try_from(answer.expires_in).ok().filter(|seconds| *seconds > 0).unwrap_or(LIFETIME),
        };
        let interval = u64::try_from(answer.interval).ok().filter(|seconds| *seconds > 0);
        Ok((Secret::new(answer.device_code.ok_or_else(garbage)?), code, interval.map_or(INTERVAL, Duration::from_secs)))
    }

    fn poll(
        &self,
        registration: &Registration,
        device_code: &Secret,
        code: &DeviceCode,
        mut interval: Duration,
    ) -> Result<Token, SignInError> {
        let ends = self.sources.clock.now().plus(i64::try_from(code.lifetime).unwrap_or(i64::MAX));
        loop {
            let call = self
                .oidc
                .create_token()
                .grant_type(GRANT_TYPE)
                .client_id(&registration.client_id)
                .client_secret(registration.client_secret.expose())
                .device_code(device_code.expose())
                .send();
            let secrets = [Some(&registration.client_secret), Some(device_code)];
            let refusal = match self.link.runtime.block_on(call) {
                Ok(answer) => {
                    let access = answer.access_token.ok_or_else(garbage)?;
                    for token in [Some(&access), answer.refresh_token.as_ref()].into_iter().flatten() {
                        checked(token)?;
                    }
                    let expires = self.sources.clock.now().plus(i64::from(answer.expires_in));
                    return Ok(Token { access, refresh: answer.refresh_token, expires });
                }
                Err(error) => self.link.reason(&error, &secrets),
            };
            match &refusal {
                StsError::Refused { code, .. } if code == "AuthorizationPendingException" => {}
                StsError::Refused { code, .. } if code == "SlowDownException" => interval += INTERVAL,
                StsError::Refused { code: reason, .. } if reason == "ExpiredTokenException" => {
                    return Err(SignInError::Expired);
                }
                StsError::Refused { code, .. } if code == "AccessDeniedException" => return Err(SignInError::Denied),
                _ => return Err(failed(refusal).into()),
            }
            let left = u64::try_from(ends.since(self.sources.clock.now())).unwrap_or(0);
            if left == 0 {
                return Err(SignInError::Expired);
            }
            sleep(interval.min(Duration::from_secs(left)));
        }
    }

    fn store(&self, registration: &Registration, token: Token) -> Result<Timestamp, SignInError> {
        let SsoBase { session, start_url, region, .. } = self.sso;
        let mut fields = TokenFields::new();
        let mut add = |name: &str, value: &str| fields.insert(name.to_owned(), json!(value));
        add("startUrl", &start_url.value);
        add("region", &region.value);
        add("accessToken", &token.access);
        add("expiresAt", &token.expires.rfc3339());
        add("clientId", &registration.client_id);
        add("clientSecret", registration.client_secret.expose());
        add("registrationExpiresAt", &registration.expires.rfc3339());
        // The AWS CLI renews only the tokens of an sso_session.
        if let Some(refresh) = token.refresh.filter(|_| session.is_some()) {
            add("refreshToken", &refresh);
        }
        let name = session.as_ref().map_or(&start_url.value, |session| &session.value);
        let file = self.sources.sso_cache.join(sha1_hex(name) + ".json");
        TokenFile::new(file.clone())
            .put(&fields)
            .map_err(|reason| SignInError::NotSaved { file, reason: reason.to_string() })?;
        Ok(token.expires)
    }
}

fn failed(error: StsError) -> SourceError {
    Service::Sso.failed(error)
}

fn garbage() -> SourceError {
    failed(StsError::Garbage)
}

fn checked(token: &str) -> Result<(), SourceError> {
    check_token(token).map_err(|problem| Service::Sso.returned_invalid("token", problem))
}
