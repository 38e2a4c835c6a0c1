//! The contents of the simulated AWS: users with their keys and devices, roles with their trust policies.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::access_key::{AccessKey, KeyDelay};
use crate::jwt::Issuer;
use crate::totp::Device;

/// The double's users, roles and policies.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct World {
    users: Vec<User>,
    roles: Vec<Role>,
    /// Identity providers: URL and public key.
    providers: Vec<(String, Vec<u8>)>,
    /// The organisation's policy for its accounts.
    pub(crate) organisation: Option<Value>,
    /// The delay of keys that `CreateAccessKey` creates.
    pub(crate) key_delay: KeyDelay,
}

/// An IAM user, or the root of an account, with long-term access keys.
#[must_use]
#[derive(Clone, Debug)]
pub struct User {
    pub(crate) arn: String,
    pub(crate) keys: Vec<AccessKey>,
    pub(crate) devices: Vec<Device>,
    pub(crate) root: bool,
    pub(crate) assumable: Option<Vec<String>>,
    pub(crate) get_session_token_denied: bool,
    /// Inline policies by name. IAM's actions are evaluated against them, STS's are not.
    pub(crate) inline: Vec<(String, Value)>,
}

/// A role with its trust policy.
#[must_use]
#[derive(Clone, Debug)]
pub struct Role {
    pub(crate) arn: String,
    pub(crate) trusted: Vec<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) mfa_required: bool,
    pub(crate) mfa_max_age: Option<u32>,
    pub(crate) max_session_duration: u32,
    /// Providers and subjects with tokens for this role.
    pub(crate) web_identities: Vec<(String, String)>,
    /// Inline policies by name.
    pub(crate) inline: Vec<(String, Value)>,
    /// Its permissions boundary: ARN and policy.
    pub(crate) boundary: Option<(String, Value)>,
}

impl World {
    /// An empty world.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the user, or replaces the one with the same access key id.
    pub fn user(mut self, user: User) -> Self {
        self.put_user(user);
        self
    }

    /// Adds the role, or replaces the one with the same ARN.
    pub fn role(mut self, role: Role) -> Self {
        self.put_role(role);
        self
    }

    /// The role with this ARN.
    ///
    /// # Panics
    ///
    /// If the role does not exist.
    pub fn role_named(&self, arn: &str) -> &Role {
        self.role_of_arn(arn).unwrap_or_else(|| panic!("the world has no role {arn}"))
    }

    /// Adds the user, or replaces the one with the same access key id.
    pub fn put_user(&mut self, user: User) {
        self.users.retain(|known| !user.keys.iter().any(|key| known.key(key.id()).is_some()));
        self.users.push(user);
    }

    /// Whether the policies and the boundary of this role allow an action.
    pub fn allows(&self, role: &str, action: &str, resource: &str) -> bool {
        crate::iam::allows(self, role, action, resource)
    }

    /// Adds the role, or replaces the one with the same ARN.
    pub fn put_role(&mut self, role: Role) {
        self.remove_role(&role.arn);
        self.roles.push(role);
    }

    /// Adds this identity provider to the accounts.
    pub fn identity_provider(mut self, provider: &Issuer) -> Self {
        self.providers.push((provider.url().to_owned(), provider.public()));
        self
    }

    pub(crate) fn identity_provider_of(&self, url: &str) -> Option<&[u8]> {
        self.providers.iter().find(|(known, _)| known == url).map(|(_, key)| key.as_slice())
    }

    /// Deletes this access key, and its user if the user has no other key.
    pub fn remove_user(&mut self, access_key_id: &str) {
        self.users.retain(|known| known.key(access_key_id).is_none() || known.keys.len() > 1);
        self.delete_access_key(access_key_id);
    }

    /// The access keys of the user with this ARN, the oldest first.
    pub fn access_keys(&self, user_arn: &str) -> Vec<AccessKey> {
        self.users.iter().filter(|user| user.arn == user_arn).flat_map(|user| user.keys.clone()).collect()
    }

    /// The access key with this id.
    pub fn access_key(&self, id: &str) -> Option<&AccessKey> {
        self.users.iter().find_map(|user| user.key(id))
    }

    /// Activates or deactivates this access key, as an administrator does.
    ///
    /// # Panics
    ///
    /// If the key does not exist.
    pub fn set_access_key_active(&mut self, id: &str, active: bool) {
        self.access_key_mut(id).unwrap_or_else(|| panic!("the world has no access key {id}")).set_active(active);
    }

