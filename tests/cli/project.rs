//! The Amplify project around the current directory: its profile, its cached sessions in `reset-cache`, its boundary.
//! `process` ignores it.

use std::fs;

use serde_json::{Value, json};
use test_support::{FakeSts, Finished, TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, cache, json as document, without_mfa};

const LOCAL_ENV: &str = "app/amplify/.config/local-env-info.json";
const LOCAL_AWS: &str = "app/amplify/.config/local-aws-info.json";
#[cfg(unix)]
const TEAM: &str = "app/amplify/team-provider-info.json";

const DEV_AND_PROD: &str = r#"{
  "dev": {"configLevel": "project", "useProfile": true, "profileName": "nomfa"},
  "prod": {"configLevel": "project", "useProfile": true, "profileName": "prod"},
  "keys": {"configLevel": "project", "useProfile": false, "awsConfigFilePath": "/dev/null"},
  "gone": {"configLevel": "project", "useProfile": false, "awsConfigFilePath": "/no/such/file"},
  "studio": {"configLevel": "amplifyAdmin"},
  "loose": {"configLevel": "general"}
}"#;

/// A project in `app` with the environments above. `dev` is the current one.
fn project(home: &TestHome) {
    home.write("app/amplify/.config/project-config.json", "{}");
    home.write(LOCAL_ENV, r#"{"envName": "dev"}"#);
    home.write(LOCAL_AWS, DEV_AND_PROD);
    fs::create_dir_all(home.path().join("app/src/deep")).unwrap();
}

/// The walk-through's home with that project. `prod` is another profile with the role of `nomfa`.
fn with_project() -> (FakeSts, TestHome) {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile prod]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         role_session_name = prod\n",
    );
    project(&home);
    (sts, home)
}

fn run_in(home: &TestHome, directory: &str, args: &[&str], variables: &[(&str, &str)]) -> Finished {
    let mut command = home.command(args);
    command.current_dir(home.path().join(directory)).envs(variables.iter().copied());
    command.output().expect("the program runs").into()
}

/// The profile that `explain` selects in `directory`.
#[track_caller]
fn explained(home: &TestHome, directory: &str, args: &[&str], variables: &[(&str, &str)]) -> (String, String) {
    let run = run_in(home, directory, &[&["explain", "--json"], args].concat(), variables);
    assert_eq!(run.code, Some(0), "{run:#?}");
    (document(&run.stdout)["profile"].as_str().unwrap().to_owned(), run.stderr)
}

#[test]
fn project_profile_is_used_in_every_subdirectory() {
    let (_sts, home) = with_project();
    let line = "using profile nomfa (Amplify environment dev, ~/app/amplify/.config/local-aws-info.json:2)\n";
    for directory in ["app", "app/src/deep", "app/amplify/.config"] {
        assert_eq!(explained(&home, directory, &[], &[]), ("nomfa".into(), line.into()), "{directory}");
    }
    assert_eq!(explained(&home, "app", &["-q"], &[]), ("nomfa".into(), String::new()));
    assert_eq!(explained(&home, "app", &["--env", "prod"], &[]).0, "prod");
    for (args, variables) in [
        (&["prod"][..], &[("AWS_PROFILE", "nomfa")][..]),
        (&["-p", "prod"], &[]),
        (&["-p", "prod", "--env", "dev"], &[]),
        (&[], &[("AMPLIFY_CREDS_PROFILE", "prod")]),
        (&[], &[("AWS_PROFILE", "prod")]),
        (&[], &[("AWS_DEFAULT_PROFILE", "prod")]),
    ] {
        assert_eq!(explained(&home, "app", args, variables), ("prod".into(), String::new()), "{args:?} {variables:?}");
    }
    // A flag has priority over a variable that was set for another purpose.
    assert_eq!(explained(&home, "app", &["--env", "dev"], &[("AWS_PROFILE", "prod")]).0, "nomfa");
    let run = run_in(&home, "app", &["env", "--shell", "bash"], &[]);
    assert!(run.code == Some(0) && run.stderr == line && run.stdout.contains("ACTIVE_PROFILE='nomfa'"), "{run:?}");
    let run = run_in(&home, "app", &["login"], &[]);
    assert!(run.code == Some(0) && run.stderr.starts_with(line) && run.stdout.contains("nomfa"), "{run:?}");
    for quiet in [&["env", "--unset"][..], &["list"], &["sessions"], &["reset-cache", "--all"], &["help"]] {
        run_in(&home, "app", quiet, &[]).succeeded();
    }
}

