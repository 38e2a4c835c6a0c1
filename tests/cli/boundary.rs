//! `boundary`: the permissions boundary of an Amplify environment, shown, set and cleared in the team's file.

use std::fs;

use serde_json::json;
use test_support::{Finished, TestHome};

use crate::{PROGRAM, add_config, json as document, without_mfa};

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
fn boundary_set_and_clear_change_only_its_line() {
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
    let shown = document(&run(&home, &["show", "--json"]).stdout);
    assert_eq!((&shown["arn"], &shown["environment"], &shown["line"]), (&ARN.into(), &"dev".into(), &12.into()));
    let again = run(&home, &["set", ARN, "--yes"]);
    assert!(again.stderr.contains("nothing to change"), "{again:#?}");
    assert_eq!(run(&home, &["clear", "--yes"]).code, Some(0));
    assert_eq!(team(&home), BEFORE);
    let backup = home.cache_dir().join("team-provider-info.json.backup.1");
    assert_eq!(fs::read_to_string(backup).unwrap(), BEFORE);
}

#[test]
fn boundary_of_a_clone_is_shown_without_control_characters() {
    let (_sts, home) = without_mfa();
    project(&home);
    let hostile = "\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}arn:aws:iam::222222222222:policy/x\nfake line\u{202e}\u{7f}";
    let team = json!({"dev": {"awscloudformation": {"PermissionsBoundaryPolicyArn": hostile}}});
    home.write(TEAM, team.to_string());
    for args in [&["show"][..], &["show", "-v"], &["set", ARN, "--dry-run"], &["clear", "--dry-run"]] {
        let run = run(&home, args);
        assert_eq!(run.code, Some(0), "{run:#?}");
        let text = run.stdout + &run.stderr;
        assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{args:?} {text:?}");
        assert!(!text.contains("\nfake line"), "{args:?} {text:?}");
    }
}