    /// Deletes this access key, as an administrator does. The user remains.
    pub fn delete_access_key(&mut self, id: &str) {
        for user in &mut self.users {
            user.keys.retain(|key| key.id() != id);
        }
    }

    pub(crate) fn access_key_mut(&mut self, id: &str) -> Option<&mut AccessKey> {
        self.users.iter_mut().flat_map(|user| &mut user.keys).find(|key| key.id() == id)
    }

    /// Adds an inline policy to the user with this ARN, or replaces the one of the same name.
    ///
    /// # Panics
    ///
    /// If the document is not valid JSON.
    pub fn put_user_policy(&mut self, user_arn: &str, name: &str, document: &str) {
        for user in self.users.iter_mut().filter(|user| user.arn == user_arn) {
            *user = user.clone().policy(name, document);
        }
    }

    /// Deletes the role.
    pub fn remove_role(&mut self, arn: &str) {
        self.roles.retain(|known| known.arn != arn);
    }

    pub(crate) fn user_of_key(&self, access_key_id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.key(access_key_id).is_some())
    }

    pub(crate) fn user_of_arn(&self, arn: &str) -> Option<&User> {
        self.users.iter().find(|user| user.arn == arn)
    }

    pub(crate) fn user_of_arn_mut(&mut self, arn: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.arn == arn)
    }

    pub(crate) fn user_of_name(&self, account: &str, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.account() == account && user.name() == Some(name))
    }

    pub(crate) fn role_of_arn(&self, arn: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.arn == arn)
    }

    pub(crate) fn role_of_name(&self, account: &str, name: &str) -> Option<&Role> {
        let prefix = format!(":{account}:role/");
        self.roles.iter().find(|role| role.arn.contains(&prefix) && role.arn.rsplit('/').next() == Some(name))
    }

    /// Limits the organisation's accounts to this policy, as JSON.
    ///
    /// # Panics
    ///
    /// If the document is not valid JSON.
    pub fn organisation(mut self, document: &str) -> Self {
        self.organisation = Some(json(document));
        self
    }

    pub(crate) fn device(&self, serial: &str) -> Option<&Device> {
        self.users.iter().find_map(|user| user.device_of(serial))
    }
}

impl User {
    /// A user without an MFA device who may assume every role that trusts the user.
    pub fn new(arn: impl Into<String>, access_key_id: impl Into<String>, secret_access_key: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            keys: vec![AccessKey::new(access_key_id, secret_access_key)],
            devices: Vec::new(),
            root: false,
            assumable: None,
            get_session_token_denied: false,
            inline: Vec::new(),
        }
    }

    /// The root of the account (12 digits) with its own access key.
    pub fn root(account: &str, access_key_id: impl Into<String>, secret_access_key: impl Into<String>) -> Self {
        let arn = format!("arn:aws:iam::{account}:root");
        Self { root: true, ..Self::new(arn, access_key_id, secret_access_key) }
    }

    /// Adds another access key.
    pub fn access_key(mut self, key: AccessKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the creation time of all keys so far.
    pub fn keys_created_at(mut self, at: DateTime<Utc>) -> Self {
        self.keys = self.keys.into_iter().map(|key| key.created_at(at)).collect();
        self
    }

    /// Adds an inline policy as JSON, or replaces the one of the same name. It affects IAM's actions. Without a policy,
    /// a user cannot call any of them.
    ///
    /// # Panics
    ///
    /// If the document is not valid JSON.
    pub fn policy(mut self, name: &str, document: &str) -> Self {
        self.inline.retain(|(known, _)| known != name);
        self.inline.push((name.to_owned(), json(document)));
        self
    }

    /// Lets the user manage the user's own access keys and list the user's MFA devices, by the policy in IAM's user
    /// guide.
    pub fn manages_own_keys(self) -> Self {
        self.policy(
            "ManageOwnAccessKeys",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Action": ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:GetAccessKeyLastUsed",
                    "iam:ListAccessKeys", "iam:ListMFADevices", "iam:UpdateAccessKey"],
                "Resource": "arn:aws:iam::*:user/${aws:username}"}]}"#,
        )
    }

    /// Adds an MFA device.
    pub fn device(mut self, device: Device) -> Self {
        self.devices.push(device);
        self
    }

    /// Limits the user's own policy to `sts:AssumeRole` on these role ARNs. By default it allows all of them.
    pub fn may_assume_only<I>(mut self, roles: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.assumable = Some(roles.into_iter().map(Into::into).collect());
        self
    }

    /// Denies the user `sts:GetSessionToken`.
    pub fn get_session_token_denied(mut self) -> Self {
        self.get_session_token_denied = true;
        self
    }

    /// The name without a path; `None` for root.
    pub(crate) fn name(&self) -> Option<&str> {
        self.arn.rsplit('/').next().filter(|_| !self.root)
    }

    pub(crate) fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    pub(crate) fn key(&self, id: &str) -> Option<&AccessKey> {
        self.keys.iter().find(|key| key.id() == id)
    }

    pub(crate) fn device_of(&self, serial: &str) -> Option<&Device> {
        self.devices.iter().find(|device| device.serial() == serial)
    }

    pub(crate) fn may_assume(&self, role_arn: &str) -> bool {
        self.assumable.as_ref().is_none_or(|roles| roles.iter().any(|role| role == role_arn))
    }
}

