//! IAM's actions on a user's access keys and MFA devices.

mod client;

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use client::{Answer, Keys};
use test_support::biz_corp::{ACCESS_KEY_ID, MFA_SEED, MFA_SERIAL, NO_MFA_ROLE, SECRET_ACCESS_KEY, USER_ARN};
use test_support::{AccessKey, Device, FakeSts, Fault, LastUse, Role, User, World};

const OTHER_ARN: &str = "arn:aws:iam::111111111111:user/team/other";
const OTHER_KEY: &str = "AKIAOTHER";
const INVALID: &str = "The security token included in the request is invalid.";
const ALL: [&str; 6] = [
    "CreateAccessKey",
    "UpdateAccessKey",
    "DeleteAccessKey",
    "ListAccessKeys",
    "GetAccessKeyLastUsed",
    "ListMFADevices",
];

fn developer() -> User {
    User::new(USER_ARN, ACCESS_KEY_ID, SECRET_ACCESS_KEY).device(Device::new(MFA_SERIAL, MFA_SEED))
}

fn start_with(user: User) -> FakeSts {
    FakeSts::start(World::biz_corp().user(user))
}

/// An action on the developer's key with all its parameters.
fn call(keys: &Keys, sts: &FakeSts, action: &str, more: &[(&str, &str)]) -> Answer {
    let mut params = match action {
        "UpdateAccessKey" => vec![("AccessKeyId", ACCESS_KEY_ID), ("Status", "Active")],
        "DeleteAccessKey" | "GetAccessKeyLastUsed" => vec![("AccessKeyId", ACCESS_KEY_ID)],
        _ => Vec::new(),
    };
    params.extend_from_slice(more);
    keys.call_iam(sts, action, &params)
}

fn create(sts: &FakeSts) -> Keys {
    let answer = Keys::developer().call_iam(sts, "CreateAccessKey", &[]);
    answer.assert_ok();
    Keys::long_term(&answer.element("AccessKeyId"), &answer.element("SecretAccessKey"))
}

fn set_status(keys: &Keys, sts: &FakeSts, id: &str, status: &str) -> Answer {
    keys.call_iam(sts, "UpdateAccessKey", &[("AccessKeyId", id), ("Status", status)])
}

fn time(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").unwrap().and_utc()
}

/// The id of each key of the developer, and whether it is active.
fn states(sts: &FakeSts) -> Vec<(String, bool)> {
    sts.access_keys(USER_ARN).iter().map(|key| (key.id().to_owned(), key.is_active())).collect()
}

#[test]
fn key_is_created_deactivated_and_deleted() {
    let sts = FakeSts::start(World::biz_corp());
    let before = Utc::now() - TimeDelta::seconds(1);
    let created = Keys::developer().call_iam(&sts, "CreateAccessKey", &[]);
    created.assert_ok();
    let new = Keys::long_term(&created.element("AccessKeyId"), &created.element("SecretAccessKey"));
    assert!(new.id.starts_with("AKIA") && new.id.len() == 20, "{}", new.id);
    assert_eq!(new.secret.len(), 40);
    assert_eq!((created.element("UserName").as_str(), created.element("Status").as_str()), ("devcorpuser", "Active"));
    let at = time(&created.element("CreateDate"));
    assert!(before <= at && at <= Utc::now(), "{at}");
    assert!(
        created.text().starts_with(
            "<CreateAccessKeyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <CreateAccessKeyResult><AccessKey><UserName>devcorpuser</UserName>"
        ),
        "{}",
        created.text()
    );
    assert_eq!(new.call(&sts, "GetCallerIdentity", &[]).element("Arn"), USER_ARN);
    assert_eq!(states(&sts), [(ACCESS_KEY_ID.to_owned(), true), (new.id.clone(), true)]);
    assert_eq!(sts.access_keys(USER_ARN)[1].secret(), new.secret);

    let changed = set_status(&new, &sts, ACCESS_KEY_ID, "Inactive");
    assert!(!changed.assert_ok().text().contains("Result"), "{}", changed.text());
    assert_eq!(states(&sts)[0], (ACCESS_KEY_ID.to_owned(), false));
    let deleted = new.call_iam(&sts, "DeleteAccessKey", &[("AccessKeyId", ACCESS_KEY_ID)]);
    assert!(!deleted.assert_ok().text().contains("Result"), "{}", deleted.text());
    assert_eq!(states(&sts), [(new.id.clone(), true)]);
    assert_eq!(sts.succeeded("CreateAccessKey"), 1);
    let call = sts.calls().pop().unwrap();
    assert_eq!((call.action.as_str(), call.param("AccessKeyId")), ("DeleteAccessKey", Some(ACCESS_KEY_ID)));
    assert_eq!((call.access_key_id, call.region.as_deref()), (Some(new.id), Some("us-east-1")));
}

