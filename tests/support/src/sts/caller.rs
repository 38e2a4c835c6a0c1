//! The identity of a request, and whether a trust policy's principal matches it.

use chrono::{DateTime, Utc};

use crate::mint;
use crate::world::{Role, User};

/// The identity behind an access key.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The ARN that `GetCallerIdentity` shows and messages name.
    pub arn: String,
    /// The user's or role's ARN, which trust policies name.
    pub principal: String,
    /// The unique id that `GetCallerIdentity` shows.
    pub user_id: String,
    /// Whether this is an account's root.
    pub root: bool,
    /// What sort of keys the caller holds.
    pub kind: Kind,
}

/// The sorts of keys that differ in what they may do.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A user's own keys.
    LongTerm,
    /// Keys from `GetSessionToken`.
    UserSession {
        /// When MFA was given, if it was.
        mfa_at: Option<DateTime<Utc>>,
    },
    /// Keys from `AssumeRole`. Whatever MFA they were got with does not travel further.
    RoleSession,
}

impl Caller {
    /// A user with her own keys.
    pub(crate) fn of_user(user: &User) -> Self {
        let user_id = if user.root { account_of(&user.arn).to_owned() } else { mint::entity_id("AIDA", &user.arn) };
        Self { arn: user.arn.clone(), principal: user.arn.clone(), user_id, root: user.root, kind: Kind::LongTerm }
    }

    /// A role in the session of this name.
    pub(crate) fn of_role(role: &Role, session_name: &str) -> Self {
        // `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`: sessions keep the name and drop the path.
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

    /// The account, twelve digits.
    pub(crate) fn account(&self) -> &str {
        account_of(&self.principal)
    }

    /// Whether a principal of a trust policy means this caller.
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