impl Role {
    /// A role without trusted principals and conditions, with sessions of at most 3600 seconds.
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            trusted: Vec::new(),
            external_id: None,
            mfa_required: false,
            mfa_max_age: None,
            max_session_duration: 3600,
            web_identities: Vec::new(),
            inline: Vec::new(),
            boundary: None,
        }
    }

    /// Adds an inline policy as JSON, or replaces the one of the same name.
    ///
    /// # Panics
    ///
    /// If the document is not valid JSON. This also applies to the other methods with a policy.
    pub fn policy(mut self, name: &str, document: &str) -> Self {
        self.inline.retain(|(known, _)| known != name);
        self.inline.push((name.to_owned(), json(document)));
        self
    }

    /// Sets the permissions boundary.
    pub fn bounded(mut self, arn: &str, document: &str) -> Self {
        self.boundary = Some((arn.to_owned(), json(document)));
        self
    }

    /// A role with this trust policy. The double supports principals, an external id, MFA and its age.
    ///
    /// # Panics
    ///
    /// If the document contains anything else about `sts:AssumeRole`.
    pub fn trusting(arn: impl Into<String>, document: &str) -> Self {
        let document = json(document);
        let statement = &document["Statement"][0];
        assert_eq!(statement["Action"], "sts:AssumeRole", "{document}");
        let mut role = Self::new(arn);
        match &statement["Principal"]["AWS"] {
            Value::String(one) => role = role.trusts(one),
            all => {
                for one in all.as_array().expect("principals") {
                    role = role.trusts(one.as_str().expect("a principal"));
                }
            }
        }
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            for (key, value) in keys.as_object().expect("keys") {
                let value = value.as_str().expect("one value");
                role = match (operator.as_str(), key.as_str()) {
                    ("StringEquals", "sts:ExternalId") => role.external_id(value),
                    ("Bool", "aws:MultiFactorAuthPresent") if value == "true" => role.mfa_required(),
                    ("NumericLessThan", "aws:MultiFactorAuthAge") => role.mfa_max_age(value.parse().expect("seconds")),
                    other => panic!("the double judges no {other:?}"),
                };
            }
        }
        role
    }

    /// Adds a principal to the trust policy: an account (12 digits or `arn:aws:iam::…:root`, both mean all its
    /// identities), a user's ARN or a role's ARN.
    pub fn trusts(mut self, principal: impl Into<String>) -> Self {
        self.trusted.push(principal.into());
        self
    }

    /// Trusts this subject of this identity provider.
    pub fn trusts_web_identity(mut self, provider: &Issuer, subject: impl Into<String>) -> Self {
        self.web_identities.push((provider.url().to_owned(), subject.into()));
        self
    }

    /// Requires this external id.
    pub fn external_id(mut self, external_id: impl Into<String>) -> Self {
        self.external_id = Some(external_id.into());
        self
    }

    /// Requires MFA (`aws:MultiFactorAuthPresent`).
    pub fn mfa_required(mut self) -> Self {
        self.mfa_required = true;
        self
    }

    /// Requires MFA of at most this age in seconds (`aws:MultiFactorAuthAge`).
    pub fn mfa_max_age(mut self, seconds: u32) -> Self {
        self.mfa_max_age = Some(seconds);
        self
    }

    /// Sets the longest session, in seconds (AWS allows 3600 to 43200).
    pub fn max_session_duration(mut self, seconds: u32) -> Self {
        self.max_session_duration = seconds;
        self
    }
}

fn json(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or_else(|error| panic!("{error}: {document}"))
}
