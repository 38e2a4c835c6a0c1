//! `login`: prints the plan first, then the expiration of each profile's session.

use test_support::{Role, Terminal, biz_corp as data};

use crate::{add_config, biz_corp, json, without_mfa};

const QUESTION: &str = "Enter the MFA token code: ";

#[test]
fn login_all_needs_one_code_per_device() {
    let (sts, home) = biz_corp();
    for n in 0..3 {
        let arn = format!("arn:aws:iam::222222222222:role/R{n}");
        sts.edit_world(|world| world.put_role(Role::new(&arn).trusts("111111111111").mfa_required()));
        add_config(
            &home,
            &format!(
                "[profile r{n}]\nrole_arn = {arn}\nsource_profile = devcorpuser\nmfa_serial = {}\n",
                data::MFA_SERIAL
            ),
        );
    }
    add_config(&home, "[profile broken]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = nobody\n");
    let mut terminal = Terminal::start(&home, "login --all", "</dev/null");
    terminal.expect(QUESTION);
    terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
    let (rest, left) = terminal.finish();
    let run = left.restored();
    let text = &run.stdout;
    assert!(!rest.contains(QUESTION));
    let mut lines = run.stderr.lines();
    assert_eq!(lines.next(), Some("1 MFA code needed: mfa/devcorpuser for 4 profiles"));
    assert!(
        lines.next().unwrap().contains("profile nobody does not exist; it is the source_profile of profile broken"),
        "{}",
        run.stderr
    );
    assert_eq!(run.code, Some(3));
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(
        text.lines().any(|line| line.starts_with("r2 ") && line.contains(" m left, until ") && line.ends_with(" UTC")),
        "{text}"
    );
    assert_eq!((sts.count("GetSessionToken"), sts.count("AssumeRole")), (1, 4));

    let run = home.run(&["login", "r0", "r1", "--json"]);
    let seen = json(&run.stdout);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), "no MFA code needed\n"));
    assert_eq!((&seen[0]["profile"], &seen[0]["prompted"]), (&"r0".into(), &false.into()));
    assert!(seen[1]["expires"].as_str().unwrap().ends_with('Z'));
    assert_eq!(home.run(&["login", "r0", "-q"]).stderr, "");
}

#[test]
fn login_plan_counts_codes_by_device_and_role() {
    let (_sts, home) = biz_corp();
    add_config(
        &home,
        &format!(
            "[profile admin]\nrole_arn = {role}\nsource_profile = devcorpuser\nmfa_serial = arn:aws:iam::111111111111:mfa/admin\n\
             [profile again]\nrole_arn = {role}\nsource_profile = devcorpuser\nmfa_serial = {serial}\n\
             [profile long]\nrole_arn = {role}\nsource_profile = devcorpuser\nmfa_serial = {serial}\nduration_seconds = 7200\n",
            role = data::LONG_ROLE,
            serial = data::MFA_SERIAL
        ),
    );
    let run = home.run(&["login", "bizcorprole", "admin", "again", "long", "--no-input"]);
    assert_eq!(
        run.stderr.lines().next(),
        Some("3 MFA codes needed: mfa/devcorpuser for 2 profiles, mfa/admin for 1, mfa/devcorpuser for 1")
    );
    assert_eq!(run.code, Some(4));
}

#[test]
fn failed_profile_does_not_stop_other_logins() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile nomfa]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         [profile gone]\nrole_arn = arn:aws:iam::222222222222:role/Gone\nsource_profile = devcorpuser\n",
    );
    let run = home.run(&["login", "gone", "nomfa"]);
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(run.stderr.contains("cannot assume arn:aws:iam::222222222222:role/Gone"), "{}", run.stderr);
    assert!(run.stdout.contains("nomfa"), "{}", run.stdout);
    assert_eq!(sts.succeeded("AssumeRole"), 1);
    let run = home.run(&["login", "gone", "nomfa", "--json"]);
    let sessions = json(&run.stdout);
    assert_eq!((&sessions[0]["profile"], &sessions[0]["error"]["code"]), (&"gone".into(), &"access_denied".into()));
    assert!(sessions[1]["profile"] == "nomfa" && sessions[1]["error"].is_null(), "{sessions}");
    assert_eq!(home.run(&["login", "nobody"]).code, Some(3));
    home.run(&["login", "nomfa", "--all"]).failed_with(2);
    let run = home.run_with(&["login"], &[("AWS_PROFILE", "nomfa")]);
    assert!(run.code == Some(0) && run.stdout.contains("nomfa"), "{run:?}");
}

#[test]
fn second_profile_in_option_is_a_usage_error() {
    let (_sts, home) = without_mfa();
    for verb in ["login", "doctor"] {
        let run = home.run(&[verb, "-p", "devcorpuser", "nomfa"]);
        assert!(run.failed_with(2).stderr.contains("two different profiles given: nomfa and --profile devcorpuser"));
        assert_eq!(home.run(&[verb, "-p", "nomfa", "nomfa"]).code, Some(0));
    }
}
