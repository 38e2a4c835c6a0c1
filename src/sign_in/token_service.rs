//! The token service of IAM Identity Center (OIDC), and the tokens and registrations that it issues.

use std::time::Duration;

use aws_sdk_ssooidc::Client;
use aws_sdk_ssooidc::operation::create_token::builders::CreateTokenFluentBuilder;
use serde_json::json;

use crate::core::clock::Timestamp;
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::os::fs::other_owner;
use crate::plan::sources::SsoSession;
use crate::source::registration::{Grant, Registration};
use crate::source::{Service, SourceError, Sources};
use crate::sts::StsError;
use crate::sts::connections::Link;
use crate::token_files::{TokenFields, TokenFile};

use super::error::SignInError;

pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) struct TokenService<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) session: &'a SsoSession,
    /// The start URL as AWS knows it.
    issuer: &'a str,
    link: Link<'a>,
    client: Client,
}

pub(super) struct IssuedToken {
    access: String,
    refresh: Option<String>,
    expires: Timestamp,
}

impl<'a> TokenService<'a> {
    /// Checks first that the token can be stored.
    pub(super) fn connect(
        sources: &'a Sources<'a>,
        session: &'a SsoSession,
        issuer: &'a str,
        url: &'a str,
    ) -> Result<Self, SignInError> {
        check_writable(&sources.sso_token_file(session))?;
        let link = sources.connections.link(url).map_err(failed)?;
        let mut config = aws_sdk_ssooidc::config::Builder::from(&link.config(&session.region.value, TIMEOUT));
        config.set_endpoint_url(Some(url.to_owned()));
        Ok(Self { sources, session, issuer, client: Client::from_conf(config.build()), link })
    }

    /// Registers this program under the AWS CLI's name for it.
    pub(super) fn register(&self, grant: Grant) -> Result<Registration, SourceError> {
        let name = match &self.session.name {
            Some(session) => session.value.clone(),
            None => self.sources.clock.now().0.to_string(),
        };
        let call = self.client.register_client().client_name(format!("botocore-client-{name}")).client_type("public");
        let scopes = || vec![DEFAULT_SCOPE.to_owned()];
        let call = match grant {
            Grant::DeviceCode => call.set_scopes(self.session.scopes.clone()),
            Grant::AuthorizationCode => call
                .set_scopes(Some(self.session.scopes.clone().unwrap_or_else(scopes)))
                .set_grant_types(Some(grant.types().map(str::to_owned).to_vec()))
                // Without a port: RFC 8252 section 7.3.
                .redirect_uris("http://127.0.0.1/oauth/callback")
                .issuer_url(self.issuer),
        };
        let call = call.send();
        let answer = self.link.runtime.block_on(call).map_err(|error| failed(self.link.reason(&error, &[])))?;
        let client_secret = Secret::new(answer.client_secret.ok_or_else(garbage)?);
        let client_id = answer.client_id.ok_or_else(garbage)?;
        checked(client_secret.expose())?;
        checked(&client_id)?;
        // A year in more than four digits could not be read again.
        let expires =
            Timestamp(answer.client_secret_expires_at).min(self.sources.clock.now().plus(LONGEST_REGISTRATION));
        let registration = Registration { client_id, client_secret, expires, grant };
        registration.store(self.sources, self.session);
        Ok(registration)
    }

    pub(super) fn start_device_code(
        &self,
        registration: &Registration,
    ) -> Result<aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput, SourceError>
    {
        let call = self
            .client
            .start_device_authorization()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose())
            .start_url(self.issuer)
            .send();
        let secrets = [Some(&registration.client_secret)];
        self.link.runtime.block_on(call).map_err(|error| failed(self.link.reason(&error, &secrets)))
    }

    /// `complete` adds the parameters of the grant, and `secret` is one of them.
    pub(super) fn token(
        &self,
        registration: &Registration,
        grant_type: &str,
        secret: &Secret,
        complete: impl FnOnce(CreateTokenFluentBuilder) -> CreateTokenFluentBuilder,
    ) -> Result<IssuedToken, SourceError> {
        let call = self
            .client
            .create_token()
            .grant_type(grant_type)
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose());
        let secrets = [Some(&registration.client_secret), Some(secret)];
        let answer = self.link.runtime.block_on(complete(call).send());
        let answer = answer.map_err(|error| failed(self.link.reason(&error, &secrets))).inspect_err(|error| {
            if is_of_client(error) {
                Registration::forget(self.sources, self.session, &registration.client_id);
            }
        })?;
        // Without a lifetime the token cannot be used later.
        if answer.expires_in <= 0 {
            return Err(garbage());
        }
        let access = answer.access_token.ok_or_else(garbage)?;
        for token in [Some(&access), answer.refresh_token.as_ref()].into_iter().flatten() {
            checked(token)?;
        }
        let expires = self.sources.clock.now().plus(i64::from(answer.expires_in));
        Ok(IssuedToken { access, refresh: answer.refresh_token, expires })
    }

    /// Stores the token for the AWS CLI, the SDKs and this program, and returns when it expires.
    pub(super) fn store(&self, registration: &Registration, token: IssuedToken) -> Result<Timestamp, SignInError> {
        let SsoSession { name, start_url, region, scopes: _ } = self.session;
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
        if let Some(refresh) = token.refresh.filter(|_| name.is_some()) {
            add("refreshToken", &refresh);
        }
        let file = self.sources.sso_token_file(self.session);
        file.put_locked(self.sources.store, &fields)
            .map_err(|reason| SignInError::NotSaved { file: file.path().to_owned(), reason: reason.to_string() })?;
        Ok(token.expires)
    }
}

/// In seconds: ten years.
const LONGEST_REGISTRATION: i64 = 10 * 365 * 86_400;

pub(super) const DEFAULT_SCOPE: &str = "sso:account:access";

/// Before the user signs in, because the token could not be stored afterwards.
pub(super) fn check_writable(file: &TokenFile) -> Result<(), SignInError> {
    let not_saved = |reason: String| SignInError::NotSaved { file: file.path().to_owned(), reason };
    // Under sudo the owner of this home directory could not read the token.
    if file.path().ancestors().skip(1).find(|path| path.exists()).is_some_and(|path| other_owner(path).is_some()) {
        return Err(not_saved("the home directory belongs to another user".to_owned()));
    }
    file.check_writable().map_err(|error| not_saved(error.to_string()))
}

/// Whether the service does not accept the registration.
pub(super) fn is_of_client(error: &SourceError) -> bool {
    refusal(error).is_some_and(|code| ["InvalidClientException", "UnauthorizedClientException"].contains(&code))
}

pub(super) fn refusal(error: &SourceError) -> Option<&str> {
    let SourceError::Service { error: StsError::Refused { code, .. }, .. } = error else { return None };
    Some(code)
}

pub(super) fn failed(error: StsError) -> SourceError {
    Service::Sso.failed(error)
}

pub(super) fn garbage() -> SourceError {
    failed(StsError::Garbage)
}

fn checked(token: &str) -> Result<(), SourceError> {
    check_token(token).map_err(|problem| Service::Sso.returned_invalid("token", problem))
}
