//! The roles of IAM Identity Center, fetched with the AWS CLI's token, which is renewed if possible.

use std::time::Duration;

use aws_sdk_sso::Client as Portal;
use aws_sdk_ssooidc::Client as Oidc;
use serde_json::json;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::plan::sources::{SsoBase, SsoSession};
use crate::source::endpoint_rules::ready;
use crate::source::error::{Service, SourceError};
use crate::source::registration::Registration;
use crate::source::sign_in_state::{SignInSession, is_renewable};
use crate::source::sources::Sources;
use crate::sts::StsError;
use crate::token_files::{
    RENEW_BEFORE, TokenFields, TokenFile, renewed_elsewhere, secret_id, text, timestamp, token_id,
};

const LOGOUT_TIMEOUT: Duration = Duration::from_secs(10);

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
        let SsoBase { session, account_id, role_name, .. } = sso;
        let region = &session.region;
        let token = self.sso_token(session, timeout)?;
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
            StsError::Refused { code, .. } if code == "UnauthorizedException" => SourceError::Rejected {
                why: "IAM Identity Center no longer accepts its token",
                token: secret_id(token.expose()),
            },
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

    /// Ends a session at the portal.
    pub(crate) fn sso_logout(&self, token: &Secret, region: &str) -> Result<(), SourceError> {
        let url = self.portal_url(region);
        let link = self.connections.link(&url).map_err(failed)?;
        let mut config = aws_sdk_sso::config::Builder::from(&link.config(region, LOGOUT_TIMEOUT));
        config.set_endpoint_url(self.endpoints.sso.clone());
        let call = Portal::from_conf(config.build()).logout().access_token(token.expose()).send();
        match link.runtime.block_on(call).map_err(|error| link.reason(&error, &[Some(token)])) {
            // Already ended.
            Err(StsError::Refused { code, .. }) if code == "UnauthorizedException" => Ok(()),
            Err(error) => Err(failed(error)),
            Ok(_) => Ok(()),
        }
    }

    /// The SDK's rules know the host of each partition.
    pub(super) fn portal_url(&self, region: &str) -> String {
        use aws_sdk_sso::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let by_rules = || {
            let params = Params::builder().region(region).build().ok()?;
            Some(ready(DefaultResolver::new().resolve_endpoint(&params))?.ok()?.url().to_owned())
        };
        let known = self.endpoints.sso.clone().or_else(by_rules);
        known.unwrap_or_else(|| format!("https://portal.sso.{region}.amazonaws.com"))
    }

    pub(crate) fn oidc_url(&self, region: &str) -> String {
        use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let by_rules = || {
            let params = Params::builder().region(region).build().ok()?;
            Some(ready(DefaultResolver::new().resolve_endpoint(&params))?.ok()?.url().to_owned())
        };
        let known = self.endpoints.sso_oidc.clone().or_else(by_rules);
        known.unwrap_or_else(|| format!("https://oidc.{region}.amazonaws.com"))
    }

    pub(crate) fn sso_token_file(&self, session: &SsoSession) -> TokenFile {
        SignInSession::of_sso(session).token_file(self.sso_cache, self.login_cache)
    }

    /// A token that expires soon is renewed. If that fails, it is used until it expires.
    pub(super) fn sso_token(&self, session: &SsoSession, timeout: Duration) -> Result<Secret, SourceError> {
        let file = self.sso_token_file(session);
        let now = self.clock.now();
        let signed_out = SourceError::SignedOut("no sign-in is cached");
        let SsoToken { access, left_seconds: left, fields: token } =
            SsoToken::of(file.read()?.ok_or(signed_out)?, now)?;
        // If the profile has its own start URL, the token has no data for a renewal, as in the AWS CLI.
        if left > RENEW_BEFORE || (left > 0 && (session.name.is_none() || !is_renewable(&token, now))) {
            return Ok(access);
        }
        let find_renewed = || {
            let found = SsoToken::of(file.read().ok()??, now).ok()?;
            (found.left_seconds > RENEW_BEFORE).then_some(found.access)
        };
        let renew = || {
            // Another process may have used the earlier refresh token.
            let token = file.read()?.unwrap_or(token);
            if session.name.is_none() || !is_renewable(&token, now) {
                return Err(SourceError::SignedOut("its sign-in has expired"));
            }
            file.check_renewable()?;
            self.renew_sso(session, token, &file, timeout).or_else(|error| match error {
                SourceError::Rejected { .. } => renewed_elsewhere(find_renewed).ok_or(error),
                error => Err(error),
            })
        };
        match file.renew_locked(self.store, timeout, find_renewed, renew) {
            Err(_) if left > 0 => Ok(access),
            other => other,
        }
    }

    fn renew_sso(
        &self,
        session: &SsoSession,
        mut token: TokenFields,
        file: &TokenFile,
        timeout: Duration,
    ) -> Result<Secret, SourceError> {
        let before = token.clone();
        let secret = |name| text(&token, name).map(Secret::from).unwrap_or_default();
        let (client_secret, refresh_token) = (secret("clientSecret"), secret("refreshToken"));
        let url = self.oidc_url(&session.region.value);
        let link = self.connections.link(&url).map_err(failed)?;
        let mut config = aws_sdk_ssooidc::config::Builder::from(&link.config(&session.region.value, timeout));
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
                if ["InvalidClientException", "UnauthorizedClientException"].contains(&code.as_str()) {
                    Registration::forget(self, session, text(&before, "clientId").unwrap_or_default());
                }
                SourceError::Rejected { why: "its sign-in has expired", token: token_id(&before) }
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

struct SsoToken {
    access: Secret,
    left_seconds: i64,
    fields: TokenFields,
}

pub(super) fn failed(error: StsError) -> SourceError {
    Service::Sso.failed(error)
}

pub(super) fn garbage() -> SourceError {
    failed(StsError::Garbage)
}

impl SsoToken {
    fn of(fields: TokenFields, now: Timestamp) -> Result<Self, SourceError> {
        let found = text(&fields, "accessToken").zip(timestamp(&fields, "expiresAt"));
        let (access, ends) = found.ok_or(SourceError::SignedOut("its token is incomplete"))?;
        Ok(Self { access: Secret::from(access), left_seconds: ends.since(now), fields })
    }
}
