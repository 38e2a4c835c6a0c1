//! `AssumeRole`: evaluates the trust policy and limits the session's duration.
//!
//! A trust policy has principals, an external id and MFA; other conditions are not evaluated.

use chrono::{DateTime, TimeDelta, Utc};

use super::caller::{Caller, Kind};
use super::constraint::{self, Constraints};
use super::{Params, Sts, document};
use crate::aws_error::AwsError;
use crate::world::Role;

const DEFAULT_SECONDS: i64 = 3600;
const CHAINED_SECONDS: i64 = 3600;

impl Sts {
    pub(super) fn assume_role(&self, caller: &Caller, params: &Params, now: DateTime<Utc>) -> Result<String, AwsError> {
        let asked_seconds = Constraints::of(params)
            .required(&constraint::ROLE_ARN)
            .required(&constraint::ROLE_SESSION_NAME)
            .optional(&constraint::EXTERNAL_ID)
            .optional(&constraint::SERIAL_NUMBER)
            .optional(&constraint::TOKEN_CODE)
            .optional(&constraint::POLICY)
            .optional(&constraint::SOURCE_IDENTITY)
            .duration(900, 43_200)?;
        let role_arn = &params["RoleArn"];
        if !is_role_arn(role_arn) {
            return Err(AwsError::validation(format!("{role_arn} is invalid")));
        }
        if caller.root {
            return Err(AwsError::access_denied("Roles may not be assumed by root accounts."));
        }
        let mfa_at = if self.check_mfa(caller, params, now)? {
            Some(now)
        } else if let Kind::UserSession { mfa_at } = caller.kind {
            mfa_at
        } else {
            None
        };

        let world = self.world().clone();
        let allowed = world.user_of_arn(&caller.principal).is_none_or(|user| user.may_assume(role_arn));
        let external_id = params.get("ExternalId").map(String::as_str);
        let role = world
            .role_of_arn(role_arn)
            .filter(|role| allowed && trusts(role, caller, external_id, mfa_at, now))
            // AWS does not distinguish a missing role from one that denies the call.
            .ok_or_else(|| {
                AwsError::access_denied(format!(
                    "User: {} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
                    caller.arn
                ))
            })?;
        let seconds = session_seconds(role, caller, asked_seconds)?;

        let session = Caller::of_role(role, &params["RoleSessionName"]);
        let credentials = self.open_session(session.clone(), Some(caller), seconds, now);
        Ok(document::assumed_role(&session, &credentials, params))
    }
}

fn trusts(
    role: &Role,
    caller: &Caller,
    external_id: Option<&str>,
    mfa_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    let principal = role.trusted.iter().any(|trusted| caller.is_meant_by(trusted));
    let external_id = role.external_id.is_none() || role.external_id.as_deref() == external_id;
    let mfa = mfa_at.is_some() || !role.mfa_required;
    let recent = role.mfa_max_age.is_none_or(|seconds| {
        // As with `NumericLessThan` on `aws:MultiFactorAuthAge`: absent without MFA.
        mfa_at.is_some_and(|at| now - at < TimeDelta::seconds(i64::from(seconds)))
    });
    principal && external_id && mfa && recent
}

fn session_seconds(role: &Role, caller: &Caller, asked: Option<i64>) -> Result<i64, AwsError> {
    let seconds = asked.unwrap_or(DEFAULT_SECONDS);
    // Not only for a role: AWS limits every session's AssumeRole to an hour (99designs/aws-vault#263).
    if matches!(caller.kind, Kind::RoleSession | Kind::UserSession { .. }) && seconds > CHAINED_SECONDS {
        Err(AwsError::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining.",
        ))
    } else if seconds > i64::from(role.max_session_duration) {
        Err(AwsError::validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."))
    } else {
        Ok(seconds)
    }
}

fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [prefix, partition, service, region, account, resource] = parts[..] else {
        return false;
    };
    prefix == "arn"
        && partition.starts_with("aws")
        && service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_have_a_shape() {
        for good in ["arn:aws:iam::222222222222:role/R", "arn:aws-cn:iam::222222222222:role/path/R"] {
            assert!(is_role_arn(good), "{good}");
        }
        for bad in [
            "arn:aws:iam::222222222222:user/R",
            "arn:aws:iam::22222222222:role/R",
            "arn:aws:iam:us-east-1:222222222222:role/R",
            "arn:aws:sts::222222222222:role/R",
            "arn:aws:iam::222222222222:role/",
            "222222222222:role/RRRRRRRRRR",
        ] {
            assert!(!is_role_arn(bad), "{bad}");
        }
    }
}