#[test]
fn keys_are_listed_with_status_and_creation() {
    let created = time("2026-02-03T04:05:06Z");
    let second = AccessKey::new("AKIASECOND", "s").created_at(created).inactive();
    let sts = start_with(developer().access_key(second).manages_own_keys());
    let listed = Keys::developer().call_iam(&sts, "ListAccessKeys", &[]);
    let expected = format!(
        "<ListAccessKeysResult><IsTruncated>false</IsTruncated><AccessKeyMetadata>\
         <member><UserName>devcorpuser</UserName><AccessKeyId>{ACCESS_KEY_ID}</AccessKeyId><Status>Active</Status>\
         <CreateDate>2025-01-15T10:00:00Z</CreateDate></member>\
         <member><UserName>devcorpuser</UserName><AccessKeyId>AKIASECOND</AccessKeyId><Status>Inactive</Status>\
         <CreateDate>2026-02-03T04:05:06Z</CreateDate></member></AccessKeyMetadata></ListAccessKeysResult>"
    );
    assert!(listed.assert_ok().text().contains(&expected), "{}", listed.text());
    let sts = start_with(developer().keys_created_at(created).manages_own_keys());
    assert_eq!(Keys::developer().call_iam(&sts, "ListAccessKeys", &[]).element("CreateDate"), "2026-02-03T04:05:06Z");
}

#[test]
fn third_key_exceeds_quota() {
    let quota = "Cannot exceed quota for AccessKeysPerUser: 2";
    let sts = FakeSts::start(World::biz_corp());
    let new = create(&sts);
    let third = || Keys::developer().call_iam(&sts, "CreateAccessKey", &[]);
    third().assert_error(409, "LimitExceeded", quota);
    set_status(&Keys::developer(), &sts, &new.id, "Inactive").assert_ok();
    third().assert_error(409, "LimitExceeded", quota);
    Keys::developer().call_iam(&sts, "DeleteAccessKey", &[("AccessKeyId", &new.id)]).assert_ok();
    third().assert_ok();
}

#[test]
fn inactive_and_deleted_keys_are_rejected() {
    let sts = FakeSts::start(World::biz_corp());
    let new = create(&sts);
    let role = Keys::of(&new.assume(&sts, NO_MFA_ROLE, &[]));
    let rejected = |state: &str| {
        for answer in [
            new.call(&sts, "GetCallerIdentity", &[]),
            new.assume(&sts, NO_MFA_ROLE, &[]),
            new.call(&sts, "GetSessionToken", &[]),
            new.call_iam(&sts, "ListAccessKeys", &[]),
        ] {
            assert_eq!(answer.status, 403, "{state}");
            answer.assert_error(403, "InvalidClientTokenId", INVALID);
        }
    };
    new.call(&sts, "GetCallerIdentity", &[]).assert_ok();
    set_status(&Keys::developer(), &sts, &new.id, "Inactive").assert_ok();
    rejected("inactive");
    set_status(&Keys::developer(), &sts, &new.id, "Active").assert_ok();
    new.call(&sts, "GetCallerIdentity", &[]).assert_ok();
    sts.edit_world(|world| world.set_access_key_active(&new.id, false));
    rejected("inactive by an administrator");
    Keys::developer().call_iam(&sts, "DeleteAccessKey", &[("AccessKeyId", &new.id)]).assert_ok();
    rejected("deleted");
    role.call(&sts, "GetCallerIdentity", &[]).assert_ok();
}

