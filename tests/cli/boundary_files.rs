//! `boundary` with the Amplify CLI's second copy in `amplify-meta.json`, and `boundary show --cloud`.

use std::fs;

use serde_json::Value;
use test_support::{FakeSts, Finished, Role, TestHome, biz_corp as data};

use crate::{json, without_mfa};

const TEAM: &str = "app/amplify/team-provider-info.json";
const META: &str = "app/amplify/backend/amplify-meta.json";
const OLD: &str = "arn:aws:iam::222222222222:policy/old";
const NEW: &str = "arn:aws:iam::222222222222:policy/new";
const ALL: &str = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

fn team(boundary: &str) -> String {
    format!(
        r#"{{
  "dev": {{
    "awscloudformation": {{{boundary}
      "AuthRoleName": "dev-authRole",
      "UnauthRoleName": "dev-unauthRole"
    }}
  }},
  "prod": {{
    "awscloudformation": {{
      "Region": "eu-west-1"
    }}
  }}
}}
"#
    )
}

fn meta(boundary: &str) -> String {
    format!(
        "{{\n  \"providers\": {{\n    \"awscloudformation\": {{{boundary}\n      \"Region\": \"us-east-1\"\n    }}\n  }},\n  \"api\": {{}}\n}}"
    )
}

fn line(arn: &str) -> String {
    format!("\n      \"PermissionsBoundaryPolicyArn\": \"{arn}\",")
}

