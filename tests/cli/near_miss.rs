//! Profiles, files and command lines that are almost right: the hint names the intended line or command.

use test_support::{Finished, TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, json, without_mfa};

const KEYS: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hush-hush-secret\n";

fn home(config: &str, credentials: &str) -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config(config);
    home.credentials(credentials);
    home
}

#[track_caller]
fn has(run: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
    }
    assert!(!run.stderr.contains("hush-hush"), "{}", run.stderr);
}

#[test]
fn near_miss_is_a_hint_with_its_line() {
    let rows = [
        (
            "[Profile prod]\nregion = a\n",
            "",
            "~/.aws/config:1 has [Profile prod]; the header of this profile is [profile prod]",
        ),
        (
            "",
            &format!("[profile prod]\n{KEYS}"),
            "~/.aws/credentials:1 has [profile prod]; the header of this profile is [prod]",
        ),
        ("", "[prod]\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n", "~/.aws/credentials:2 is a shell command"),
        (
            "",
            "[prod]\naws_access_key = AKIAIOSFODNN7EXAMPLE\n",
            "sets aws_access_key; the correct key is aws_access_key_id",
        ),
        ("", KEYS, "~/.aws/credentials:1 is above the first section header"),
    ];
    for (config, credentials, hint) in rows {
        let run = home(config, credentials).run(&["process", "prod"]);
        run.failed_with(3);
        has(&run, &["hint: ", hint]);
    }
    let run = home("[profile prod]\nregion = a\n", "").run(&["process", "profile prod"]);
    has(&run, &["profile \"profile prod\" does not exist in", "write the name without the word profile: prod"]);
}

#[test]
fn missing_file_is_named_with_its_variable() {
    let home = home("[profile p]\nregion = a\n", "");
    let run = home.run_with(&["process", "p"], &[("AWS_CONFIG_FILE", "/nonexistent/config")]);
    run.failed_with(3);
    has(&run, &["/nonexistent/config does not exist ($AWS_CONFIG_FILE names it)"]);
    let run = home.run(&["process", "p", "--config-file", "/nonexistent/config"]);
    has(&run, &["/nonexistent/config does not exist (--config-file names it)"]);
}

#[test]
fn home_without_files_points_to_setup() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&["process"]);
    run.failed_with(3);
    has(&run, &["HOME is ", "amplify-creds setup"]);
    assert!(home.run(&["list"]).stderr.contains("amplify-creds setup"));
}

#[test]
fn profile_variable_is_named_and_no_profile_lists_all() {
    let home = home("[profile a]\nregion = x\n[profile b]\nregion = x\n", "");
    let run = home.run_with(&["process"], &[("AWS_PROFILE", "nope")]);
    run.failed_with(3);
    has(
        &run,
        &[
            "profile nope does not exist in ~/.aws/config or ~/.aws/credentials (AWS_PROFILE names it)",
            "unset AWS_PROFILE",
        ],
    );
    let run = home.run(&["whoami"]);
    run.failed_with(3);
    has(
        &run,
        &["no profile given, and profile default does not exist", "amplify-creds whoami PROFILE", "profiles: a, b\n"],
    );
}

#[test]
fn wrong_command_line_gives_the_right_one() {
    let home = home("[profile prod]\nregion = a\n", "");
    let run = home.run(&["exec", "prod", "ls", "-la"]);
    run.failed_with(125);
    has(&run, &["did you mean: amplify-creds exec prod -- ls -la"]);
    let run = home.run(&["prod"]);
    run.failed_with(2);
    has(&run, &["prod is a profile; run: amplify-creds process prod"]);
    assert_eq!(json(home.run(&["--json", "list"]).succeeded())[0]["name"], "prod");
    let help = home.run(&["help", "policy", "trust"]);
    assert_eq!(help.succeeded(), home.run(&["policy", "trust", "--help"]).stdout);
    home.run(&["help", "policy", "nosuch"]).failed_with(2);
}

#[test]
fn missing_shell_of_the_variable_is_named() {
    let home = home("", &format!("[p]\n{KEYS}"));
    let run = home.run_with(&["exec", "p"], &[("SHELL", "/nonexistent/zsh")]);
    run.failed_with(127);
    has(&run, &["/nonexistent/zsh", "(SHELL names it)"]);
}

#[test]
fn zone_is_rejected_with_its_region() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile z]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\nregion = us-east-1a\n",
    );
    let run = home.run(&["process", "z"]);
    run.failed_with(3);
    has(&run, &["such as us-east-1; us-east-1a is an availability zone"]);
    let run = home.run(&["process", "nomfa", "--region", "eu-west-1b"]);
    run.failed_with(2);
    has(&run, &["did you mean --region eu-west-1?"]);
    assert!(home.run(&["doctor", "z"]).stdout.contains("availability zone"));
    assert_eq!(sts.count("AssumeRole"), 0);
}