#[test]
fn key_deactivates_and_deletes_itself() {
    for action in ["UpdateAccessKey", "DeleteAccessKey"] {
        let sts = FakeSts::start(World::biz_corp());
        call(&Keys::developer(), &sts, action, &[("Status", "Inactive")]).assert_ok();
        Keys::developer().call(&sts, "GetCallerIdentity", &[]).assert_error(403, "InvalidClientTokenId", INVALID);
    }
}

#[test]
fn unknown_names_and_ids_do_not_exist() {
    let any = r#"{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}"#;
    let other = User::new(OTHER_ARN, OTHER_KEY, "s").device(Device::new("other-device", "seed"));
    let sts = FakeSts::start(World::biz_corp().user(developer().policy("Admin", any)).user(other));
    for action in ALL.into_iter().filter(|action| *action != "GetAccessKeyLastUsed") {
        let answer = call(&Keys::developer(), &sts, action, &[("UserName", "missing")]);
        answer.assert_error(404, "NoSuchEntity", "The user with name missing cannot be found.");
    }
    // The key of another user is unknown without the other user's name.
    for id in ["AKIAMISSING", OTHER_KEY] {
        for action in ["UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed"] {
            if (action, id) == ("GetAccessKeyLastUsed", OTHER_KEY) {
                continue;
            }
            let answer = call(&Keys::developer(), &sts, action, &[("AccessKeyId", id)]);
            answer.assert_error(404, "NoSuchEntity", &format!("The Access Key with id {id} cannot be found."));
        }
    }
    let admin = Keys::developer();
    let named = [("UserName", "other")];
    assert_eq!(admin.call_iam(&sts, "ListAccessKeys", &named).element("AccessKeyId"), OTHER_KEY);
    assert_eq!(admin.call_iam(&sts, "ListMFADevices", &named).element("SerialNumber"), "other-device");
    let last = admin.call_iam(&sts, "GetAccessKeyLastUsed", &[("AccessKeyId", OTHER_KEY)]);
    assert_eq!(last.element("UserName"), "other");
    let params = [("UserName", "other"), ("AccessKeyId", OTHER_KEY), ("Status", "Inactive")];
    admin.call_iam(&sts, "UpdateAccessKey", &params).assert_ok();
    assert!(!sts.access_keys(OTHER_ARN)[0].is_active());
}

#[test]
fn policy_decides_on_every_action() {
    let deny = r#"{"Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}"#;
    let denied = |action: &str, user: &str, reason: &str| {
        format!("User: {USER_ARN} is not authorized to perform: iam:{action} on resource: user {user} {reason}")
    };
    for action in ALL {
        let absent = format!("because no identity-based policy allows the iam:{action} action");
        let sts = start_with(developer());
        let answer = call(&Keys::developer(), &sts, action, &[]);
        answer.assert_error(403, "AccessDenied", &denied(action, "devcorpuser", &absent));

        let sts = start_with(developer().manages_own_keys().policy("NoIam", deny));
        let answer = call(&Keys::developer(), &sts, action, &[]);
        let explicit = "with an explicit deny in an identity-based policy";
        answer.assert_error(403, "AccessDenied", &denied(action, "devcorpuser", explicit));

        let world = World::biz_corp().organisation(deny);
        let answer = call(&Keys::developer(), &FakeSts::start(world), action, &[]);
        let organisation = "with an explicit deny in a service control policy";
        answer.assert_error(403, "AccessDenied", &denied(action, "devcorpuser", organisation));

        // The user's own name is optional, another name is another resource.
        let sts = FakeSts::start(World::biz_corp().user(User::new(OTHER_ARN, OTHER_KEY, "s")));
        call(&Keys::developer(), &sts, action, &[("UserName", "devcorpuser")]).assert_ok();
        let sts = FakeSts::start(World::biz_corp().user(User::new(OTHER_ARN, OTHER_KEY, "s")));
        let other: &[_] =
            if action == "GetAccessKeyLastUsed" { &[("AccessKeyId", OTHER_KEY)] } else { &[("UserName", "other")] };
        let answer = call(&Keys::developer(), &sts, action, other);
        answer.assert_error(403, "AccessDenied", &denied(action, "other", &absent));
        assert_eq!(sts.calls()[0].error_code(), Some("AccessDenied"));
    }
}

