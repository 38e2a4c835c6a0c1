//! The roles of IAM Identity Center, fetched with the AWS CLI's token, which is renewed if possible.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aws_sdk_sso::Client as Portal;
use aws_sdk_ssooidc::Client as Oidc;
use serde_json::json;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::digest::sha1_hex;
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::plan::sources::SsoBase;
use crate::source::error::{Service, SourceError};
use crate::source::sources::Sources;
use crate::sts::StsError;
use crate::token_files::{RENEW_BEFORE, TokenFields, TokenFile, text, timestamp};

/// Errors of the token service that require a new sign-in.
const SIGNED_OUT: [&str; 5] = [
    "InvalidGrantException",
    "ExpiredTokenException",
    "UnauthorizedClientException",
    "InvalidClientException",
    "AccessDeniedException",
];

impl Sources<'_> {
    pub(super) fn sso(&self, sso: &SsoBase, timeout: Duration) -> Result<Credentials, SourceError> {
        let SsoBase { region, account_id, role_name, .. } = sso;
        let token = self.sso_token(sso, timeout)?;
        let url = self.portal_url(&region.value);
        let link = self.connections.link(&url).map_err(failed)?;
        let mut config = aws_sdk_sso::config::Builder::from(&link.config(&region.value, timeout));
        config.set_endpoint_url(self.endpoints.sso.clone());
        let call = Portal::from_conf(config.build())
            .get_role_credentials()
            .account_id(&account_id.value)
            .role_name(&role_name.value)
            .access_token(token.expose())
            .send();
        let answer = link.runtime.block_on(call).map_err(|error| match link.reason(&error, &[Some(&token)]) {
            StsError::Refused { code, .. } if code == "UnauthorizedException" => {
                SourceError::SignedOut("IAM Identity Center no longer accepts its token")
            }
            error => failed(error),
        })?;
        let given = answer.role_credentials.ok_or_else(garbage)?;
        Ok(Credentials {
            access_key_id: given.access_key_id.ok_or_else(garbage)?,
            secret_access_key: Secret::new(given.secret_access_key.ok_or_else(garbage)?),
            session_token: given.session_token.map(Secret::new),
            // Milliseconds; 0 if unknown.
            expiration: (given.expiration > 0).then_some(Timestamp(given.expiration / 1000)),
            account_id: Some(account_id.value.clone()),
        })
    }

    /// The SDK's rules know the host of each partition.
    fn portal_url(&self, region: &str) -> String {
        use aws_sdk_sso::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let by_rules = || {
            let params = Params::builder().region(region).build().ok()?;
            Some(now(DefaultResolver::new().resolve_endpoint(&params))?.ok()?.url().to_owned())
        };
        let known = self.endpoints.sso.clone().or_else(by_rules);
        known.unwrap_or_else(|| format!("https://portal.sso.{region}.amazonaws.com"))
    }

    pub(crate) fn oidc_url(&self, region: &str) -> String {
        use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let by_rules = || {
            let params = Params::builder().region(region).build().ok()?;
            Some(now(DefaultResolver::new().resolve_endpoint(&params))?.ok()?.url().to_owned())
        };
        let known = self.endpoints.sso_oidc.clone().or_else(by_rules);
        known.unwrap_or_else(|| format!("https://oidc.{region}.amazonaws.com"))
    }

    /// Whether a cached token lasts or can be renewed. The service may still reject it.
    pub fn is_signed_in(&self, sso: &SsoBase) -> bool {
        let (file, now) = (self.sso_token_file(sso), self.clock.now());
        let token = file.read().ok().flatten().and_then(|fields| SsoToken::of(fields, now).ok());
        token.is_some_and(|token| token.left_seconds > 0 || (sso.session.is_some() && is_renewable(&token.fields, now)))
    }

    fn sso_token_file(&self, sso: &SsoBase) -> TokenFile {
        let name = sso.session.as_ref().map_or(&sso.start_url.value, |session| &session.value);
        TokenFile::new(self.sso_cache.join(sha1_hex(name) + ".json"))
    }

    /// A token that expires soon is renewed. If that fails, it is used until it expires.
    fn sso_token(&self, sso: &SsoBase, timeout: Duration) -> Result<Secret, SourceError> {
        let session = &sso.session;
        let file = self.sso_token_file(sso);
        let now = self.clock.now();
        let signed_out = SourceError::SignedOut("no sign-in is cached");
        let SsoToken { access, left_seconds: left, fields: token } =
            SsoToken::of(file.read()?.ok_or(signed_out)?, now)?;
        // If the profile has its own start URL, the token has no data for a renewal, as in the AWS CLI.
        if left > RENEW_BEFORE || (left > 0 && (session.is_none() || !is_renewable(&token, now))) {
            return Ok(access);
        }
        let find_renewed = || {
            let found = SsoToken::of(file.read().ok()??, now).ok()?;
            (found.left_seconds > RENEW_BEFORE).then_some(found.access)
        };
        let renew = || {
            // Another process may have used the earlier refresh token.
            let token = file.read()?.unwrap_or(token);
            if session.is_none() || !is_renewable(&token, now) {
                return Err(SourceError::SignedOut("its sign-in has expired"));
            }
            self.renew_sso(sso, token, &file, timeout)
        };
        match file.renew_locked(self.store, timeout, find_renewed, renew) {
            Err(_) if left > 0 => Ok(access),
            other => other,
        }
    }

    fn renew_sso(
        &self,
        sso: &SsoBase,
        mut token: TokenFields,
        file: &TokenFile,
        timeout: Duration,
    ) -> Result<Secret, SourceError> {
        let before = token.clone();
        let secret = |name| text(&token, name).map(Secret::from).unwrap_or_default();
        let (client_secret, refresh_token) = (secret("clientSecret"), secret("refreshToken"));
        let url = self.oidc_url(&sso.region.value);
        let link = self.connections.link(&url).map_err(failed)?;
        let mut config = aws_sdk_ssooidc::config::Builder::from(&link.config(&sso.region.value, timeout));
        config.set_endpoint_url(self.endpoints.sso_oidc.clone());
        let call = Oidc::from_conf(config.build())
            .create_token()
            .grant_type("refresh_token")
            .client_id(text(&token, "clientId").unwrap_or_default())
            .client_secret(client_secret.expose())
            .refresh_token(refresh_token.expose())
            .send();
        let secrets = [Some(&client_secret), Some(&refresh_token)];
        let answer = link.runtime.block_on(call).map_err(|error| match link.reason(&error, &secrets) {
            StsError::Refused { code, .. } if SIGNED_OUT.contains(&code.as_str()) => {
                SourceError::SignedOut("its sign-in has expired")
            }
            error => failed(error),
        })?;
        let access = answer.access_token.ok_or_else(garbage)?;
        for token in [Some(&access), answer.refresh_token.as_ref()].into_iter().flatten() {
            check_token(token).map_err(|problem| Service::Sso.returned_invalid("token", problem))?;
        }
        let ends = self.clock.now().plus(i64::from(answer.expires_in));
        token.insert("accessToken".to_owned(), json!(access));
        token.insert("expiresAt".to_owned(), json!(ends.rfc3339()));
        if let Some(refresh_token) = answer.refresh_token {
            token.insert("refreshToken".to_owned(), json!(refresh_token));
        }
        file.write(&before, &token);
        Ok(Secret::new(access))
    }
}

fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

struct SsoToken {
    access: Secret,
    left_seconds: i64,
    fields: TokenFields,
}

fn failed(error: StsError) -> SourceError {
    Service::Sso.failed(error)
}

fn garbage() -> SourceError {
    failed(StsError::Garbage)
}

impl SsoToken {
    fn of(fields: TokenFields, now: Timestamp) -> Result<Self, SourceError> {
        let found = text(&fields, "accessToken").zip(timestamp(&fields, "expiresAt"));
        let (access, ends) = found.ok_or(SourceError::SignedOut("its token is incomplete"))?;
        Ok(Self { access: Secret::from(access), left_seconds: ends.since(now), fields })
    }
}

/// Requires the fields for a renewal, and a client that is still registered.
pub(super) fn is_renewable(token: &TokenFields, now: Timestamp) -> bool {
    let has_all = ["refreshToken", "clientId", "clientSecret"].iter().all(|name| text(token, name).is_some());
    has_all && timestamp(token, "registrationExpiresAt").is_some_and(|ends| ends > now)
}
