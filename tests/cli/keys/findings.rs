//! The findings of `doctor` about long-term keys.

use std::fs;

use serde_json::Value;
use test_support::TestHome;
use test_support::biz_corp::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};

use super::{KeyStoreItem, KeysHome, Unlock};
use crate::{add_config, biz_corp, json};

/// Code, severity and hint of the findings about keys.
fn findings(home: &TestHome) -> Vec<[String; 3]> {
    let run = home.run(&["doctor", "--json"]);
    assert_eq!(run.stderr, "");
    let document = json(&run.stdout);
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let all = document["findings"].as_array().unwrap().iter();
    let of_keys = all.filter(|finding| text(finding, "code").contains("key"));
    of_keys.map(|finding| ["code", "severity", "hint"].map(|key| text(finding, key))).collect()
}

#[track_caller]
fn assert_findings(home: &TestHome, expected: &[(&str, &str, &str)]) {
    let found = findings(home);
    let found: Vec<_> = found.iter().map(|[code, severity, hint]| (&**code, &**severity, &**hint)).collect();
    assert_eq!(found, expected);
}

const MFA_HINT: &str = "add the line mfa_serial = ARN of the user's MFA device; to list it: aws iam list-mfa-devices";

#[test]
fn plain_keys_are_found_where_a_store_may_exist() {
    let Some(home) = KeysHome::new() else { return };
    let hint = "to move it to the Secret Service: amplify-creds keys import devcorpuser";
    assert_findings(&home.home, &[("plain_keys", "info", hint)]);
    let (_sts, without) = biz_corp();
    assert_findings(&without, &[]);
}

#[test]
fn stored_key_is_recommended_mfa_only() {
    let Some(home) = KeysHome::imported() else { return };
    assert_findings(&home.home, &[("key_without_mfa", "info", MFA_HINT)]);
    let config =
        home.config().replace("us-east-1\ncredential", "us-east-1\nmfa_serial = arn:aws:iam::1:mfa/x\ncredential");
    home.home.config(&config);
    assert_findings(&home.home, &[]);
    let run = home.run(&["doctor", "devcorpuser"]);
    assert!(!run.stdout.contains("mfa_without_role"), "{run:#?}");
}

#[test]
fn missing_item_and_unused_record_are_found() {
    let Some(home) = KeysHome::imported() else { return };
    let item = KeyStoreItem::AccessKey("devcorpuser".to_owned());
    home.store().delete(&item, Unlock::Never).unwrap();
    let missing = ("key_missing", "error", "amplify-creds keys add devcorpuser");
    assert_findings(&home.home, &[missing, ("key_without_mfa", "info", MFA_HINT)]);
    assert_eq!(home.run(&["doctor"]).code, Some(1));
    home.home.config("");
    assert_findings(&home.home, &[("key_unused", "warning", "amplify-creds keys remove devcorpuser")]);
    home.home.credentials(&format!(
        "[devcorpuser]\naws_access_key_id = {ACCESS_KEY_ID}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n"
    ));
    let found = findings(&home.home);
    assert_eq!(found[0], ["key_unused", "warning", "amplify-creds keys import devcorpuser"].map(str::to_owned));
}

#[test]
fn locked_store_and_corrupt_records_are_found() {
    let Some(home) = KeysHome::imported() else { return };
    home.daemon.lock();
    let locked = "unlock it in the desktop session; amplify-creds login also asks for its password";
    let mfa = ("key_without_mfa", "info", MFA_HINT);
    assert_findings(&home.home, &[("key_store", "warning", locked), mfa]);
    fs::write(home.home.cache_dir().join("keys.json"), "{").unwrap();
    let records = ("key_records", "warning", "delete it; the next use of a stored key creates it again");
    assert_findings(&home.home, &[("key_store", "warning", locked), records, mfa]);
    assert!(home.run(&["keys", "list"]).failed_with(1).stderr.contains("is not a record of access keys"));
}

#[test]
fn backup_with_removed_keys_is_found() {
    let Some(home) = KeysHome::imported() else { return };
    let name = ".amplify/awscloudformation/credentials.backup.1";
    for (text, is_found) in [
        (format!("[x]\naws_access_key_id = AKIA1\naws_secret_access_key = {SECRET_ACCESS_KEY}\n"), true),
        ("[x]\naws_access_key_id = ASIA1\naws_secret_access_key = x\naws_session_token = t\n".to_owned(), false),
        ("[x]\nregion = y\n".to_owned(), false),
    ] {
        home.home.write(name, text);
        let hint = format!("if they are not needed: rm ~/{name}");
        let found = findings(&home.home);
        assert_eq!(found.iter().any(|[code, _, found]| code == "backup_keys" && *found == hint), is_found, "{found:?}");
    }
    let run = home.run(&["doctor"]);
    assert!(!run.stdout.contains(SECRET_ACCESS_KEY), "{run:#?}");
}

#[test]
fn profiles_without_stored_keys_do_not_call_the_store() {
    let Some(home) = KeysHome::new() else { return };
    home.daemon.lock();
    home.home.credentials("");
    add_config(&home.home, "[profile x]\nregion = us-east-1\n");
    assert_findings(&home.home, &[]);
}
