//! MFA codes: their use, their sources, and how rarely one is needed.

use std::fs;
use std::process::{Command, Stdio};

use test_support::{FakeSts, Fault, Finished, Role, Terminal, User, biz_corp as data};

use crate::{add_config, age_cache, biz_corp, fresh_code, json};

const QUESTION: &str = "Enter the MFA token code: ";

/// A profile of the walk-through's user with the user's device.
fn role(name: &str, role: &str, more: &str) -> String {
    format!(
        "[profile {name}]\nrole_arn = {role}\nsource_profile = devcorpuser\nmfa_serial = {}\n{more}",
        data::MFA_SERIAL
    )
}

/// The actions in order, each with its role's name if any.
fn actions(sts: &FakeSts) -> Vec<String> {
    let described = |call: &test_support::Call| match call.param("RoleArn") {
        Some(arn) => {
            let code = if call.param("TokenCode").is_some() { "+code" } else { "" };
            format!("{}{code}", arn.rsplit('/').next().unwrap())
        }
        None => call.action.clone(),
    };
    sts.calls().iter().map(described).collect()
}

#[test]
fn concurrent_roles_of_device_share_prompt_and_session() {
    let (sts, home) = biz_corp();
    for n in 0..10 {
        let arn = format!("arn:aws:iam::222222222222:role/R{n}");
        sts.edit_world(|world| world.put_role(Role::new(&arn).trusts("111111111111").mfa_required()));
        add_config(&home, &role(&format!("r{n}"), &arn, ""));
    }
    sts.fault_on("AssumeRole", Fault::HELD, None);
    let mut terminal = Terminal::script(
        &home,
        "for i in 0 1 2 3 4 5 6 7 8 9; do \"$PROGRAM\" process r$i >\"$FILES/out.$i\" 2>\"$FILES/err.$i\" </dev/null & done; wait",
    );
    terminal.expect(QUESTION);
    terminal.type_line(&fresh_code(&sts));
    // All ten processes are running at the same time.
    sts.wait_for("AssumeRole", 10);
    sts.clear_faults();
    let (rest, left) = terminal.finish();
    left.restored();
    assert!(!rest.contains(QUESTION), "{rest}");
    for n in 0..10 {
        let read = |kind: &str| fs::read_to_string(home.path().join(format!("terminal/{kind}.{n}"))).unwrap();
        assert_eq!(read("err"), "");
        json(&read("out"));
    }
    assert_eq!((sts.count("GetSessionToken"), sts.count("AssumeRole")), (1, 10));
}

