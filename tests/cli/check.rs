//! `check` and `whoami`: the identity at each step of a chain, and the reason of a failed step.

use test_support::biz_corp as data;

use crate::{add_config, biz_corp, fresh_code, json, without_mfa};

const SESSION: &str = "arn:aws:sts::222222222222:assumed-role/NoMfa/amplify";

#[test]
fn whoami_shows_caller_identity() {
    let (_sts, home) = without_mfa();
    let shown = json(home.run(&["whoami", "nomfa", "--json"]).succeeded());
    let user_id = shown["user_id"].as_str().unwrap();
    assert!(user_id.starts_with("AROA") && user_id.ends_with(":amplify"), "{user_id}");
    assert_eq!(
        (&shown["account"], &shown["arn"], &shown["profile"]),
        (&"222222222222".into(), &SESSION.into(), &"nomfa".into())
    );
    let text = home.run(&["whoami", "devcorpuser"]);
    assert!(text.succeeded().contains(&format!("  arn           {}\n", data::USER_ARN)));
}

#[test]
fn whoami_with_refused_keys_exits_4() {
    let (_sts, home) = without_mfa();
    home.credentials("[devcorpuser]\naws_access_key_id = AKIAUNKNOWN\naws_secret_access_key = x\n");
    let run = home.run(&["whoami", "devcorpuser"]);
    run.failed_with(4);
    assert!(run.stderr.contains("InvalidClientTokenId") && run.stderr.contains("aws iam list-access-keys"));
}

#[test]
fn check_runs_and_names_each_step() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/Deploy\nsource_profile = bizcorprole\n",
    );
    let run = home.run(&["check", "deploy", "-t", &fresh_code(&sts)]);
    let lines: Vec<_> = run.succeeded().lines().collect();
    let steps = [
        ("0", "base", "devcorpuser"),
        ("0", "MFA session", "bizcorprole"),
        ("1", "role", "bizcorprole"),
        ("2", "role", "deploy"),
    ];
    assert_eq!(lines.len(), steps.len() + 1);
    for (line, (hop, step, profile)) in lines[1..].iter().zip(steps) {
        let words: Vec<_> = line.split("  ").map(str::trim).filter(|word| !word.is_empty()).collect();
        assert_eq!(words[..4], [hop, step, profile, "ok"], "{line}");
    }
    assert!(lines[4].ends_with("assumed-role/Deploy/amplify"));
    assert_eq!(sts.count("GetCallerIdentity"), 4);
}

#[test]
fn check_stops_at_failed_step_with_causes() {
    let (_sts, home) = without_mfa();
    add_config(&home, "[profile far]\nrole_arn = arn:aws:iam::222222222222:role/NoSuchRole\nsource_profile = nomfa\n");
    let run = home.run(&["check", "far"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    for part in [
        "far          NO\n",
        "(hop 2 of 2): AccessDenied",
        "AWS: User: ",
        "one of these is the likely cause",
        "- the caller's policy",
    ] {
        assert!(run.stdout.contains(part), "{part:?} is not in\n{}", run.stdout);
    }
    let run = home.run(&["check", "far", "--json"]);
    assert_eq!(run.code, Some(1));
    let document = json(&run.stdout);
    let found = document["findings"].as_array().unwrap();
    let codes: Vec<_> =
        found.iter().map(|finding| (finding["code"].as_str().unwrap(), finding["hop"].as_u64())).collect();
    assert_eq!(codes, [("identity", Some(0)), ("identity", Some(1)), ("cannot_tell", Some(2))]);
    assert_eq!((&found[2]["severity"], &found[2]["profile"]), (&"error".into(), &"far".into()));
    assert!(found[2]["line"].is_u64() && found[2]["hint"].is_string());
    assert_eq!(found[0]["hint"], serde_json::Value::Null);
}

#[test]
fn check_error_before_aws_call_keeps_its_status() {
    let (_sts, home) = biz_corp();
    home.run(&["check", "bizcorprole"]).failed_with(4);
    home.run_with(&["check", "bizcorprole"], &[("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")]).failed_with(6);
    home.run(&["check", "nowhere"]).failed_with(3);
}
