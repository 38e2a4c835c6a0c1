//! What a run reports about itself: steps under `-v`, settings under `-vv`, and waits longer than a second.

use std::time::Duration;

use test_support::{Fault, Finished, Terminal, TestHome, biz_corp as data};

use crate::{add_config, biz_corp, without_mfa};

const SLOW: Fault = Fault::Slow(Duration::from_millis(2500));

#[track_caller]
fn says(run: &Finished, parts: &[&str]) {
    assert_eq!(run.code, Some(0), "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
    }
    assert!(!run.stderr.contains(data::SECRET_ACCESS_KEY), "{}", run.stderr);
}

#[test]
fn steps_of_a_run_are_printed_under_v() {
    let (sts, home) = without_mfa();
    let run = home.run(&["process", "nomfa", "-v"]);
    says(
        &run,
        &[
            "profile nomfa (PROFILE)\n",
            "hop 1 (profile nomfa): no cached session\n",
            "hop 1 (profile nomfa): lock acquired (",
            "AssumeRole at 127.0.0.1:",
            ": succeeded (",
        ],
    );
    let hit = home.run(&["process", "nomfa", "-v"]);
    says(&hit, &["using the cached session: ", " m left, until "]);
    assert!(!hit.stderr.contains("AssumeRole"), "{}", hit.stderr);
    sts.fault(Fault::ServerError(503), Some(1));
    let run = home.run(&["process", "nomfa", "-v", "--refresh"]);
    says(&run, &["ignoring the cached session (--refresh)", " ms, 2 attempts)"]);
    crate::age_cache(&home, 4000);
    says(&home.run(&["process", "nomfa", "-v"]), &["the cached session has expired"]);
    home.run(&["process", "nomfa", "--refresh"]).succeeded();
}

#[test]
fn settings_are_printed_with_their_origin_under_vv() {
    let (_sts, home) = without_mfa();
    let variables = [("AMPLIFY_CREDS_MIN_TTL", "10m"), ("AWS_REGION", "eu-west-3")];
    let run = home.run_with(&["process", "nomfa", "-vv"], &variables);
    says(
        &run,
        &[
            "config file: ",
            "cache directory: ",
            "min_ttl: 10m ($AMPLIFY_CREDS_MIN_TTL)\n",
            "lock_timeout: default\n",
            "region: eu-west-3 ($AWS_REGION)\n",
            "hop 1: arn:aws:iam::222222222222:role/NoMfa (~/.aws/config:",
            "($AWS_ENDPOINT_URL_STS)",
        ],
    );
    assert!(!home.run_with(&["process", "nomfa", "-v"], &variables).stderr.contains("lock_timeout"));
}

/// What appears on a terminal, without what the program prints on stdout.
fn screen(home: &TestHome, command: &str) -> (String, Finished) {
    let (screen, left) = Terminal::script(home, &format!("{command} >\"$FILES/stdout\" </dev/null")).finish();
    (screen, left.run)
}

#[test]
fn long_call_is_reported_on_a_terminal_or_under_v() {
    let (sts, home) = without_mfa();
    sts.fault(SLOW, None);
    let line = "amplify-creds: waiting for STS (AssumeRole at 127.0.0.1:";
    let (text, run) = screen(&home, "\"$PROGRAM\" process nomfa --refresh");
    assert_eq!((text.matches(line).count(), run.code), (1, Some(0)), "{text}");
    assert_eq!(screen(&home, "\"$PROGRAM\" -q process nomfa --refresh").0, "");
    let piped = home.run(&["process", "nomfa", "--refresh"]);
    piped.succeeded();
    let verbose = home.run(&["process", "nomfa", "--refresh", "-v"]);
    assert_eq!(verbose.stderr.matches(line).count(), 1, "{}", verbose.stderr);
    let (text, _) = screen(&home, "\"$PROGRAM\" whoami nomfa");
    assert!(text.contains("waiting for STS (GetCallerIdentity)"), "{text}");
}

#[test]
fn slow_credential_process_is_reported() {
    let (_sts, home) = without_mfa();
    let program = home.write_program(
        "program",
        format!(
            "#!/bin/sh\nsleep 2\necho '{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\"}}'\n",
            data::ACCESS_KEY_ID,
            data::SECRET_ACCESS_KEY
        ),
    );
    add_config(&home, &format!("[profile other]\ncredential_process = {}\n", program.display()));
    let (text, run) = screen(&home, "\"$PROGRAM\" process other");
    assert_eq!(run.code, Some(0), "{text}");
    assert_eq!(text.trim(), "amplify-creds: waiting for credential_process of profile other");
    says(
        &home.run_with(&["process", "other", "-v"], &[("PATH", "/usr/bin:/bin")]),
        &["credential_process of profile other returned credentials ("],
    );
}

#[test]
fn waiter_of_a_cancelled_prompt_names_the_process() {
    let (_sts, home) = biz_corp();
    let mut holder = Terminal::named(&home, "holder", "process bizcorprole");
    holder.expect("Enter the MFA token code: ");
    let mut waiter = Terminal::named(&home, "waiter", "process bizcorprole");
    waiter.expect("amplify-creds: waiting for process ");
    let process = waiter.expect(", which is waiting for an MFA code");
    holder.type_control('c');
    assert_eq!(holder.finish().1.restored().code, Some(130));
    let run = waiter.finish().1.restored();
    assert_eq!(run.code, Some(130), "{run:?}");
    assert!(run.stderr.contains(&format!("cancelled in process {process}")), "{}", run.stderr);
}
