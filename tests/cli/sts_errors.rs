//! STS's responses, and the messages for the user.

use test_support::{Fault, Finished, biz_corp as data};

use crate::{add_config, biz_corp, json, without_mfa};

#[track_caller]
fn says(run: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
    }
}

#[test]
fn access_denied_names_hop_line_and_likely_cause() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile locked]\nrole_arn = arn:aws:iam::222222222222:role/BizCorpRole\nsource_profile = devcorpuser\n",
    );
    let run = home.run(&["process", "locked"]);
    run.failed_with(5);
    assert_eq!(
        run.first_error_line(),
        "amplify-creds: cannot assume arn:aws:iam::222222222222:role/BizCorpRole: AccessDenied"
    );
    says(&run, &["at ~/.aws/config:12, profile locked", "AWS: User: ", "is not authorized to perform: sts:AssumeRole"]);
    says(&run, &["external id, but the profile sets none", "no mfa_serial"]);
    assert_eq!(sts.count("AssumeRole"), 1, "a refusal is not tried again");
}

#[test]
fn wrong_external_id_is_reported_with_line() {
    let (sts, home) = biz_corp();
    let config = std::fs::read_to_string(home.path().join(".aws/config")).unwrap();
    home.config(&config.replace(data::EXTERNAL_ID, "Wrong-Ext-1"));
    let run = home.run(&["process", "bizcorprole", "-t", &sts.next_unused_code(data::MFA_SERIAL)]);
    run.failed_with(5);
    says(&run, &["another external id than the one at ~/.aws/config:5"]);
    assert!(!run.stderr.contains("Wrong-Ext-1"), "{}", run.stderr);
}

#[test]
fn failed_hop_is_named() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile far]\nrole_arn = arn:aws:iam::222222222222:role/NoSuchRole\nsource_profile = bizcorprole\n",
    );
    let run = home.run(&["process", "far", "-t", &sts.next_unused_code(data::MFA_SERIAL)]);
    run.failed_with(5);
    says(&run, &["role/NoSuchRole (hop 2 of 2): AccessDenied", ", profile far"]);
    home.run(&["process", "bizcorprole"]).succeeded();
}

#[test]
fn refusals_of_the_keys_exit_4() {
    let rows = [
        ("AKIAUNKNOWN", "x", "InvalidClientTokenId", "aws iam list-access-keys"),
        (data::ACCESS_KEY_ID, "wrong-secret", "SignatureDoesNotMatch", "secret access key does not belong"),
    ];
    for (id, secret, code, hint) in rows {
        let (_sts, home) = without_mfa();
        home.credentials(&format!("[devcorpuser]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"));
        let run = home.run(&["process", "nomfa"]);
        run.failed_with(4);
        says(&run, &[code, hint]);
        assert!(!run.stderr.contains("wrong-secret"));
    }
}

#[test]
fn expired_base_keys_exit_4() {
    let (sts, home) = without_mfa();
    let session = json(home.run(&["process", "nomfa"]).succeeded());
    home.credentials(&format!(
        "[devcorpuser]\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n",
        session["AccessKeyId"].as_str().unwrap(),
        session["SecretAccessKey"].as_str().unwrap(),
        session["SessionToken"].as_str().unwrap()
    ));
    sts.expire_sessions();
    let run = home.run(&["process", "nomfa"]);
    run.failed_with(4);
    says(&run, &["ExpiredToken", "the source credentials have expired"]);
}

#[test]
fn throttling_and_server_errors_are_tried_three_times() {
    for (fault, words) in [
        (Fault::Throttle, "throttled"),
        (Fault::ServerError(503), "HTTP status 503"),
        (Fault::ServerErrorHtml(502), "HTTP status 502"),
    ] {
        let (sts, home) = without_mfa();
        sts.fault(fault, None);
        let run = home.run(&["process", "nomfa"]);
        run.failed_with(6);
        says(&run, &[words]);
        assert_eq!(sts.count("AssumeRole"), 3, "{words}");
        sts.clear_faults();
        home.run(&["process", "nomfa"]).succeeded();
    }
}

#[test]
fn transient_sts_error_is_retried() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::Throttle, Some(1));
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn refused_connections_and_garbage_exit_6() {
    let (_sts, home) = without_mfa();
    let run = home.run_with(&["process", "nomfa"], &[("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")]);
    run.failed_with(6);
    says(&run, &["no connection to STS", "refused", "AWS_ENDPOINT_URL_STS"]);
    for fault in [Fault::Garbage, Fault::Truncated, Fault::Close] {
        let (sts, home) = without_mfa();
        sts.fault(fault, None);
        let run = home.run(&["process", "nomfa"]);
        run.failed_with(6);
        assert!((1..=3).contains(&sts.count("AssumeRole")), "{}", sts.count("AssumeRole"));
    }
}

