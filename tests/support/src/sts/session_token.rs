//! `GetSessionToken`: temporary keys that act as the user, with or without MFA. As at AWS, temporary keys cannot call
//! it.

use chrono::{DateTime, Utc};

use super::caller::{Caller, Kind};
use super::constraint::{self, Constraints};
use super::{Params, Sts, document};
use crate::aws_error::AwsError;

const DEFAULT_SECONDS: i64 = 43_200;
const ROOT_SECONDS: i64 = 3600;

impl Sts {
    pub(super) fn get_session_token(
        &self,
        caller: &Caller,
        params: &Params,
        now: DateTime<Utc>,
    ) -> Result<String, AwsError> {
        let asked_seconds = Constraints::of(params)
            .optional(&constraint::SERIAL_NUMBER)
            .optional(&constraint::TOKEN_CODE)
            .duration(900, 129_600)?;
        if !matches!(caller.kind, Kind::LongTerm) {
            return Err(AwsError::access_denied("Cannot call GetSessionToken with session credentials"));
        }
        let mfa = self.check_mfa(caller, params, now)?;
        let denied = self.world().user_of_arn(&caller.arn).is_some_and(|user| user.get_session_token_denied);
        if denied {
            return Err(AwsError::access_denied(format!(
                "User: {} is not authorized to perform: sts:GetSessionToken on resource: * \
                 with an explicit deny in an identity-based policy",
                caller.arn
            )));
        }
        let seconds = asked_seconds.unwrap_or(DEFAULT_SECONDS);
        // AWS limits root to an hour instead of returning an error.
        let seconds = if caller.root { seconds.min(ROOT_SECONDS) } else { seconds };
        let session = Caller { kind: Kind::UserSession { mfa_at: mfa.then_some(now) }, ..caller.clone() };
        let credentials = self.open_session(session, None, seconds, now);
        Ok(document::credentials(&credentials))
    }
}
