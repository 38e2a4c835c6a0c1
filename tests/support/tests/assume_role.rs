//! `AssumeRole` over HTTP: allowed and denied callers, and AWS's messages.

mod client;

use std::thread;

use chrono::{NaiveDateTime, Utc};
use client::Keys;
use test_support::biz_corp::{BIZ_CORP_ROLE, DEPLOY_ROLE, EXTERNAL_ID, LONG_ROLE, MFA_SERIAL, NO_MFA_ROLE, USER_ARN};
use test_support::{Device, FakeSts, Role, User, World};

const BAD_CODE: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";

#[test]
fn walkthrough_role_is_assumed() {
    let sts = FakeSts::start(World::biz_corp());
    let code = sts.next_unused_code(MFA_SERIAL);
    let before = Utc::now();
    let answer = Keys::developer().assume(
        &sts,
        BIZ_CORP_ROLE,
        &[("ExternalId", EXTERNAL_ID), ("SerialNumber", MFA_SERIAL), ("TokenCode", &code), ("DurationSeconds", "900")],
    );
    answer.assert_ok();
    assert!(
        answer.text().starts_with(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n<AssumeRoleResult>"
        )
    );
    assert_eq!(answer.element("Arn"), "arn:aws:sts::222222222222:assumed-role/BizCorpRole/tester");
    assert!(answer.element("AssumedRoleId").ends_with(":tester"));
    let keys = Keys::of(&answer);
    assert!(keys.id.starts_with("ASIA") && keys.id.len() == 20);
    let expires = NaiveDateTime::parse_from_str(&answer.element("Expiration"), "%Y-%m-%dT%H:%M:%SZ").unwrap();
    let lasts = |since: chrono::DateTime<Utc>| (expires.and_utc() - since).num_seconds();
    assert!(lasts(before) >= 899 && lasts(Utc::now()) <= 900, "{expires}");

    let who = keys.call(&sts, "GetCallerIdentity", &[]);
    assert_eq!(who.element("Arn"), answer.element("Arn"));
    assert_eq!(who.element("UserId"), answer.element("AssumedRoleId"));
    assert_eq!(who.element("Account"), "222222222222");

    let call = &sts.calls()[0];
    assert_eq!(call.param("TokenCode"), Some(code.as_str()));
    assert_eq!(call.region.as_deref(), Some("eu-central-1"));
    assert_eq!((sts.count("AssumeRole"), sts.succeeded("AssumeRole")), (1, 1));
}

#[test]
fn external_id_is_required_and_must_match() {
    let sts = FakeSts::start(World::biz_corp());
    sts.edit_world(|world| {
        world.put_role(Role::new(BIZ_CORP_ROLE).trusts("111111111111").external_id(EXTERNAL_ID));
    });
    let developer = Keys::developer();
    developer.assume(&sts, BIZ_CORP_ROLE, &[]).assert_not_authorized(USER_ARN, BIZ_CORP_ROLE);
    let wrong = developer.assume(&sts, BIZ_CORP_ROLE, &[("ExternalId", "biz-corp")]);
    wrong.assert_not_authorized(USER_ARN, BIZ_CORP_ROLE);
    developer.assume(&sts, BIZ_CORP_ROLE, &[("ExternalId", EXTERNAL_ID)]).assert_ok();
    assert_eq!((sts.count("AssumeRole"), sts.succeeded("AssumeRole")), (3, 1));
}

#[test]
fn mfa_code_is_required_valid_and_single_use() {
    let sts = FakeSts::start(World::biz_corp());
    let developer = Keys::developer();
    let with =
        |serial: &str, code: &str| developer.assume(&sts, LONG_ROLE, &[("SerialNumber", serial), ("TokenCode", code)]);
    developer.assume(&sts, LONG_ROLE, &[]).assert_not_authorized(USER_ARN, LONG_ROLE);
    with(MFA_SERIAL, &sts.wrong_code(MFA_SERIAL)).assert_error(403, "AccessDenied", BAD_CODE);
    with(MFA_SERIAL, &sts.code_after(MFA_SERIAL, -3)).assert_error(403, "AccessDenied", BAD_CODE);
    with("arn:aws:iam::111111111111:mfa/other", "123456").assert_error(
        403,
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
         valid and associated with this user.",
    );
    developer.assume(&sts, LONG_ROLE, &[("SerialNumber", MFA_SERIAL)]).assert_error(
        403,
        "AccessDenied",
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ",
    );
    let code = sts.next_unused_code(MFA_SERIAL);
    with(MFA_SERIAL, &code).assert_ok();
    with(MFA_SERIAL, &code).assert_error(403, "AccessDenied", BAD_CODE);
    with(MFA_SERIAL, &sts.next_unused_code(MFA_SERIAL)).assert_ok();
    sts.forget_used_codes();
    with(MFA_SERIAL, &sts.current_code(MFA_SERIAL)).assert_ok();
}

