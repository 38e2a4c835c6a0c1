//! Whether the user is signed in, from the AWS CLI's token files. Does not use the network: AWS may still reject a token.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::core::clock::Timestamp;
use crate::core::digest::{sha1_hex, sha256_hex};
use crate::core::origin::Located;
use crate::plan::BaseSource;
use crate::plan::sources::{LoginBase, SsoSession};
use crate::source::sources::Sources;
use crate::token_files::{TokenFields, TokenFile, TokenFileError, text, timestamp, token_id};

/// AWS renews the credentials of `aws login` for at most 12 hours after the sign-in, in seconds.
const LONGEST_LOGIN: i64 = 12 * 3600;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SignInSession {
    /// The name of an `sso_session`.
    Sso(String),
    /// The start URL of a profile without an `sso_session`.
    StartUrl(String),
    /// The ARN in `login_session`.
    Login(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInState {
    SignedOut,
    /// The problem of the token file, without its values.
    Invalid(String),
    Token {
        expires: Timestamp,
        renewal: Renewal,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    Possible,
    /// There is a refresh token, but the client registration expired then.
    RegistrationExpired(Timestamp),
    Impossible,
}

impl SignInSession {
    /// `None` if the source needs no sign-in. The location is that of the session's name.
    pub fn of(source: &BaseSource) -> Option<Located<Self>> {
        let (session, from) = match source {
            BaseSource::Sso(sso) => {
                let SsoSession { name, start_url, .. } = &sso.session;
                (Self::of_sso(&sso.session), name.as_ref().map_or(&start_url.from, |name| &name.from))
            }
            BaseSource::Login(login) => (Self::of_login(login), &login.session.from),
            _ => return None,
        };
        Some(Located::new(session, from.clone()))
    }

    pub fn of_sso(session: &SsoSession) -> Self {
        match &session.name {
            Some(name) => Self::Sso(name.value.clone()),
            None => Self::StartUrl(session.start_url.value.clone()),
        }
    }

    pub fn of_login(login: &LoginBase) -> Self {
        Self::Login(login.session.value.trim().to_owned())
    }

    pub(crate) fn token_file(&self, sso_cache: &Path, login_cache: &Path) -> TokenFile {
        TokenFile::new(match self {
            Self::Sso(name) | Self::StartUrl(name) => sso_cache.join(sha1_hex(name) + ".json"),
            Self::Login(arn) => login_cache.join(sha256_hex(arn) + ".json"),
        })
    }
}

impl fmt::Display for SignInSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sso(name) => write!(f, "IAM Identity Center session {name}"),
            Self::StartUrl(url) => write!(f, "IAM Identity Center at {url}"),
            Self::Login(arn) => write!(f, "AWS Sign-In as {arn}"),
        }
    }
}

impl SignInState {
    fn of(session: &SignInSession, token: &TokenFields, now: Timestamp) -> Self {
        let access = match session {
            SignInSession::Login(_) => token.get("accessToken").and_then(Value::as_object),
            _ => text(token, "accessToken").map(|_| token),
        };
        let Some(expires) = access.and_then(|access| timestamp(access, "expiresAt")) else {
            return Self::Invalid("its token is incomplete".to_owned());
        };
        let has = |names: &[&str]| names.iter().all(|name| text(token, name).is_some());
        let registration = timestamp(token, "registrationExpiresAt").filter(|ends| *ends <= now);
        let renewal = match (session, registration) {
            (SignInSession::Login(_), _) if has(&["clientId", "refreshToken", "dpopKey"]) => {
                if now.since(expires) < LONGEST_LOGIN { Renewal::Possible } else { Renewal::Impossible }
            }
            (SignInSession::Sso(_), _) if is_renewable(token, now) => Renewal::Possible,
            (SignInSession::Sso(_), Some(ended)) if has(&["refreshToken"]) => Renewal::RegistrationExpired(ended),
            _ => Renewal::Impossible,
        };
        Self::Token { expires, renewal }
    }

    /// Whether only the user can get new credentials.
    pub fn needs_sign_in(&self, now: Timestamp) -> bool {
        match self {
            Self::SignedOut | Self::Invalid(_) => true,
            Self::Token { expires, renewal } => *expires <= now && *renewal != Renewal::Possible,
        }
    }
}

impl Sources<'_> {
    /// Whether there is a token that lasts or can be renewed, other than the `rejected` one.
    pub fn is_signed_in(&self, session: &SignInSession, rejected: Option<&str>) -> bool {
        let now = self.clock.now();
        let token = session.token_file(self.sso_cache, self.login_cache).read().ok().flatten();
        let token = token.filter(|token| rejected.is_none_or(|rejected| token_id(token) != rejected));
        token.is_some_and(|token| !SignInState::of(session, &token, now).needs_sign_in(now))
    }
}

