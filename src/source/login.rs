//! The sessions of `aws login`, renewed with the key in the AWS CLI's file.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_signin::Client as SignIn;
use aws_sdk_signin::operation::create_o_auth2_token::CreateOAuth2TokenError;
use aws_sdk_signin::types::CreateOAuth2TokenRequestBody;
use serde_json::{Value, json};

use crate::core::base64;
use crate::core::clock::Timestamp;
use crate::core::credentials::{CLOCK_TOLERANCE_SECONDS, Credentials};
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::plan::limits::is_region;
use crate::plan::sources::LoginBase;
use crate::source::dpop::SigningKey;
use crate::source::endpoint_rules::ready;
use crate::source::error::{Service, SourceError};
use crate::source::sign_in_state::SignInSession;
use crate::source::sources::Sources;
use crate::sts::StsError;
use crate::sts::client::clock_offset;
use crate::token_files::{RENEW_BEFORE, TokenFields, TokenFile, renewed_elsewhere, text, timestamp, token_id};

/// Errors that do not depend on the time of a proof.
const NOT_OF_CLOCK: [&str; 4] =
    ["AUTHCODE_EXPIRED", "TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED", "INSUFFICIENT_PERMISSIONS"];

pub(crate) const DEFAULT_REGION: &str = "us-east-1";

impl Sources<'_> {
    /// Credentials that expire soon are renewed. If that fails, they are used until they expire.
    pub(super) fn login(&self, login: &LoginBase, timeout: Duration) -> Result<Credentials, SourceError> {
        let file = self.login_token_file(login);
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
            file.check_renewable()?;
            self.renew_login(login, token, &file, timeout).or_else(|error| match error {
                SourceError::Rejected { .. } => renewed_elsewhere(find_renewed).ok_or(error),
                error => Err(error),
            })
        };
        match file.renew_locked(self.store, timeout, find_renewed, renew) {
            Err(_) if left(&found) > 0 => Ok(found),
            other => other,
        }
    }

    pub(crate) fn login_token_file(&self, login: &LoginBase) -> TokenFile {
        SignInSession::of_login(login).token_file(self.sso_cache, self.login_cache)
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
        let region = region.unwrap_or(DEFAULT_REGION);
        // The region becomes part of the host name.
        if !is_region(region) {
            return Err(file.invalid("the signInRegion in its token file is not the name of a region").into());
        }
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client_id)
            .grant_type("refresh_token")
            .refresh_token(refresh_token)
            .build()
            .map_err(|error| failed(StsError::Setup(error.to_string())))?;
        let secret = Secret::from(refresh_token);
        let url = self.signin_url(region);
        let call = SignInCall { region, url: &url, key: &Arc::new(key), secret: &secret, timeout };
        let issued = self.signin_token(&call, body).map_err(|error| signed_out(error, &token))?;
        let account_id = token.get("accessToken").and_then(|access| access.get("accountId")).cloned();
        let before = token.clone();
        token.insert("accessToken".to_owned(), issued.access_token(account_id.as_ref()));
        token.insert("refreshToken".to_owned(), json!(issued.refresh_token.expose()));
        let renewed = members(&token)?.checked()?;
        file.write(&before, &token);
        Ok(renewed)
    }

    /// The SDK's rules know the host of each partition.
    pub(crate) fn signin_url(&self, region: &str) -> String {
        use aws_sdk_signin::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
        let by_rules = || {
            let params = Params::builder().region(region).is_control_plane(false).build().ok()?;
            Some(ready(DefaultResolver::new().resolve_endpoint(&params))?.ok()?.url().to_owned())
        };
        let known = self.endpoints.signin.clone().or_else(by_rules);
        known.unwrap_or_else(|| format!("https://{region}.signin.aws.amazon.com")).trim_end_matches('/').to_owned()
    }

    pub(crate) fn signin_token(
        &self,
        call: &SignInCall<'_>,
        body: CreateOAuth2TokenRequestBody,
    ) -> Result<IssuedLogin, SourceError> {
        let SignInCall { region, url, key, secret, timeout } = *call;
        let link = self.connections.link(url).map_err(failed)?;
        let mut config = aws_sdk_signin::config::Builder::from(&link.config(region, timeout));
        config.set_endpoint_url(Some(url.to_owned()));
        let now = self.clock.now();
        let request = SignIn::from_conf(config.build()).create_o_auth2_token().token_input(body).customize();
        let key = Arc::clone(key);
        let request = request.mutate_request(move |request| {
            // The service denies a request without a proof.
            if let Some(proof) = key.proof("POST", request.uri(), now) {
                request.headers_mut().insert("DPoP", proof);
            }
        });
        let answer = link.runtime.block_on(request.send()).map_err(|error| {
            let refused = match error.as_service_error() {
                Some(CreateOAuth2TokenError::AccessDeniedException(denied)) => Some(denied.error.as_str().to_owned()),
                _ => None,
            };
            let date = error.raw_response().and_then(|response| response.headers().get("date"));
            let offset = clock_offset(date).filter(|offset| offset.abs() > CLOCK_TOLERANCE_SECONDS);
            let error = match (refused, link.reason(&error, &[Some(secret)])) {
                (Some(code), StsError::Refused { message, .. }) => StsError::Refused { code, message },
                (_, error) => error,
            };
            // The proof contains the time (RFC 9449 section 4.2).
            match (offset, &error) {
                (Some(offset), StsError::Refused { code, .. }) if !NOT_OF_CLOCK.contains(&code.as_str()) => {
                    SourceError::ClockWrong { service: Service::SignIn, error, offset }
                }
                _ => failed(error),
            }
        })?;
        let given = answer.token_output.ok_or_else(garbage)?;
        let keys = given.access_token.filter(|_| given.expires_in > 0).ok_or_else(garbage)?;
        check_token(&given.refresh_token).map_err(|problem| Service::SignIn.returned_invalid("token", problem))?;
        Ok(IssuedLogin {
            access_key_id: keys.access_key_id,
            secret_access_key: Secret::new(keys.secret_access_key),
            session_token: Secret::new(keys.session_token),
            expires: now.plus(i64::from(given.expires_in)),
            token_type: given.token_type,
            refresh_token: Secret::new(given.refresh_token),
            id_token: given.id_token,
        })
    }
}

