//! `GetSessionToken`, keys that expire, and invalid keys.

mod client;

use chrono::{NaiveDateTime, TimeDelta, Utc};
use client::{Keys, send};
use test_support::biz_corp::{ACCESS_KEY_ID, LONG_ROLE, MFA_SERIAL, NO_MFA_ROLE, SECRET_ACCESS_KEY, USER_ARN};
use test_support::{Device, FakeSts, Fault, Role, User, World, biz_corp};

fn mfa_session(sts: &FakeSts) -> Keys {
    let code = sts.next_unused_code(MFA_SERIAL);
    let mfa = [("SerialNumber", MFA_SERIAL), ("TokenCode", code.as_str())];
    let answer = Keys::developer().call(sts, "GetSessionToken", &mfa);
    Keys::of(answer.assert_ok())
}

#[test]
fn mfa_session_assumes_roles_for_one_hour() {
    let sts = FakeSts::start(World::biz_corp());
    let session = mfa_session(&sts);
    session.assume(&sts, LONG_ROLE, &[]).assert_ok();
    let long = session.assume(&sts, LONG_ROLE, &[("DurationSeconds", "7200")]);
    long.assert_error(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
    let who = session.call(&sts, "GetCallerIdentity", &[]);
    assert_eq!(who.element("Arn"), USER_ARN);
    assert!(who.element("UserId").starts_with("AIDA"));
    let again = session.call(&sts, "GetSessionToken", &[]);
    again.assert_error(403, "AccessDenied", "Cannot call GetSessionToken with session credentials");
}

#[test]
fn session_without_mfa_cannot_assume_mfa_role() {
    let sts = FakeSts::start(World::biz_corp());
    let session = Keys::of(&Keys::developer().call(&sts, "GetSessionToken", &[]));
    session.assume(&sts, LONG_ROLE, &[]).assert_not_authorized(USER_ARN, LONG_ROLE);
    session.assume(&sts, NO_MFA_ROLE, &[]).assert_ok();
}

#[test]
fn mfa_session_beyond_max_age_is_denied() {
    let sts = FakeSts::start(World::biz_corp());
    sts.edit_world(|world| world.put_role(Role::new(LONG_ROLE).trusts("111111111111").mfa_max_age(300)));
    let session = mfa_session(&sts);
    session.assume(&sts, LONG_ROLE, &[]).assert_ok();
    sts.fault(Fault::ClockOffset(301), Some(1));
    session.assume(&sts, LONG_ROLE, &[]).assert_not_authorized(USER_ARN, LONG_ROLE);
}

#[test]
fn session_token_duration_is_limited() {
    let world = World::biz_corp().user(User::root("111111111111", "AKIAROOT", "s"));
    let sts = FakeSts::start(world);
    let lasts = |keys: &Keys, seconds: &str| {
        let answer = keys.call(&sts, "GetSessionToken", &[("DurationSeconds", seconds)]);
        let expires = answer.assert_ok().element("Expiration");
        let expires = NaiveDateTime::parse_from_str(&expires, "%Y-%m-%dT%H:%M:%SZ").unwrap().and_utc();
        (expires - Utc::now() + TimeDelta::minutes(30)).num_hours()
    };
    assert_eq!(lasts(&Keys::developer(), "129600"), 36);
    assert_eq!(lasts(&Keys::long_term("AKIAROOT", "s"), "129600"), 1);
    let too_long = Keys::developer().call(&sts, "GetSessionToken", &[("DurationSeconds", "129601")]);
    assert_eq!(too_long.element("Code"), "ValidationError");
}

#[test]
fn get_session_token_can_be_denied() {
    let user = User::new(USER_ARN, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
        .device(Device::new(MFA_SERIAL, biz_corp::MFA_SEED))
        .get_session_token_denied();
    let sts = FakeSts::start(World::biz_corp().user(user));
    let answer = Keys::developer().call(&sts, "GetSessionToken", &[]);
    assert_eq!((answer.status, answer.element("Code")), (403, "AccessDenied".to_owned()));
    assert!(answer.element("Message").contains("is not authorized to perform: sts:GetSessionToken"));
}

#[test]
fn temporary_keys_expire() {
    let sts = FakeSts::start(World::biz_corp());
    let role = Keys::of(&Keys::developer().assume(&sts, NO_MFA_ROLE, &[("DurationSeconds", "900")]));
    role.call(&sts, "GetCallerIdentity", &[]).assert_ok();
    let expired = "The security token included in the request is expired";
    sts.fault(Fault::ClockOffset(901), Some(1));
    let later = role.call_at(&sts, Utc::now() + TimeDelta::seconds(901), "GetCallerIdentity", &[]).unwrap();
    later.assert_error(403, "ExpiredToken", expired);
    role.call(&sts, "GetCallerIdentity", &[]).assert_ok();
    sts.expire_sessions();
    role.call(&sts, "GetCallerIdentity", &[]).assert_error(403, "ExpiredToken", expired);
}

#[test]
fn wrong_keys_are_refused() {
    let sts = FakeSts::start(World::biz_corp());
    let wrong = Keys { secret: "x".repeat(40), ..Keys::developer() };
    let answer = wrong.call(&sts, "GetCallerIdentity", &[]);
    assert_eq!((answer.status, answer.element("Code")), (403, "SignatureDoesNotMatch".to_owned()));

    let invalid = "The security token included in the request is invalid.";
    let unknown = Keys { id: "AKIAUNKNOWN".to_owned(), ..Keys::developer() };
    unknown.call(&sts, "GetCallerIdentity", &[]).assert_error(403, "InvalidClientTokenId", invalid);
    let role = Keys::of(&Keys::developer().assume(&sts, NO_MFA_ROLE, &[]));
    let tokenless = Keys { token: None, ..role.clone() };
    tokenless.call(&sts, "GetCallerIdentity", &[]).assert_error(403, "InvalidClientTokenId", invalid);
    let mixed = Keys { token: role.token, ..Keys::developer() };
    mixed.call(&sts, "GetCallerIdentity", &[]).assert_error(403, "InvalidClientTokenId", invalid);

    sts.edit_world(|world| world.remove_user(ACCESS_KEY_ID));
    Keys::developer().call(&sts, "GetCallerIdentity", &[]).assert_error(403, "InvalidClientTokenId", invalid);
    let codes: Vec<_> = sts.calls().iter().filter_map(|call| call.error_code().map(str::to_owned)).collect();
    assert_eq!(codes[0], "SignatureDoesNotMatch");
    assert_eq!(codes.len(), 5);
}

#[test]
fn unsigned_request_is_refused() {
    let sts = FakeSts::start(World::biz_corp());
    let request = "GET /?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = send(&sts, request).unwrap();
    answer.assert_error(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    let call = &sts.calls()[0];
    assert_eq!((call.action.as_str(), call.access_key_id.as_deref()), ("GetCallerIdentity", None));
}
