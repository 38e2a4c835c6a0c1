//! Every command works with a key in the key store, as the profile itself and as a source.

use test_support::biz_corp::{ACCESS_KEY_ID, MFA_SERIAL, NO_MFA_ROLE};

use super::{KeysHome, assert_user};
use crate::{add_config, fresh_code, json};

#[test]
fn commands_use_the_key_itself() {
    let Some(home) = KeysHome::imported() else { return };
    assert_user(&home, "devcorpuser");
    let printed = json(home.run(&["process", "devcorpuser"]).succeeded());
    assert_eq!(printed["AccessKeyId"], ACCESS_KEY_ID);
    assert!(printed["SessionToken"].is_null());
    let run = home.run(&["env", "devcorpuser", "--shell", "sh"]);
    assert!(
        run.succeeded().contains(&format!("AWS_ACCESS_KEY_ID='{ACCESS_KEY_ID}'")) || run.stdout.contains(ACCESS_KEY_ID)
    );
    let run = home.run(&["exec", "devcorpuser", "--", "/usr/bin/printenv", "AWS_ACCESS_KEY_ID"]);
    assert_eq!(run.succeeded(), format!("{ACCESS_KEY_ID}\n"));
    let run = home.run(&["acreds", "-q", "devcorpuser"]);
    assert!(run.succeeded().starts_with("export AWS_PROFILE='devcorpuser';\n"), "{run:#?}");
    assert_eq!(home.run(&["check", "devcorpuser"]).code, Some(0));
    let explained = home.run(&["explain", "devcorpuser"]);
    assert!(explained.succeeded().contains("Secret Service"), "{explained:#?}");
    let listed = json(home.run(&["list", "--json"]).succeeded());
    let kinds: Vec<_> = listed.as_array().unwrap().iter().map(|profile| &profile["kind"]).collect();
    assert_eq!(kinds, ["role", "key_store"]);
}

#[test]
fn roles_use_the_key_as_a_source() {
    let Some(home) = KeysHome::imported() else { return };
    add_config(&home.home, &format!("[profile nomfa]\nrole_arn = {NO_MFA_ROLE}\nsource_profile = devcorpuser\n"));
    assert!(json(home.run(&["process", "nomfa"]).succeeded())["SessionToken"].is_string());
    let code = fresh_code(&home.sts);
    let run = home.run(&["login", "--all", "-t", &code]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    home.daemon.lock();
    assert!(json(home.run(&["process", "bizcorprole", "--no-input"]).succeeded())["SessionToken"].is_string());
    assert_eq!(home.run(&["whoami", "bizcorprole"]).code, Some(0));
}

#[test]
fn mfa_session_is_cached_listed_and_reset() {
    let Some(home) = KeysHome::imported() else { return };
    let config = home
        .config()
        .replace("[profile devcorpuser]\n", &format!("[profile devcorpuser]\nmfa_serial = {MFA_SERIAL}\n"));
    home.home.config(&config);
    let code = fresh_code(&home.sts);
    assert_eq!(home.run(&["login", "devcorpuser", "-t", &code]).code, Some(0));
    let listed = json(home.run(&["list", "--json"]).succeeded());
    assert!(listed[1]["session"]["seconds_left"].as_i64().unwrap() > 0, "{listed}");
    for args in [&["whoami", "devcorpuser"][..], &["env", "devcorpuser"], &["check", "devcorpuser"]] {
        assert_eq!(home.run(args).code, Some(0), "{args:?}");
    }
    let run = home.run(&["reset-cache", "devcorpuser"]);
    assert_eq!(run.succeeded().lines().next(), Some("Cached temp credentials are deleted for profile devcorpuser."));
    assert_eq!(home.run(&["process", "devcorpuser", "--no-input"]).code, Some(4));
}
