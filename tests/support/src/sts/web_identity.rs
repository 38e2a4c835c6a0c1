//! `AssumeRoleWithWebIdentity`: checks that the account knows the token's provider and that the role trusts the
//! subject.
//!
//! The request is not signed: only the token proves the caller.

use chrono::{DateTime, Utc};

use super::caller::Caller;
use super::constraint::{self, Constraints};
use super::{Params, Sts, document};
use crate::aws_error::AwsError;
use crate::jwt;

const DEFAULT_SECONDS: i64 = 3600;

impl Sts {
    pub(crate) fn assume_role_with_web_identity(
        &self,
        params: &Params,
        now: DateTime<Utc>,
    ) -> Result<String, AwsError> {
        let asked_seconds = Constraints::of(params)
            .required(&constraint::ROLE_ARN)
            .required(&constraint::ROLE_SESSION_NAME)
            .required(&constraint::WEB_IDENTITY_TOKEN)
            .duration(900, 43_200)?;
        let invalid = |message: &str| AwsError::new(400, "InvalidIdentityToken", message);
        let token = &params["WebIdentityToken"];
        let (_, claims) = jwt::read(token).ok_or_else(|| invalid("The ID Token provided is not a valid JWT."))?;
        let world = self.world().clone();
        let issuer = claims["iss"].as_str().unwrap_or_default();
        let key = world
            .identity_provider_of(issuer)
            .ok_or_else(|| invalid(&format!("No OpenIDConnect provider found in your account for {issuer}")))?;
        jwt::verified(token, key).ok_or_else(|| invalid("Couldn't verify the signature of the token"))?;
        if claims["aud"] != "sts.amazonaws.com" && claims["aud"][0] != "sts.amazonaws.com" {
            return Err(invalid("Incorrect token audience"));
        }
        let ends = claims["exp"].as_i64().unwrap_or_default();
        if ends <= now.timestamp() {
            let message = format!(
                "Token expired: current date/time {} must be before the expiration date/time {ends}",
                now.timestamp()
            );
            return Err(AwsError::new(400, "ExpiredTokenException", message));
        }
        let subject = claims["sub"].as_str().unwrap_or_default();
        let trusts = |(url, trusted): &(String, String)| url == issuer && trusted == subject;
        let role = world.role_of_arn(&params["RoleArn"]).filter(|role| role.web_identities.iter().any(trusts));
        let role =
            role.ok_or_else(|| AwsError::access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity"))?;
        let seconds = asked_seconds.unwrap_or(DEFAULT_SECONDS);
        if seconds > i64::from(role.max_session_duration) {
            return Err(AwsError::validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        let session = Caller::of_role(role, &params["RoleSessionName"]);
        let keys = self.open_session(session.clone(), None, seconds, now);
        Ok(document::assumed_role(&session, &keys, params))
    }
}
