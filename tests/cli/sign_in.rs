//! `login` signs in to IAM Identity Center by a device code.

use std::fs;

use serde_json::{Value, json as value};
use sha1::{Digest, Sha1};
use test_support::{FakeSts, Finished, IdentityCenter, Role, TestHome, World, identity_center};

use crate::bases::hex;
use crate::{PROGRAM, json};

const OWN_ROLE: &str = "arn:aws:iam::111111111111:role/Own";

const CONFIG: &str = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n\
    sso_registration_scopes = sso:account:access\n\
    [profile sso]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Own\n\
    [profile again]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Own\n\
    [profile legacy]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\
    sso_account_id = 111111111111\nsso_role_name = Own\n";

pub(crate) struct Story {
    pub(crate) center: IdentityCenter,
    pub(crate) home: TestHome,
}

pub(crate) fn story() -> Story {
    let sts = FakeSts::start(World::biz_corp().role(Role::new(OWN_ROLE)));
    let keys = sts.keys_of_role(OWN_ROLE, "own", 3600);
    let home = TestHome::new(PROGRAM);
    home.config(CONFIG);
    Story { center: IdentityCenter::start("111111111111", "Own", keys), home }
}

impl Story {
    pub(crate) fn run(&self, args: &[&str]) -> Finished {
        let url = self.center.url();
        self.home.run_with(args, &[("AWS_ENDPOINT_URL_SSO", &url), ("AWS_ENDPOINT_URL_SSO_OIDC", &url)])
    }

    pub(crate) fn file(&self, key: &str) -> Option<Value> {
        let name = hex(&Sha1::digest(key));
        let text = fs::read_to_string(self.home.path().join(format!(".aws/sso/cache/{name}.json"))).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }
}

/// The key of the AWS CLI for the registration.
pub(crate) const REGISTRATION: &str = "{\"region\": \"eu-west-1\", \"scopes\": [\"sso:account:access\"], \
    \"session_name\": \"corp\", \"startUrl\": \"https://corp.example/start\", \"tool\": \"botocore\"}";

