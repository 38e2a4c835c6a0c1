//! `list`: the table, the JSON contract, and the strict dialect.

use test_support::{TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, json};

#[test]
fn list_table_has_profiles_in_file_order() {
    let (_sts, home) = biz_corp();
    add_config(&home, "[profile \u{958b}\u{767a}]\nregion = ap-northeast-1\n[sso-session corp]\nsso_region = x\n");
    let expected = "\
PROFILE      KIND    ACCOUNT       ROLE         REGION          MFA  SOURCE       SESSION
bizcorprole  role    222222222222  BizCorpRole  us-east-1       yes  devcorpuser
devcorpuser  static                             us-east-1
\u{958b}\u{767a}         empty                              ap-northeast-1
";
    assert_eq!(home.run(&["list"]).succeeded(), expected);
    for alias in ["ls", "profiles"] {
        assert_eq!(home.run(&[alias]).succeeded(), expected);
    }
}

#[test]
fn wrapper_shows_its_roles_account_and_mfa_and_active_profile_is_marked() {
    let (_sts, home) = biz_corp();
    add_config(&home, "[profile biz]\ncredential_process = /x/amplify-creds process bizcorprole\nregion = eu-west-1\n");
    let table = "\
PROFILE        KIND     ACCOUNT       ROLE         REGION     MFA  SOURCE       SESSION
  bizcorprole  role     222222222222  BizCorpRole  us-east-1  yes  devcorpuser
  devcorpuser  static                              us-east-1
* biz          wrapper  222222222222  BizCorpRole  eu-west-1  yes
";
    for variables in [&[("AWS_PROFILE", "biz")][..], &[("AMPLIFY_CREDS_PROFILE", "biz"), ("AWS_PROFILE", "other")]] {
        assert_eq!(home.run_with(&["list", "-q"], variables).succeeded(), table);
    }
    assert_eq!(home.run(&["list", "-q", "-p", "biz"]).succeeded(), table);
    assert!(!home.run(&["list", "-q"]).succeeded().contains('*'), "there is no default profile");
}

#[test]
fn empty_profile_list_hints_setup() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&["list"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.stdout, "no profiles in ~/.aws/config and ~/.aws/credentials\n");
    assert_eq!(run.stderr, "create the first profile: amplify-creds setup\n");
    assert_eq!(home.run(&["list", "--json"]).succeeded(), "[]\n");
}