#[test]
fn session_without_mfa_cannot_call_iam() {
    for action in ALL {
        let sts = FakeSts::start(World::biz_corp());
        let plain = Keys::of(&Keys::developer().call(&sts, "GetSessionToken", &[]));
        call(&plain, &sts, action, &[]).assert_error(403, "InvalidClientTokenId", INVALID);
        let code = sts.next_unused_code(MFA_SERIAL);
        let mfa = [("SerialNumber", MFA_SERIAL), ("TokenCode", code.as_str())];
        let session = Keys::of(&Keys::developer().call(&sts, "GetSessionToken", &mfa));
        call(&session, &sts, action, &[("UserName", "devcorpuser")]).assert_ok();
    }
    let sts = FakeSts::start(World::biz_corp());
    let plain = Keys::of(&Keys::developer().call(&sts, "GetSessionToken", &[]));
    let role = plain.call_iam(&sts, "GetRole", &[("RoleName", "NoMfa")]);
    role.assert_error(403, "InvalidClientTokenId", INVALID);
}

#[test]
fn policy_can_require_mfa() {
    let deny = r#"{"Statement": {"Effect": "Deny", "NotAction": "iam:ListMFADevices", "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}}"#;
    let require = r#"{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}"#;
    let session = |sts: &FakeSts| {
        let code = sts.next_unused_code(MFA_SERIAL);
        let mfa = [("SerialNumber", MFA_SERIAL), ("TokenCode", code.as_str())];
        Keys::of(&Keys::developer().call(sts, "GetSessionToken", &mfa))
    };
    let sts = start_with(developer().policy("Require", require));
    assert_eq!(Keys::developer().call_iam(&sts, "ListAccessKeys", &[]).element("Code"), "AccessDenied");
    session(&sts).call_iam(&sts, "ListAccessKeys", &[("UserName", "devcorpuser")]).assert_ok();
    // Long-term keys have no such context key, so that BoolIfExists matches.
    let sts = start_with(developer().manages_own_keys().policy("Deny", deny));
    assert_eq!(Keys::developer().call_iam(&sts, "ListAccessKeys", &[]).element("Code"), "AccessDenied");
    Keys::developer().call_iam(&sts, "ListMFADevices", &[]).assert_ok();
    session(&sts).call_iam(&sts, "ListAccessKeys", &[("UserName", "devcorpuser")]).assert_ok();
}

#[test]
fn role_session_must_name_the_user() {
    let any = r#"{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}"#;
    let admin = "arn:aws:iam::111111111111:role/Admin";
    let sts = FakeSts::start(World::biz_corp().role(Role::new(admin).trusts("111111111111").policy("All", any)));
    let role = Keys::of(&Keys::developer().assume(&sts, admin, &[]));
    let unnamed = role.call_iam(&sts, "ListAccessKeys", &[]);
    unnamed.assert_error(400, "ValidationError", "Must specify userName when calling with non-User credentials");
    let named = role.call_iam(&sts, "ListAccessKeys", &[("UserName", "devcorpuser")]);
    assert_eq!(named.assert_ok().element("AccessKeyId"), ACCESS_KEY_ID);
    let last = role.call_iam(&sts, "GetAccessKeyLastUsed", &[("AccessKeyId", ACCESS_KEY_ID)]);
    assert_eq!(last.assert_ok().element("ServiceName"), "sts");
    let none = role.call_iam(&sts, "GetAccessKeyLastUsed", &[("AccessKeyId", "AKIAMISSING")]);
    assert_eq!(none.element("Code"), "NoSuchEntity");
}

