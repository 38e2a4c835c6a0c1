//! `sessions`: the JSON contract, the table, and skipped entries.

use std::fs;

use serde_json::{Value, json};
use test_support::{TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, age_cache, biz_corp, cache, json as document, without_mfa};

const FOUR: &str = r#"{"accessKeyId": "A", "secretAccessKey": "hush", "sessionToken": "hush", "expiration": "2099-01-01T00:00:00.000Z"}"#;

fn four() -> Value {
    serde_json::from_str(FOUR).unwrap()
}

#[test]
fn sessions_json_has_every_documented_key() {
    let (sts, home) = biz_corp();
    home.run(&["process", "bizcorprole", "-t", &sts.next_unused_code(data::MFA_SERIAL)]).succeeded();
    let mut file = cache(&home);
    file[data::NO_MFA_ROLE] = json!({"amplify": {"credentials": four()}, "x#12345678": four()});
    fs::write(home.cache_file(), file.to_string()).unwrap();
    let seen = document(home.run(&["sessions", "--json"]).succeeded());
    let all = seen.as_array().unwrap();
    assert_eq!(all.len(), 4, "{seen:#}");
    let mut keys: Vec<_> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let contract = [
        "account_id",
        "expires",
        "mfa_serial",
        "profile",
        "role_arn",
        "sealed",
        "seconds_left",
        "session_name",
        "written_by",
    ];
    assert_eq!(keys, contract);
    let of = |outer: &str| {
        all.iter().find(|session| session["role_arn"] == outer || session["mfa_serial"] == outer).unwrap()
    };
    let role = of(data::BIZ_CORP_ROLE);
    assert_eq!(
        (&role["session_name"], &role["account_id"], &role["profile"], &role["written_by"], &role["mfa_serial"]),
        (&json!("amplify"), &json!("222222222222"), &json!("bizcorprole"), &json!("amplify-creds"), &Value::Null)
    );
    assert!((3000..=3600).contains(&role["seconds_left"].as_i64().unwrap()), "{role}");
    assert!(role["expires"].as_str().unwrap().ends_with('Z'));
    let device = of(data::MFA_SERIAL);
    assert_eq!((&device["role_arn"], &device["session_name"]), (&Value::Null, &json!(data::ACCESS_KEY_ID)));
    assert_eq!((&device["account_id"], &device["written_by"]), (&json!("111111111111"), &json!("amplify-creds")));
    let amplifys = of(data::NO_MFA_ROLE);
    assert_eq!(
        (&amplifys["profile"], &amplifys["written_by"], &amplifys["expires"]),
        (&Value::Null, &json!("amplify"), &json!("2099-01-01T00:00:00Z"))
    );
    // Another program's entry, so the digits belong to the name.
    assert!(all.iter().any(|session| session["session_name"] == "x#12345678"), "{seen:#}");
}

#[test]
fn session_name_is_shown_without_fingerprint() {
    let (_sts, home) = without_mfa();
    add_config(
        &home,
        "[profile other]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         role_session_name = other\n",
    );
    home.run(&["process", "other"]).succeeded();
    let mut file = cache(&home);
    let stored = file[data::NO_MFA_ROLE].as_object().unwrap().values().next().unwrap().clone();
    file[data::NO_MFA_ROLE]["other#00000000"] = stored;
    fs::write(home.cache_file(), file.to_string()).unwrap();
    let seen = document(home.run(&["sessions", "--json"]).succeeded());
    let mut names: Vec<_> = seen.as_array().unwrap().iter().map(|row| row["session_name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["other", "other#00000000"]);
}

#[test]
fn sessions_table_marks_expired_and_is_sanitized() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    age_cache(&home, 4000);
    let mut file = cache(&home);
    file["arn:aws:iam::333333333333:role/Th\u{1b}eirs"] = json!({"ampl\u{1b}ify": four()});
    fs::write(home.cache_file(), file.to_string()).unwrap();
    let run = home.run(&["sessions"]);
    let text = run.succeeded();
    let words: Vec<Vec<_>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        text.lines().next(),
        Some("ROLE OR DEVICE  ACCOUNT       SESSION   PROFILE  LEFT           UNTIL                 WRITTEN BY")
    );
    let ours = words.iter().find(|row| row[0] == "NoMfa").unwrap();
    assert_eq!(ours[1..5], ["222222222222", "amplify", "nomfa", "expired"]);
    assert_eq!((ours[6], ours.last()), ("UTC", Some(&"amplify-creds")));
    let theirs = words.iter().find(|row| row[0] == "Th\u{fffd}eirs").unwrap();
    assert_eq!((theirs[2], theirs.last()), ("ampl\u{fffd}ify", Some(&"amplify")));
    assert!(!text.contains("hush"));
    let seen = document(home.run(&["sessions", "--json"]).succeeded());
    assert!(seen.as_array().unwrap().iter().any(|row| row["seconds_left"] == 0), "{seen:#}");
}

#[test]
fn invalid_or_missing_cache_lists_no_sessions() {
    let home = TestHome::new(PROGRAM);
    let nothing = "no sessions in ~/.amplify/awscloudformation/cache.json\n";
    assert_eq!(home.run(&["sessions"]).succeeded(), nothing);
    assert_eq!(home.run(&["sessions", "--json"]).succeeded(), "[]\n");
    assert!(!home.cache_dir().exists());
    let role = data::NO_MFA_ROLE;
    for text in [
        "nonsense".to_owned(),
        "[]".to_owned(),
        json!({role: 1, "note": {"amplify": four()}, "x": [four()]}).to_string(),
        json!({role: {"amplify": {}, "b": {"accessKeyId": "A"}, "c": {"credentials": 1}, "d": null}}).to_string(),
    ] {
        home.write(".amplify/awscloudformation/cache.json", &text);
        for (words, expected) in [(&["sessions"][..], nothing), (&["sessions", "--json"], "[]\n")] {
            let run = home.run(words);
            assert_eq!((run.code, run.stdout.as_str()), (Some(0), expected), "{text}");
            let is_reported =
                run.stderr.contains("cache.json cannot be used: it is not a JSON object; to replace it: ");
            assert_eq!(is_reported, !text.starts_with('{'), "{text}: {}", run.stderr);
        }
    }
}