#[test]
fn mfa_session_serves_roles_except_longer_ones() {
    let (sts, home) = biz_corp();
    add_config(&home, &role("long", data::LONG_ROLE, "duration_seconds = 43200\n"));
    add_config(&home, &role("short", data::LONG_ROLE, "role_session_name = short\n"));
    home.run(&["process", "bizcorprole", "-t", &fresh_code(&sts)]).succeeded();
    home.run(&["process", "short"]).succeeded();
    home.run(&["process", "long"]).failed_with(4);
    home.run(&["process", "long", "-t", &fresh_code(&sts)]).succeeded();
    assert_eq!(actions(&sts), ["GetSessionToken", "BizCorpRole", "Long", "Long+code"]);
    assert_eq!(sts.calls()[3].param("DurationSeconds"), Some("43200"));
    // The roles' sessions are expired, the user's is not.
    age_cache(&home, 5000);
    home.run(&["process", "bizcorprole"]).succeeded();
    let run = home.run(&["process", "short", "-v"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("works for every role of this user and device"), "{}", run.stderr);
    let run = home.run(&["process", "long", "-v"]);
    assert!(run.stderr.contains("first role only: 43200 s are requested"), "{}", run.stderr);
}

#[test]
fn user_with_mfa_serial_gets_session_unless_off() {
    let (sts, home) = biz_corp();
    home.credentials(&format!(
        "[devcorpuser]\naws_access_key_id = {}\naws_secret_access_key = {}\nmfa_serial = {}\n",
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY,
        data::MFA_SERIAL
    ));
    home.run(&["process", "devcorpuser"]).failed_with(4);
    let run = home.run(&["process", "devcorpuser", "-t", &fresh_code(&sts)]);
    let document = json(run.succeeded());
    assert_eq!(document["AccountId"], "111111111111");
    assert!(document["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    assert_eq!(home.run(&["process", "devcorpuser"]).succeeded(), run.stdout);
    // A role that does not name a device is also assumed from that session.
    add_config(
        &home,
        "[profile plain]\nrole_arn = arn:aws:iam::222222222222:role/Long\nsource_profile = devcorpuser\n",
    );
    home.run(&["process", "plain"]).succeeded();
    assert_eq!(actions(&sts), ["GetSessionToken", "Long"]);
    let seen = home.run(&["explain", "devcorpuser", "--json"]);
    assert_eq!(json(seen.succeeded())["cache"][0]["state"], "valid");
    assert!(home.run(&["list"]).succeeded().lines().any(|line| line.starts_with("devcorpuser") && line.ends_with('m')));

    home.run(&["reset-cache", "plain"]).succeeded();
    home.run(&["process", "devcorpuser"]).failed_with(4);
    let text = fs::read_to_string(home.path().join(".aws/credentials")).unwrap();
    home.credentials(&format!("{text}mfa_session = off\n"));
    assert_eq!(json(home.run(&["process", "devcorpuser"]).succeeded())["AccessKeyId"], data::ACCESS_KEY_ID);
}

#[test]
fn denied_get_session_token_needs_code_per_role() {
    let (sts, home) = biz_corp();
    let user = User::new(data::USER_ARN, data::ACCESS_KEY_ID, data::SECRET_ACCESS_KEY)
        .device(test_support::Device::new(data::MFA_SERIAL, data::MFA_SEED))
        .get_session_token_denied();
    sts.edit_world(|world| world.put_user(user));
    let (first, second) = (fresh_code(&sts), fresh_code(&sts));
    let run = home.run_with(&["process", "bizcorprole", "-v", "-t", &first], &[("AMPLIFY_CREDS_MFA_TOKEN", &second)]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("each role needs its own MFA code"), "{}", run.stderr);
    add_config(&home, &role("long", data::LONG_ROLE, ""));
    home.run(&["process", "long", "-t", &fresh_code(&sts)]).succeeded();
    let expected = ["GetSessionToken", "BizCorpRole+code", "BizCorpRole+code", "Long+code"];
    assert_eq!(actions(&sts), expected, "the code of the refused call is tried first; the refusal is remembered");
    assert!(home.run(&["explain", "long"]).succeeded().contains("AWS denies the user"));
}

#[test]
fn role_with_short_mfa_age_gets_fresh_code() {
    let (sts, home) = biz_corp();
    sts.edit_world(|world| {
        world.put_role(Role::new(data::LONG_ROLE).trusts("111111111111").mfa_required().mfa_max_age(400));
    });
    add_config(&home, &role("young", data::LONG_ROLE, ""));
    home.run(&["process", "bizcorprole", "-t", &fresh_code(&sts)]).succeeded();
    sts.edit_world(|world| {
        // The trust policy accepts only MFA of less than a second, and AWS's clock has advanced by two.
        world.put_role(Role::new(data::LONG_ROLE).trusts("111111111111").mfa_required().mfa_max_age(1));
    });
    sts.fault(Fault::ClockOffset(2), None);
    home.run(&["process", "young"]).failed_with(5);
    age_cache(&home, 400);
    let run = home.run(&["process", "young"]);
    run.failed_with(5);
    assert!(run.stderr.contains("AccessDenied"), "AWS's refusal, not the missing person: {}", run.stderr);
    home.run(&["process", "young", "-t", &fresh_code(&sts)]).succeeded();
    assert!(home.run(&["explain", "young"]).succeeded().contains("requires a newer"));
    home.run(&["process", "young", "--refresh", "-t", &fresh_code(&sts)]).succeeded();
    assert_eq!(actions(&sts).last().unwrap(), "Long+code");
    assert_eq!(actions(&sts)[actions(&sts).len() - 2], "Long+code", "the doomed call is not made again");
}

#[test]
fn mfa_process_runs_once_and_its_stderr_is_shown() {
    let (sts, home) = biz_corp();
    let log = home.path().join("runs");
    let next = home.path().join("next");
    fs::write(&next, fresh_code(&sts)).unwrap();
    let script = home.write_program(
        "token",
        format!(
            "#!/bin/sh\necho run >>'{}'\nenv >'{}'\necho 'touch your key' >&2\ncat '{}'\n",
            log.display(),
            home.path().join("seen").display(),
            next.display()
        ),
    );
    add_config(&home, &role("auto", data::LONG_ROLE, &format!("mfa_process = '{}'\n", script.display())));
    let run = home.run_with(&["process", "auto", "--no-input"], &[("UNRELATED", "1")]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("touch your key"), "{}", run.stderr);
    let seen = fs::read_to_string(home.path().join("seen")).unwrap();
    assert!(seen.contains("AMPLIFY_CREDS_CHAIN=") && !seen.contains("MFA_TOKEN"), "{seen}");
    assert_eq!(fs::read_to_string(&log).unwrap(), "run\n");
    // A flag has priority, and children do not see the variable.
    home.run(&["reset-cache", "--all"]).succeeded();
    let variables = [("AMPLIFY_CREDS_MFA_TOKEN", sts.wrong_code(data::MFA_SERIAL))];
    fs::write(&next, fresh_code(&sts)).unwrap();
    let run = home.run_with(&["process", "auto"], &[(variables[0].0, &variables[0].1)]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!fs::read_to_string(home.path().join("seen")).unwrap().contains("MFA_TOKEN"));
    // Its failure is reported. With a user at a terminal, a prompt would follow.
    for (body, expected) in [("exit 3", "exit status: 3"), ("echo nope", "printed no code of six digits")] {
        home.run(&["reset-cache", "--all"]).succeeded();
        home.write_program("token", format!("#!/bin/sh\n{body}\n"));
        let run = home.run(&["process", "auto"]);
        run.failed_with(4);
        assert!(run.first_error_line().contains(expected), "{}", run.stderr);
    }
    let mut terminal = Terminal::start(&home, "process auto", "</dev/null");
    terminal.expect(QUESTION);
    terminal.type_line(&fresh_code(&sts));
    let (_, left) = terminal.finish();
    left.restored().succeeded();
}

#[test]
fn background_process_of_a_program_does_not_hold_our_pipes() {
    let (sts, home) = biz_corp();
    let pid = home.path().join("pid");
    let sleeper = format!("sleep 300 & echo $! >'{}'", pid.display());
    let code = home.write("code", fresh_code(&sts));
    let keys = home.write("keys", r#"{"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "s"}"#);
    let mfa = home.write_program("mfa", format!("#!/bin/sh\n{sleeper}\necho touch >&2\ncat '{}'\n", code.display()));
    let program = home.write_program("program", format!("#!/bin/sh\n{sleeper}\ncat '{}'\n", keys.display()));
    add_config(&home, &role("auto", data::LONG_ROLE, &format!("mfa_process = {}\n", mfa.display())));
    add_config(&home, &format!("[profile program]\ncredential_process = {}\n", program.display()));
    for (profile, said) in [("auto", "touch\n"), ("program", "")] {
        let mut child = home.command(&["process", profile]);
        let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Reads like botocore: until no process holds the pipes.
        let (sender, ended) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
        let run = ended.recv_timeout(test_support::PATIENCE / 2);
        Command::new("kill").arg(fs::read_to_string(&pid).unwrap().trim()).status().unwrap();
        let run: Finished = run.expect("the pipes are closed").into();
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), said), "{run:?}");
    }
}

#[test]
#[ignore = "waits for the deadline of all prompts, 90 s; .ci/full runs it"]
fn code_from_a_silent_pipe_ends_at_the_deadline() {
    let (_sts, home) = biz_corp();
    let mut child = home.command(&["process", "bizcorprole", "-t", "-"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdin = child.stdin.take();
    test_support::wait_until("the end", || child.try_wait().unwrap().is_some());
    drop(stdin);
    let run: Finished = child.wait_with_output().unwrap().into();
    run.failed_with(4);
    assert!(run.first_error_line().contains("90"), "{}", run.stderr);
}

#[test]
fn recursive_mfa_process_is_detected() {
    let (_sts, home) = biz_corp();
    let command = format!("'{}' process loops --lock-timeout 20s", home.program().display());
    add_config(&home, &role("loops", data::LONG_ROLE, &format!("mfa_process = {command}\n")));
    let run = home.run(&["process", "loops"]);
    run.failed_with(4);
    assert!(run.stderr.contains("asks for profile loops again"), "{}", run.stderr);
}

#[test]
#[ignore = "waits up to 30 s for the device's next code; .ci/full runs it"]
fn used_code_is_not_sent_and_countdown_shown() {
    let (sts, home) = biz_corp();
    add_config(&home, &role("long", data::LONG_ROLE, "duration_seconds = 7200\n"));
    let used = fresh_code(&sts);
    home.run(&["process", "bizcorprole", "-t", &used]).succeeded();
    let calls = sts.calls().len();
    let run = home.run(&["process", "long", "-t", &used]);
    run.failed_with(4);
    assert_eq!(sts.calls().len(), calls, "a flag's used code is not sent: {}", run.stderr);
    let mut terminal = Terminal::start(&home, "process long", "</dev/null");
    terminal.expect(QUESTION);
    terminal.type_line(&used);
    terminal.expect("This code was already used. The next code comes in ");
    terminal.expect(QUESTION);
    terminal.type_line(&fresh_code(&sts));
    let (_, left) = terminal.finish();
    left.restored().succeeded();
    assert_eq!(sts.calls().len(), calls + 1);
}

#[test]
fn mfa_session_with_no_cache_is_not_stored() {
    let (sts, home) = biz_corp();
    home.run(&["process", "bizcorprole", "--no-cache", "-t", &fresh_code(&sts)]).succeeded();
    assert_eq!(actions(&sts), ["GetSessionToken", "BizCorpRole"]);
    assert!(!home.cache_file().exists());
}

#[test]
fn mfa_session_is_not_used_for_another_key() {
    let (sts, home) = biz_corp();
    home.run(&["process", "bizcorprole", "-t", &fresh_code(&sts)]).succeeded();
    let text = fs::read_to_string(home.cache_file()).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let sessions = file[data::MFA_SERIAL].as_object().unwrap();
    let name = sessions.keys().next().unwrap();
    assert!(name.starts_with(&format!("{}#", data::ACCESS_KEY_ID)), "{name}");
    // If another user's key is in the same profile, neither session is used.
    sts.edit_world(|world| {
        world.put_user(User::new("arn:aws:iam::111111111111:user/other", "AKIAOTHER", "other-secret"));
    });
    home.credentials("[devcorpuser]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other-secret\n");
    home.run(&["process", "bizcorprole"]).failed_with(4);
}

#[test]
fn wrong_device_ends_at_once_and_names_its_line() {
    for session in ["", "mfa_session = off\n"] {
        let (sts, home) = biz_corp();
        let count = home.path().join("asked");
        let process = format!("mfa_process = echo x >>{}; echo 123456\n", count.display());
        let profile = role("wrong", data::BIZ_CORP_ROLE, &(process + session));
        add_config(&home, &profile.replace(":mfa/devcorpuser", ":mfa/another"));
        let run = home.run(&["process", "wrong"]);
        run.failed_with(4);
        let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
        let line = config.lines().position(|line| line.ends_with(":mfa/another")).unwrap() + 1;
        assert!(run.first_error_line().contains("AWS rejected the MFA device"), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("mfa_serial (~/.aws/config:{line})")), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&count).unwrap(), "x\n");
        assert_eq!(sts.calls().len(), 1);
    }
}

#[test]
fn security_key_is_not_asked_for_a_code() {
    let (sts, home) = biz_corp();
    let profile = role("key", data::BIZ_CORP_ROLE, "").replace(":mfa/devcorpuser", ":u2f/user/jo/default-ABC");
    add_config(&home, &profile);
    for args in [&["process", "key"][..], &["process", "key", "-t", "123456"]] {
        let run = home.run(args);
        run.failed_with(4);
        assert!(run.stderr.contains("the MFA device is a security key"), "{}", run.stderr);
    }
    assert!(home.run(&["doctor", "key"]).stdout.contains("mfa_serial is a security key"));
    assert!(home.run(&["explain", "key"]).stdout.contains("is a security key"));
    assert_eq!(sts.calls().len(), 0);
}

#[test]
fn rejected_flag_code_is_reported_before_the_prompt() {
    let (sts, home) = biz_corp();
    let wrong = sts.wrong_code(data::MFA_SERIAL);
    let mut terminal = Terminal::start(&home, &format!("process bizcorprole -t {wrong}"), "</dev/null");
    let before = terminal.expect(QUESTION);
    assert!(before.contains("AWS rejected the code"), "{before}");
    terminal.type_line(&fresh_code(&sts));
    terminal.finish().1.restored().succeeded();
}
