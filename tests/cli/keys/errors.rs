use std::fs;
use std::os::unix::fs::PermissionsExt;

use test_support::biz_corp::{ACCESS_KEY_ID, BIZ_CORP_ROLE, SECRET_ACCESS_KEY};

use super::{KeysHome, assert_hidden};
use crate::{PROGRAM, biz_corp};

#[test]
fn locked_or_missing_store_changes_nothing() {
    let Some(home) = KeysHome::new() else { return };
    home.daemon.lock();
    let before = home.text(".aws/credentials");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes", "--no-input"]);
    let message = "amplify-creds: cannot read the key of profile devcorpuser: the key store is locked";
    assert_eq!(run.failed_with(4).first_error_line(), message);
    assert_eq!(home.text(".aws/credentials"), before);
    let (_sts, other) = biz_corp();
    for args in [
        &["keys", "import", "devcorpuser", "--yes"][..],
        &["keys", "add", "x", "--stdin", "--yes"],
        &["keys", "remove", "x", "--yes"],
    ] {
        let run = other.run(args);
        assert!(run.failed_with(4).first_error_line().contains("DBUS_SESSION_BUS_ADDRESS is not set"), "{run:#?}");
    }
}

#[test]
#[ignore = "waits for the real deadline, 3 s; .ci/full runs it"]
fn stopped_store_changes_nothing() {
    let Some(home) = KeysHome::new() else { return };
    home.daemon.stop();
    let before = home.text(".aws/credentials");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    assert!(run.failed_with(4).first_error_line().contains("did not answer within 3 s"), "{run:#?}");
    assert_eq!(home.text(".aws/credentials"), before);
}

#[test]
fn profile_with_another_source_is_refused() {
    let Some(home) = KeysHome::new() else { return };
    home.home.config(&format!(
        "[profile role]\nrole_arn = {BIZ_CORP_ROLE}\nsource_profile = devcorpuser\n\
         [profile sso]\nsso_session = x\n[profile login]\nlogin_session = x\n\
         [profile process]\ncredential_process = /bin/x\n[profile wrapper]\ncredential_process = amplify-creds process role\n"
    ));
    for (name, kind, line) in [
        ("role", "a role", "config:2"),
        ("sso", "IAM Identity Center", "config:5"),
        ("login", "aws login", "config:7"),
        ("process", "credential_process", "config:9"),
        ("wrapper", "credential_process", "config:11"),
        ("devcorpuser", "static keys", "credentials:2"),
    ] {
        let run = home.add(name, &[]);
        let message = format!("amplify-creds: profile {name} has another source of credentials: {kind}");
        assert_eq!(run.failed_with(3).first_error_line(), message);
        assert!(run.stderr.contains(&format!("at ~/.aws/{line}")), "{run:#?}");
        assert_eq!(run.stderr.contains("keys import devcorpuser"), name == "devcorpuser", "{run:#?}");
    }
    assert_eq!(home.sts.calls().len(), 0);
}

#[test]
fn invalid_input_is_refused_without_showing_it() {
    let Some(home) = KeysHome::empty() else { return };
    for (input, message) in [
        ("", "invalid access key ID on stdin (expected 16 to 128 letters, digits and _)"),
        ("AKIA1\nx\n", "invalid access key ID on stdin (expected 16 to 128 letters, digits and _)"),
        (
            &format!("ASIAIOSFODNN7EXAMPLE\n{SECRET_ACCESS_KEY}\n"),
            "invalid access key ID on stdin (expected a long-term key: keys with ASIA are temporary and expire)",
        ),
        (
            &format!("{ACCESS_KEY_ID}\nhunter2\n"),
            "invalid secret access key on stdin (expected 16 to 256 letters, digits and _+/=; this has 7 characters)",
        ),
    ] {
        let run = home.run_with_input(&["keys", "add", "dev", "--stdin", "--yes"], input);
        assert_eq!(run.failed_with(2).first_error_line(), format!("amplify-creds: {message}"));
        assert!(!run.stderr.contains("hunter2"));
        assert_hidden(&run);
    }
    let run = home.add("dev", &["--mfa-serial", "x y"]);
    assert!(run.failed_with(2).first_error_line().contains("invalid --mfa-serial"), "{run:#?}");
    let run = home.add("b z", &[]);
    assert!(run.failed_with(3).first_error_line().contains("profile name b z cannot be written"), "{run:#?}");
}

#[test]
fn no_input_names_the_options() {
    let Some(home) = KeysHome::imported() else { return };
    let input = format!("{ACCESS_KEY_ID}\n{SECRET_ACCESS_KEY}\n");
    for (args, message) in [
        (
            &["keys", "add", "x", "--no-input"][..],
            "keys add asks before it writes, but no prompt is possible here; add --yes",
        ),
        (
            &["keys", "add", "x", "--stdin", "--no-input"],
            "keys add asks before it writes, but no prompt is possible here; add --yes",
        ),
        (&["keys", "add", "x", "--yes", "--no-input"], "keys add asks for the key, but no prompt is possible here"),
        (
            &["keys", "remove", "devcorpuser", "--no-input"],
            "keys remove asks before it deletes, but no prompt is possible here; add --yes",
        ),
    ] {
        let run = home.run_with_input(args, &input);
        assert_eq!(run.failed_with(4).first_error_line(), format!("amplify-creds: {message}"));
    }
    home.home.config("");
    home.home.credentials(&format!(
        "[x]\naws_access_key_id = {ACCESS_KEY_ID}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n"
    ));
    let run = home.run(&["keys", "import", "x", "--no-input"]);
    let message = "amplify-creds: keys import asks before it writes, but no prompt is possible here; add --yes";
    assert_eq!(run.failed_with(4).first_error_line(), message);
}

#[test]
fn unwritable_config_keeps_the_keys_in_the_file() {
    let Some(home) = KeysHome::new() else { return };
    let path = home.home.path().join(".aws/config");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let before = home.text(".aws/credentials");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    assert!(run.failed_with(1).first_error_line().contains("is read-only"), "{run:#?}");
    assert_eq!((home.text(".aws/credentials"), home.stored_id("devcorpuser")), (before, None));
    let run = home.add("other", &[]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert_eq!(home.stored_id("other"), None);
}

#[test]
fn secret_is_in_no_argument_or_record() {
    let Some(home) = KeysHome::imported() else { return };
    let records = fs::read_to_string(home.home.cache_dir().join("keys.json")).unwrap();
    assert!(records.contains(ACCESS_KEY_ID) && !records.contains(SECRET_ACCESS_KEY));
    let run = test_support::TestHome::new(PROGRAM).run(&["keys", "add", "x", ACCESS_KEY_ID]);
    run.failed_with(2);
}
