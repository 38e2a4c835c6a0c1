//! A cached session is used only for the identity, the call and the duration for which it was fetched.

use std::fs;

use serde_json::json as value;
use test_support::biz_corp as data;

use crate::{cache, json, without_mfa};

#[test]
fn assertion_with_other_content_is_another_session() {
    let (sts, home) = without_mfa();
    let file = home.write("assertion", "first");
    let context = format!("arn:aws:iam::aws:contextProvider/IdentityCenter={}", file.display());
    let run = || home.run(&["process", "nomfa", "--provided-context", &context]).succeeded().to_owned();
    let first = run();
    fs::write(&file, "second").unwrap();
    let second = run();
    assert_ne!(first, second);
    assert_eq!(second, run());
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn longer_duration_is_another_session() {
    let (sts, home) = without_mfa();
    let run = |duration: &str| json(home.run(&["process", "nomfa", "-d", duration]).succeeded());
    let short = run("15m");
    let long = run("1h");
    assert_ne!(short, long);
    assert_eq!(run("1h"), long);
    assert_eq!(run("15m"), long, "a longer session serves a shorter request");
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn reset_cache_deletes_sessions_fetched_with_flags() {
    let (sts, home) = without_mfa();
    sts.edit_world(|world| {
        world.put_role(test_support::Role::new(data::DEPLOY_ROLE).trusts("111111111111"));
    });
    home.run(&["process", "nomfa"]).succeeded();
    home.run(&["process", "nomfa", "--role-arn", data::DEPLOY_ROLE]).succeeded();
    assert_eq!(cache(&home).as_object().unwrap().len(), 2);
    home.run(&["reset-cache", "nomfa"]).succeeded();
    assert_eq!(cache(&home), value!({}));
}

#[test]
fn external_id_flag_leaves_the_plain_name_to_amplify() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa", "--external-id", "Other-1"]).succeeded();
    let cache = cache(&home);
    let names: Vec<_> = cache[data::NO_MFA_ROLE].as_object().unwrap().keys().collect();
    assert!(names.iter().all(|name| name.contains('#')), "{names:?}");
}

#[test]
fn longer_duration_of_a_wrapper_is_another_session() {
    let (sts, home) = without_mfa();
    crate::add_config(
        &home,
        &format!("[profile wrapped]\ncredential_process = {} process nomfa -d 1h\n", crate::PROGRAM),
    );
    home.run(&["process", "nomfa", "-d", "15m"]).succeeded();
    home.run(&["process", "wrapped"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn endpoint_with_an_invalid_port_gets_no_request() {
    let (sts, home) = without_mfa();
    for url in ["http://127.0.0.1:99999", "http://127.0.0.1:abc", "http://[::1"] {
        let run = home.run_with(&["process", "nomfa"], &[("AWS_ENDPOINT_URL_STS", url)]);
        run.failed_with(3);
        assert!(run.stderr.contains("AWS_ENDPOINT_URL_STS"), "{run:?}");
    }
    assert!(sts.calls().is_empty());
}
