//! `policy boundary --deny`: the remaining permissions of an app's role, as the double's IAM evaluates them.

use std::fs;

use test_support::{FakeSts, Finished, Role, TestHome, World};

use crate::{PROGRAM, biz_corp};

const ROLE: &str = "arn:aws:iam::222222222222:role/amplify-app-dev-86ef3-authRole";
const META: &str = "app/amplify/backend/amplify-meta.json";
const API_ID: &str = "abcdefghijklmnopqrstuvwx24";
const OTHER_ID: &str = "zbcdefghijklmnopqrstuvwx24";

/// The walk-through's home with a project in `app`. Its environments are `dev`, the current one, and `prod`.
fn with_project() -> (FakeSts, TestHome) {
    let (sts, home) = biz_corp();
    home.write("app/amplify/.config/project-config.json", "{}");
    home.write("app/amplify/.config/local-env-info.json", r#"{"envName": "dev"}"#);
    home.write(
        "app/amplify/team-provider-info.json",
        r#"{"dev": {"awscloudformation": {"StackName": "amplify-app-dev-86ef3"}}, "prod": {}}"#,
    );
    (sts, home)
}

fn with_api(home: &TestHome) {
    let meta = format!(r#"{{"api": {{"app": {{"output": {{"GraphQLAPIIdOutput": "{API_ID}"}}}}}}}}"#);
    home.write(META, &meta);
}

fn run_in(home: &TestHome, directory: &str, args: &[&str]) -> Finished {
    let directory = home.path().join(directory);
    fs::create_dir_all(&directory).unwrap();
    let args = [&["policy", "boundary"], args].concat();
    home.command(&args).current_dir(directory).output().expect("the program runs").into()
}

/// A role with all permissions and the boundary in the output of `run`.
#[track_caller]
fn bounded(run: &Finished) -> World {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let role = Role::new(ROLE).policy("all", all);
    World::new().role(role.bounded("arn:aws:iam::222222222222:policy/app-dev", &run.stdout))
}

#[track_caller]
fn check(world: &World, action: &str, resources: &[(&str, bool)]) {
    let prefix = match action.split(':').next().unwrap() {
        "dynamodb" => "arn:aws:dynamodb:us-east-1:222222222222:table/",
        "lambda" => "arn:aws:lambda:us-east-1:222222222222:function:",
        _ => "arn:aws:s3:::",
    };
    for (name, is_allowed) in resources {
        assert_eq!(world.allows(ROLE, action, &format!("{prefix}{name}")), *is_allowed, "{action} {name}");
    }
}

#[test]
fn table_of_environment_is_denied_and_no_other() {
    let (_sts, home) = with_project();
    let run = run_in(&home, "app", &["bizcorprole", "--deny", "table=users"]);
    assert!(!run.stderr.contains("--env"), "{}", run.stderr);
    let world = bounded(&run);
    let tables = [
        ("users", false),
        ("users-dev", false),
        ("users-dev/index/by-name", false),
        ("users-dev2", true),
        ("userspace-dev", true),
        ("users-archive-dev", true),
        ("users-prod", true),
    ];
    check(&world, "dynamodb:Scan", &tables);
    check(&world, "dynamodb:GetRecords", &[("users-dev/stream/2026-01-01", false), ("users-dev2/stream/1", true)]);
    let prod = bounded(&run_in(&home, "app", &["bizcorprole", "--env", "prod", "--deny", "table=users"]));
    check(&prod, "dynamodb:Scan", &[("users-prod", false), ("users-dev", true)]);
}

#[test]
fn model_table_is_denied_by_api_id_where_known() {
    let (_sts, home) = with_project();
    let allows = |args: &[&str], env: &str| {
        let world = bounded(&run_in(&home, "app", &[&["bizcorprole", "--deny", "table=Post"], args].concat()));
        let long = format!("{API_ID}x");
        [API_ID, OTHER_ID, &long].map(|id| {
            let table = format!("arn:aws:dynamodb:us-east-1:222222222222:table/Post-{id}-{env}/index/byUser");
            world.allows(ROLE, "dynamodb:Query", &table)
        })
    };
    assert_eq!(allows(&[], "dev"), [false, false, true], "before the first push");
    with_api(&home);
    assert_eq!(allows(&[], "dev"), [false, true, true]);
    assert_eq!(allows(&["--env", "prod"], "prod"), [false, false, true], "the file is of the current environment");
}

#[test]
fn one_action_on_one_resource_is_denied() {
    let (_sts, home) = with_project();
    let denials = "table=users:Scan,function=work:InvokeFunction,bucket=photos:DeleteObject,bucket=logs:ListBucket";
    let run = run_in(&home, "app", &["bizcorprole", "--deny", denials]);
    let world = bounded(&run);
    check(&world, "dynamodb:Scan", &[("users-dev", false), ("users-dev2", true)]);
    check(&world, "dynamodb:GetItem", &[("users-dev", true)]);
    check(&world, "lambda:InvokeFunction", &[("work-dev", false), ("work-dev:live", false), ("worker-dev", true)]);
    check(&world, "lambda:GetFunction", &[("work-dev", true)]);
    let objects = [
        ("photos/k", false),
        ("photos-dev/k", false),
        ("photos86ef3-dev/k", false),
        ("photos-user-dev/k", true),
        ("logs-dev/k", true),
    ];
    check(&world, "s3:DeleteObject", &objects);
    check(&world, "s3:ListBucket", &[("logs-dev", false), ("photos-dev", true)]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let statements = document["Statement"].as_array().unwrap();
    let scan = statements.iter().find(|statement| statement["Sid"] == "DenyTableUsersScan").unwrap();
    assert_eq!((&scan["Effect"], &scan["Action"]), (&"Deny".into(), &"dynamodb:Scan".into()));
    assert_eq!(scan["Resource"][2], "arn:aws:dynamodb:us-east-1:222222222222:table/users-dev");
    for bad in ["table=users:", "table=users:a b", "table=users:dynamodb:Scan", "service=ec2:RunInstances"] {
        let run = run_in(&home, "app", &["bizcorprole", "--deny", bad]);
        run.failed_with(2);
        assert!(run.stderr.contains(&format!("--deny {bad} is not one of table=NAME")), "{}", run.stderr);
    }
}

#[test]
fn denial_outside_project_covers_every_environment() {
    let (_sts, home) = biz_corp();
    let run = run_in(&home, "elsewhere", &["bizcorprole", "--deny", "table=users"]);
    let notes: Vec<_> = run.stderr.lines().filter(|line| line.contains("--env")).collect();
    assert!(matches!(notes[..], [note] if note.contains("NAME-*")), "{}", run.stderr);
    let tables = [("users", false), ("users-dev", false), ("users-dev/index/i", false), ("userspace-dev", true)];
    check(&bounded(&run), "dynamodb:Scan", &tables);
    let quiet = run_in(&home, "elsewhere", &["bizcorprole", "--deny", "table=users", "-q"]);
    assert_eq!((quiet.stderr.as_str(), &quiet.stdout), ("", &run.stdout));
    let other = run_in(&home, "elsewhere", &["bizcorprole", "--deny", "service=ec2"]);
    assert!(!other.stderr.contains("--env"), "{}", other.stderr);

    let without_profile = TestHome::new(PROGRAM);
    let account = ["--account", "222222222222", "--region", "us-east-1"];
    for (home, who) in [(&home, &["bizcorprole"][..]), (&without_profile, &account)] {
        let run = run_in(home, "elsewhere", &[who, &["--env", "dev", "--deny", "table=users"]].concat());
        assert!(!run.stderr.contains("--env"), "{}", run.stderr);
        assert!(run.stderr.contains("policy/amplify-dev-boundary"), "{}", run.stderr);
        check(&bounded(&run), "dynamodb:Scan", &[("users-dev", false), ("users-prod", true), ("users-dev2", true)]);
    }
    run_in(&home, "elsewhere", &["bizcorprole", "--env", "d*", "--deny", "table=users"]).failed_with(2);
}

#[test]
fn unreadable_meta_is_reported_and_an_error_with_env() {
    let (_sts, home) = with_project();
    let deny = ["bizcorprole", "--deny", "table=users"];
    let with_env = [&deny[..], &["--env", "dev"]].concat();
    for content in ["{\"api\": {".to_owned(), "x".repeat((1 << 20) + 1)] {
        home.write(META, &content);
        let run = run_in(&home, "app", &deny);
        assert!(run.stderr.contains("amplify-meta.json"), "{}", run.stderr);
        check(&bounded(&run), "dynamodb:Scan", &[("users-dev", false), ("userspace-dev", true)]);
        let run = run_in(&home, "app", &with_env);
        run.failed_with(3);
        assert!(run.stderr.contains("amplify-meta.json"), "{}", run.stderr);
    }
    fs::remove_file(home.path().join(META)).unwrap();
    let run = run_in(&home, "app", &with_env);
    check(&bounded(&run), "dynamodb:Scan", &[("users-dev", false), ("users-archive-dev", true)]);
}
