//! All faults of the double, as a client sees them.

mod client;

use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use client::{Answer, Keys};
use test_support::biz_corp::{LONG_ROLE, MFA_SERIAL, NO_MFA_ROLE};
use test_support::{FakeSts, Fault, Outcome, World};

fn start() -> FakeSts {
    FakeSts::start(World::biz_corp())
}

fn identity(sts: &FakeSts) -> std::io::Result<Answer> {
    Keys::developer().try_call(sts, "GetCallerIdentity", &[])
}

#[test]
fn response_is_replaced_the_given_number_of_times() {
    let sts = start();
    sts.fault(Fault::Throttle, Some(2));
    sts.fault(Fault::error(403, "RegionDisabledException", "STS is not activated"), Some(1));
    sts.fault(Fault::ServerError(503), Some(1));
    identity(&sts).unwrap().assert_error(400, "Throttling", "Rate exceeded");
    identity(&sts).unwrap().assert_error(400, "Throttling", "Rate exceeded");
    identity(&sts).unwrap().assert_error(403, "RegionDisabledException", "STS is not activated");
    let internal = identity(&sts).unwrap();
    assert_eq!((internal.status, internal.element("Code")), (503, "InternalFailure".to_owned()));
    assert_eq!(internal.element("Type"), "Receiver");
    identity(&sts).unwrap().assert_ok();
    assert_eq!((sts.count("GetCallerIdentity"), sts.succeeded("GetCallerIdentity")), (5, 1));
}

#[test]
fn fault_on_action_leaves_others() {
    let sts = start();
    sts.fault_on("AssumeRole", Fault::Throttle, None);
    identity(&sts).unwrap().assert_ok();
    let refused = Keys::developer().assume(&sts, NO_MFA_ROLE, &[]);
    refused.assert_error(400, "Throttling", "Rate exceeded");
    sts.clear_faults();
    Keys::developer().assume(&sts, NO_MFA_ROLE, &[]).assert_ok();
}

#[test]
fn fault_response_can_be_html_garbage_or_truncated() {
    let sts = start();
    sts.fault(Fault::ServerErrorHtml(502), Some(1));
    sts.fault(Fault::Garbage, Some(1));
    sts.fault(Fault::Truncated, Some(1));
    sts.fault(Fault::Close, Some(1));
    let page = identity(&sts).unwrap();
    assert_eq!(page.status, 502);
    assert!(page.text().starts_with("<html>"));
    let garbage = identity(&sts).unwrap();
    assert_eq!(garbage.status, 200);
    assert!(std::str::from_utf8(&garbage.body).is_err());
    let cut = identity(&sts).unwrap();
    assert_eq!(cut.status, 200);
    assert!(!cut.whole && !cut.body.is_empty());
    assert!(identity(&sts).is_err());
    assert!(sts.calls().iter().all(|call| call.outcome == Outcome::NoAnswer));
}

#[test]
fn truncated_response_uses_code_unlike_replaced_one() {
    let sts = start();
    let code = sts.next_unused_code(MFA_SERIAL);
    let mfa = [("SerialNumber", MFA_SERIAL), ("TokenCode", code.as_str())];
    sts.fault(Fault::Throttle, Some(1));
    sts.fault(Fault::Truncated, Some(1));
    assert_eq!(Keys::developer().assume(&sts, LONG_ROLE, &mfa).status, 400);
    assert!(!Keys::developer().assume(&sts, LONG_ROLE, &mfa).whole);
    assert_eq!(Keys::developer().assume(&sts, LONG_ROLE, &mfa).status, 403);
}

#[test]
fn held_response_waits_while_its_call_is_recorded() {
    let sts = start();
    sts.fault(Fault::HELD, Some(1));
    thread::scope(|scope| {
        let client = scope.spawn(|| identity(&sts));
        sts.wait_for("GetCallerIdentity", 1);
        // Other requests are answered meanwhile.
        for _ in 0..20 {
            identity(&sts).unwrap().assert_ok();
        }
        assert!(!client.is_finished());
        sts.clear_faults();
        client.join().unwrap().unwrap().assert_ok();
    });
    assert_eq!(sts.count("GetCallerIdentity"), 21);
}

#[test]
fn hanging_response_never_arrives() {
    let sts = start();
    sts.fault(Fault::Hang, Some(1));
    thread::scope(|scope| {
        let client = scope.spawn(|| identity(&sts));
        sts.wait_for("GetCallerIdentity", 1);
        for _ in 0..20 {
            identity(&sts).unwrap().assert_ok();
        }
        assert!(!client.is_finished());
        sts.clear_faults();
        assert!(client.join().unwrap().is_err());
    });
    identity(&sts).unwrap().assert_ok();
}

#[test]
fn stopped_server_releases_hanging_and_slow_clients() {
    let sts = start();
    sts.fault(Fault::Hang, Some(1));
    sts.fault(Fault::HELD, None);
    let request = |port| {
        thread::spawn(move || {
            use std::io::{Read, Write};
            let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(b"GET /?Action=A HTTP/1.1\r\n\r\n").unwrap();
            stream.read(&mut [0]).unwrap_or(0)
        })
    };
    let clients = [request(sts.port()), request(sts.port())];
    sts.wait_for("A", 2);
    drop(sts);
    for client in clients {
        assert_eq!(client.join().unwrap(), 0);
    }
}

#[test]
fn clock_offset_changes_date_and_signature_age() {
    let sts = start();
    for (offset, start_of_message) in [(1200, "Signature expired: "), (-1200, "Signature not yet current: ")] {
        sts.fault(Fault::ClockOffset(offset), None);
        let before = Utc::now();
        let moved = sts.now() - TimeDelta::seconds(offset);
        assert!((before..=Utc::now()).contains(&moved), "{moved}");
        let answer = identity(&sts).unwrap();
        assert_eq!((answer.status, answer.element("Code")), (403, "SignatureDoesNotMatch".to_owned()));
        assert!(answer.element("Message").starts_with(start_of_message), "{}", answer.text());
        let date = answer.head.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
        let date = DateTime::parse_from_rfc2822(date).unwrap().to_utc();
        let shown = date - TimeDelta::seconds(offset);
        // The header has whole seconds.
        assert!((before - TimeDelta::seconds(1)..=Utc::now()).contains(&shown), "{shown}");
        let corrected = Utc::now() + TimeDelta::seconds(offset);
        let keys = Keys::developer();
        keys.call_at(&sts, corrected, "GetCallerIdentity", &[]).unwrap().assert_ok();
    }
}

#[test]
fn followers_receive_calls() {
    let sts = start();
    let calls = sts.follow();
    identity(&sts).unwrap();
    assert_eq!(calls.recv().unwrap().action, "GetCallerIdentity");
    drop(sts);
    assert!(calls.recv().is_err());
}
