//! `boundary`: the permissions boundary of an Amplify environment, shown, set and cleared in the team's file.

use std::fs;

use test_support::{Finished, TestHome};

use crate::{PROGRAM, add_config, json, without_mfa};

const TEAM: &str = "app/amplify/team-provider-info.json";
const ARN: &str = "arn:aws:iam::222222222222:policy/app-dev";

const BEFORE: &str = "{\n  // the team's\n  \"prod\": {\n    \"awscloudformation\": {\n      \"Region\": \"eu-west-1\"\n    }\n  },\n  \
                      \"dev\": {\n    \"awscloudformation\": {\n      \"Region\": \"us-east-1\", /* here */\n      \"StackId\": \"x\"\n    }\n  }\n}\n";

fn project(home: &TestHome) {
    home.write("app/amplify/.config/project-config.json", r#"{"projectName": "my-app"}"#);
    home.write("app/amplify/.config/local-env-info.json", r#"{"envName": "dev"}"#);
    home.write(
        "app/amplify/.config/local-aws-info.json",
        r#"{"dev": {"configLevel": "project", "useProfile": true, "profileName": "nomfa"}}"#,
    );
    home.write(TEAM, BEFORE);
}

fn run(home: &TestHome, args: &[&str]) -> Finished {
    let mut command = home.command(&[&["boundary"], args].concat());
    command.current_dir(home.path().join("app"));
    command.output().expect("the program runs").into()
}

fn team(home: &TestHome) -> String {
    fs::read_to_string(home.path().join(TEAM)).unwrap()
}

#[test]
fn set_shown_and_cleared_with_nothing_else_changed() {
    let (_sts, home) = without_mfa();
    project(&home);
    let none = run(&home, &["show"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert!(none.stderr.contains("environment dev has no"));
    let dry = run(&home, &["set", ARN, "--dry-run"]);
    assert!(dry.stdout.contains(&format!("+      \"PermissionsBoundaryPolicyArn\": \"{ARN}\"")), "{dry:#?}");
    assert_eq!(team(&home), BEFORE);
    let set = run(&home, &["set", ARN, "--yes"]);
    assert_eq!((set.code, set.stdout.trim_end()), (Some(0), ARN), "{set:#?}");
    assert!(set.stderr.contains("push") && set.stderr.contains("amplify env add --permissions-boundary"), "{set:#?}");
    let line = format!("\"StackId\": \"x\",\n      \"PermissionsBoundaryPolicyArn\": \"{ARN}\"\n");
    assert_eq!(team(&home), BEFORE.replace("\"StackId\": \"x\"\n", &line));
    assert_eq!(run(&home, &["show"]).stdout, format!("{ARN}\n"));
    let shown = json(&run(&home, &["show", "--json"]).stdout);
    assert_eq!((&shown["arn"], &shown["environment"], &shown["line"]), (&ARN.into(), &"dev".into(), &12.into()));
    let again = run(&home, &["set", ARN, "--yes"]);
    assert!(again.stderr.contains("nothing to change"), "{again:#?}");
    assert_eq!(run(&home, &["clear", "--yes"]).code, Some(0));
    assert_eq!(team(&home), BEFORE);
    let backup = home.cache_dir().join("team-provider-info.json.backup.1");
    assert_eq!(fs::read_to_string(backup).unwrap(), BEFORE);
}

#[test]
fn another_environment_by_name_and_none_that_is_not_there() {
    let (_sts, home) = without_mfa();
    project(&home);
    assert_eq!(run(&home, &["set", ARN, "--env", "prod", "--yes"]).code, Some(0));
    assert_eq!(run(&home, &["show", "--env", "prod"]).stdout, format!("{ARN}\n"));
    assert_eq!(run(&home, &["show"]).stdout, "");
    run(&home, &["set", ARN, "--env", "nope", "--yes"]).failed_with(3);
    run(&home, &["show", "--env", "nope"]).failed_with(3);
    // An empty ARN is none, as for the Amplify CLI.
    assert_eq!(run(&home, &["set", "", "--env", "prod", "--yes"]).code, Some(0));
    assert_eq!(team(&home), BEFORE);
}

#[test]
fn only_what_the_amplify_cli_takes_for_one() {
    let (_sts, home) = without_mfa();
    project(&home);
    for bad in
        ["x", "arn:aws:iam::222222222222:role/x", "arn:aws:iam::22:policy/x", "arn:aws:iam::222222222222:policy/"]
    {
        run(&home, &["set", bad, "--yes"]).failed_with(2);
    }
    assert_eq!(team(&home), BEFORE);
    for good in
        ["arn:aws-cn:iam::222222222222:policy/x", "arn:aws-us-gov:iam::aws:policy/x", "arn:aws:iam::aws:policy/x"]
    {
        let set = run(&home, &["set", good, "--yes"]);
        assert_eq!((set.code, set.stdout.trim_end()), (Some(0), good));
        assert_eq!(set.stderr.contains("arn:aws: alone"), !good.starts_with("arn:aws:"), "{set:#?}");
    }
}

#[test]
fn across_accounts_it_says_what_to_pass() {
    let (_sts, home) = without_mfa();
    project(&home);
    let set = run(&home, &["set", "arn:aws:iam::333333333333:policy/path/b", "--yes"]);
    assert_eq!(set.code, Some(0));
    for part in
        ["account 222222222222", "333333333333", "boundary set arn:aws:iam::222222222222:policy/path/b --env dev"]
    {
        assert!(set.stderr.contains(part), "{part}: {}", set.stderr);
    }
}

#[test]
fn nothing_is_written_without_a_yes_and_outside_a_project() {
    let (_sts, home) = without_mfa();
    project(&home);
    let asked = run(&home, &["set", ARN]);
    asked.failed_with(4);
    assert!(asked.stderr.contains("--yes"));
    assert_eq!(team(&home), BEFORE);
    TestHome::new(PROGRAM).run(&["boundary", "show"]).failed_with(3);
    home.write(TEAM, "{\n\"dev\": ");
    run(&home, &["set", ARN, "--yes"]).failed_with(3);
    assert_eq!(team(&home), "{\n\"dev\": ");
}

#[test]
fn policies_take_the_environments_boundary() {
    let (_sts, home) = without_mfa();
    project(&home);
    add_config(&home, "[profile other]\nrole_arn = arn:aws:iam::333333333333:role/R\nsource_profile = devcorpuser\n");
    run(&home, &["set", ARN, "--yes"]);
    let amplify = |args: &[&str]| -> String {
        let mut command = home.command(&[&["policy", "amplify"], args].concat());
        let run: Finished = command.current_dir(home.path().join("app")).output().unwrap().into();
        assert_eq!(run.code, Some(0), "{run:#?}");
        run.stdout
    };
    let own = amplify(&[]);
    assert!(own.contains(ARN) && own.contains("stack/amplify-myapp-*"), "{own}");
    assert!(!amplify(&["--boundary", ""]).contains(ARN));
    assert!(!amplify(&["other"]).contains(ARN), "the environment is another profile's");
}

#[cfg(unix)]
#[test]
fn a_person_sees_the_diff_and_says_yes_or_no() {
    use test_support::Terminal;
    for (answer, code) in [("y", 0), ("n", 130)] {
        let (_sts, home) = without_mfa();
        project(&home);
        let script = format!(
            "cd \"$HOME/app\"; \"$PROGRAM\" boundary set {ARN} </dev/null >\"$FILES/stdout\" 2>\"$FILES/stderr\""
        );
        let mut terminal = Terminal::script(&home, &script);
        let told = terminal.expect("Write this? [y/N] ");
        assert!(told.contains(&format!("+      \"PermissionsBoundaryPolicyArn\": \"{ARN}\"")), "{told}");
        terminal.type_line(answer);
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(code), "{run:?}");
        assert_eq!(team(&home).contains(ARN), code == 0);
    }
}
