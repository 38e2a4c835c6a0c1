//! The sessions of `aws login`, renewed with the key in the AWS CLI's file.

use std::time::Duration;

use aws_sdk_signin::Client as SignIn;
use aws_sdk_signin::operation::create_o_auth2_token::CreateOAuth2TokenError;
use aws_sdk_signin::types::{CreateOAuth2TokenRequestBody, OAuth2ErrorCode};
use serde_json::{Value, json};

use crate::core::credentials::Credentials;
use crate::core::digest::sha256_hex;
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::plan::limits::is_region;
use crate::plan::sources::LoginBase;
use crate::source::dpop::SigningKey;
use crate::source::error::{Service, SourceError};
use crate::source::sources::Sources;
use crate::sts::StsError;
use crate::token_files::{RENEW_BEFORE, TokenFields, TokenFile, text, timestamp};

const REGION: &str = "us-east-1";

impl Sources<'_> {
    /// Credentials that expire soon are renewed. If that fails, they are used until they expire.
    pub(super) fn login(&self, login: &LoginBase, timeout: Duration) -> Result<Credentials, SourceError> {
        let file = TokenFile::new(self.login_cache.join(sha256_hex(login.session.value.trim()) + ".json"));
        let now = self.clock.now();
        let token = file.read()?.ok_or(SourceError::SignedOut("no sign-in is cached"))?;
        let found = credentials(&token, &file)?;
        let left = |found: &Credentials| found.expiration.map_or(0, |ends| ends.since(now));
        if left(&found) > RENEW_BEFORE {
            return Ok(found);
        }
        let find_renewed = || credentials(&file.read().ok()??, &file).ok().filter(|found| left(found) > RENEW_BEFORE);
        let renew = || {
            // Another process may have used the earlier refresh token.
            let token = file.read()?.unwrap_or(token);
            self.renew_login(login, token, &file, timeout)
        };
        match file.renew_locked(self.store, timeout, find_renewed, renew) {
            Err(_) if left(&found) > 0 => Ok(found),
            other => other,
        }
    }

    fn renew_login(
        &self,
        login: &LoginBase,
        mut token: TokenFields,
        file: &TokenFile,
        timeout: Duration,
    ) -> Result<Credentials, SourceError> {
        let missing = SourceError::SignedOut("its session cannot be renewed");
        let all = text(&token, "clientId").zip(text(&token, "refreshToken")).zip(text(&token, "dpopKey"));
        let ((client_id, refresh_token), key) = all.ok_or(missing)?;
        let key = SigningKey::parse(key).ok_or(SourceError::SignedOut("the key of its session cannot be read"))?;
        let region = text(&token, "signInRegion").or(login.region.as_ref().map(|region| region.value.as_str()));
        let endpoint = self.endpoints.signin.clone();
        let region = region.unwrap_or(REGION);
        // The region becomes part of the host name.
        if !is_region(region) {
            return Err(file.invalid("the signInRegion in its token file is not the name of a region").into());
        }
        let url = endpoint.clone().unwrap_or_else(|| format!("https://{region}.signin.aws.amazon.com"));
        let link = self.connections.link(&url).map_err(failed)?;
        let mut config = aws_sdk_signin::config::Builder::from(&link.config(region, timeout));
        config.set_endpoint_url(endpoint);
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client_id)
            .grant_type("refresh_token")
            .refresh_token(refresh_token)
            .build()
            .map_err(|error| failed(StsError::Setup(error.to_string())))?;
        let now = self.clock.now();
        let secret = Secret::from(refresh_token);
        let call = SignIn::from_conf(config.build())
            .create_o_auth2_token()
            .token_input(body)
            .customize()
            .mutate_request(move |request| {
                // The service denies a request without a proof.
                if let Some(proof) = key.proof("POST", request.uri(), now) {
                    request.headers_mut().insert("DPoP", proof);
                }
            })
            .send();
        let answer = link.runtime.block_on(call).map_err(|error| match error.as_service_error() {
            Some(CreateOAuth2TokenError::AccessDeniedException(denied)) => match denied.error {
                OAuth2ErrorCode::TokenExpired => SourceError::SignedOut("its sign-in has expired"),
                OAuth2ErrorCode::UserCredentialsChanged => {
                    SourceError::SignedOut("the password was changed after the sign-in")
                }
                _ => failed(link.reason(&error, &[Some(&secret)])),
            },
            _ => failed(link.reason(&error, &[Some(&secret)])),
        })?;
        let given = answer.token_output.ok_or_else(garbage)?;
        let keys = given.access_token.ok_or_else(garbage)?;
        let account_id = token.get("accessToken").and_then(|access| access.get("accountId")).cloned();
        let access = json!({
            "accessKeyId": keys.access_key_id,
            "secretAccessKey": keys.secret_access_key,
            "sessionToken": keys.session_token,
            "accountId": account_id,
            "expiresAt": now.plus(i64::from(given.expires_in)).rfc3339(),
        });
        check_token(&given.refresh_token).map_err(|problem| Service::SignIn.returned_invalid("token", problem))?;
        let before = token.clone();
        token.insert("accessToken".to_owned(), access);
        token.insert("refreshToken".to_owned(), json!(given.refresh_token));
        let renewed = members(&token)?.checked()?;
        file.write(&before, &token);
        Ok(renewed)
    }
}

fn failed(error: StsError) -> SourceError {
    Service::SignIn.failed(error)
}

fn garbage() -> SourceError {
    failed(StsError::Garbage)
}

fn credentials(token: &TokenFields, file: &TokenFile) -> Result<Credentials, SourceError> {
    let found = members(token)?.checked();
    Ok(found.map_err(|error| file.invalid(format!("{error}, in its token file")))?)
}

fn members(token: &TokenFields) -> Result<Credentials, SourceError> {
    let access = token.get("accessToken").and_then(Value::as_object);
    let whole = || {
        let access = access?;
        let expiration = timestamp(access, "expiresAt")?;
        Some(Credentials {
            access_key_id: text(access, "accessKeyId")?.to_owned(),
            secret_access_key: text(access, "secretAccessKey")?.into(),
            session_token: Some(text(access, "sessionToken")?.into()),
            expiration: Some(expiration),
            account_id: text(access, "accountId").map(str::to_owned),
        })
    };
    whole().ok_or(SourceError::SignedOut("its session is incomplete"))
}
