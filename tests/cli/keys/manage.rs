use std::fs;

use test_support::Terminal;
use test_support::biz_corp::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, USER_ARN};

use super::KeysHome;
use crate::{add_config, fresh_code, json};

#[test]
fn list_shows_records_without_the_store() {
    let Some(home) = KeysHome::imported() else { return };
    home.daemon.lock();
    let run = home.run(&["keys", "list"]);
    let expected = format!(
        "PROFILE      KEY                   ACCOUNT       USER         AGE\n\
         devcorpuser  {ACCESS_KEY_ID}  111111111111  devcorpuser  stored less than a day ago\n"
    );
    assert_eq!(run.succeeded(), expected);
    let listed = json(home.run(&["keys", "list", "--json"]).succeeded());
    let keys: Vec<_> = listed[0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected =
        ["profile", "access_key_id", "account_id", "user_arn", "created_at", "stored_at", "age_seconds", "rotation"];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!((&listed[0]["profile"], &listed[0]["user_arn"]), (&"devcorpuser".into(), &USER_ARN.into()));
    assert!(listed[0]["age_seconds"].is_null() && listed[0]["rotation"].is_null());
    home.home.config("");
    let run = home.run(&["keys", "list"]);
    let note = "\ndevcorpuser: the profile does not exist; to delete the key: amplify-creds keys remove devcorpuser\n";
    assert!(run.succeeded().ends_with(note), "{run:#?}");
}

#[test]
fn list_without_keys_names_the_commands() {
    let Some(home) = KeysHome::new() else { return };
    let text = "no stored keys; to store one: amplify-creds keys import PROFILE, or keys add PROFILE\n";
    assert_eq!(home.run(&["keys", "list"]).succeeded(), text);
    assert_eq!(home.run(&["keys", "list", "--json"]).succeeded(), "[]\n");
}

#[test]
fn remove_deletes_line_item_record_and_sessions() {
    let Some(home) = KeysHome::imported() else { return };
    let code = fresh_code(&home.sts);
    assert_eq!(home.run(&["process", "bizcorprole", "-t", &code]).code, Some(0));
    assert_ne!(home.run(&["sessions", "--json"]).succeeded(), "[]\n");
    let run = home.run(&["keys", "remove", "devcorpuser", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    for text in [
        "Its secret cannot be recovered.",
        "These profiles use the key and will fail: bizcorprole\n",
        &format!("aws iam delete-access-key --access-key-id {ACCESS_KEY_ID} --user-name devcorpuser\n"),
    ] {
        assert!(run.stderr.contains(text), "{text} {run:#?}");
    }
    assert!(home.config().ends_with("[profile devcorpuser]\nregion = us-east-1\n"), "{}", home.config());
    assert_eq!(home.stored_id("devcorpuser"), None);
    assert_eq!(home.run(&["keys", "list", "--json"]).succeeded(), "[]\n");
    assert_eq!(home.run(&["sessions", "--json"]).succeeded(), "[]\n");
    let run = home.run(&["keys", "remove", "devcorpuser", "--yes"]);
    let message = "amplify-creds: the Secret Service has no key of profile devcorpuser";
    assert_eq!(run.failed_with(3).first_error_line(), message);
}

#[test]
fn remove_asks_with_default_no() {
    let Some(home) = KeysHome::imported() else { return };
    for (answer, is_removed) in [("", false), ("y", true)] {
        let mut terminal = Terminal::start(&home.home, "keys remove devcorpuser", "</dev/null");
        terminal.expect("-credential_process = ");
        terminal.expect("Delete the key? [y/N]");
        terminal.type_line(answer);
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert_eq!(home.stored_id("devcorpuser").is_none(), is_removed);
    }
}

#[test]
fn remove_completes_after_a_crash() {
    let Some(home) = KeysHome::imported() else { return };
    // Only the record is left, only the item, or only the line.
    home.home.config("");
    home.store().delete(&super::KeyStoreItem::AccessKey("devcorpuser".to_owned()), super::Unlock::Never).unwrap();
    assert_eq!(home.run(&["keys", "remove", "devcorpuser", "--yes"]).code, Some(0));
    home.put("devcorpuser", ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    assert_eq!(home.run(&["keys", "remove", "devcorpuser", "--yes"]).code, Some(0));
    assert_eq!(home.stored_id("devcorpuser"), None);
    add_config(&home.home, &format!("[profile devcorpuser]\n{}", home.command_of("devcorpuser")));
    assert_eq!(home.run(&["keys", "remove", "devcorpuser", "--yes"]).code, Some(0));
    assert!(home.config().ends_with("[profile devcorpuser]\n"));
    let records = fs::read_to_string(home.home.cache_dir().join("keys.json")).unwrap();
    assert!(!records.contains("devcorpuser"), "{records}");
}