#[test]
fn code_is_accepted_once_among_parallel_clients() {
    let sts = FakeSts::start(World::biz_corp());
    let code = sts.next_unused_code(MFA_SERIAL);
    let answers: Vec<_> = thread::scope(|scope| {
        let clients: Vec<_> = (0..12)
            .map(|_| {
                scope.spawn(|| {
                    let mfa = [("SerialNumber", MFA_SERIAL), ("TokenCode", code.as_str())];
                    Keys::developer().assume(&sts, LONG_ROLE, &mfa).status
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!((sts.count("AssumeRole"), sts.succeeded("AssumeRole")), (12, 1));
}

#[test]
fn chained_role_is_limited_to_one_hour_without_mfa() {
    let sts = FakeSts::start(World::biz_corp().role(Role::new(LONG_ROLE).trusts(BIZ_CORP_ROLE).mfa_required()));
    let code = sts.next_unused_code(MFA_SERIAL);
    let first = Keys::developer().assume(
        &sts,
        BIZ_CORP_ROLE,
        &[("ExternalId", EXTERNAL_ID), ("SerialNumber", MFA_SERIAL), ("TokenCode", &code)],
    );
    let biz_corp = Keys::of(&first);
    biz_corp.assume(&sts, DEPLOY_ROLE, &[("DurationSeconds", "3601")]).assert_error(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
    biz_corp.assume(&sts, DEPLOY_ROLE, &[("DurationSeconds", "3600")]).assert_ok();
    biz_corp.assume(&sts, LONG_ROLE, &[]).assert_not_authorized(&first.element("Arn"), LONG_ROLE);
    Keys::developer().assume(&sts, DEPLOY_ROLE, &[]).assert_not_authorized(USER_ARN, DEPLOY_ROLE);
    let code = sts.next_unused_code(MFA_SERIAL);
    let with_code = biz_corp.assume(&sts, LONG_ROLE, &[("SerialNumber", MFA_SERIAL), ("TokenCode", &code)]);
    assert_eq!(with_code.element("Code"), "AccessDenied");
}

#[test]
fn role_duration_is_limited_by_max_session() {
    let sts = FakeSts::start(World::biz_corp());
    let developer = Keys::developer();
    developer.assume(&sts, NO_MFA_ROLE, &[("DurationSeconds", "3601")]).assert_error(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    let code = sts.next_unused_code(MFA_SERIAL);
    let mfa = [("SerialNumber", MFA_SERIAL), ("TokenCode", &code), ("DurationSeconds", "43200")];
    developer.assume(&sts, LONG_ROLE, &mfa).assert_ok();
    developer.assume(&sts, LONG_ROLE, &[("DurationSeconds", "43201")]).assert_error(
        400,
        "ValidationError",
        "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: \
         Member must have value less than or equal to 43200",
    );
}

#[test]
fn parameters_are_validated() {
    let sts = FakeSts::start(World::biz_corp());
    let developer = Keys::developer();
    let code_of = |params: &[(&str, &str)]| developer.call(&sts, "AssumeRole", params).element("Code");
    assert_eq!(code_of(&[("RoleArn", NO_MFA_ROLE)]), "ValidationError");
    assert_eq!(code_of(&[("RoleArn", NO_MFA_ROLE), ("RoleSessionName", "a b")]), "ValidationError");
    assert_eq!(code_of(&[("RoleArn", "short"), ("RoleSessionName", "ab")]), "ValidationError");
    let user = developer.assume(&sts, USER_ARN, &[]);
    user.assert_error(400, "ValidationError", &format!("{USER_ARN} is invalid"));
    let hourly = developer.assume(&sts, NO_MFA_ROLE, &[("DurationSeconds", "1h")]);
    assert_eq!((hourly.status, hourly.element("Code")), (400, "MalformedInput".to_owned()));
    let unknown = developer.call(&sts, "Assume", &[]);
    unknown.assert_error(400, "InvalidAction", "Could not find operation Assume for version 2011-06-15");
}

#[test]
fn policy_tags_and_source_identity_are_recorded() {
    let sts = FakeSts::start(World::biz_corp());
    let more = [
        ("Policy", "{\"Version\":\"2012-10-17\"}"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a&b=c d"),
        ("SourceIdentity", "dev"),
    ];
    let answer = Keys::developer().assume(&sts, NO_MFA_ROLE, &more);
    assert_eq!(answer.element("SourceIdentity"), "dev");
    assert_eq!(answer.element("PackedPolicySize"), "2");
    let call = &sts.calls()[0];
    for (name, value) in more {
        assert_eq!(call.param(name), Some(value));
    }
}

#[test]
fn identity_policy_of_caller_is_evaluated() {
    let other = "arn:aws:iam::222222222222:role/Other";
    let world = World::new()
        .user(User::new("arn:aws:iam::111111111111:user/u", "AKIA1", "s1").may_assume_only([other]))
        .user(User::root("111111111111", "AKIA2", "s2"))
        .user(User::new("arn:aws:iam::333333333333:user/v", "AKIA3", "s3"))
        .role(Role::new(NO_MFA_ROLE).trusts("arn:aws:iam::111111111111:root"))
        .role(Role::new(other).trusts("arn:aws:iam::111111111111:user/u"));
    let sts = FakeSts::start(world);
    let limited = Keys::long_term("AKIA1", "s1");
    limited.assume(&sts, other, &[]).assert_ok();
    limited.assume(&sts, NO_MFA_ROLE, &[]).assert_not_authorized("arn:aws:iam::111111111111:user/u", NO_MFA_ROLE);
    let root = Keys::long_term("AKIA2", "s2");
    let refused = "Roles may not be assumed by root accounts.";
    root.assume(&sts, NO_MFA_ROLE, &[]).assert_error(403, "AccessDenied", refused);
    let stranger = Keys::long_term("AKIA3", "s3");
    stranger.assume(&sts, NO_MFA_ROLE, &[]).assert_not_authorized("arn:aws:iam::333333333333:user/v", NO_MFA_ROLE);
    let absent = "arn:aws:iam::222222222222:role/Absent";
    stranger.assume(&sts, absent, &[]).assert_not_authorized("arn:aws:iam::333333333333:user/v", absent);
}

#[test]
#[should_panic(expected = "the world has no MFA device nobody's")]
fn unknown_mfa_device_panics() {
    let world = World::new().user(User::new("arn", "AKIA", "s").device(Device::new("somebody's", b"seed")));
    FakeSts::start(world).current_code("nobody's");
}