/// `secret` is removed from error messages.
#[derive(Clone, Copy)]
pub(crate) struct SignInCall<'a> {
    pub(crate) region: &'a str,
    pub(crate) url: &'a str,
    pub(crate) key: &'a Arc<SigningKey>,
    pub(crate) secret: &'a Secret,
    pub(crate) timeout: Duration,
}

pub(crate) struct IssuedLogin {
    access_key_id: String,
    secret_access_key: Secret,
    session_token: Secret,
    pub(crate) expires: Timestamp,
    pub(crate) token_type: String,
    pub(crate) refresh_token: Secret,
    pub(crate) id_token: Option<String>,
}

impl IssuedLogin {
    /// As in the AWS CLI's file.
    pub(crate) fn access_token(&self, account_id: Option<&Value>) -> Value {
        json!({
            "accessKeyId": self.access_key_id,
            "secretAccessKey": self.secret_access_key.expose(),
            "sessionToken": self.session_token.expose(),
            "accountId": account_id,
            "expiresAt": self.expires.rfc3339(),
        })
    }

    /// The subject of the id token, which came from the token endpoint itself and needs no check of its signature
    /// (OpenID Connect Core 3.1.3.7).
    pub(crate) fn identity(&self) -> Option<String> {
        let claims = base64::decode_url(self.id_token.as_ref()?.split('.').nth(1)?)?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        claims.get("sub").and_then(Value::as_str).filter(|arn| arn.starts_with("arn:")).map(str::to_owned)
    }
}

fn signed_out(error: SourceError, token: &TokenFields) -> SourceError {
    let why = match &error {
        SourceError::Service { error: StsError::Refused { code, .. }, .. } => match code.as_str() {
            "TOKEN_EXPIRED" => "its sign-in has expired",
            "USER_CREDENTIALS_CHANGED" => "the password was changed after the sign-in",
            _ => return error,
        },
        _ => return error,
    };
    SourceError::Rejected { why, token: token_id(token) }
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
