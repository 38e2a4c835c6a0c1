//! `explain`, `list` and `doctor` show whether the user is signed in, from the AWS CLI's token files.

use amplify_creds::core::clock::Clock;
use serde_json::{Value, json as value};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use test_support::{FakeSts, IdentityCenter, Role, TestHome, World};

use crate::bases::hex;
use crate::{PROGRAM, json};

const LOGIN: &str = "arn:aws:iam::111111111111:user/dev";

const CONFIG: &str = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n\
    [profile dev]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Dev\n\
    [profile prod]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = Dev\n\
    [profile deploy]\nrole_arn = arn:aws:iam::333333333333:role/Deploy\nsource_profile = dev\n\
    [profile legacy]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\
    sso_account_id = 111111111111\nsso_role_name = Dev\n\
    [profile me]\nlogin_session = arn:aws:iam::111111111111:user/dev\n";

fn home() -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config(CONFIG);
    home
}

fn moment(seconds: i64) -> String {
    Clock::System.now().plus(seconds).rfc3339()
}

/// Stores the token of `corp`, or of a start URL.
fn sign_in(home: &TestHome, name: &str, expires: i64, registration: i64) {
    let token = value!({
        "startUrl": "https://corp.example/start",
        "region": "eu-west-1",
        "accessToken": "hunter2",
        "refreshToken": "hunter3",
        "expiresAt": moment(expires),
        "clientId": "client",
        "clientSecret": "hunter4",
        "registrationExpiresAt": moment(registration),
    });
    home.write(&format!(".aws/sso/cache/{}.json", hex(&Sha1::digest(name))), token.to_string());
}

fn log_in(home: &TestHome, expires: i64) {
    let token = value!({
        "accessToken": {"accessKeyId": "ASIA1", "secretAccessKey": "hunter2", "sessionToken": "hunter3",
            "accountId": "111111111111", "expiresAt": moment(expires)},
        "clientId": "client",
        "refreshToken": "hunter4",
        "dpopKey": "hunter5",
    });
    home.write(&format!(".aws/login/cache/{}.json", hex(&Sha256::digest(LOGIN))), token.to_string());
}

fn explained(home: &TestHome, profile: &str) -> (String, Value) {
    let text = home.run(&["explain", profile]).succeeded().to_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("  sign-in ")).unwrap_or_default();
    let document = json(home.run(&["explain", profile, "--json"]).succeeded());
    (line.trim().to_owned(), document["base"]["sign_in"].clone())
}

#[test]
fn explain_shows_each_state_of_a_sign_in() {
    let home = home();
    let (text, document) = explained(&home, "dev");
    assert_eq!(text, "not signed in, run: amplify-creds login dev");
    let expected =
        value!({"session": "corp", "state": "signed_out", "renewable": false, "expires": null, "seconds_left": null});
    assert_eq!(document, expected);
    sign_in(&home, "corp", 7 * 3600 + 750, 86_400);
    // Also below a role.
    let (text, document) = explained(&home, "deploy");
    assert!(text.starts_with("signed in: 7 h 12 m left, until ") && text.ends_with(", renewable"), "{text}");
    assert_eq!((&document["state"], &document["renewable"]), (&value!("signed_in"), &value!(true)));
    assert!(document["seconds_left"].as_i64().is_some_and(|left| left > 25_900), "{document}");
    sign_in(&home, "corp", -60, 86_400);
    let (text, document) = explained(&home, "dev");
    assert_eq!((text.as_str(), &document["state"]), ("renewable", &value!("renewable")));
    sign_in(&home, "corp", -60, -60);
    let (text, document) = explained(&home, "dev");
    assert_eq!(text, "sign-in expired, run: amplify-creds login dev");
    assert_eq!((&document["state"], &document["seconds_left"]), (&value!("expired"), &value!(0)));
    sign_in(&home, "https://corp.example/start", -60, 86_400);
    let (text, document) = explained(&home, "legacy");
    assert_eq!(text, "sign-in expired, run: amplify-creds login legacy");
    assert_eq!(document["session"], "https://corp.example/start");
}

#[test]
fn explain_shows_the_state_of_aws_login() {
    let home = home();
    assert_eq!(explained(&home, "me").0, "not signed in, run: amplify-creds login me");
    log_in(&home, 600);
    assert!(explained(&home, "me").0.ends_with(" UTC, renewable"));
    log_in(&home, -600);
    assert_eq!(explained(&home, "me").0, "renewable");
    log_in(&home, -13 * 3600);
    let (text, document) = explained(&home, "me");
    assert_eq!(text, "sign-in expired, run: amplify-creds login me");
    assert_eq!(document["session"], LOGIN);
}

