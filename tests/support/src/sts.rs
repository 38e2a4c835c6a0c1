//! The STS actions: what each requires of its caller and returns.

mod assume_role;
mod caller;
mod constraint;
pub(crate) mod document;
mod session_token;
mod web_identity;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::aws_error::AwsError;
use crate::iam;
use crate::mint;
use crate::sigv4;
use crate::totp::Codes;
use crate::world::World;
pub(crate) use caller::{Caller, Kind};
use document::TemporaryKeys;

const VERSION: &str = "2011-06-15";

pub(crate) type Params = BTreeMap<String, String>;

/// The double also answers IAM's requests on the same port.
pub(crate) fn is_of_iam(params: &Params) -> bool {
    params.get("Version").is_some_and(|version| version == iam::VERSION)
}

/// The service: a world and its sessions.
#[derive(Debug, Default)]
pub(crate) struct Sts {
    world: Mutex<World>,
    sessions: Mutex<HashMap<String, Session>>,
    /// The duration of every session in seconds; 0 for the requested duration.
    shortened: AtomicI64,
    codes: Codes,
}

#[derive(Clone, Debug)]
struct Session {
    secret: String,
    token: String,
    expires: DateTime<Utc>,
    caller: Caller,
    /// Whether another role's session assumed the role.
    chained: bool,
}

/// The identity of keys that were issued as a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IssuedSession {
    pub(crate) arn: String,
    pub(crate) is_role: bool,
    pub(crate) chained: bool,
}