#[test]
fn root_manages_its_keys_without_policy() {
    let root = User::root("111111111111", "AKIAROOT", "s").device(Device::new("root-device", "seed"));
    let sts = FakeSts::start(World::biz_corp().user(root));
    let root = Keys::long_term("AKIAROOT", "s");
    let listed = root.call_iam(&sts, "ListAccessKeys", &[]);
    assert_eq!(listed.assert_ok().element("AccessKeyId"), "AKIAROOT");
    assert!(!listed.text().contains("UserName"), "{}", listed.text());
    assert_eq!(root.call_iam(&sts, "ListMFADevices", &[]).element("SerialNumber"), "root-device");
    root.call_iam(&sts, "CreateAccessKey", &[]).assert_ok();
    let user = root.call_iam(&sts, "ListAccessKeys", &[("UserName", "devcorpuser")]);
    assert_eq!(user.assert_ok().element("AccessKeyId"), ACCESS_KEY_ID);
}

#[test]
fn invalid_parameters_are_rejected() {
    type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str);
    let rows: [Row; 5] = [
        ("DeleteAccessKey", &[], "Value null at 'accessKeyId'"),
        ("GetAccessKeyLastUsed", &[("AccessKeyId", "A B")], "Value 'A B' at 'accessKeyId'"),
        ("UpdateAccessKey", &[("AccessKeyId", ACCESS_KEY_ID)], "Value null at 'status'"),
        ("UpdateAccessKey", &[("AccessKeyId", ACCESS_KEY_ID), ("Status", "inactive")], "Value 'inactive' at 'status'"),
        ("UpdateAccessKey", &[("Status", "Active")], "Value null at 'accessKeyId'"),
    ];
    let sts = FakeSts::start(World::biz_corp());
    for (action, params, message) in rows {
        let answer = Keys::developer().call_iam(&sts, action, params);
        assert_eq!((answer.status, answer.element("Code").as_str()), (400, "ValidationError"), "{action}");
        assert!(answer.element("Message").contains(message), "{}", answer.text());
    }
    assert_eq!(states(&sts), [(ACCESS_KEY_ID.to_owned(), true)]);
}

#[test]
fn new_key_is_rejected_for_some_requests() {
    let rows: [&[bool]; 4] = [&[], &[false], &[false, false, false], &[false, true, true, false, true]];
    for answers in rows {
        let sts = FakeSts::start(World::biz_corp());
        sts.key_answers(answers);
        let new = create(&sts);
        for (number, accepted) in answers.iter().chain(&[true; 3]).enumerate() {
            // Requests to both services count.
            let answer = if number % 2 == 0 {
                new.call(&sts, "GetCallerIdentity", &[])
            } else {
                new.call_iam(&sts, "ListAccessKeys", &[])
            };
            assert_eq!(answer.status == 200, *accepted, "{number} of {answers:?}");
            if !accepted {
                answer.assert_error(403, "InvalidClientTokenId", INVALID);
            }
        }
        Keys::developer().call(&sts, "GetCallerIdentity", &[]).assert_ok();
    }
    let sts = FakeSts::start(World::biz_corp());
    sts.key_delay(2);
    let new = create(&sts);
    let codes = [403, 403, 200].map(|_| new.call(&sts, "GetCallerIdentity", &[]).status);
    assert_eq!(codes, [403, 403, 200]);
    assert_eq!(sts.access_keys(USER_ARN)[1].id(), new.id);
    assert!(sts.access_keys(USER_ARN)[1].is_active());
}

#[test]
fn new_key_is_rejected_for_some_time() {
    let sts = FakeSts::start(World::biz_corp());
    sts.key_delay_for(Duration::from_mins(5));
    let new = create(&sts);
    for _ in 0..5 {
        new.call(&sts, "GetCallerIdentity", &[]).assert_error(403, "InvalidClientTokenId", INVALID);
    }
    Keys::developer().call(&sts, "GetCallerIdentity", &[]).assert_ok();
    sts.fault(Fault::ClockOffset(301), Some(1));
    new.call(&sts, "GetCallerIdentity", &[]).assert_ok();
}