#[test]
fn list_shows_sign_ins_in_the_session_column() {
    let home = home();
    sign_in(&home, "corp", 60, 86_400);
    sign_in(&home, "https://corp.example/start", 3600 + 50, 86_400);
    log_in(&home, -13 * 3600);
    let table = home.run(&["list"]).succeeded().to_owned();
    let session = |profile: &str| {
        let line = table.lines().find(|line| line.starts_with(profile)).unwrap();
        line.split("  ").last().unwrap().trim().to_owned()
    };
    assert_eq!(
        ["dev", "prod", "legacy", "me"].map(session),
        ["renewable", "renewable", "1 h 00 m", "expired"],
        "{table}"
    );
    let all = json(home.run(&["list", "--json"]).succeeded());
    let state = |profile: &str| {
        let found = all.as_array().unwrap().iter().find(|found| found["name"] == profile).unwrap();
        found["sign_in"]["state"].clone()
    };
    assert_eq!(
        ["dev", "deploy", "legacy", "me"].map(state),
        ["signed_in", "signed_in", "signed_in", "expired"].map(Value::from)
    );
}

/// The findings about sign-ins, as `code line profile: message`.
fn findings(home: &TestHome, args: &[&str]) -> Vec<String> {
    let codes = ["sign_in_needed", "registration_expired", "sso_regions_differ", "chain"];
    let run = home.run(&[&["doctor", "--json"], args].concat());
    assert!(!run.stdout.contains("hunter"), "{}", run.stdout);
    let document = json(&run.stdout);
    let all = document["findings"].as_array().unwrap().iter();
    let all = all.filter(|finding| codes.contains(&finding["code"].as_str().unwrap()));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    all.map(|finding| {
        let [code, profile, message, hint] = ["code", "profile", "message", "hint"].map(|key| text(finding, key));
        format!("{code} {} {profile}: {message}; {hint}", finding["line"])
    })
    .collect()
}

#[test]
fn doctor_reports_a_sign_in_that_needs_the_user_once() {
    let home = home();
    let missing = format!("sign_in_needed 21 me: AWS Sign-In as {LOGIN}: not signed in; amplify-creds login me");
    assert_eq!(findings(&home, &[]), [missing]);
    log_in(&home, 600);
    sign_in(&home, "corp", -60, 86_400);
    assert!(findings(&home, &[]).is_empty());
    sign_in(&home, "https://corp.example/start", -60, 86_400);
    let [legacy] = findings(&home, &[]).try_into().unwrap();
    assert!(
        legacy.starts_with(
            "sign_in_needed 16 legacy: IAM Identity Center at https://corp.example/start: the sign-in expired at "
        ),
        "{legacy}"
    );
    sign_in(&home, "corp", -60, -60);
    let [old] = findings(&home, &["prod", "deploy"]).try_into().unwrap();
    let start = "registration_expired 9 prod: IAM Identity Center session corp: the sign-in expired at ";
    let end = " (used by prod, deploy); amplify-creds login prod";
    assert!(old.starts_with(start) && old.ends_with(end), "{old}");
    assert_eq!(home.run(&["doctor"]).code, Some(0), "a sign-in that has expired is not an error");
}

#[test]
fn doctor_reports_a_token_that_is_valid_but_not_renewable_any_more() {
    let home = home();
    log_in(&home, 600);
    sign_in(&home, "corp", 600, -60);
    let [found] = findings(&home, &[]).try_into().unwrap();
    let expected = "cannot be renewed, because its client registration expired at ";
    assert!(found.starts_with("registration_expired 5 dev: ") && found.contains(expected), "{found}");
    let hint = "(used by dev, prod, deploy); amplify-creds logout dev, then: amplify-creds login dev";
    assert!(found.ends_with(hint), "{found}");
}

#[test]
fn doctor_reports_regions_that_differ_for_one_session() {
    let home = home();
    log_in(&home, 600);
    let account = "sso_account_id = 111111111111\nsso_role_name = Dev\n";
    home.config(&format!(
        "{CONFIG}[profile other]\nsso_start_url = https://corp.example/start/\nsso_region = us-east-1\n{account}\
         [profile own]\nsso_session = corp\nsso_region = us-east-1\n{account}"
    ));
    let [own, regions] = findings(&home, &[]).try_into().unwrap();
    assert!(own.starts_with("chain 29 own: profile own has a different sso_region "), "{own}");
    let expected = "sso_regions_differ 24 other: sso_region is us-east-1, but eu-west-1 (~/.aws/config:2) for the same \
                    sso_start_url; use the region of the IAM Identity Center instance in both";
    assert_eq!(regions, expected);
    assert_eq!(findings(&home, &["legacy"]).len(), 1, "the finding concerns both profiles");
    assert!(findings(&home, &["me"]).is_empty());
}

#[test]
fn description_of_the_token_service_is_shown() {
    let role = "arn:aws:iam::111111111111:role/Dev";
    let sts = FakeSts::start(World::biz_corp().role(Role::new(role)));
    let center = IdentityCenter::start("111111111111", "Dev", sts.keys_of_role(role, "dev", 3600));
    let home = TestHome::new(PROGRAM);
    home.config(&CONFIG.replace("https:", "http:"));
    let url = center.url();
    let variables = [("AWS_ENDPOINT_URL_SSO", url.as_str()), ("AWS_ENDPOINT_URL_SSO_OIDC", &url)];
    let run = home.run_with(&["login", "dev"], &variables);
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(
        run.stderr.contains("InvalidRequestException\n") && run.stderr.contains("  AWS: Invalid startUrl\n"),
        "{}",
        run.stderr
    );
}