#[test]
fn login_signs_in_once_for_all_profiles_of_a_session() {
    let story = story();
    let denied = story.run(&["process", "sso"]);
    assert!(denied.failed_with(4).stderr.contains("; run: amplify-creds login sso\n"), "{denied:?}");
    story.center.answer_device(&["AuthorizationPendingException"]);
    let run = story.run(&["login", "sso", "again"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let needed = "sign-in needed: IAM Identity Center session corp (https://corp.example/start) for sso, again \
                  (account 111111111111, role Own)";
    assert_eq!(run.stderr.lines().next(), Some(needed), "{run:?}");
    assert!(run.stderr.contains("https://device.sso.example/?user_code=BCDF-GHJK\n"), "{run:?}");
    assert!(run.stderr.contains("Check that the page shows this code, or enter it: BCDF-GHJK\n"), "{run:?}");
    assert!(run.stderr.contains("signed in to IAM Identity Center session corp"), "{run:?}");
    assert_eq!((story.center.registrations(), story.center.device_codes(), story.center.renewals()), (1, 1, 2));
    let given = json(story.run(&["process", "again"]).succeeded());
    assert_eq!(given["AccountId"], "111111111111");
}

#[test]
fn token_and_registration_have_the_files_of_the_aws_cli() {
    let story = story();
    assert_eq!(story.run(&["login", "sso"]).code, Some(0));
    let token = story.file("corp").unwrap();
    let registration = story.file(REGISTRATION).unwrap();
    assert_eq!(token["startUrl"], "https://corp.example/start");
    assert_eq!(token["accessToken"], story.center.access_token().as_str());
    assert_eq!(token["refreshToken"], story.center.refresh_token().as_str());
    assert_eq!(token["region"], "eu-west-1");
    assert_eq!(
        (&token["clientId"], &token["clientSecret"]),
        (&registration["clientId"], &registration["clientSecret"])
    );
    assert_eq!(token["registrationExpiresAt"], registration["expiresAt"]);
    assert_eq!(registration["scopes"], value!(["sso:account:access"]));
    // The next sign-in uses the registration.
    story.center.sign_out();
    assert_eq!(story.run(&["login", "sso", "--refresh"]).code, Some(0));
    assert_eq!((story.center.registrations(), story.center.device_codes()), (1, 2));
}

#[test]
fn registration_for_authorization_codes_is_neither_used_nor_replaced() {
    let story = story();
    assert_eq!(story.run(&["login", "sso"]).code, Some(0));
    let name = hex(&Sha1::digest(REGISTRATION));
    let of_the_cli = value!({
        "clientId": identity_center::CLIENT.0,
        "clientSecret": identity_center::CLIENT.1,
        "expiresAt": "2099-01-01T00:00:00Z",
        "grantTypes": ["authorization_code", "refresh_token"],
    });
    story.home.write(&format!(".aws/sso/cache/{name}.json"), of_the_cli.to_string());
    story.center.sign_out();
    assert_eq!(story.run(&["login", "sso", "--refresh"]).code, Some(0));
    assert_eq!(story.center.registrations(), 2);
    assert_eq!(story.file(REGISTRATION).unwrap(), of_the_cli);
}

#[test]
fn login_names_profiles_that_need_nothing() {
    let story = story();
    assert_eq!(story.run(&["login", "sso"]).code, Some(0));
    assert_eq!(story.run(&["login", "sso"]).stderr, "no sign-in needed\n");
    let run = story.run(&["login", "sso", "legacy"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr.lines().nth(1), Some("nothing needed: sso"), "{run:?}");
}

#[test]
fn first_failure_decides_the_exit_status() {
    let story = story();
    for (args, code) in [(["login", "missing", "sso"], 3), (["login", "sso", "missing"], 3)] {
        let run = story.run(&args);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stdout.contains("sso "), "the other profile is signed in: {run:?}");
    }
    story.center.sign_out();
    story.center.answer_device(&["AccessDeniedException"]);
    let run = story.run(&["login", "legacy", "missing"]);
    assert_eq!(run.code, Some(3), "a missing profile is known before the sign-in: {run:?}");
}

#[test]
fn legacy_profile_has_a_token_without_refresh() {
    let story = story();
    assert_eq!(story.run(&["login", "legacy"]).code, Some(0));
    let token = story.file("https://corp.example/start").unwrap();
    assert!(token["refreshToken"].is_null() && token["accessToken"].is_string(), "{token}");
    story.run(&["process", "legacy"]).succeeded();
}

#[test]
fn denied_or_expired_sign_in_exits_4() {
    for (answer, expected) in [
        ("AccessDeniedException", "the sign-in was denied"),
        ("ExpiredTokenException", "the code expired before the sign-in"),
    ] {
        let story = story();
        story.center.answer_device(&[answer]);
        let run = story.run(&["login", "sso"]);
        assert_eq!(run.code, Some(4), "{run:?}");
        assert!(
            run.stderr.contains(expected) && run.stderr.contains("to try again: amplify-creds login sso"),
            "{run:?}"
        );
        assert!(story.file("corp").is_none());
    }
}

#[test]
fn login_without_input_starts_no_sign_in() {
    let story = story();
    let run = story.run(&["login", "sso", "--no-input"]);
    assert_eq!(run.code, Some(4), "{run:?}");
    assert_eq!(story.center.device_codes(), 0);
}

#[test]
fn login_all_signs_in_to_each_session() {
    let story = story();
    let run = story.run(&["login", "--all", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(json(&run.stdout).as_array().unwrap().len(), 3);
    // The session, and the start URL of the legacy profile.
    assert_eq!(story.center.device_codes(), 2);
}

#[test]
fn rejected_registration_is_renewed() {
    let story = story();
    assert_eq!(story.run(&["login", "sso"]).code, Some(0));
    let mut registration = story.file(REGISTRATION).unwrap();
    registration["clientSecret"] = value!("of a deleted client");
    story.home.write(&format!(".aws/sso/cache/{}.json", hex(&Sha1::digest(REGISTRATION))), registration.to_string());
    story.center.sign_out();
    assert_eq!(story.run(&["login", "sso", "--refresh"]).code, Some(0));
    assert_eq!(story.center.registrations(), 2);
    assert_ne!(story.file(REGISTRATION).unwrap(), registration);
}

#[test]
fn unusable_directory_is_reported_before_the_sign_in() {
    let story = story();
    story.home.write(".aws/sso", "a file");
    let run = story.run(&["login", "sso"]);
    assert_eq!((run.code, story.center.device_codes()), (Some(1), 0), "{run:?}");
    assert!(
        run.stderr.contains("cannot write the token to ") && run.stderr.contains("hint: make the directory"),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn link_to_a_file_with_another_purpose_is_kept() {
    let story = story();
    let notes = story.home.write("notes", "my notes");
    fs::create_dir_all(story.home.path().join(".aws/sso/cache")).unwrap();
    let token = format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp")));
    std::os::unix::fs::symlink(&notes, story.home.path().join(token)).unwrap();
    let run = story.run(&["login", "sso"]);
    assert_eq!((run.code, story.center.device_codes()), (Some(1), 0), "{run:?}");
    assert!(
        run.stderr.contains("it is a link, but not to a token file") && run.stderr.contains("hint: delete the link"),
        "{run:?}"
    );
    fs::remove_file(&notes).unwrap();
    let run = story.run(&["login", "sso"]);
    assert_eq!((run.code, story.center.device_codes()), (Some(1), 0), "a link to a missing file: {run:?}");
    story.home.write("notes", "my notes");
    let registration = format!(".aws/sso/cache/{}.json", hex(&Sha1::digest(REGISTRATION)));
    std::os::unix::fs::symlink(&notes, story.home.path().join(&registration)).unwrap();
    fs::remove_file(story.home.path().join(format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp"))))).unwrap();
    assert_eq!(story.run(&["login", "sso"]).code, Some(0));
    assert_eq!(fs::read_to_string(notes).unwrap(), "my notes");
}

#[test]
fn unreadable_token_file_is_replaced() {
    for text in ["{".to_owned(), "null".to_owned(), "x".repeat(70 << 10)] {
        let story = story();
        story.home.write(&format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp"))), text);
        let run = story.run(&["login", "sso"]);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn invalid_start_url_exits_3_before_the_sign_in() {
    for url in ["javascript:alert(1)", "https://", "https://user:hush@corp.example/start", "https://a b/start"] {
        let story = story();
        story.home.config(&CONFIG.replace("https://corp.example/start", url));
        let run = story.run(&["login", "sso"]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(
            run.stderr.contains("is invalid (expected https://HOST/PATH without a user)")
                && !run.stderr.contains("hush"),
            "{run:?}"
        );
        assert_eq!(story.center.registrations(), 0);
    }
}