#[test]
fn list_json_has_every_documented_key() {
    let (_sts, home) = biz_corp();
    let all = json(home.run(&["list", "--json"]).succeeded());
    let first = &all[0];
    let keys: Vec<_> = first.as_object().unwrap().keys().cloned().collect();
    let mut expected = vec![
        "name",
        "kind",
        "region",
        "role_arn",
        "source_profile",
        "mfa_serial",
        "account_id",
        "headers",
        "visible_to",
        "session",
        "sign_in",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(first["name"], "bizcorprole");
    assert_eq!(first["kind"], "role");
    assert_eq!(first["role_arn"], data::BIZ_CORP_ROLE);
    assert_eq!(first["account_id"], "222222222222");
    assert_eq!(first["headers"][0]["line"], 1);
    assert_eq!(first["headers"][0]["header"], "[profile bizcorprole]");
    let file = first["headers"][0]["file"].as_str().unwrap();
    assert_eq!(std::path::Path::new(file), home.path().join(".aws/config"));
    let second = &all[1];
    assert_eq!((second["kind"].as_str(), second["role_arn"].is_null()), (Some("static"), true));
    assert_eq!(second["headers"].as_array().unwrap().len(), 2, "config and credentials");
}

#[test]
fn kinds_follow_their_precedence() {
    let home = TestHome::new(PROGRAM);
    home.config(
        "[profile role]\nrole_arn=arn:aws:iam::222222222222:role/x\nsource_profile=y\n\
         [profile web_identity]\nrole_arn=arn:aws:iam::222222222222:role/x\nweb_identity_token_file=/t\n\
         [profile sso]\nsso_session=s\nsso_account_id=333333333333\ncredential_process=x\n\
         [profile login]\nlogin_session=l\ncredential_process=/opt/amplify-creds process login\n\
         [profile key_store]\ncredential_process=/opt/amplify-creds process key_store\naws_access_key_id=A\n\
         aws_secret_access_key=s\n\
         [profile process]\ncredential_process=/bin/x y\naws_access_key_id=A\naws_secret_access_key=s\n\
         [profile static]\naws_access_key_id=A\naws_secret_access_key=s\n\
         [profile wrapper]\ncredential_process=\"/opt/amplify-creds\" process x\n\
         [profile empty]\nregion=r\n",
    );
    for profile in json(home.run(&["list", "--json"]).succeeded()).as_array().unwrap() {
        assert_eq!(profile["name"], profile["kind"]);
    }
}

#[test]
fn properties_show_values_with_their_line_and_hide_secrets() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile a]\nregion = one\nregion = two # note\ns3 =\n  x = 1\n");
    home.credentials("[a]\naws_access_key_id = AKIA1\nAWS_SECRET_ACCESS_KEY = hush\naws_session_token = hush\n");
    let run = home.run(&["list", "--json", "--properties", "--dialect", "aws"]);
    let all = json(run.succeeded());
    let properties = &all[0]["properties"];
    assert_eq!((properties["region"]["value"].as_str(), properties["region"]["line"].as_u64()), (Some("two"), Some(3)));
    assert_eq!(properties["s3"]["value"], "\nx = 1");
    assert_eq!(properties["aws_access_key_id"]["value"], "AKIA1");
    assert_eq!(properties["aws_secret_access_key"]["value"], "****");
    assert_eq!(properties["aws_session_token"]["value"], "****");
    assert!(!run.stdout.contains("hush"));
}

#[test]
fn file_rejected_by_dialect_is_an_error_document() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile a]\nregion = x\nnonsense\n");
    let run = home.run(&["list", "--json", "--dialect", "aws"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(3), ""));
    let error = &json(&run.stdout)["error"];
    assert_eq!(
        (error["code"].as_str(), error["exit"].as_u64(), error["line"].as_u64()),
        (Some("config"), Some(3), Some(3))
    );
    assert_eq!(error["file"].as_str().unwrap(), home.file(".aws/config").to_str().unwrap());
    assert!(error["message"].is_string() && error["hints"].is_array());
    home.run(&["list", "--json"]).succeeded();
}

#[test]
fn list_json_shows_visibility_by_tool() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile a]\nregion=x\n[profile a.b]\nregion=x\n[profile m\u{fc}ller]\nregion=x\n[plain]\nregion=x\n");
    home.credentials("[keys]\naws_access_key_id=A\n");
    let all = json(home.run(&["list", "--json"]).succeeded());
    let seen = |name: &str| {
        let profile = all.as_array().unwrap().iter().find(|profile| profile["name"] == name).unwrap();
        ["amplify", "aws_cli", "sdk_js", "sdk_rust", "sdk_go"].map(|consumer| profile["visible_to"][consumer].clone())
    };
    for (name, expected) in [
        ("a", [true, true, true, true, true]),
        ("a.b", [false, true, true, true, true]),
        ("m\u{fc}ller", [true, true, false, false, true]),
        ("plain", [true, false, false, false, false]),
        ("keys", [true, true, true, true, true]),
    ] {
        assert_eq!(seen(name), expected.map(serde_json::Value::from), "{name}");
    }
}

#[test]
fn secret_in_property_name_is_not_shown() {
    let home = TestHome::new(PROGRAM);
    home.config("[a]\naws_secret_access_key : HIDDEN\nx = 1\n");
    let run = home.run(&["list", "--json", "--properties", "--dialect", "amplify"]);
    assert!(run.succeeded().contains("\"aws_secret_access_key\":{"), "{run:?}");
    assert!(!run.stdout.contains("HIDDEN"), "{run:?}");
}