fn project(home: &TestHome, team_boundary: &str, meta_boundary: &str) {
    home.write("app/amplify/.config/project-config.json", r#"{"projectName": "my-app"}"#);
    home.write("app/amplify/.config/local-env-info.json", r#"{"envName": "dev"}"#);
    home.write(
        "app/amplify/.config/local-aws-info.json",
        r#"{"dev": {"configLevel": "project", "useProfile": true, "profileName": "nomfa"}}"#,
    );
    home.write(TEAM, team(team_boundary));
    home.write(META, meta(meta_boundary));
}

fn run(sts: &FakeSts, home: &TestHome, args: &[&str]) -> Finished {
    let mut command = home.command(&[&["boundary"], args].concat());
    command.current_dir(home.path().join("app")).env("AWS_ENDPOINT_URL_IAM", sts.url());
    command.output().expect("the program runs").into()
}

fn read(home: &TestHome, file: &str) -> String {
    fs::read_to_string(home.path().join(file)).unwrap()
}

#[test]
fn boundary_set_and_clear_write_both_files() {
    let (sts, home) = without_mfa();
    project(&home, &line(OLD), &line(OLD));
    let dry = run(&sts, &home, &["set", NEW, "--dry-run"]);
    for file in ["team-provider-info.json", "backend/amplify-meta.json"] {
        assert!(dry.stdout.contains(&format!("+++ ~/app/amplify/{file}")), "{dry:#?}");
    }
    assert_eq!((read(&home, TEAM), read(&home, META)), (team(&line(OLD)), meta(&line(OLD))));
    let set = run(&sts, &home, &["set", NEW, "--yes"]);
    assert_eq!((set.code, set.stdout.trim_end()), (Some(0), NEW), "{set:#?}");
    assert!(set.stderr.contains("at the next amplify push"), "{set:#?}");
    assert_eq!((read(&home, TEAM), read(&home, META)), (team(&line(NEW)), meta(&line(NEW))));
    assert_eq!(fs::read_to_string(home.cache_dir().join("amplify-meta.json.backup.1")).unwrap(), meta(&line(OLD)));
    assert_eq!(run(&sts, &home, &["clear", "--yes"]).code, Some(0));
    assert_eq!((read(&home, TEAM), read(&home, META)), (team(""), meta("")));
}

#[test]
fn boundary_set_writes_only_the_differing_file() {
    let (sts, home) = without_mfa();
    project(&home, &line(NEW), &line(OLD));
    let set = run(&sts, &home, &["set", NEW, "--yes"]);
    assert!(set.stderr.contains("wrote ~/app/amplify/backend/amplify-meta.json"), "{set:#?}");
    assert!(!set.stderr.contains("wrote ~/app/amplify/team"), "{set:#?}");
    assert!(run(&sts, &home, &["set", NEW, "--yes"]).stderr.contains("nothing to change"));
}

#[test]
fn boundary_set_for_other_environment_leaves_amplify_meta() {
    let (sts, home) = without_mfa();
    project(&home, &line(OLD), &line(OLD));
    let set = run(&sts, &home, &["set", NEW, "--env", "prod", "--yes"]);
    assert!(set.stderr.contains("amplify env checkout prod"), "{set:#?}");
    assert_eq!(read(&home, META), meta(&line(OLD)));
}

#[test]
fn boundary_set_leaves_amplify_meta_without_provider() {
    let (sts, home) = without_mfa();
    for text in ["{}", r#"{"providers": {}}"#] {
        project(&home, "", "");
        home.write(META, text);
        assert_eq!(run(&sts, &home, &["set", NEW, "--yes"]).code, Some(0));
        assert_eq!(read(&home, META), text);
    }
    fs::remove_file(home.path().join(META)).unwrap();
    assert_eq!(run(&sts, &home, &["set", OLD, "--yes"]).code, Some(0));
    assert!(!home.path().join(META).exists());
}

#[test]
fn boundary_set_with_invalid_amplify_meta_writes_nothing() {
    let (sts, home) = without_mfa();
    project(&home, "", "");
    home.write(META, "{\n\"providers\": {");
    let set = run(&sts, &home, &["set", NEW, "--yes"]);
    set.failed_with(3);
    assert!(set.first_error_line().contains("amplify-meta.json:2"), "{set:#?}");
    assert_eq!(read(&home, TEAM), team(""));
}

#[test]
fn show_reports_another_boundary_in_amplify_meta() {
    let (sts, home) = without_mfa();
    project(&home, &line(NEW), &line(OLD));
    let shown = run(&sts, &home, &["show"]);
    assert_eq!(shown.stdout, format!("{NEW}\n"));
    assert!(shown.stderr.contains("amplify-meta.json:4 has another boundary"), "{shown:#?}");
    assert!(shown.stderr.contains(&format!("hint: amplify-creds boundary set {NEW}\n")), "{shown:#?}");
    project(&home, "", &line(OLD));
    assert!(run(&sts, &home, &["show"]).stderr.contains("hint: amplify-creds boundary clear\n"));
    // `amplify pull` right after `amplify init` removes it.
    project(&home, &line(NEW), "");
    assert_eq!(run(&sts, &home, &["show"]).stderr, "");
}

fn cloud(sts: &FakeSts, home: &TestHome, boundaries: [Option<&str>; 2]) -> (Finished, Value) {
    sts.edit_world(|world| {
        world.put_role(Role::new(data::NO_MFA_ROLE).trusts("111111111111").policy("admin", ALL));
        for (name, boundary) in ["dev-authRole", "dev-unauthRole"].into_iter().zip(boundaries) {
            let role = Role::new(format!("arn:aws:iam::222222222222:role/{name}"));
            world.put_role(match boundary {
                Some(arn) => role.bounded(arn, ALL),
                None => role,
            });
        }
    });
    let shown = run(sts, home, &["show", "--cloud"]);
    (shown, json(&run(sts, home, &["show", "--cloud", "--json"]).stdout))
}

#[test]
fn cloud_compares_both_files_and_the_roles() {
    let (sts, home) = without_mfa();
    project(&home, &line(NEW), &line(NEW));
    let (shown, document) = cloud(&sts, &home, [Some(NEW), Some(NEW)]);
    assert_eq!(shown.code, Some(0), "{shown:#?}");
    for row in ["~/app/amplify/team-provider-info.json:4    arn", "role dev-authRole  ", "role dev-unauthRole  "] {
        assert!(shown.stdout.contains(row), "{shown:#?}");
    }
    assert_eq!((&document["same"], &document["roles"][1]["arn"]), (&true.into(), &NEW.into()));

    let (shown, document) = cloud(&sts, &home, [Some(NEW), Some(OLD)]);
    assert_eq!((shown.code, &document["same"]), (Some(1), &false.into()));
    assert!(shown.stderr.contains("amplify push --force"), "{shown:#?}");
    project(&home, &line(NEW), &line(OLD));
    let (shown, _) = cloud(&sts, &home, [Some(NEW), Some(NEW)]);
    assert_eq!(shown.code, Some(1));
    assert!(shown.stderr.contains(&format!("hint: amplify-creds boundary set {NEW}")), "{shown:#?}");
    project(&home, "", "");
    assert_eq!(cloud(&sts, &home, [None, None]).0.code, Some(0));
    assert_eq!(cloud(&sts, &home, [None, Some(OLD)]).0.code, Some(1));
}

#[test]
fn cloud_option_reports_missing_role_or_permission() {
    let (sts, home) = without_mfa();
    project(&home, &line(NEW), "");
    sts.edit_world(|world| world.put_role(Role::new(data::NO_MFA_ROLE).trusts("111111111111").policy("admin", ALL)));
    let missing = run(&sts, &home, &["show", "--cloud"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.stdout.contains("the role does not exist"), "{missing:#?}");
    sts.edit_world(|world| world.put_role(Role::new(data::NO_MFA_ROLE).trusts("111111111111")));
    let denied = run(&sts, &home, &["show", "--cloud"]);
    denied.failed_with(5);
    assert!(denied.first_error_line().contains("cannot read the role dev-authRole: AccessDenied"), "{denied:#?}");
    assert!(denied.stderr.contains(r#""Resource":["arn:aws:iam::222222222222:role/dev-authRole","#), "{denied:#?}");
    let none = run(&sts, &home, &["show", "--cloud", "--env", "prod"]);
    none.failed_with(3);
    assert!(none.stderr.contains("has no roles"), "{none:#?}");
}
