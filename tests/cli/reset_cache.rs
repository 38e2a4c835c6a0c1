//! `reset-cache`: removes exactly the profile's chain, with the Amplify CLI's messages and spellings.

use std::fs;

use serde_json::{Value, json};
use test_support::{FakeSts, TestHome, biz_corp as data};

use crate::{add_config, cache, json as document, without_mfa};

/// A home with three sessions on one role (two profiles, two session names) and one of a chain.
fn with_sessions() -> (FakeSts, TestHome) {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile other]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         role_session_name = other\n\
         [profile alias]\ncredential_process = amplify-creds process nomfa\n\
         [profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/Deploy\nsource_profile = bizcorprole\n",
    );
    home.run(&["process", "nomfa"]).succeeded();
    home.run(&["process", "other"]).succeeded();
    home.run(&["process", "deploy", "-t", &sts.next_unused_code(data::MFA_SERIAL)]).succeeded();
    (sts, home)
}

fn names(home: &TestHome, role: &str) -> Vec<String> {
    cache(home)[role].as_object().map(|sessions| sessions.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn reset_cache_deletes_only_chain_of_profile() {
    let (_sts, home) = with_sessions();
    assert_eq!(names(&home, data::NO_MFA_ROLE).len(), 2);
    let run = home.run(&["reset-cache", "nomfa"]);
    assert!(run.succeeded().starts_with("Cached temp credentials are deleted for profile nomfa.\n"), "{run:?}");
    let left = names(&home, data::NO_MFA_ROLE);
    assert!(left.len() == 1 && left[0].starts_with("other#"), "{left:?}");
    assert_eq!(names(&home, data::DEPLOY_ROLE).len(), 1);
    let run = home.run(&["reset-cache", "nomfa"]);
    assert_eq!(run.succeeded(), "No temp credentials are cached for profile nomfa.\n");
    home.run(&["reset-cache", "deploy"]).succeeded();
    let file = cache(&home);
    assert!(file.get(data::DEPLOY_ROLE).is_none() && file.get(data::BIZ_CORP_ROLE).is_none(), "{file}");
    assert!(file.get(data::NO_MFA_ROLE).is_some());
}

#[test]
fn reset_cache_keeps_foreign_values_and_deletes_corrupt_copy() {
    let (_sts, home) = with_sessions();
    let foreign = json!({"theirs": 5, "note": {"a": 1}});
    for how in [&["reset-cache", "nomfa"][..], &["reset-cache", "--all"]] {
        let mut file = cache(&home);
        for (name, value) in foreign.as_object().unwrap() {
            file[data::NO_MFA_ROLE][name] = value.clone();
        }
        fs::write(home.cache_file(), file.to_string()).unwrap();
        home.run(how).succeeded();
        let after = cache(&home)[data::NO_MFA_ROLE].clone();
        assert_eq!((&after["theirs"], &after["note"]), (&foreign["theirs"], &foreign["note"]), "{how:?}");
    }
    assert_eq!(cache(&home), json!({data::NO_MFA_ROLE: foreign}));

    fs::write(home.cache_file(), "{ not JSON").unwrap();
    let aside = home.cache_dir().join("cache.json.corrupt");
    home.run(&["process", "nomfa"]).succeeded();
    assert!(aside.exists());
    home.run(&["reset-cache", "nomfa"]).succeeded();
    assert!(aside.exists(), "somebody may want to look");
    home.run(&["reset-cache", "--all"]).succeeded();
    assert!(!aside.exists(), "there may be sessions in it");
}

#[test]
fn reset_cache_deletes_amplify_entry_of_role() {
    let (_sts, home) = with_sessions();
    let mut file = cache(&home);
    file[data::NO_MFA_ROLE]["amplify"] = json!({"credentials": {"accessKeyId": "A"}});
    file["arn:aws:iam::333333333333:role/Theirs"] = json!({"amplify": {"accessKeyId": "B"}});
    file["note"] = json!("kept");
    fs::write(home.cache_file(), file.to_string()).unwrap();
    home.run(&["reset-cache", "nomfa"]).succeeded();
    let after = cache(&home);
    assert!(after[data::NO_MFA_ROLE].get("amplify").is_none());
    assert_eq!((&after["note"], after["arn:aws:iam::333333333333:role/Theirs"].is_object()), (&json!("kept"), true));
}

#[test]
fn reset_cache_of_alias_deletes_target_sessions() {
    for spelling in [
        &["reset-cache", "alias"][..],
        &["resetCache", "alias"],
        &["clear", "-p", "alias"],
        &["aws", "reset-cache", "alias"],
        &["awscloudformation", "resetCache", "alias"],
    ] {
        let (_sts, home) = with_sessions();
        home.run(spelling).succeeded();
        assert!(names(&home, data::NO_MFA_ROLE).iter().all(|name| name.starts_with("other#")), "{spelling:?}");
    }
}

#[test]
fn reset_cache_dry_run_lists_same_sessions() {
    let (_sts, home) = with_sessions();
    let before = fs::read_to_string(home.cache_file()).unwrap();
    let dry = document(home.run(&["reset-cache", "nomfa", "--dry-run", "--json"]).succeeded());
    assert_eq!(fs::read_to_string(home.cache_file()).unwrap(), before);
    assert!(
        home.run(&["reset-cache", "nomfa", "--dry-run"]).succeeded().contains("would be deleted for profile nomfa")
    );
    let real = document(home.run(&["reset-cache", "nomfa", "--json"]).succeeded());
    assert_eq!((dry["dry_run"].as_bool(), real["dry_run"].as_bool()), (Some(true), Some(false)));
    assert_eq!(dry["removed"], real["removed"]);
    assert_eq!(real["removed"][0]["role_arn"], data::NO_MFA_ROLE);
    assert!(real["removed"][0]["session_name"].as_str().unwrap().starts_with("amplify#"));
}

#[test]
fn reset_cache_expired_and_all_delete_matching_sessions() {
    let (_sts, home) = with_sessions();
    assert_eq!(home.run(&["reset-cache", "--expired"]).succeeded(), "No expired temp credentials are cached.\n");
    let mut file = cache(&home);
    let over = json!({"accessKeyId": "A", "secretAccessKey": "s", "sessionToken": "t", "expiration": "2020-01-01T00:00:00.000Z"});
    file["arn:aws:iam::333333333333:role/Theirs"] = json!({"amplify": over, "left by a failure": {}});
    file["note"] = Value::Null;
    fs::write(home.cache_file(), file.to_string()).unwrap();
    home.run(&["reset-cache", "--expired"]).succeeded();
    let after = cache(&home);
    assert!(after.get("arn:aws:iam::333333333333:role/Theirs").is_none());
    assert_eq!(names(&home, data::NO_MFA_ROLE).len(), 2);
    home.run(&["reset-cache", "--all"]).succeeded();
    assert_eq!(cache(&home), json!({"note": null}));
    assert_eq!(home.run(&["reset-cache", "--all"]).succeeded(), "No temp credentials are cached.\n");
}

#[test]
fn reset_of_missing_cache_succeeds_without_file() {
    let (_sts, home) = without_mfa();
    home.run(&["reset-cache", "--all"]).succeeded();
    home.run(&["reset-cache", "nomfa"]).succeeded();
    assert!(!home.path().join(".amplify").exists());
}

#[test]
fn reset_cache_without_target_is_an_error() {
    let (_sts, home) = without_mfa();
    // A variable that was set for another purpose does not select a profile to reset.
    let run = home.run_with(&["reset-cache"], &[("AWS_PROFILE", "nomfa")]);
    run.failed_with(3);
    assert!(run.stderr.contains("amplify-creds reset-cache PROFILE"), "{}", run.stderr);
    home.run(&["reset-cache", "nosuch"]).failed_with(3);
    home.run(&["reset-cache", "nomfa", "--all"]).failed_with(2);
}

#[test]
fn reset_cache_deletes_session_of_older_chain() {
    let (_sts, home) = with_sessions();
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    home.config(&config.replace("[profile nomfa]", "[profile nomfa]\nexternal_id = new"));
    home.run(&["reset-cache", "nomfa"]).succeeded();
    assert_eq!(names(&home, data::NO_MFA_ROLE).len(), 1);
}
