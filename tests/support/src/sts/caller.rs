//! The identity of a request, and whether a trust policy's principal matches it.

use chrono::{DateTime, Utc};

use crate::mint;
use crate::world::{Role, User};

/// The identity behind an access key.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The ARN in `GetCallerIdentity` and in messages.
    pub arn: String,
    /// The user's or role's ARN, which trust policies name.
    pub principal: String,
    /// The unique id in `GetCallerIdentity`.
    pub user_id: String,
    pub root: bool,
    pub kind: Kind,
}

/// The kinds of keys with different permissions.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A user's own keys.
    LongTerm,
    /// Keys from `GetSessionToken`.
    UserSession {
        /// The time of MFA; `None` without MFA.
        mfa_at: Option<DateTime<Utc>>,
    },
    /// Keys from `AssumeRole`. They drop the MFA context.
    RoleSession,
}

impl Caller {
    pub(crate) fn of_user(user: &User) -> Self {
        let user_id = if user.root { account_of(&user.arn).to_owned() } else { mint::entity_id("AIDA", &user.arn) };
        Self { arn: user.arn.clone(), principal: user.arn.clone(), user_id, root: user.root, kind: Kind::LongTerm }
    }

    pub(crate) fn of_role(role: &Role, session_name: &str) -> Self {
        // `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`: the ARN of a session keeps the name and omits the path.
        let name = role.arn.rsplit('/').next().unwrap_or_default();
        let partition = role.arn.split(':').nth(1).unwrap_or_default();
        let account = account_of(&role.arn);
        Self {
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"),
            principal: role.arn.clone(),
            user_id: format!("{}:{session_name}", mint::entity_id("AROA", &role.arn)),
            root: false,
            kind: Kind::RoleSession,
        }
    }

    pub(crate) fn account(&self) -> &str {
        account_of(&self.principal)
    }

    pub(crate) fn is_meant_by(&self, principal: &str) -> bool {
        principal == self.account()
            || principal == self.principal
            || principal == self.arn
            || (principal.ends_with(":root") && account_of(principal) == self.account())
    }
}

fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}
