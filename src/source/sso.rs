//! The roles of IAM Identity Center: the AWS CLI's token, renewed where it can be, and the role that it is good for.

use std::time::Duration;

use aws_sdk_sso::Client as Portal;
use aws_sdk_ssooidc::Client as Oidc;
use serde_json::json;
use sha1::{Digest, Sha1};

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::core::hex::hex;
use crate::core::secret::Secret;
use crate::plan::sources::SsoBase;
use crate::source::error::{Service, SourceError};
use crate::source::sources::Sources;
use crate::sts::StsError;
use crate::token_files::{RENEW_BEFORE, Token, TokenFile, moment, text};

/// How the token service says that a person has to sign in again.
const SIGNED_OUT: [&str; 5] = [
    "InvalidGrantException",
    "ExpiredTokenException",
    "UnauthorizedClientException",
    "InvalidClientException",
    "AccessDeniedException",
];

impl Sources<'_> {
    pub(super) fn sso(&self, sso: &SsoBase, timeout: Duration) -> Result<Credentials, SourceError> {
        let SsoBase { session: _, start_url: _, region, account_id, role_name } = sso;
        let token = self.sso_token(sso, timeout)?;
        let url =
            self.endpoints.sso.clone().unwrap_or_else(|| format!("https://portal.sso.{}.amazonaws.com", region.value));
        let link = self.connections.link(&url).map_err(|error| Service::Sso.failed(error))?;
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
                SourceError::SignedOut("IAM Identity Center no longer takes its token")
            }
            error => Service::Sso.failed(error),
        })?;
        let garbage = || Service::Sso.failed(StsError::Garbage);
        let given = answer.role_credentials.ok_or_else(garbage)?;
        Ok(Credentials {
            access_key_id: given.access_key_id.ok_or_else(garbage)?,
            secret_access_key: Secret::new(given.secret_access_key.ok_or_else(garbage)?),
            session_token: given.session_token.map(Secret::new),
            // Milliseconds; 0 where the service does not say.
            expiration: (given.expiration > 0).then_some(Timestamp(given.expiration / 1000)),
            account_id: Some(account_id.value.clone()),
        })
    }

    /// The token of the sign-in. One with little left is renewed; where that fails it serves to its end.
    fn sso_token(&self, sso: &SsoBase, timeout: Duration) -> Result<Secret, SourceError> {
        let SsoBase { session, start_url, .. } = sso;
        let name = session.as_ref().map_or(&start_url.value, |session| &session.value);
        let file = TokenFile::new(self.sso_cache.join(hex(&Sha1::digest(name)) + ".json"));
        let now = self.clock.now();
        let signed_out = SourceError::SignedOut("nobody has signed in");
        let Found { access, left, token } = Found::of(file.read()?.ok_or(signed_out)?, now)?;
        // The AWS CLI never renews a token that belongs to a profile of its own start URL, and nothing is there to do so.
        if left > RENEW_BEFORE || (left > 0 && (session.is_none() || !is_renewable(&token, now))) {
            return Ok(access);
        }
        let look = || Some(Found::of(file.read().ok()??, now).ok()?).filter(|found| found.left > RENEW_BEFORE);
        let renewed = file.renewed(
            self.store,
            timeout,
            || look().map(|found| found.access),
            || {
                // Another process may have spent the refresh token that we have seen.
                let token = file.read()?.unwrap_or(token);
                if session.is_none() || !is_renewable(&token, now) {
                    return Err(SourceError::SignedOut("its sign-in is over"));
                }
                self.renew_sso(sso, token, &file, timeout)
            },
        );
        match renewed {
            Err(_) if left > 0 => Ok(access),
            other => other,
        }
    }

    fn renew_sso(
        &self,
        sso: &SsoBase,
        mut token: Token,
        file: &TokenFile,
        timeout: Duration,
    ) -> Result<Secret, SourceError> {
        let secret = |name| text(&token, name).map(Secret::from).unwrap_or_default();
        let (client_secret, refresh_token) = (secret("clientSecret"), secret("refreshToken"));
        let url = self.endpoints.sso_oidc.clone();
        let url = url.unwrap_or_else(|| format!("https://oidc.{}.amazonaws.com", sso.region.value));
        let link = self.connections.link(&url).map_err(|error| Service::Sso.failed(error))?;
        let mut config = aws_sdk_ssooidc::config::Builder::from(&link.config(&sso.region.value, timeout));
        config.set_endpoint_url(self.endpoints.sso_oidc.clone());
        let call = Oidc::from_conf(config.build())
            .create_token()
            .grant_type("refresh_token")
            .client_id(text(&token, "clientId").unwrap_or_default())
            .client_secret(client_secret.expose())
            .refresh_token(refresh_token.expose())
            .send();
        let answer = link.runtime.block_on(call);
        let answer =
            answer.map_err(|error| match link.reason(&error, &[Some(&client_secret), Some(&refresh_token)]) {
                StsError::Refused { code, .. } if SIGNED_OUT.contains(&code.as_str()) => {
                    SourceError::SignedOut("its sign-in is over")
                }
                error => Service::Sso.failed(error),
            })?;
        let access = answer.access_token.ok_or_else(|| Service::Sso.failed(StsError::Garbage))?;
        let ends = self.clock.now().plus(i64::from(answer.expires_in));
        token.insert("accessToken".to_owned(), json!(access));
        token.insert("expiresAt".to_owned(), json!(ends.rfc3339()));
        if let Some(refresh_token) = answer.refresh_token {
            token.insert("refreshToken".to_owned(), json!(refresh_token));
        }
        file.write(&token);
        Ok(Secret::new(access))
    }
}

/// A token that was found.
struct Found {
    access: Secret,
    /// Seconds that it still lasts.
    left: i64,
    token: Token,
}

impl Found {
    fn of(token: Token, now: Timestamp) -> Result<Self, SourceError> {
        let found = text(&token, "accessToken").zip(moment(&token, "expiresAt"));
        let (access, ends) = found.ok_or(SourceError::SignedOut("its token is not whole"))?;
        Ok(Self { access: Secret::from(access), left: ends.since(now), token })
    }
}

/// Whether the token has all that renewing takes, and the client that got it is still registered.
fn is_renewable(token: &Token, now: Timestamp) -> bool {
    let has_all = ["refreshToken", "clientId", "clientSecret"].iter().all(|name| text(token, name).is_some());
    has_all && moment(token, "registrationExpiresAt").is_some_and(|ends| ends > now)
}