/// Requires the fields for a renewal, and a client that is still registered.
pub(super) fn is_renewable(token: &TokenFields, now: Timestamp) -> bool {
    let has_all = ["refreshToken", "clientId", "clientSecret"].iter().all(|name| text(token, name).is_some());
    has_all && timestamp(token, "registrationExpiresAt").is_some_and(|ends| ends > now)
}

/// Reads each token file once.
pub struct SignInStates {
    sso_cache: PathBuf,
    login_cache: PathBuf,
    now: Timestamp,
    known: RefCell<HashMap<SignInSession, SignInState>>,
}

impl SignInStates {
    pub fn new(sso_cache: PathBuf, login_cache: PathBuf, now: Timestamp) -> Self {
        Self { sso_cache, login_cache, now, known: RefCell::default() }
    }

    pub fn get(&self, session: &SignInSession) -> SignInState {
        if let Some(known) = self.known.borrow().get(session) {
            return known.clone();
        }
        let state = match session.token_file(&self.sso_cache, &self.login_cache).read() {
            Ok(Some(token)) => SignInState::of(session, &token, self.now),
            Ok(None) => SignInState::SignedOut,
            Err(
                TokenFileError::Unusable(problem)
                | TokenFileError::Invalid { problem, .. }
                | TokenFileError::Inaccessible { problem, .. },
            ) => SignInState::Invalid(problem),
        };
        self.known.borrow_mut().insert(session.clone(), state.clone());
        state
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp(1_767_323_045);

    fn state(session: &SignInSession, token: &Value) -> SignInState {
        SignInState::of(session, token.as_object().unwrap(), NOW)
    }

    fn at(seconds: i64) -> String {
        NOW.plus(seconds).rfc3339()
    }

    #[test]
    fn token_of_a_session_is_renewable_while_its_registration_lasts() {
        let session = SignInSession::Sso("corp".to_owned());
        let token = |expires: i64, registration: i64| {
            json!({"accessToken": "a", "expiresAt": at(expires), "refreshToken": "r", "clientId": "c",
                "clientSecret": "s", "registrationExpiresAt": at(registration)})
        };
        for (expires, registration, expected, needs_sign_in) in [
            (60, 60, Renewal::Possible, false),
            (-60, 60, Renewal::Possible, false),
            (60, -60, Renewal::RegistrationExpired(NOW.plus(-60)), false),
            (-60, -60, Renewal::RegistrationExpired(NOW.plus(-60)), true),
        ] {
            let found = state(&session, &token(expires, registration));
            assert_eq!(found, SignInState::Token { expires: NOW.plus(expires), renewal: expected });
            assert_eq!(found.needs_sign_in(NOW), needs_sign_in, "{expires} {registration}");
        }
        let mut without = token(-60, 60);
        without["refreshToken"] = json!("");
        assert!(state(&session, &without).needs_sign_in(NOW));
        let legacy = SignInSession::StartUrl("https://corp.example/start".to_owned());
        assert!(state(&legacy, &token(-60, 60)).needs_sign_in(NOW), "the AWS CLI does not renew these tokens");
    }

    #[test]
    fn aws_login_is_renewable_for_12_hours() {
        let session = SignInSession::Login("arn".to_owned());
        let token = |expires: i64, refresh: &str| json!({"accessToken": {"expiresAt": at(expires)}, "clientId": "c", "refreshToken": refresh, "dpopKey": "k"});
        for (expires, refresh, needs_sign_in) in
            [(60, "", false), (-60, "r", false), (-60, "", true), (-LONGEST_LOGIN, "r", true)]
        {
            let found = state(&session, &token(expires, refresh));
            assert_eq!(found.needs_sign_in(NOW), needs_sign_in, "{expires} {refresh}");
        }
    }

    #[test]
    fn incomplete_token_is_invalid() {
        let session = SignInSession::Sso("corp".to_owned());
        for token in [json!({}), json!({"accessToken": "a"}), json!({"expiresAt": at(60)})] {
            assert!(matches!(state(&session, &token), SignInState::Invalid(_)), "{token}");
        }
        let login = SignInSession::Login("arn".to_owned());
        assert!(matches!(state(&login, &json!({"accessToken": at(60)})), SignInState::Invalid(_)));
    }

    #[test]
    fn token_file_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let states = SignInStates::new(dir.path().to_owned(), dir.path().to_owned(), NOW);
        let session = SignInSession::Sso("corp".to_owned());
        let file = dir.path().join(sha1_hex("corp") + ".json");
        std::fs::write(&file, json!({"accessToken": "a", "expiresAt": at(60)}).to_string()).unwrap();
        let first = states.get(&session);
        std::fs::remove_file(file).unwrap();
        assert_eq!(states.get(&session), first);
        assert_eq!(states.get(&SignInSession::Sso("other".to_owned())), SignInState::SignedOut);
    }
}