#[test]
#[ignore = "waits 30 s for the real timeouts; .ci/full runs it"]
fn hanging_sts_times_out_with_exit_6() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::Hang, None);
    let run = home.run(&["process", "nomfa"]);
    run.failed_with(6);
    says(&run, &["did not answer in time"]);
    assert_eq!(sts.count("AssumeRole"), 3, "three attempts of 10 s");
}

#[test]
fn other_denials_exit_5_with_aws_message() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile long]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         duration_seconds = 7200\n",
    );
    let run = home.run(&["process", "long"]);
    run.failed_with(5);
    says(&run, &["ValidationError", "exceeds the MaxSessionDuration", "7200 s (~/.aws/config:14)"]);
    sts.fault(Fault::error(403, "RegionDisabledException", "STS is not activated in this region"), None);
    let run = home.run(&["process", "long", "--region", "ap-east-1"]);
    run.failed_with(5);
    says(&run, &["RegionDisabledException", "disabled in ap-east-1 (--region)"]);
}

#[test]
fn control_characters_in_aws_message_are_not_printed() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::error(400, "Evil", "a\u{202e}b&#27;[2J"), None);
    let run = home.run(&["process", "nomfa"]);
    run.failed_with(5);
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{:?}", run.stderr);
}

#[test]
fn clock_skew_is_detected_from_response() {
    // AWS's clock is an hour ahead: the call is signed again with its time. Minutes are rounded up, so the half minute
    // allows 29 s for the call.
    let (sts, home) = without_mfa();
    sts.fault(Fault::ClockOffset(3630), None);
    let run = home.run(&["process", "nomfa", "-v"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    says(
        &run,
        &["clock is 61 min behind AWS's clock; fix the system clock (WSL or a resumed VM: sudo hwclock -s", "NTP"],
    );
    assert_eq!(sts.count("AssumeRole"), 2, "signed again once, with AWS's time");
    assert_eq!(sts.calls()[0].error_code(), Some("SignatureDoesNotMatch"));
    assert_eq!(crate::cache(&home)[data::NO_MFA_ROLE].as_object().unwrap().values().next().unwrap()["amplifyCreds"]["clockOffset"].as_i64().unwrap() / 60, 60);
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.succeeded("AssumeRole"), 1, "the cached session is fresh by AWS's clock");
    // The warning is shown once for all hops, except by `process`.
    let reports = |args: &[&str]| home.run(args).stderr.matches("behind AWS's").count();
    assert_eq!(reports(&["env", "nomfa", "--refresh"]), 1);
    assert_eq!(reports(&["env", "nomfa", "--refresh", "-q"]), 0);
    assert_eq!(reports(&["process", "nomfa", "--refresh"]), 0);
    assert_eq!(reports(&["env", "nomfa"]), 0, "nothing was fetched");

    // AWS's clock is two hours behind: every session looks expired here. This is reported once and does not cause a
    // loop.
    let (sts, home) = without_mfa();
    sts.fault(Fault::ClockOffset(-7170), None);
    let run = home.run(&["process", "nomfa"]);
    run.failed_with(1);
    says(&run, &["clock is 120 min ahead of AWS's", "fix the system clock (WSL or a resumed VM: sudo hwclock -s"]);
    let run = home.run(&["env", "nomfa", "--refresh"]);
    run.failed_with(1);
    assert_eq!(run.stderr.matches("ahead of AWS's").count(), 1, "{run:?}");
    home.run(&["process", "nomfa"]).failed_with(1);
    assert_eq!(sts.succeeded("AssumeRole"), 2, "only process does not try again");
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_a_call_at_once() {
    use std::os::unix::process::ExitStatusExt;
    let (sts, home) = without_mfa();
    sts.fault(Fault::Hang, None);
    let mut child = home.command(&["process", "nomfa"]).stdout(std::process::Stdio::null()).spawn().unwrap();
    sts.wait_for("AssumeRole", 1);
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(2), "130 to a shell");
    sts.clear_faults();
    home.run(&["process", "nomfa"]).succeeded();
}

#[test]
fn cached_session_survives_outage_but_not_denial() {
    let (sts, home) = without_mfa();
    home.run(&["process", "nomfa", "--duration", "15m"]).succeeded();
    // Twelve of its fifteen minutes have passed: inside the margin, above the minimum.
    crate::age_cache(&home, 720);
    sts.fault(Fault::ServerError(500), None);
    let run = home.run(&["process", "nomfa", "-v"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    says(&run, &["the cached session has "]);
    let calls = sts.calls().len();
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.calls().len(), calls, "no process tries again for a minute");
    home.run(&["process", "nomfa", "--refresh"]).failed_with(6);
    sts.clear_faults();
    sts.fault(Fault::error(403, "AccessDenied", "no more"), None);
    crate::age_cache(&home, 60);
    home.run(&["process", "nomfa"]).failed_with(5);
}

#[test]
fn error_page_of_a_proxy_is_reported_with_its_status() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::ServerErrorHtml(403), None);
    let run = home.run(&["process", "nomfa"]);
    run.failed_with(6);
    says(&run, &["the response is not from STS (HTTP status 403)", "hint: check AWS_ENDPOINT_URL_STS"]);
}