#[cfg(unix)]
#[test]
fn link_into_project_finds_the_project() {
    let (_sts, home) = with_project();
    std::os::unix::fs::symlink(home.path().join("app/src"), home.path().join("link")).unwrap();
    assert_eq!(explained(&home, "link/deep", &[], &[]).0, "nomfa");
}

#[test]
fn process_does_not_depend_on_the_directory() {
    let (_sts, home) = with_project();
    add_config(
        &home,
        "[default]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         role_session_name = default\n",
    );
    home.write(LOCAL_ENV, "{ broken");
    let inside = run_in(&home, "app", &["process"], &[]);
    let outside = home.run(&["process"]);
    assert_eq!(inside.succeeded(), outside.succeeded());
    run_in(&home, "app", &["process", "--env", "prod"], &[]).failed_with(2);
}

#[test]
fn project_root_matches_amplify_cli() {
    let root = |files: &[&str], path: &str| {
        let (_sts, home) = without_mfa();
        home.write(LOCAL_AWS, DEV_AND_PROD);
        home.write(LOCAL_ENV, format!(r#"{{"envName": "dev", "projectPath": "{path}"}}"#));
        for file in files {
            home.write(&format!("app/amplify/{file}"), "{}");
        }
        let run = run_in(&home, "app", &["reset-cache"], &[]);
        assert!(run.code == Some(0) || run.stderr.contains("no profile given"), "{run:#?}");
        run.code == Some(0)
    };
    assert!(!root(&[], "/elsewhere"));
    assert!(root(&[".config/project-config.json"], "/elsewhere"));
    assert!(root(&["#current-cloud-backend/x", "backend/x"], "/elsewhere"));
    assert!(!root(&["backend/x"], "/elsewhere"));
    let (_sts, home) = without_mfa();
    home.write(LOCAL_AWS, DEV_AND_PROD);
    // Windows's canonical paths begin with \\?\, which the Amplify CLI never writes.
    let real = if cfg!(windows) { home.file("app") } else { fs::canonicalize(home.path().join("app")).unwrap() };
    home.write(LOCAL_ENV, json!({"envName": "dev", "projectPath": real}).to_string());
    assert_eq!(explained(&home, "app", &[], &[]).0, "nomfa");
}

#[test]
fn project_files_are_read_like_amplify_cli() {
    let (_sts, home) = with_project();
    home.write(LOCAL_ENV, "\u{feff}{\n  // the current one\n  envName: 'prod',\n}\n");
    home.write(LOCAL_AWS, "# mine\n{ prod: { useProfile: true /* yes */, \"profileName\": \"prod\", }, }");
    assert_eq!(explained(&home, "app", &[], &[]).0, "prod");
}

/// Its file of access keys is `/dev/null`.
#[cfg(unix)]
#[test]
fn environment_without_profile_is_an_error_when_used() {
    let (_sts, home) = with_project();
    for (environment, code, reason) in [
        ("keys", "unsupported", "access keys in /dev/null"),
        ("studio", "unsupported", "Amplify Studio"),
        ("gone", "config", "no profile and no existing file of access keys"),
        ("nosuch", "config", "no environment nosuch"),
    ] {
        let run = run_in(&home, "app", &["env", "--env", environment], &[]);
        run.failed_with(3);
        assert!(run.stderr.contains(reason), "{}", run.stderr);
        let run = run_in(&home, "app", &["explain", "--json", "--env", environment], &[]);
        assert_eq!((run.code, &document(&run.stdout)["error"]["code"]), (Some(3), &json!(code)));
        assert_eq!(run_in(&home, "app", &["list", "--env", environment], &[]).code, Some(0));
    }
    let run = run_in(&home, "app", &["env", "--env", "nosuch"], &[]);
    assert!(
        run.stderr.contains("the project's environments are: dev, gone, keys, loose, prod, studio\n"),
        "{}",
        run.stderr
    );
    home.write(LOCAL_ENV, r#"{"envName": "studio"}"#);
    run_in(&home, "app", &["env"], &[]).failed_with(3);
    assert_eq!(explained(&home, "app", &[], &[("AWS_PROFILE", "prod")]).0, "prod");
    home.run(&["env", "--env", "dev"]).failed_with(3);
}

#[test]
fn project_without_profile_uses_default_profile() {
    let (_sts, home) = with_project();
    add_config(&home, "[default]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n");
    for text in [r#"{"envName": "loose"}"#, r#"{"envName": "unheard of"}"#, "{}"] {
        home.write(LOCAL_ENV, text);
        assert_eq!(explained(&home, "app", &[], &[]), ("default".into(), String::new()), "{text}");
    }
    fs::remove_file(home.path().join(LOCAL_ENV)).unwrap();
    assert_eq!(explained(&home, "app", &[], &[]).0, "default");
    run_in(&home, "app", &["reset-cache"], &[]).failed_with(3);
    home.write(LOCAL_ENV, r#"{"envName": "dev"}"#);
    fs::remove_file(home.path().join(LOCAL_AWS)).unwrap();
    assert_eq!(explained(&home, "app", &[], &[]).0, "default");
}

#[test]
fn broken_files_are_named_with_their_line() {
    let (_sts, home) = with_project();
    home.write(LOCAL_AWS, "{\n  \"dev\": {\n");
    let run = run_in(&home, "app", &["env"], &[]);
    run.failed_with(3);
    assert!(run.stderr.contains("~/app/amplify/.config/local-aws-info.json:3: the file ends"), "{}", run.stderr);
    run_in(&home, "app", &["reset-cache"], &[]).failed_with(3);
    assert_eq!(explained(&home, "app", &["nomfa"], &[]).0, "nomfa");
    run_in(&home, "app", &["explain", "nomfa", "--env", "dev"], &[]).failed_with(3);
    home.write(LOCAL_AWS, vec![b' '; (1 << 20) + 1]);
    run_in(&home, "app", &["env"], &[]).failed_with(3);
    home.write(LOCAL_AWS, "[".repeat(1 << 20));
    run_in(&home, "app", &["env"], &[]).failed_with(3);
    fs::remove_file(home.path().join(LOCAL_AWS)).unwrap();
    fs::create_dir(home.path().join(LOCAL_AWS)).unwrap();
    run_in(&home, "app", &["env"], &[]).failed_with(3);
}

#[cfg(unix)]
#[test]
fn fifo_as_project_file_is_not_waited_for() {
    let (_sts, home) = with_project();
    fs::remove_file(home.path().join(LOCAL_ENV)).unwrap();
    let made = std::process::Command::new("mkfifo").arg(home.path().join(LOCAL_ENV)).status();
    assert!(made.unwrap().success());
    run_in(&home, "app", &["env"], &[]).failed_with(3);
}

#[test]
fn missing_profile_is_reported_with_project_file() {
    let (_sts, home) = with_project();
    home.write(LOCAL_AWS, "{\"dev\":\n{\"useProfile\": true, \"profileName\": \"\\u001b[2Jgone\"}}");
    for args in [&["env", "-q"][..], &["reset-cache"]] {
        let run = run_in(&home, "app", args, &[]);
        run.failed_with(3);
        assert!(run.stderr.contains("local-aws-info.json:2") && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
    }
}

fn names(home: &TestHome, outer: &str) -> Vec<String> {
    cache(home)[outer].as_object().map(|sessions| sessions.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn reset_cache_in_project_deletes_only_its_chain() {
    for (args, variables) in [
        (&["reset-cache"][..], &[][..]),
        (&["reset-cache", "--project"], &[("AWS_PROFILE", "prod")]),
        (&["reset-cache"], &[("AWS_PROFILE", "prod")]),
        (&["aws", "reset-cache"], &[]),
        (&["awscloudformation", "reset-cache"], &[]),
        (&["reset-cache", "--env", "dev"], &[]),
    ] {
        let (_sts, home) = with_project();
        home.run(&["process", "nomfa"]).succeeded();
        home.run(&["process", "prod"]).succeeded();
        let mut file = cache(&home);
        file[data::NO_MFA_ROLE]["written by amplify"] = json!({"credentials": {"accessKeyId": "A"}});
        file["arn:aws:iam::333333333333:role/Theirs"] = json!({"amplify": {"accessKeyId": "B"}});
        fs::write(home.cache_file(), file.to_string()).unwrap();
        let run = run_in(&home, "app/src", args, variables);
        assert!(run.succeeded().starts_with("Cached temp credentials are deleted for the project.\n"), "{run:?}");
        let left = names(&home, data::NO_MFA_ROLE);
        assert!(left.len() == 1 && left[0].starts_with("prod#"), "{args:?} {left:?}");
        assert_eq!(names(&home, "arn:aws:iam::333333333333:role/Theirs"), ["amplify"]);
        let again = run_in(&home, "app/src", args, variables);
        assert_eq!(again.succeeded(), "No temp credentials are cached for the project.\n");
    }
}

#[test]
fn reset_cache_in_project_deletes_hops_and_mfa_session() {
    let (sts, home) = with_project();
    add_config(
        &home,
        "[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/Deploy\nsource_profile = bizcorprole\n",
    );
    home.write(LOCAL_AWS, r#"{"dev": {"useProfile": true, "profileName": "deploy"}}"#);
    home.run(&["process", "deploy", "-t", &sts.next_unused_code(data::MFA_SERIAL)]).succeeded();
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(names(&home, data::MFA_SERIAL).len(), 1);
    let dry = run_in(&home, "app", &["reset-cache", "--dry-run"], &[]);
    assert!(dry.succeeded().starts_with("Cached temp credentials would be deleted for the project:\n"), "{dry:?}");
    let run = document(run_in(&home, "app", &["reset-cache", "--json"], &[]).succeeded());
    assert_eq!(run["removed"].as_array().unwrap().len(), 3, "{run}");
    let left: Vec<_> = cache(&home).as_object().unwrap().keys().cloned().collect();
    assert_eq!(left, [data::NO_MFA_ROLE]);
}

#[cfg(unix)]
#[test]
fn environment_without_profile_has_no_cached_session() {
    let (_sts, home) = with_project();
    home.run(&["process", "nomfa"]).succeeded();
    for environment in ["keys", "studio", "loose"] {
        let run = run_in(&home, "app", &["reset-cache", "--env", environment], &[]);
        assert_eq!(run.succeeded(), "No temp credentials are cached for the project.\n");
    }
    assert_eq!(names(&home, data::NO_MFA_ROLE).len(), 1);
}

#[test]
fn project_option_excludes_other_reset_targets() {
    let (_sts, home) = with_project();
    for args in [
        &["reset-cache", "--project", "nomfa"][..],
        &["reset-cache", "--project", "-p", "nomfa"],
        &["reset-cache", "--project", "--all"],
        &["reset-cache", "--project", "--expired"],
    ] {
        run_in(&home, "app", args, &[]).failed_with(2);
    }
    let run = home.run(&["reset-cache", "--project"]);
    run.failed_with(3);
    assert!(
        run.stderr.contains("not inside an Amplify project") && run.stderr.contains("reset-cache PROFILE"),
        "{}",
        run.stderr
    );
}

#[cfg(unix)]
#[test]
fn explain_shows_boundary_of_project_profile() {
    let (_sts, home) = with_project();
    let arn = "arn:aws:iam::222222222222:policy/ceiling";
    home.write(
        TEAM,
        format!("{{\"dev\": {{\"awscloudformation\":\n{{\"PermissionsBoundaryPolicyArn\": \"{arn}\"}}}}}}"),
    );
    let boundary = |directory: &str, args: &[&str]| {
        document(&run_in(&home, directory, &[&["explain", "--json"], args].concat(), &[]).stdout)["boundary"].clone()
    };
    let from = format!("{}:2", fs::canonicalize(home.path()).unwrap().join(TEAM).display());
    let expected = json!({"value": arn, "from": from});
    assert_eq!(boundary("app", &[]), expected);
    assert_eq!(boundary("app", &["nomfa"]), expected);
    assert!(boundary("app", &["prod"]).is_null());
    assert!(boundary("app", &["--env", "prod"]).is_null());
    assert!(boundary("", &["nomfa"]).is_null());
    let text = run_in(&home, "app", &["explain", "-q"], &[]);
    assert!(text.succeeded().contains(&format!("  boundary      {arn}")), "{}", text.stdout);
    let list = |args: &[&str]| run_in(&home, "app", &[&["list"], args].concat(), &[]);
    assert!(list(&[]).succeeded().ends_with(&format!("\nthe Amplify environment of nomfa has the boundary {arn}\n")));
    let profiles = document(list(&["--json"]).succeeded());
    let bounded: Vec<_> =
        profiles.as_array().unwrap().iter().filter(|profile| !profile["boundary"].is_null()).collect();
    assert_eq!((bounded.len(), &bounded[0]["name"], &bounded[0]["boundary"]), (1, &json!("nomfa"), &json!(arn)));
    home.write(TEAM, "{");
    assert!(boundary("app", &[]).is_null());
}

#[cfg(unix)]
#[test]
fn project_of_other_user_requires_a_named_profile() {
    use std::os::unix::fs::{MetadataExt, chown};
    const NOBODY: u32 = 65_534;
    for foreign in ["app", "app/amplify", "app/amplify/.config", LOCAL_AWS, TEAM] {
        let (sts, home) = with_project();
        home.write(TEAM, "{}");
        if fs::metadata(home.path()).unwrap().uid() != 0 {
            return eprintln!("skipped: needs root");
        }
        add_config(
            &home,
            "[profile named]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
             role_session_name = {project}\n[profile bound]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\n\
             source_profile = devcorpuser\npolicy_arns = boundary\n",
        );
        chown(home.path().join(foreign), Some(NOBODY), None).unwrap();
        let run = |args: &[&str]| run_in(&home, "app/src", args, &[]);
        for args in [
            &["explain"][..],
            &["env"],
            &["login"],
            &["reset-cache"],
            &["reset-cache", "--project"],
            &["explain", "nomfa", "--env", "dev"],
            &["boundary", "show"],
            &["boundary", "set", "arn:aws:iam::222222222222:policy/x", "--yes"],
            &["setup", "nomfa", "--project", "--yes"],
            &["process", "bound"],
        ] {
            let run = run(args);
            run.failed_with(3);
            let first = run.first_error_line();
            assert!(
                first.contains("the Amplify project at ~/app is owned by another user") && first.contains("uid 65534"),
                "{first}"
            );
        }
        run(&["process", "named"]).failed_with(3);
        assert!(sts.calls().is_empty());
        assert_eq!(explained(&home, "app", &["nomfa"], &[]), ("nomfa".into(), String::new()));
        assert_eq!(explained(&home, "app", &[], &[("AWS_PROFILE", "prod")]), ("prod".into(), String::new()));
        for args in [&["list"][..], &["process", "nomfa"], &["reset-cache", "--all"]] {
            run(args).succeeded();
        }
        let words = run(&["complete", "--", "amplify-creds", "env", "--env", ""]);
        assert_eq!(words.succeeded(), "");
    }
}

#[test]
fn directory_without_project_prints_no_note() {
    let home = TestHome::new(PROGRAM);
    home.config("[default]\naws_access_key_id = A\naws_secret_access_key = s\n");
    fs::create_dir_all(home.path().join("amplify/backend")).unwrap();
    run_in(&home, "amplify", &["explain"], &[]).succeeded();
}

fn project_findings(home: &TestHome, variables: &[(&str, &str)]) -> Vec<Value> {
    let document: Value = serde_json::from_str(&run_in(home, "app", &["doctor", "--json"], variables).stdout).unwrap();
    let findings = document["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["code"] == "amplify_project").cloned().collect()
}

#[test]
fn doctor_quotes_amplify_error_for_project_profile() {
    let (_sts, home) = with_project();
    let uses = |profile: &str| {
        home.write(
            LOCAL_AWS,
            format!(r#"{{"dev": {{"configLevel": "project", "useProfile": true, "profileName": "{profile}"}}}}"#),
        );
    };
    let [found] = &project_findings(&home, &[])[..] else { panic!("one finding") };
    let message = found["message"].as_str().unwrap();
    assert!(message.contains("Resolved credential object is not valid"), "{message}");
    assert!(message.contains("identity.expiration.getTime is not a function"), "{message}");
    assert_eq!(found["severity"], "error");
    assert_eq!(found["hint"], "amplify-creds setup nomfa --in-place --project");

    assert_eq!(home.run(&["setup", "nomfa", "--yes"]).code, Some(0));
    assert_eq!(project_findings(&home, &[])[0]["hint"], "amplify-creds setup nomfa --project");
    uses("nomfa-amplify");
    assert_eq!(project_findings(&home, &[]), [] as [Value; 0]);

    add_config(&home, "[profile nowhere]\ncredential_process = /bin/true\n");
    uses("nowhere");
    assert!(project_findings(&home, &[])[0]["message"].as_str().unwrap().contains("Region is missing"));
    assert_eq!(project_findings(&home, &[("AWS_REGION", "eu-west-1")]), [] as [Value; 0]);
    uses("gone");
    assert!(project_findings(&home, &[])[0]["message"].as_str().unwrap().contains("gone, which does not exist"));
}

#[test]
fn list_and_doctor_hint_profile_for_amplify_cli() {
    let (_sts, home) = with_project();
    assert!(!home.run(&["list"]).stderr.contains("Amplify CLI"));
    assert_eq!(home.run(&["setup", "nomfa", "--yes"]).code, Some(0));
    let line = "in the Amplify CLI choose nomfa-amplify, not nomfa\n";
    assert_eq!(home.run(&["list"]).stderr, line);
    assert_eq!(home.run(&["list", "-q"]).stderr, "");
    let report = home.run(&["doctor"]).stdout;
    assert!(report.starts_with(line), "{report}");
}
