//! The IAM actions on a user's access keys and MFA devices.

use chrono::{DateTime, Utc};

use super::{element, text};
use crate::access_key::{AccessKey, CREATED};
use crate::aws_error::AwsError;
use crate::sts::{Caller, Kind, Params};
use crate::world::{User, World};

/// IAM's quota `AccessKeysPerUser`. Inactive keys count.
const MOST_KEYS: usize = 2;

/// Whether an action is one of this module.
pub(super) fn includes(action: &str) -> bool {
    matches!(
        action,
        "CreateAccessKey"
            | "UpdateAccessKey"
            | "DeleteAccessKey"
            | "ListAccessKeys"
            | "GetAccessKeyLastUsed"
            | "ListMFADevices"
    )
}

/// The ARN of the user that a request is about. The user may be missing.
pub(super) fn resource(world: &World, caller: &Caller, params: &Params) -> Result<String, AwsError> {
    if params.get("Action").is_some_and(|action| action == "GetAccessKeyLastUsed") {
        let id = key_id(params)?;
        let owner = world.user_of_key(id).filter(|user| user.account() == caller.account());
        let own = || if is_user(caller) { caller.principal.clone() } else { "*".to_owned() };
        return Ok(owner.map_or_else(own, |user| user.arn.clone()));
    }
    match params.get("UserName") {
        Some(name) => Ok(world.user_of_name(caller.account(), name).map_or_else(
            || {
                let partition = caller.principal.split(':').nth(1).unwrap_or_default();
                format!("arn:{partition}:iam::{}:user/{name}", caller.account())
            },
            |user| user.arn.clone(),
        )),
        // The API references of these actions: for a temporary access key, UserName is required.
        None if is_session(caller) && params.get("Action").is_some_and(|action| action != "ListMFADevices") => {
            Err(AwsError::validation("Must specify userName when calling with non-User credentials"))
        }
        None if is_user(caller) => Ok(caller.principal.clone()),
        None => Err(AwsError::validation("Must specify userName when calling with non-User credentials")),
    }
}

/// Executes an allowed request about the user with this ARN. Returns the content of its result element.
pub(super) fn perform(
    world: &mut World,
    user_arn: &str,
    params: &Params,
    now: DateTime<Utc>,
) -> Result<String, AwsError> {
    let action = params.get("Action").map_or("", String::as_str);
    if action == "GetAccessKeyLastUsed" {
        let id = key_id(params)?;
        let user = world.user_of_key(id).filter(|user| user.arn == user_arn).ok_or_else(|| unknown_key_id(id))?;
        return Ok(last_used(user, user.key(id).ok_or_else(|| unknown_key_id(id))?));
    }
    let delay = world.key_delay.clone();
    let user = world.user_of_arn_mut(user_arn).ok_or_else(|| {
        let name = user_arn.rsplit('/').next().unwrap_or_default();
        AwsError::new(404, "NoSuchEntity", format!("The user with name {name} cannot be found."))
    })?;
    match action {
        "CreateAccessKey" => {
            if user.keys.len() >= MOST_KEYS {
                let message = format!("Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}");
                return Err(AwsError::new(409, "LimitExceeded", message));
            }
            let key = AccessKey::mint(now, delay);
            let secret = text("SecretAccessKey", key.secret());
            let result = element(
                "AccessKey",
                &(name_of(user) + &text("AccessKeyId", key.id()) + &status_of(&key) + &secret + &date_of(&key)),
            );
            user.keys.push(key);
            Ok(result)
        }
        "UpdateAccessKey" => {
            let id = key_id(params)?;
            let active = match params.get("Status").map(String::as_str) {
                Some("Active") => true,
                Some("Inactive") => false,
                status => {
                    return Err(invalid(status, "status", "Member must satisfy enum value set: [Active, Inactive]"));
                }
            };
            let key = user.keys.iter_mut().find(|key| key.id() == id).ok_or_else(|| unknown_key_id(id))?;
            key.set_active(active);
            Ok(String::new())
        }
        "DeleteAccessKey" => {
            let id = key_id(params)?;
            let index = user.keys.iter().position(|key| key.id() == id).ok_or_else(|| unknown_key_id(id))?;
            drop(user.keys.remove(index));
            Ok(String::new())
        }
        "ListAccessKeys" => {
            let member = |key: &AccessKey| {
                let inside = name_of(user) + &text("AccessKeyId", key.id()) + &status_of(key) + &date_of(key);
                element("member", &inside)
            };
            let members: String = user.keys.iter().map(member).collect();
            Ok(text("IsTruncated", "false") + &element("AccessKeyMetadata", &members))
        }
        _ => {
            let enabled = text("EnableDate", &date(CREATED));
            let member = |serial| element("member", &(name_of(user) + &text("SerialNumber", serial) + &enabled));
            let members: String = user.devices.iter().map(|device| member(device.serial())).collect();
            Ok(element("MFADevices", &members) + &text("IsTruncated", "false"))
        }
    }
}

fn is_user(caller: &Caller) -> bool {
    !matches!(caller.kind, Kind::RoleSession)
}

fn is_session(caller: &Caller) -> bool {
    matches!(caller.kind, Kind::UserSession { .. })
}

fn key_id(params: &Params) -> Result<&str, AwsError> {
    let id = params.get("AccessKeyId").map(String::as_str);
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    id.filter(|id| !id.is_empty() && id.bytes().all(word))
        .ok_or_else(|| invalid(id, "accessKeyId", r"Member must satisfy regular expression pattern: [\w]+"))
}

fn invalid(value: Option<&str>, name: &str, constraint: &str) -> AwsError {
    let (value, constraint) = match value {
        Some(value) => (format!("'{value}'"), constraint),
        None => ("null".to_owned(), "Member must not be null"),
    };
    AwsError::validation(format!(
        "1 validation error detected: Value {value} at '{name}' failed to satisfy constraint: {constraint}"
    ))
}

fn unknown_key_id(id: &str) -> AwsError {
    AwsError::new(404, "NoSuchEntity", format!("The Access Key with id {id} cannot be found."))
}

fn last_used(user: &User, key: &AccessKey) -> String {
    let inside = match key.last_used() {
        Some(last) => {
            text("Region", &last.region) + &text("LastUsedDate", &date(last.at)) + &text("ServiceName", &last.service)
        }
        None => text("Region", "N/A") + &text("ServiceName", "N/A"),
    };
    element("AccessKeyLastUsed", &inside) + &name_of(user)
}

/// IAM sends no name for the root of an account.
fn name_of(user: &User) -> String {
    user.name().map_or_else(String::new, |name| text("UserName", name))
}

fn status_of(key: &AccessKey) -> String {
    text("Status", key.status())
}

fn date_of(key: &AccessKey) -> String {
    text("CreateDate", &date(key.created()))
}

fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