impl Sts {
    pub(crate) fn new(world: World) -> Self {
        Self { world: Mutex::new(world), ..Self::default() }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The key of a request; `None` if it is unknown, inactive or still delayed. Counts the request.
    pub(crate) fn key(&self, access_key_id: &str, now: DateTime<Utc>) -> Option<sigv4::Key> {
        if let Some(key) = self.world().access_key_mut(access_key_id) {
            return key.accepts_request(now).then(|| sigv4::Key { secret: key.secret().to_owned(), session: None });
        }
        let sessions = self.sessions();
        let session = sessions.get(access_key_id)?;
        Some(sigv4::Key {
            secret: session.secret.clone(),
            session: Some(sigv4::KeySession { token: session.token.clone(), expires: session.expires }),
        })
    }

    /// Records a verified request in its long-term key. Temporary keys have no last use.
    pub(crate) fn record_use(&self, signed: &sigv4::Credential, now: DateTime<Utc>) {
        if let Some(key) = self.world().access_key_mut(&signed.access_key_id) {
            key.record_use(now, &signed.service, &signed.region);
        }
    }

    /// Executes a request that is verified to be signed with this key, and returns the XML response.
    pub(crate) fn perform(
        &self,
        access_key_id: &str,
        params: &Params,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<String, AwsError> {
        let caller = self.caller(access_key_id)?;
        if is_of_iam(params) {
            return iam::perform(&mut self.world(), &caller, params, request_id, now);
        }
        let action = params.get("Action").map_or("", String::as_str);
        let version = params.get("Version").map_or("", String::as_str);
        let result = match (version, action) {
            (VERSION, "AssumeRole") => self.assume_role(&caller, params, now)?,
            (VERSION, "GetSessionToken") => self.get_session_token(&caller, params, now)?,
            (VERSION, "GetCallerIdentity") => document::caller_identity(&caller),
            (_, "") => {
                return Err(AwsError::new(
                    400,
                    "MissingAction",
                    "The request is missing an action or a required parameter.",
                ));
            }
            _ => {
                return Err(AwsError::new(
                    400,
                    "InvalidAction",
                    format!("Could not find operation {action} for version {version}"),
                ));
            }
        };
        Ok(document::answer(action, &result, request_id))
    }

    /// Executes the one action that is not signed.
    pub(crate) fn perform_unsigned(
        &self,
        params: &Params,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Option<Result<String, AwsError>> {
        const ACTION: &str = "AssumeRoleWithWebIdentity";
        let is_meant = params.get("Action").is_some_and(|action| action == ACTION);
        let answer = |result: String| document::answer(ACTION, &result, request_id);
        is_meant.then(|| self.assume_role_with_web_identity(params, now).map(answer))
    }

    /// Issues keys of this role without a request, as a service with the role does.
    pub(crate) fn keys_of_role(&self, arn: &str, session_name: &str, seconds: i64) -> TemporaryKeys {
        let world = self.world().clone();
        let role = world.role_of_arn(arn).unwrap_or_else(|| panic!("the world has no role {arn}"));
        self.open_session(Caller::of_role(role, session_name), None, seconds, Utc::now())
    }

    /// The session with exactly these keys; `None` if they are unknown, wrong or expired.
    pub(crate) fn issued(&self, id: &str, secret: &str, token: &str, now: DateTime<Utc>) -> Option<IssuedSession> {
        let sessions = self.sessions();
        let session = sessions.get(id)?;
        let is_valid = session.secret == secret && session.token == token && session.expires > now;
        is_valid.then(|| IssuedSession {
            arn: session.caller.arn.clone(),
            is_role: matches!(session.caller.kind, Kind::RoleSession),
            chained: session.chained,
        })
    }

    /// Sets the duration of every later session.
    pub(crate) fn shorten_sessions(&self, seconds: i64) {
        self.shortened.store(seconds, Ordering::SeqCst);
    }

    /// Makes all temporary keys so far expired.
    pub(crate) fn expire_sessions(&self) {
        for session in self.sessions().values_mut() {
            session.expires = DateTime::UNIX_EPOCH;
        }
    }

    fn caller(&self, access_key_id: &str) -> Result<Caller, AwsError> {
        if let Some(user) = self.world().user_of_key(access_key_id) {
            return Ok(Caller::of_user(user));
        }
        let sessions = self.sessions();
        let session = sessions.get(access_key_id);
        session.map(|session| session.caller.clone()).ok_or_else(AwsError::unknown_key)
    }

    /// Issues temporary keys for this caller.
    fn open_session(
        &self,
        caller: Caller,
        assumed_by: Option<&Caller>,
        seconds: i64,
        now: DateTime<Utc>,
    ) -> TemporaryKeys {
        let seconds = match self.shortened.load(Ordering::SeqCst) {
            0 => seconds,
            shortened => shortened,
        };
        let session = Session {
            secret: mint::secret_access_key(),
            token: mint::session_token(),
            expires: now + TimeDelta::seconds(seconds),
            caller,
            chained: assumed_by.is_some_and(|by| matches!(by.kind, Kind::RoleSession)),
        };
        let credentials = TemporaryKeys {
            access_key_id: mint::temporary_key_id(),
            secret_access_key: session.secret.clone(),
            session_token: session.token.clone(),
            expires: session.expires,
        };
        self.sessions().insert(credentials.access_key_id.clone(), session);
        credentials
    }

    /// Whether the request includes a valid code of the caller's device. A valid code is used up, even if the request
    /// fails later.
    fn check_mfa(&self, caller: &Caller, params: &Params, now: DateTime<Utc>) -> Result<bool, AwsError> {
        let (serial, code) = match (params.get("SerialNumber"), params.get("TokenCode")) {
            (None, None) => return Ok(false),
            (Some(serial), Some(code)) => (serial, code),
            _ => {
                return Err(AwsError::access_denied(
                    "MultiFactorAuthentication failed, must provide both MFA serial number and \
                     one time pass code. ",
                ));
            }
        };
        let world = self.world().clone();
        // A code requires a user's own keys, because temporary keys have no device.
        let device = match &caller.kind {
            Kind::LongTerm => world.user_of_arn(&caller.arn),
            Kind::UserSession { .. } | Kind::RoleSession => None,
        }
        .and_then(|user| user.device_of(serial))
        .ok_or_else(|| {
            AwsError::access_denied(
                "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify \
                 your MFA serial number is valid and associated with this user.",
            )
        })?;
        if self.codes.accept(device, code, now.timestamp().unsigned_abs()) {
            Ok(true)
        } else {
            Err(AwsError::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. "))
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
