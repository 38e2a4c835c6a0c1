//! `logout` ends a session at the portal and deletes its token and the sessions that came from it.

use std::fs;

use serde_json::{Value, json as value};
use sha1::{Digest, Sha1};

use crate::bases::hex;
use crate::json;
use crate::sign_in::{Story, story};

fn signed_in() -> Story {
    let story = story();
    assert_eq!(story.run(&["login", "sso"]).code, Some(0));
    story
}

#[test]
fn logout_ends_the_session_at_the_portal() {
    let story = signed_in();
    let name = "IAM Identity Center session corp (https://corp.example/start)";
    assert_eq!(story.run(&["logout", "again"]).succeeded(), format!("Signed out of {name}.\n"));
    assert_eq!(story.center.logouts(), 1);
    assert!(story.file("corp").is_none());
    assert_eq!(story.run(&["logout", "sso"]).succeeded(), format!("Not signed in to {name}.\n"));
    let run = story.run(&["process", "sso"]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn logout_of_a_session_or_of_all() {
    let story = signed_in();
    assert_eq!(story.run(&["login", "legacy"]).code, Some(0));
    let out = story.run(&["logout", "--session", "corp", "--json"]);
    assert_eq!(json(out.succeeded()), value!([{"kind": "sso", "session": "corp", "signed_out": true}]));
    let all = story.run(&["logout", "--all"]);
    assert_eq!(all.succeeded(), "Signed out of IAM Identity Center at https://corp.example/start.\n");
    assert!(story.file("https://corp.example/start").is_none());
    assert_eq!(story.center.logouts(), 2);
}

#[test]
fn registration_survives_logout() {
    let story = signed_in();
    story.run(&["logout", "--all"]).succeeded();
    assert!(story.file(crate::sign_in::REGISTRATION).is_some());
}

#[test]
fn portal_outage_does_not_keep_the_token() {
    let story = signed_in();
    story.center.set_down(true);
    let run = story.run(&["logout", "sso"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("is deleted here, but still valid at AWS"), "{run:?}");
    assert!(story.file("corp").is_none());
}

#[test]
fn sessions_of_the_aws_cli_are_deleted() {
    let story = signed_in();
    // From botocore: json.dumps(args, sort_keys=True, separators=(',', ':')).
    let key = "{\"accountId\":\"111111111111\",\"roleName\":\"Own\",\"sessionName\":\"corp\"}";
    let file = format!(".aws/cli/cache/{}.json", hex(&Sha1::digest(key)));
    let (of_session, other) = (story.home.write(&file, "{}"), story.home.write(".aws/cli/cache/other.json", "{}"));
    story.run(&["logout", "sso"]).succeeded();
    assert!(!of_session.exists() && other.exists());
}

#[test]
fn sessions_of_chained_roles_are_deleted() {
    let story = signed_in();
    let role = "arn:aws:iam::222222222222:role/Chained";
    let config = fs::read_to_string(story.home.path().join(".aws/config")).unwrap();
    story
        .home
        .config(&format!("{config}[profile chained]\nrole_arn = {role}\nsource_profile = sso\nregion = eu-west-1\n"));
    let session = value!({"accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t",
        "expiration": "2099-01-01T00:00:00.000Z"});
    let cache = value!({role: {"amplify": session}, "arn:aws:iam::222222222222:role/Other": {"amplify": session}});
    fs::create_dir_all(story.home.cache_dir()).unwrap();
    fs::write(story.home.cache_file(), cache.to_string()).unwrap();
    story.run(&["logout", "sso"]).succeeded();
    let left: Value = serde_json::from_str(&fs::read_to_string(story.home.cache_file()).unwrap()).unwrap();
    assert!(left[role].is_null() && left["arn:aws:iam::222222222222:role/Other"].is_object(), "{left}");
}

#[test]
fn profile_with_keys_is_refused() {
    let story = story();
    story.home.credentials("[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n");
    let run = story.run(&["logout", "keys"]);
    run.failed_with(3);
    assert!(run.stderr.contains("profile keys does not use IAM Identity Center or AWS Sign-In"), "{run:?}");
    assert!(run.stderr.contains("hint: to delete its sessions: amplify-creds reset-cache keys"), "{run:?}");
}

#[test]
fn damaged_token_is_deleted_and_unknown_session_is_an_error() {
    let story = signed_in();
    story.home.write(&format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp"))), "{\"accessToken\": \"a");
    let run = story.run(&["logout", "--all"]);
    assert!(run.succeeded().starts_with("Signed out of IAM Identity Center session corp"), "{run:?}");
    assert!(!story.home.path().join(format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp")))).exists());
    story.run(&["logout", "--session", "nosuch"]).failed_with(3);
}

#[cfg(unix)]
#[test]
fn target_of_a_linked_token_is_deleted() {
    let story = signed_in();
    let token = story.home.path().join(format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp"))));
    let target = story.home.write("dotfiles/token.json", fs::read(&token).unwrap());
    fs::remove_file(&token).unwrap();
    std::os::unix::fs::symlink(&target, &token).unwrap();
    story.run(&["logout", "sso"]).succeeded();
    assert!(!target.exists() && !token.is_symlink());
}

#[test]
fn failed_logout_does_not_stop_the_others() {
    let story = signed_in();
    assert_eq!(story.run(&["login", "legacy"]).code, Some(0));
    let token = story.home.path().join(format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp"))));
    fs::remove_file(&token).unwrap();
    fs::create_dir(&token).unwrap();
    let run = story.run(&["logout", "--all"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("Signed out of IAM Identity Center at"), "{run:?}");
    assert!(story.file("https://corp.example/start").is_none());
}