#[test]
fn invalid_role_is_rejected_by_explain_as_by_process() {
    let config = "[profile r]\nrole_arn = arn:aws:iam::12345678901:role/R\nsource_profile = u\n";
    let home = home(config, &format!("[u]\n{KEYS}"));
    for command in ["process", "explain"] {
        let run = home.run(&[command, "r"]);
        run.failed_with(3);
        has(&run, &["role_arn", "~/.aws/config:2"]);
    }
}

// It runs programs of Unix.
#[cfg(unix)]
#[test]
fn closed_pipe_ends_every_command_quietly() {
    use std::process::{Command, Stdio};

    let (_sts, home) = biz_corp();
    for command in ["doctor", "list", "help", "man", "sessions", "completions bash", "explain bizcorprole"] {
        let script = format!("\"$0\" {command} | true");
        for _ in 0..5 {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("sleep 0.01; {script}"), PROGRAM]).env_clear().envs(home.environment());
            let output = shell.env("PATH", "/usr/bin:/bin").stdin(Stdio::null()).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
        }
    }
}

#[test]
fn login_all_reports_invalid_profile_and_continues() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile digits]\nrole_arn = arn:aws:iam::12345678901:role/R\nsource_profile = devcorpuser\n\
         [profile gone]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = nobody\n",
    );
    let run = home.run(&["login", "--all", "--no-input"]);
    assert!(run.stdout.contains("nomfa"), "{}", run.stdout);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    has(
        &run,
        &[
            "profile nobody does not exist; it is the source_profile of profile gone",
            "profile digits has an invalid role_arn",
        ],
    );
    assert!(sts.count("AssumeRole") >= 1);
}

#[test]
fn too_many_policy_arns_exit_2() {
    let (sts, home) = without_mfa();
    let mut words = vec!["process", "nomfa"];
    for _ in 0..11 {
        words.extend(["--policy-arn", "read-only"]);
    }
    home.run(&words).failed_with(2);
    assert_eq!(sts.count("AssumeRole"), 0);
}

#[test]
fn invalid_sso_account_or_role_is_reported_with_line() {
    for (account, role, key) in [("1234", "R", "sso_account_id"), ("123456789012", "a b", "sso_role_name")] {
        let config = format!(
            "[profile s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n\
             sso_account_id = {account}\nsso_role_name = {role}\n"
        );
        let run = home(&config, "").run(&["process", "s"]);
        run.failed_with(3);
        has(&run, &[&format!("invalid {key} (~/.aws/config:")]);
    }
}

#[test]
fn key_in_capitals_is_found_and_fixed() {
    let credentials = "[c]\nAWS_ACCESS_KEY_ID = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hush-hush-secret\n";
    let home = home("[profile c]\nregion = us-east-1\n", credentials);
    let run = home.run(&["doctor", "c", "--json"]);
    let findings = json(&run.stdout)["findings"].clone();
    let found = findings.as_array().unwrap().iter().find(|found| found["code"] == "key_in_capitals").unwrap();
    assert_eq!(found["line"], 2);
    home.run(&["doctor", "c", "--fix", "--yes"]);
    let fixed = std::fs::read_to_string(home.file(".aws/credentials")).unwrap();
    assert_eq!(fixed, credentials.replace("AWS_ACCESS_KEY_ID", "aws_access_key_id"));
}

#[test]
fn fix_adds_no_second_header_for_a_role() {
    let role = "[profile dev.eu]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = u\n";
    let home = home(&format!("{role}[profile k.x]\nregion = a\n"), &format!("[u]\n{KEYS}"));
    home.run(&["doctor", "--fix", "--yes"]);
    let fixed = std::fs::read_to_string(home.file(".aws/config")).unwrap();
    assert!(fixed.starts_with(role) && fixed.contains("[k\\.x]") && !fixed.contains("dev\\.eu"), "{fixed}");
}

#[test]
fn value_that_an_indented_line_continues_is_explained() {
    let (_sts, home) = biz_corp();
    for (key, value) in [("region", "eu-west-1"), ("external_id", "BizCorp"), ("role_arn", data::BIZ_CORP_ROLE)] {
        let rest = if key == "role_arn" { String::new() } else { format!("role_arn = {}\n", data::BIZ_CORP_ROLE) };
        home.config(&format!("[profile p]\n{key} = {value}\n\u{a0}mfa = x\n{rest}source_profile = devcorpuser\n"));
        let run = home.run(&["process", "p"]);
        run.failed_with(3);
        assert!(run.stderr.contains("the indented line below continues it"), "{key}: {}", run.stderr);
    }
}

#[test]
fn error_document_follows_json_before_the_command() {
    let (_sts, home) = biz_corp();
    for args in [&["--json", "list", "--nosuch"][..], &["-v", "--json", "explain", "--nosuch"]] {
        let run = home.run(args);
        assert_eq!(run.code, Some(2), "{args:?}");
        let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(document["error"]["message"].as_str().unwrap().contains("--nosuch"), "{args:?}: {document}");
    }
    assert_eq!(home.run(&["--json", "env", "--nosuch"]).stdout, "");
}