#[test]
fn truncated_sts_response_is_not_a_session() {
    let (_sts, home) = without_mfa();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<AssumeRoleResponse><AssumeRoleResult><Credentials>\
                  <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                  <Expiration>2099-01-01T00:00:00Z</Expiration><SessionToken>half of a tok";
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = std::io::Read::read(&mut stream, &mut [0; 1 << 14]);
            let _ = std::io::Write::write_all(&mut stream, answer.as_bytes());
        }
    });
    let run = home.run_with(&["process", "nomfa"], &[("AWS_ENDPOINT_URL_STS", &url)]);
    run.failed_with(6);
    assert!(!run.stderr.contains("half of a tok"), "{}", run.stderr);
}

#[test]
fn unknown_key_names_the_region() {
    for (region, expected) in [
        ("ap-east-1", "might not have enabled region ap-east-1 (~/.aws/config:14): try --region us-east-1"),
        ("eu-west-1", "another partition than region eu-west-1 (~/.aws/config:14)"),
        ("cn-north-1", "another partition than region cn-north-1 (~/.aws/config:14)"),
    ] {
        let (_sts, home) = without_mfa();
        add_config(
            &home,
            &format!(
                "[profile other]\nregion = {region}\nsource_profile = devcorpuser\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\n"
            ),
        );
        home.credentials("[devcorpuser]\naws_access_key_id = AKIAUNKNOWN\naws_secret_access_key = x\n");
        let run = home.run(&["process", "other"]);
        run.failed_with(4);
        let line = std::fs::read_to_string(home.path().join(".aws/config")).unwrap();
        let line = line.lines().position(|line| line.starts_with(&format!("region = {region}"))).unwrap() + 1;
        says(&run, &[&expected.replace(":14)", &format!(":{line})"))]);
    }
}

#[test]
fn unknown_role_is_among_the_causes() {
    let (_sts, home) = without_mfa();
    add_config(
        &home,
        "[profile typo]\nrole_arn = arn:aws:iam::222222222222:role/NoMfaa\nsource_profile = devcorpuser\n",
    );
    let run = home.run(&["process", "typo"]);
    run.failed_with(5);
    says(&run, &["hint: the role might not exist; check the account and the name in role_arn (~/.aws/config:"]);
}

#[test]
fn revoked_session_is_renewed_by_login() {
    let (sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    sts.expire_sessions();
    let run = home.run(&["whoami", "nomfa"]);
    run.failed_with(4);
    says(&run, &["ExpiredToken", "run: amplify-creds login --refresh nomfa"]);
}

#[test]
fn temporary_source_keys_get_an_hour_at_most() {
    let (sts, home) = without_mfa();
    let session = json(home.run(&["process", "nomfa"]).succeeded());
    let text = |key: &str| session[key].as_str().unwrap().to_owned();
    let (id, secret, token) = (text("AccessKeyId"), text("SecretAccessKey"), text("SessionToken"));
    home.credentials(&format!(
        "[keys]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\naws_session_token = {token}\n"
    ));
    home.write("answer", session.to_string());
    add_config(
        &home,
        &format!(
            "[profile program]\ncredential_process = cat {}\n\
             [profile a]\nrole_arn = {role}\nsource_profile = keys\nduration_seconds = 43200\n\
             [profile b]\nrole_arn = {role}\nsource_profile = program\nduration_seconds = 43200\n",
            home.path().join("answer").display(),
            role = data::DEPLOY_ROLE
        ),
    );
    for profile in ["a", "b"] {
        home.run(&["process", profile]);
        let calls = sts.calls();
        assert_eq!(calls.last().unwrap().param("DurationSeconds"), Some("3600"), "{profile}");
    }
    says(&home.run(&["explain", "a"]), &[]);
    assert!(home.run(&["explain", "a", "--json"]).stdout.contains("43200 s"), "explain says what is sent");
}

#[test]
fn revoked_session_of_previous_role_is_fetched_again() {
    let (sts, home) = without_mfa();
    add_config(&home, "[profile far]\nrole_arn = arn:aws:iam::222222222222:role/NoSuchRole\nsource_profile = nomfa\n");
    home.run(&["process", "far"]).failed_with(5);
    sts.expire_sessions();
    let run = home.run(&["process", "far"]);
    run.failed_with(5);
    says(&run, &["role/NoSuchRole (hop 2 of 2): AccessDenied"]);
    let roles: Vec<_> =
        sts.calls().iter().map(|call| call.param("RoleArn").unwrap().rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(roles, ["NoMfa", "NoSuchRole", "NoSuchRole", "NoMfa", "NoSuchRole"]);
}

#[test]
fn command_in_a_hint_can_be_pasted() {
    let (_sts, home) = without_mfa();
    add_config(
        &home,
        "[profile \"my role\"]\nrole_arn = arn:aws:iam::222222222222:role/Nope\nsource_profile = devcorpuser\n",
    );
    says(&home.run(&["process", "my role"]), &["amplify-creds check 'my role'"]);
}