#[test]
fn last_use_has_time_service_and_region() {
    let sts = FakeSts::start(World::biz_corp());
    let new = create(&sts);
    let last = || Keys::developer().call_iam(&sts, "GetAccessKeyLastUsed", &[("AccessKeyId", &new.id)]);
    let never = last();
    assert!(
        never.text().contains(
            "<AccessKeyLastUsed><Region>N/A</Region><ServiceName>N/A</ServiceName></AccessKeyLastUsed>\
             <UserName>devcorpuser</UserName>"
        ),
        "{}",
        never.text()
    );
    assert_eq!(sts.last_used(&new.id), None);

    let wrong = Keys { secret: "x".repeat(40), ..new.clone() };
    assert_eq!(wrong.call(&sts, "GetCallerIdentity", &[]).element("Code"), "SignatureDoesNotMatch");
    assert_eq!(sts.last_used(&new.id), None, "a wrong signature is not a use");

    let before = Utc::now() - TimeDelta::seconds(1);
    new.call(&sts, "GetCallerIdentity", &[]).assert_ok();
    let used = last();
    assert_eq!((used.element("ServiceName").as_str(), used.element("Region").as_str()), ("sts", "eu-central-1"));
    let at = time(&used.element("LastUsedDate"));
    assert!(before <= at && at <= Utc::now(), "{at}");

    // A denied request is a use, too.
    let denied = new.call_iam(&sts, "GetRole", &[("RoleName", "NoMfa")]);
    assert_eq!(denied.element("Code"), "AccessDenied");
    assert_eq!((last().element("ServiceName").as_str(), last().element("Region").as_str()), ("iam", "us-east-1"));
    let LastUse { service, region, .. } = sts.last_used(&new.id).unwrap();
    assert_eq!((service.as_str(), region.as_str()), ("iam", "us-east-1"));
    assert_eq!(sts.last_used("AKIAMISSING"), None);

    let used = AccessKey::new("AKIASECOND", "s").last_used_at(time("2026-02-03T04:05:06Z"), "s3", "eu-west-1");
    let sts = start_with(developer().access_key(used).manages_own_keys());
    let last = Keys::developer().call_iam(&sts, "GetAccessKeyLastUsed", &[("AccessKeyId", "AKIASECOND")]);
    assert_eq!(last.element("LastUsedDate"), "2026-02-03T04:05:06Z");
    assert_eq!(last.element("ServiceName"), "s3");
}

#[test]
fn mfa_devices_are_listed() {
    let sts = FakeSts::start(World::biz_corp());
    let listed = Keys::developer().call_iam(&sts, "ListMFADevices", &[]);
    let expected = format!(
        "<ListMFADevicesResult><MFADevices><member><UserName>devcorpuser</UserName>\
         <SerialNumber>{MFA_SERIAL}</SerialNumber><EnableDate>2025-01-15T10:00:00Z</EnableDate></member></MFADevices>\
         <IsTruncated>false</IsTruncated></ListMFADevicesResult>"
    );
    assert!(listed.assert_ok().text().contains(&expected), "{}", listed.text());
    let sts = start_with(User::new(USER_ARN, ACCESS_KEY_ID, SECRET_ACCESS_KEY).manages_own_keys());
    let none = Keys::developer().call_iam(&sts, "ListMFADevices", &[]);
    assert!(none.assert_ok().text().contains("<MFADevices></MFADevices>"), "{}", none.text());
}

#[test]
fn wrong_signature_and_version_are_rejected() {
    let sts = FakeSts::start(World::biz_corp());
    let wrong = Keys { secret: "x".repeat(40), ..Keys::developer() };
    assert_eq!(wrong.call_iam(&sts, "CreateAccessKey", &[]).element("Code"), "SignatureDoesNotMatch");
    let of_sts = Keys::developer().call(&sts, "CreateAccessKey", &[]);
    assert_eq!(of_sts.element("Code"), "InvalidAction");
    assert_eq!(states(&sts).len(), 1);
}

#[test]
fn removed_key_keeps_user_with_another_key() {
    let mut world = World::biz_corp().user(developer().access_key(AccessKey::new("AKIASECOND", "s")));
    world.remove_user(ACCESS_KEY_ID);
    assert_eq!(world.access_keys(USER_ARN).len(), 1);
    assert!(world.access_key(ACCESS_KEY_ID).is_none());
    world.delete_access_key("AKIASECOND");
    assert!(world.access_keys(USER_ARN).is_empty());
}