#[test]
fn invalid_boundary_arn_is_not_printed_in_documents() {
    let (_sts, home) = without_mfa();
    project(&home);
    for bad in ["arn:aws:iam::222222222222:policy/*", "arn:aws:iam::222222222222:policy/a\u{202e}", "x"] {
        let team = json!({"dev": {"awscloudformation": {"PermissionsBoundaryPolicyArn": bad}}});
        home.write(TEAM, team.to_string());
        for args in [&["policy", "amplify"][..], &["policy", "boundary"], &["check", "--for", "amplify"]] {
            let run: Finished = home.command(args).current_dir(home.path().join("app")).output().unwrap().into();
            assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{args:?} {run:#?}");
            assert!(run.stderr.contains("team-provider-info.json:1: PermissionsBoundaryPolicyArn is not"), "{run:#?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn link_out_of_the_project_is_not_edited() {
    use std::os::unix::fs::symlink;
    let commands: [&[&str]; 4] = [
        &["boundary", "set", ARN, "--yes"],
        &["boundary", "clear", "--yes"],
        &["boundary", "set", ARN, "--dry-run"],
        &["setup", "nomfa", "--in-place", "--project", "--yes"],
    ];
    // The target of each link. `~/elsewhere` also contains the project's files.
    for (link, target, names) in [
        ("amplify/team-provider-info.json", "../../elsewhere/team-provider-info.json", "team-provider-info.json"),
        ("amplify/team-provider-info.json", "../../elsewhere/new.json", "new.json"),
        (
            "amplify/.config/local-aws-info.json",
            "../../../elsewhere/.config/local-aws-info.json",
            "local-aws-info.json",
        ),
        ("amplify/.config", "../../elsewhere/.config", ".config"),
        ("amplify", "../elsewhere", "elsewhere"),
    ] {
        for args in commands {
            let concerns_setup = link != "amplify/team-provider-info.json";
            let concerns_boundary = !link.contains(".config");
            if !(if args[0] == "setup" { concerns_setup } else { concerns_boundary }) {
                continue;
            }
            let (_sts, home) = without_mfa();
            project(&home);
            let there = home.path().join("app").join(link);
            let elsewhere = home.path().join("elsewhere");
            let mut copy = std::process::Command::new("cp");
            copy.arg("-R").arg(home.path().join("app/amplify")).arg(&elsewhere);
            assert!(copy.status().unwrap().success());
            if there.is_dir() { fs::remove_dir_all(&there) } else { fs::remove_file(&there) }.unwrap();
            symlink(target, &there).unwrap();
            let files = ["team-provider-info.json", ".config/local-aws-info.json"].map(|name| elsewhere.join(name));
            let before = files.each_ref().map(|file| fs::read_to_string(file).unwrap());
            let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
            let run: Finished = home.command(args).current_dir(home.path().join("app")).output().unwrap().into();
            assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{args:?} {link} {run:#?}");
            let is_named = run.stderr.contains(&format!("~/app/{link} is a link to ")) && run.stderr.contains(names);
            assert!(is_named && run.stderr.contains("outside the Amplify project"), "{}", run.stderr);
            assert_eq!(files.each_ref().map(|file| fs::read_to_string(file).unwrap()), before, "{args:?} {link}");
            assert_eq!(fs::read_to_string(home.path().join(".aws/config")).unwrap(), config, "{args:?} {link}");
            assert!(!elsewhere.join("new.json").exists());
        }
    }
}

#[cfg(unix)]
#[test]
fn link_inside_the_project_is_followed() {
    use std::os::unix::fs::symlink;
    let (_sts, home) = without_mfa();
    project(&home);
    let kept = home.path().join("app/shared.json");
    fs::rename(home.path().join(TEAM), &kept).unwrap();
    symlink("../shared.json", home.path().join(TEAM)).unwrap();
    assert_eq!(run(&home, &["set", ARN, "--yes"]).code, Some(0));
    assert!(fs::read_to_string(&kept).unwrap().contains(ARN));
    assert!(fs::symlink_metadata(home.path().join(TEAM)).unwrap().is_symlink());
    // An absolute link to the directory.
    let amplify = home.path().join("app/amplify");
    fs::rename(&amplify, home.path().join("app/real")).unwrap();
    symlink(fs::canonicalize(home.path().join("app/real")).unwrap(), &amplify).unwrap();
    assert_eq!(run(&home, &["clear", "--yes"]).code, Some(0));
    assert!(!fs::read_to_string(&kept).unwrap().contains(ARN));
}

#[cfg(unix)]
#[test]
fn link_out_of_project_is_named_by_target() {
    use std::os::unix::fs::symlink;
    let (_sts, home) = without_mfa();
    project(&home);
    home.write(
        "shared/team.json",
        format!("{{\"dev\": {{\"awscloudformation\":\n{{\"PermissionsBoundaryPolicyArn\": \"{ARN}\"}}}}}}"),
    );
    fs::remove_file(home.path().join(TEAM)).unwrap();
    symlink("../../shared/team.json", home.path().join(TEAM)).unwrap();
    let shown = run(&home, &["show", "-v"]);
    assert_eq!(shown.stdout, format!("{ARN}\n"));
    assert!(
        shown.stderr.contains("(~/shared/team.json:2)") || shown.stderr.contains("/shared/team.json:2)"),
        "{shown:#?}"
    );
}

#[cfg(unix)]
#[test]
fn policy_output_through_link_out_of_project_is_refused() {
    use std::os::unix::fs::symlink;
    let (_sts, home) = without_mfa();
    project(&home);
    home.write("outside/kept.json", "{}");
    symlink("../outside/kept.json", home.path().join("app/policy.json")).unwrap();
    symlink("../outside", home.path().join("app/infra")).unwrap();
    for output in ["policy.json", "./infra/new.json", "src/../policy.json"] {
        let args = ["policy", "caller", "nomfa", "--output", output, "--force"];
        let run: Finished = home.command(&args).current_dir(home.path().join("app")).output().unwrap().into();
        run.failed_with(3);
        assert!(run.stderr.contains("is a link to ") && run.stderr.contains("outside"), "{}", run.stderr);
    }
    assert_eq!(fs::read_to_string(home.path().join("outside/kept.json")).unwrap(), "{}");
    assert_eq!(fs::read_dir(home.path().join("outside")).unwrap().count(), 1);
    // A path from the user may lead out of the project.
    let args = ["policy", "caller", "nomfa", "--output", "../outside/own.json"];
    let run: Finished = home.command(&args).current_dir(home.path().join("app")).output().unwrap().into();
    assert_eq!(run.code, Some(0), "{run:#?}");
}

#[test]
fn boundary_env_option_rejects_unknown_environment() {
    let (_sts, home) = without_mfa();
    project(&home);
    assert_eq!(run(&home, &["set", ARN, "--env", "prod", "--yes"]).code, Some(0));
    assert_eq!(run(&home, &["show", "--env", "prod"]).stdout, format!("{ARN}\n"));
    assert_eq!(run(&home, &["show"]).stdout, "");
    run(&home, &["set", ARN, "--env", "nope", "--yes"]).failed_with(3);
    run(&home, &["show", "--env", "nope"]).failed_with(3);
    // An empty ARN means no boundary, as in the Amplify CLI.
    assert_eq!(run(&home, &["set", "", "--env", "prod", "--yes"]).code, Some(0));
    assert_eq!(team(&home), BEFORE);
}

#[test]
fn boundary_set_accepts_only_policy_arns() {
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
        assert_eq!(set.stderr.contains("accepts only arn:aws:"), !good.starts_with("arn:aws:"), "{set:#?}");
    }
}

#[test]
fn boundary_of_other_account_hints_correct_arn() {
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
fn boundary_set_without_confirmation_or_project_writes_nothing() {
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
fn amplify_policy_includes_boundary_of_environment() {
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
fn boundary_set_shows_diff_and_asks_for_confirmation() {
    use test_support::Terminal;
    for (answer, is_yes) in [("", true), ("y", true), ("n", false)] {
        let (_sts, home) = without_mfa();
        project(&home);
        let script = format!(
            "cd \"$HOME/app\"; \"$PROGRAM\" boundary set {ARN} </dev/null >\"$FILES/stdout\" 2>\"$FILES/stderr\""
        );
        let mut terminal = Terminal::script(&home, &script);
        let printed = terminal.expect("Write this? [Y/n] ");
        assert!(printed.contains(&format!("+      \"PermissionsBoundaryPolicyArn\": \"{ARN}\"")), "{printed}");
        terminal.type_line(answer);
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(team(&home).contains(ARN), is_yes, "{answer}");
    }
}
