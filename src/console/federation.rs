//! The federation endpoint of AWS Sign-In.

use std::thread::sleep;
use std::time::Duration;

use form_urlencoded::Serializer;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::core::credentials::Credentials;
use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::core::utf8::without_mark;
use crate::sts::StsError;
use crate::sts::connections::Connections;
use crate::sts::form_call::{FormAnswer, FormCall};

const TIMEOUT: Duration = Duration::from_secs(15);
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

const METHOD_NOT_ALLOWED: u16 = 405;
const BAD_REQUEST: u16 = 400;

pub(crate) struct Federation<'a> {
    pub(crate) connections: &'a Connections,
    /// The URL of AWS Sign-In.
    pub(crate) endpoint: &'a str,
}

pub(crate) struct SignInToken {
    token: Secret,
    /// Whether AWS rejected the `SessionDuration`.
    pub(crate) is_without_duration: bool,
}

#[derive(Debug)]
pub(crate) enum FederationError {
    /// The status of a rejection. AWS explains it only in HTML.
    Rejected(u16),
    Call(StsError),
}

impl Federation<'_> {
    /// Exchanges a session for a token that is valid for 15 minutes. Repeats the call without `duration` if AWS rejects it.
    pub(crate) fn sign_in_token(
        &self,
        credentials: &Credentials,
        duration: Option<u32>,
    ) -> Result<SignInToken, FederationError> {
        match (self.token(credentials, duration), duration) {
            (Err(FederationError::Rejected(BAD_REQUEST)), Some(_)) => {
                let token = self.token(credentials, None)?;
                Ok(SignInToken { token, is_without_duration: true })
            }
            (token, _) => Ok(SignInToken { token: token?, is_without_duration: false }),
        }
    }

    fn token(&self, credentials: &Credentials, duration: Option<u32>) -> Result<Secret, FederationError> {
        let form = form(credentials, duration);
        // AWS documents GET, but a URL with keys ends up in the logs of proxies.
        let answer = match self.call(Some(&form))? {
            FormAnswer { status: METHOD_NOT_ALLOWED, .. } => self.call_by_get(&form)?,
            answer => answer,
        };
        match answer.status {
            200 => token_in(&answer.body).ok_or(FederationError::Call(StsError::Garbage)),
            status @ 400..=403 => Err(FederationError::Rejected(status)),
            429 => Err(FederationError::Call(StsError::Throttled)),
            status @ 500.. => Err(FederationError::Call(StsError::Server(status))),
            status => Err(FederationError::Call(StsError::ForeignError(status))),
        }
    }

    fn call(&self, form: Option<&str>) -> Result<FormAnswer, FederationError> {
        self.repeated(&FormCall { endpoint: self.endpoint, uri: &self.url(), form, timeout: TIMEOUT })
    }

    fn call_by_get(&self, query: &str) -> Result<FormAnswer, FederationError> {
        let uri = Zeroizing::new(format!("{}?{query}", self.url()));
        self.repeated(&FormCall { endpoint: self.endpoint, uri: &uri, form: None, timeout: TIMEOUT })
    }

    fn repeated(&self, call: &FormCall<'_>) -> Result<FormAnswer, FederationError> {
        let mut attempt = 1;
        loop {
            match call.send(self.connections) {
                Ok(answer) if attempt == ATTEMPTS || (answer.status < 500 && answer.status != 429) => {
                    return Ok(answer);
                }
                Err(error) if attempt == ATTEMPTS || !error.is_passing() => return Err(FederationError::Call(error)),
                _ => {}
            }
            sleep(PAUSE * attempt);
            attempt += 1;
        }
    }

    fn url(&self) -> String {
        format!("{}/federation", self.endpoint.trim_end_matches('/'))
    }

    /// The address that signs the browser in and opens `destination`.
    pub(crate) fn login_url(&self, token: &SignInToken, destination: &str) -> Secret {
        let query = Serializer::new(String::new())
            .append_pair("Action", "login")
            .append_pair("Issuer", "amplify-creds")
            .append_pair("Destination", destination)
            .append_pair("SigninToken", token.token.expose())
            .finish();
        Secret::new(format!("{}?{}", self.url(), Zeroizing::new(query).as_str()))
    }
}

fn form(credentials: &Credentials, duration: Option<u32>) -> Zeroizing<String> {
    let Credentials { access_key_id, secret_access_key, session_token, expiration: _, account_id: _ } = credentials;
    let session = Zeroizing::new(
        json!({
            "sessionId": access_key_id,
            "sessionKey": secret_access_key.expose(),
            "sessionToken": session_token.as_ref().map(Secret::expose),
        })
        .to_string(),
    );
    let mut form = Serializer::new(String::new());
    form.append_pair("Action", "getSigninToken");
    if let Some(seconds) = duration {
        form.append_pair("SessionDuration", &seconds.to_string());
    }
    Zeroizing::new(form.append_pair("Session", &session).finish())
}

fn token_in(body: &[u8]) -> Option<Secret> {
    let mut document: Map<String, Value> = serde_json::from_slice(without_mark(body)).ok()?;
    let Some(Value::String(token)) = document.remove("SigninToken") else { return None };
    let token = Secret::new(token);
    check_token(token.expose()).is_ok().then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_a_string_in_json() {
        assert_eq!(token_in(br#"{"SigninToken":"abc-_="}"#).unwrap().expose(), "abc-_=");
        for body in
            [&b"{}"[..], b"<html>", br#"{"SigninToken":1}"#, br#"{"SigninToken":""}"#, b"{\"SigninToken\":\"a\\nb\"}"]
        {
            assert!(token_in(body).is_none(), "{}", String::from_utf8_lossy(body));
        }
    }
}
