//! `setup`: its edits, its questions, and the parts that it does not change.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use test_support::{Finished, Terminal, TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, json as document, without_mfa};

const CONFIRM: &str = "Write this? [Y/n] ";
const LOGIN: &str = "Log in now with an MFA code? [Y/n] ";

fn text(home: &TestHome, relative: &str) -> String {
    fs::read_to_string(home.path().join(relative)).unwrap_or_default()
}

fn config(home: &TestHome) -> String {
    text(home, ".aws/config")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// The lines that `setup` adds for `target`.
fn wrapper(name: &str, target: &str, region: &str) -> String {
    format!("\n[profile {name}]\ncredential_process = {PROGRAM} process {target}\nregion = {region}\n")
}

/// Copies the program, because a symbolic link would lead to a path without blanks, which is preferred.
fn place_program(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::hard_link(PROGRAM, path).or_else(|_| fs::copy(PROGRAM, path).map(drop)).unwrap();
}

#[test]
fn wrapper_between_blanks_works_in_every_tool() {
    let (_sts, home) = without_mfa();
    add_config(&home, "[profile no mfa]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\n");
    add_config(&home, "source_profile = devcorpuser\n");
    let program = home.path().join("my bin/amplify-creds");
    place_program(&program);
    let run = |args: &[&str]| -> Finished {
        let environment = home.environment();
        Command::new(&program).args(args).env_clear().envs(environment).stdin(Stdio::null()).output().unwrap().into()
    };
    done(&run(&["setup", "no mfa", "--name", "wrapped", "--yes"]));
    let expected = format!("credential_process = \"{}\" --profile \"no mfa\" process\n", program.display());
    assert!(config(&home).contains(&expected), "{}", config(&home));
    run(&["process", "wrapped"]).succeeded();
    let report = document(run(&["doctor", "wrapped", "--json"]).stdout.trim_end());
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["profile"] != "wrapped"), "{report}");
    for (tool, seen) in report["visibility"]["wrapped"].as_object().unwrap() {
        assert_eq!(seen["resolvable"], true, "{tool}: {seen}");
    }

    let quoted = config(&home).replace("--profile \"no mfa\" process", "process \"no mfa\"");
    home.config(&quoted);
    let report = document(run(&["doctor", "wrapped", "--json"]).stdout.trim_end());
    let go = &report["visibility"]["wrapped"]["sdk_go"];
    assert_eq!((&go["visible"], &go["resolvable"]), (&json!(true), &json!(false)), "{report}");
    done(&run(&["setup", "no mfa", "--name", "wrapped", "--yes"]));
    assert!(config(&home).contains(&expected), "{}", config(&home));

    symlink(&program, home.path().join("amplify-creds")).unwrap();
    let mut linked = Command::new(&program);
    linked.args(["setup", "no mfa", "--name", "linked", "--yes"]).env_clear().envs(home.environment());
    let linked: Finished = linked.env("PATH", home.path()).stdin(Stdio::null()).output().unwrap().into();
    done(&linked);
    let expected = format!("credential_process = {}/amplify-creds process \"no mfa\"\n", home.path().display());
    assert!(config(&home).contains(&expected), "{}", config(&home));
}

fn with_stdin(home: &TestHome, args: &[&str], stdin: &str) -> Finished {
    let mut child =
        home.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

#[track_caller]
fn done(run: &Finished) -> &Finished {
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(!run.stderr.contains("panicked"), "{run:#?}");
    run
}

#[test]
fn setup_prints_diff_and_adds_wrapper_once() {
    let (_sts, home) = biz_corp();
    let before = config(&home);
    let preview = home.run(&["setup", "bizcorprole", "--dry-run"]);
    assert!(preview.succeeded().starts_with("--- ~/.aws/config\n+++ ~/.aws/config\n@@ "));
    assert_eq!(config(&home), before);
    assert!(!home.path().join(".amplify").exists(), "a dry run makes nothing");

    let run = home.run(&["setup", "bizcorprole", "--yes"]);
    assert_eq!(done(&run).stdout, preview.stdout);
    assert!(run.stderr.contains("config.backup.1") && run.stderr.contains("bizcorprole-amplify"), "{}", run.stderr);
    let after = before.clone() + &wrapper("bizcorprole-amplify", "bizcorprole", "us-east-1");
    assert_eq!(config(&home), after);
    assert_eq!(text(&home, ".amplify/awscloudformation/config.backup.1"), before);
    assert_eq!(mode(&home.cache_dir().join("config.backup.1")), 0o600);

    for args in
        [&["setup", "bizcorprole", "--yes"][..], &["setup", "-p", "bizcorprole"], &["setup", "bizcorprole-amplify"]]
    {
        let run = home.run(args);
        assert_eq!((done(&run).stdout.as_str(), run.stderr.starts_with("nothing to change")), ("", true), "{run:?}");
    }
    assert_eq!(home.run(&["setup", "bizcorprole", "-q"]).succeeded(), "");
    assert_eq!(config(&home), after);
    assert!(!home.cache_dir().join("config.backup.2").exists());
    let list = document(&home.run(&["list", "--json"]).stdout);
    assert_eq!((&list[2]["name"], &list[2]["kind"]), (&"bizcorprole-amplify".into(), &"wrapper".into()));
}

#[test]
fn wrapper_gives_role_credentials_in_every_dialect() {
    let (_sts, home) = without_mfa();
    done(&home.run(&["setup", "nomfa", "--name", "w", "--region", "eu-west-3", "-y", "-q"]));
    for dialect in ["auto", "aws", "amplify"] {
        let list = document(&home.run(&["list", "--json", "--properties", "--dialect", dialect]).stdout);
        let found = list.as_array().unwrap().iter().find(|profile| profile["name"] == "w").unwrap();
        let values = found["properties"].as_object().unwrap();
        assert_eq!(values.len(), 2, "{dialect}");
        assert_eq!(values["credential_process"]["value"], format!("{PROGRAM} process nomfa"));
        assert_eq!(values["region"]["value"], "eu-west-3");
    }
    let direct = home.run(&["process", "nomfa"]);
    assert_eq!(home.run(&["process", "w"]).succeeded(), direct.succeeded());
    assert_eq!(document(&direct.stdout)["AccountId"], "222222222222");
}

#[test]
fn setup_without_prompt_exits_4_and_writes_nothing() {
    let (_sts, home) = biz_corp();
    let before = config(&home);
    for args in [&["setup", "bizcorprole"][..], &["setup", "bizcorprole", "--no-input"], &["setup"]] {
        let run = home.run(args);
        assert!(run.failed_with(4).stderr.contains("--yes"), "{run:?}");
    }
    let run = Terminal::start(&home, "setup bizcorprole --no-input", "</dev/null").finish().1.restored();
    run.failed_with(4);
    assert_eq!(config(&home), before);
}

#[test]
fn setup_shows_diff_and_asks_for_confirmation() {
    for (answer, writes) in [("y", true), ("Yes", true), ("", true), ("n", false), ("maybe", false)] {
        let (_sts, home) = biz_corp();
        let before = config(&home);
        let mut terminal = Terminal::start(&home, "setup bizcorprole", "</dev/null");
        let printed = terminal.expect(CONFIRM);
        assert!(printed.contains("+[profile bizcorprole-amplify]"), "{printed}");
        terminal.type_line(answer);
        if answer == "maybe" {
            terminal.expect("Please answer y or n.");
            terminal.type_line("no");
        }
        if writes {
            terminal.expect(LOGIN);
            terminal.type_line("n");
        }
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.stderr.contains("nothing was changed"), !writes, "{run:?}");
        assert_eq!(config(&home) != before, writes, "{answer}");
    }
    for key in ['c', 'd'] {
        let (_sts, home) = biz_corp();
        let before = config(&home);
        let mut terminal = Terminal::start(&home, "setup bizcorprole", "</dev/null");
        terminal.expect(CONFIRM);
        terminal.type_control(key);
        assert_eq!(terminal.finish().1.restored().code, Some(130));
        assert_eq!(config(&home), before);
    }
}

#[test]
fn file_changed_during_prompt_is_not_overwritten() {
    let (_sts, home) = biz_corp();
    let mut terminal = Terminal::start(&home, "setup bizcorprole", "</dev/null");
    terminal.expect(CONFIRM);
    add_config(&home, "[profile meanwhile]\nregion = x\n");
    let theirs = config(&home);
    terminal.type_line("y");
    let run = terminal.finish().1.restored();
    assert_eq!((run.code, config(&home)), (Some(1), theirs), "{run:?}");
    assert!(run.stderr.contains("has changed since it was read"), "{}", run.stderr);
    assert!(!home.cache_dir().join("config.backup.1").exists(), "nothing to keep of what was not changed");
}

#[test]
fn second_setup_does_not_wait_for_open_prompt() {
    // Another setup does not wait for the user of the first one.
    let (_sts, home) = biz_corp();
    let mut terminal = Terminal::start(&home, "setup bizcorprole", "</dev/null");
    terminal.expect(CONFIRM);
    done(&home.run(&["setup", "devcorpuser", "--yes"]));
    terminal.type_line("y");
    assert_eq!(terminal.finish().1.restored().code, Some(1));
    assert!(config(&home).contains("[profile devcorpuser-amplify]"));
}

#[test]
fn concurrent_setups_keep_every_wrapper() {
    let (_sts, home) = biz_corp();
    let before = config(&home);
    let names: Vec<_> = (0..12).map(|number| format!("w{number}")).collect();
    let runs: Vec<_> = names
        .iter()
        .map(|name| {
            home.command(&["setup", "bizcorprole", "--name", name, "--yes"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for run in runs {
        done(&run.wait_with_output().unwrap().into());
    }
    let after = config(&home);
    assert!(after.starts_with(&before));
    for name in &names {
        assert_eq!(after.matches(&wrapper(name, "bizcorprole", "us-east-1")).count(), 1, "{name}: {after}");
    }
    assert_eq!(
        after.len(),
        before.len() + names.iter().map(|name| wrapper(name, "bizcorprole", "us-east-1").len()).sum::<usize>()
    );
    let backups = fs::read_dir(home.cache_dir())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("config.backup."));
    assert_eq!(backups.count(), names.len());
}

#[test]
fn killed_setup_leaves_old_or_new_file() {
    let (_sts, home) = biz_corp();
    let before = config(&home);
    let after = before.clone() + &wrapper("bizcorprole-amplify", "bizcorprole", "us-east-1");
    let mut seen = [0, 0];
    for moment in 0..40 {
        home.config(&before);
        let mut run = home.command(&["setup", "bizcorprole", "--yes", "-q"]).stdout(Stdio::null()).spawn().unwrap();
        // Only distributes the kills over the run. Any moment must be safe, and the first kill is immediate.
        std::thread::sleep(Duration::from_micros(500 * moment));
        run.kill().unwrap();
        run.wait().unwrap();
        let now = config(&home);
        assert!(now == before || now == after, "{now}");
        seen[usize::from(now == after)] += 1;
    }
    assert!(seen[0] > 0, "{seen:?}");
    home.config(&before);
    done(&home.run(&["setup", "bizcorprole", "--yes"]));
    assert_eq!(fs::read_dir(home.path().join(".aws")).unwrap().count(), 2, "what a killed one left is gone");
}

#[test]
fn in_place_setup_keeps_name_and_references() {
    let (_sts, home) = without_mfa();
    add_config(
        &home,
        &format!(
            "# comes behind\n[profile deploy]\nrole_arn = {}\nsource_profile = nomfa\n\
             [profile old]\ncredential_process = /usr/bin/amplify-creds process nomfa\n[profile more]\ninclude_profile = nomfa\n",
            data::NO_MFA_ROLE
        ),
    );
    let before = config(&home);
    let credentials = home.run(&["process", "nomfa"]);
    credentials.succeeded();
    let run = home.run(&["setup", "nomfa", "--in-place", "--yes", "--region", "eu-west-1"]);
    done(&run);
    let expected = before
        .replace("[profile nomfa]", "[profile nomfa-role]")
        .replace("source_profile = nomfa\n", "source_profile = nomfa-role\n")
        .replace("include_profile = nomfa\n", "include_profile = nomfa-role\n")
        .replace("process nomfa\n", "process nomfa-role\n");
    assert_eq!(config(&home), expected + &wrapper("nomfa", "nomfa-role", "eu-west-1"));
    // The existing session is still used, under either name.
    for name in ["nomfa", "nomfa-role", "old"] {
        assert_eq!(home.run(&["process", name]).succeeded(), credentials.succeeded(), "{name}");
    }
    let explained = document(&home.run(&["explain", "nomfa", "--json"]).stdout);
    assert_eq!((&explained["via"], explained["hops"].as_array().unwrap().len()), (&json!(["nomfa"]), 1));
    let again = home.run(&["setup", "nomfa", "--in-place", "--yes"]);
    assert_eq!((done(&again).stdout.as_str(), again.stderr.starts_with("nothing to change")), ("", true), "{again:?}");
    home.run(&["setup", "deploy", "--in-place", "--name", "x"]).failed_with(2);
}

#[test]
fn in_place_setup_renames_in_both_files() {
    let (_sts, home) = biz_corp();
    let run = home.run(&["setup", "devcorpuser", "--in-place", "--yes"]);
    done(&run);
    assert!(
        !run.stdout.contains(data::SECRET_ACCESS_KEY) && run.stdout.contains("aws_secret_access_key = ****"),
        "{run:?}"
    );
    assert!(text(&home, ".aws/credentials").starts_with("[devcorpuser-role]\naws_access_key_id = "));
    assert!(config(&home).contains("source_profile = devcorpuser-role\n"));
    assert!(home.cache_dir().join("credentials.backup.1").exists());
    let id = document(home.run(&["process", "devcorpuser"]).succeeded());
    assert_eq!(id["AccessKeyId"], data::ACCESS_KEY_ID);
}

#[test]
fn setup_preserves_line_endings_and_byte_order_mark() {
    let (_sts, home) = biz_corp();
    let plain = config(&home);
    let added = wrapper("bizcorprole-amplify", "bizcorprole", "us-east-1");
    for (before, after) in [
        (plain.replace('\n', "\r\n"), (plain.clone() + &added).replace('\n', "\r\n")),
        (plain.trim_end().to_owned(), (plain.clone() + &added).trim_end().to_owned()),
        (format!("\u{feff}# notes\n{plain}"), format!("\u{feff}# notes\n{plain}{added}")),
        (format!("{plain}\n\n# the end\n"), format!("{plain}\n\n# the end\n{added}")),
    ] {
        home.config(&before);
        let run = home.run(&["setup", "bizcorprole", "--yes"]);
        assert_eq!(
            done(&run).stderr.contains("some tools see no profile in that file"),
            before.starts_with('\u{feff}')
        );
        assert_eq!(config(&home), after, "{before:?}");
        assert!(home.run(&["setup", "bizcorprole"]).stderr.starts_with("nothing to change"));
    }
}

#[test]
fn setup_preserves_links_and_modes_or_refuses() {
    let (_sts, home) = biz_corp();
    let link = home.path().join(".aws/config");
    let real = home.write("dotfiles/aws-config", config(&home));
    fs::remove_file(&link).unwrap();
    symlink("../dotfiles/aws-config", &link).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    done(&home.run(&["setup", "bizcorprole", "--yes"]));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("[profile bizcorprole-amplify]"));
    assert_eq!((mode(&real), fs::read_dir(real.parent().unwrap()).unwrap().count()), (0o640, 1));
    assert!(
        home.cache_dir().join("aws-config.backup.1").exists(),
        "not in the directory of the file, which may be in a git tree"
    );

    fs::set_permissions(&real, fs::Permissions::from_mode(0o444)).unwrap();
    let before = fs::read_to_string(&real).unwrap();
    let run = home.run(&["setup", "bizcorprole", "--name", "w", "--yes"]);
    assert!(run.stderr.contains("is read-only") && run.code == Some(1), "{run:?}");
    assert_eq!(fs::read_to_string(&real).unwrap(), before);
    home.run(&["setup", "bizcorprole", "--name", "w", "--dry-run"]).succeeded();
}

#[test]
fn setup_creates_role_from_flags_in_new_home() {
    let home = TestHome::new(PROGRAM);
    let args = [
        "setup",
        "--yes",
        "--role-arn",
        data::NO_MFA_ROLE,
        "--source-profile",
        "devcorpuser",
        "--external-id",
        "x-1",
        "--mfa-serial",
        data::MFA_SERIAL,
        "--region",
        "eu-west-1",
        "--access-key-id",
        data::ACCESS_KEY_ID,
        "--secret-access-key",
        "-",
        "--name",
        "biz",
    ];
    let run = with_stdin(&home, &args, &format!("{}\n", data::SECRET_ACCESS_KEY));
    done(&run);
    assert!(!format!("{run:?}").contains(data::SECRET_ACCESS_KEY));
    let role = format!(
        "[profile biz]\nrole_arn = {}\nsource_profile = devcorpuser\nexternal_id = x-1\nmfa_serial = {}\nregion = eu-west-1\n",
        data::NO_MFA_ROLE,
        data::MFA_SERIAL
    );
    let expected = format!("[profile devcorpuser]\nregion = eu-west-1\n\n{role}");
    assert_eq!(config(&home), expected + &wrapper("biz-amplify", "biz", "eu-west-1"));
    let keys = format!(
        "[devcorpuser]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY
    );
    assert_eq!(text(&home, ".aws/credentials"), keys);
    for (path, expected) in [(".aws", 0o700), (".aws/config", 0o600), (".aws/credentials", 0o600), (".amplify", 0o700)]
    {
        assert_eq!(mode(&home.path().join(path)), expected, "{path}");
    }
    let again = with_stdin(&home, &args, &format!("{}\n", data::SECRET_ACCESS_KEY));
    assert!(done(&again).stderr.starts_with("nothing to change"), "{again:?}");
    let other = with_stdin(&home, &args, "anotherSecretOfTheSameLength000000000000\n");
    assert!(other.failed_with(3).stderr.contains("profile devcorpuser exists already with different settings"));
    let hops = document(&home.run(&["explain", "biz-amplify", "--json"]).stdout)["hops"].clone();
    assert_eq!((&hops[0]["role_arn"], &hops[0]["external_id"]), (&data::NO_MFA_ROLE.into(), &"x-1".into()));
}

#[test]
fn invalid_setup_flags_write_nothing() {
    let (_sts, home) = biz_corp();
    let before = config(&home);
    let role = ["setup", "--yes", "--role-arn", data::NO_MFA_ROLE];
    let user = ["--source-profile", "devcorpuser"];
    for (args, code, says) in [
        (vec!["setup", "--yes"], 2, "--role-arn is missing"),
        (role.to_vec(), 2, "--source-profile is missing"),
        (
            [&["setup", "--yes", "--role-arn", "arn:aws:iam::1:role/x"][..], &user].concat(),
            2,
            "invalid --role-arn (expected the ARN",
        ),
        ([&role[..], &user, &["--external-id", "a b"]].concat(), 2, "invalid --external-id (expected 2 to 1224"),
        ([&role[..], &user, &["--mfa-serial", "short"]].concat(), 2, "invalid --mfa-serial (expected 9 to 256"),
        ([&role[..], &user, &["--region", "a b"]].concat(), 2, "invalid region in --region"),
        ([&role[..], &user, &["--name", "a b"]].concat(), 2, "invalid --name (expected a name of letters"),
        ([&role[..], &user, &["--name", "-x"]].concat(), 2, ""),
        (
            [&role[..], &user, &["--name", "bizcorprole"]].concat(),
            3,
            "profile bizcorprole exists already with different settings",
        ),
        ([&role[..], &["--source-profile", "devcorpusr"]].concat(), 3, "source profile devcorpusr does not exist"),
        ([&role[..], &user, &["--secret-access-key", "-"]].concat(), 2, ""),
        (
            [&role[..], &user, &["--access-key-id", data::ACCESS_KEY_ID, "--secret-access-key", "abc"]].concat(),
            2,
            "accepts only - (the secret is read from stdin)",
        ),
        (
            [&role[..], &user, &["--access-key-id", "short", "--secret-access-key", "-"]].concat(),
            2,
            "invalid --access-key-id",
        ),
        (
            [&role[..], &["--source-profile", "new", "--access-key-id", data::ACCESS_KEY_ID]].concat(),
            2,
            "--secret-access-key",
        ),
        (vec!["setup", "bizcorprole", "--role-arn", data::NO_MFA_ROLE], 2, "omit PROFILE"),
        (
            vec!["setup", "bizcorprole", "--name", "devcorpuser", "-y"],
            3,
            "profile devcorpuser exists already with different settings",
        ),
        (vec!["setup", "bizcorprole", "--name", "a b", "-y"], 3, "profile name a b cannot be written"),
        (vec!["setup", "bizcorprole", "--name", "m\u{fc}ller", "-y"], 3, "so that all tools read it the same way"),
        (vec!["setup", "nobody", "-y"], 3, "profile nobody does not exist"),
        (vec!["setup", "bizcorprole", "-y", "--project"], 3, "not inside an Amplify project"),
    ] {
        let run = home.run(&args);
        assert!(run.failed_with(code).stderr.contains(says), "{args:?}: {run:?}");
        assert!(!run.stderr.contains("abc"), "the secret is repeated: {run:?}");
        assert_eq!(config(&home), before, "{args:?}");
    }
    add_config(&home, "[profile b z]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = devcorpuser\n");
    done(&home.run(&["setup", "b z", "-y"]));
    assert!(
        config(&home).contains(&format!("[profile b-z-amplify]\ncredential_process = {PROGRAM} process \"b z\"\n"))
    );
    let run = home.run(&["setup", "b z", "--in-place", "-y"]);
    assert!(run.failed_with(3).stderr.contains("profile name b z-role cannot be written so that all tools"), "{run:?}");
    add_config(&home, "[profile b;z]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = devcorpuser\n");
    let run = home.run(&["setup", "b;z", "--name", "w", "-y"]);
    assert!(run.failed_with(3).stderr.contains("profile name b;z cannot be written"), "{run:?}");
}

#[test]
fn program_path_with_space_is_quoted() {
    let (_sts, home) = without_mfa();
    let linked = home.path().join("my tools/amplify-creds");
    place_program(&linked);
    let mut command = Command::new(&linked);
    command.args(["setup", "nomfa", "--yes"]).env_clear().envs(home.environment());
    done(&command.output().unwrap().into());
    let expected = format!("\"{}\" process nomfa", linked.display());
    assert!(config(&home).contains(&format!("credential_process = {expected}\n")), "{}", config(&home));
    let direct = home.run(&["process", "nomfa"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &expected]).env_clear().envs(home.environment());
    let run: Finished = shell.output().unwrap().into();
    assert_eq!(run.succeeded(), direct.succeeded());
    assert_eq!(home.run(&["process", "nomfa-amplify"]).succeeded(), direct.succeeded());
    assert!(
        home.run(&["setup", "nomfa-amplify", "--dry-run"])
            .succeeded()
            .contains(&format!("+credential_process = {PROGRAM} "))
    );
}

#[test]
fn setup_project_points_environment_to_wrapper() {
    let (_sts, home) = without_mfa();
    home.write("app/amplify/.config/project-config.json", "{}");
    home.write("app/amplify/.config/local-env-info.json", r#"{"envName": "dev"}"#);
    let file = "app/amplify/.config/local-aws-info.json";
    let before = "{\n  // mine\n  \"dev\": {\n    \"configLevel\": \"project\",\n    \"useProfile\": true,\n    \"profileName\": \"nomfa\"\n  },\n  \"prod\": {\"configLevel\": \"general\"}\n}";
    home.write(file, before);
    let run = |args: &[&str]| -> Finished {
        home.command(args).current_dir(home.path().join("app")).output().unwrap().into()
    };
    done(&run(&["setup", "nomfa", "--project", "--yes"]));
    let after = before.replace("\"nomfa\"", "\"nomfa-amplify\"");
    assert_eq!(text(&home, file), after);
    assert!(home.cache_dir().join("local-aws-info.json.backup.1").exists());
    assert!(done(&run(&["setup", "nomfa", "--project", "--yes"])).stderr.starts_with("nothing to change"));
    done(&run(&["setup", "nomfa", "--project", "--yes", "--env", "prod"]));
    let prod = "{\"configLevel\": \"project\", \"useProfile\": true, \"profileName\": \"nomfa-amplify\"}";
    assert_eq!(text(&home, file), after.replace("{\"configLevel\": \"general\"}", prod));
    let run_env = run(&["setup", "nomfa", "--project", "--yes", "--env", "nothere"]);
    assert_eq!(run_env.code, Some(3));
    assert_eq!(document(&run(&["explain", "--json", "-q"]).stdout)["profile"], "nomfa-amplify");
    fs::remove_file(home.path().join(file)).unwrap();
    done(&run(&["setup", "nomfa", "--project", "--yes"]));
    assert_eq!(document(&run(&["explain", "--json", "-q"]).stdout)["profile"], "nomfa-amplify");
    assert_eq!(mode(&home.path().join(file)), 0o600);
}

#[test]
fn setup_prompts_validate_answers_and_hide_secrets() {
    let (sts, home) = biz_corp();
    home.config("");
    home.credentials("");
    fs::set_permissions(home.path().join(".aws/credentials"), fs::Permissions::from_mode(0o644)).unwrap();
    let mut terminal = Terminal::start(&home, "setup", "</dev/null");
    terminal.expect("Role ARN: ");
    terminal.type_line("arn:aws:iam::1:role/x");
    terminal.expect("Invalid: expected the ARN of a role");
    terminal.expect("Role ARN: ");
    terminal.type_line(data::BIZ_CORP_ROLE);
    terminal.expect("Source profile: ");
    terminal.type_line("dev corp");
    terminal.expect("Invalid: expected a name of letters, digits, - and _");
    terminal.type_line("devcorpuser");
    terminal.expect("Access key id: ");
    terminal.type_line(data::ACCESS_KEY_ID);
    terminal.expect("Secret access key (not shown): ");
    terminal.type_line("too short");
    let echoed = terminal.expect("this has 9 characters.");
    assert!(!echoed.contains("short"), "{echoed:?}");
    terminal.expect("Secret access key (not shown): ");
    terminal.type_line(data::SECRET_ACCESS_KEY);
    let echoed = terminal.expect("External id (empty if the role requires none): ");
    assert!(!echoed.contains(data::SECRET_ACCESS_KEY), "{echoed:?}");
    terminal.type_line(data::EXTERNAL_ID);
    terminal.expect("MFA device (empty if the role requires no MFA): ");
    terminal.type_line("devcorpuser");
    terminal.expect("Invalid: expected the ARN of the device, arn:aws:iam::ACCOUNT:mfa/NAME, or the serial number");
    terminal.type_line(data::MFA_SERIAL);
    terminal.expect("Region: ");
    terminal.type_line("us-east-1");
    terminal.expect("Name of the profile [bizcorprole]: ");
    terminal.type_line("");
    let printed = terminal.expect(CONFIRM);
    assert!(!printed.contains(data::SECRET_ACCESS_KEY) && printed.contains("+[devcorpuser]"), "{printed}");
    assert!(printed.contains("old mode 0644\r\nnew mode 0600"), "{printed}");
    terminal.type_line("y");
    terminal.expect(LOGIN);
    terminal.type_line("y");
    terminal.expect("Enter the MFA token code: ");
    terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stdout.contains(data::SECRET_ACCESS_KEY));
    assert_eq!(mode(&home.path().join(".aws/credentials")), 0o600, "it has a secret now");
    assert_eq!(document(home.run(&["process", "bizcorprole-amplify"]).succeeded())["AccountId"], "222222222222");
}

#[test]
fn misspelled_source_profile_gets_a_question() {
    let (_sts, home) = biz_corp();
    let flags = format!("--role-arn {} --external-id '' --mfa-serial '' --name fresh", data::NO_MFA_ROLE);
    let mut terminal = Terminal::start(&home, &format!("setup {flags} --region us-east-1"), "</dev/null");
    terminal.expect("Source profile: ");
    terminal.type_line("devcorpusr");
    terminal.expect("Did you mean the existing profile devcorpuser? [Y/n] ");
    terminal.type_line("");
    terminal.expect(CONFIRM);
    terminal.type_line("");
    assert_eq!(terminal.finish().1.restored().code, Some(0));
    assert!(config(&home).contains("source_profile = devcorpuser\n"));
}

#[test]
fn setup_prompts_only_for_missing_flags() {
    let (_sts, home) = biz_corp();
    let mut terminal = Terminal::start(
        &home,
        &format!("setup --role-arn {} --external-id '' --mfa-serial ''", data::NO_MFA_ROLE),
        "</dev/null",
    );
    let printed = terminal.expect("Source profile: ");
    assert!(
        printed.contains("1  bizcorprole (role)\r\n") && printed.contains("2  devcorpuser (static)\r\n"),
        "{printed}"
    );
    assert!(!printed.contains("Role ARN"), "{printed}");
    terminal.type_line("2");
    let printed = terminal.expect("Region [us-east-1]: ");
    assert!(!printed.contains("External id") && !printed.contains("MFA device"), "{printed}");
    terminal.type_line("");
    terminal.expect("Name of the profile [nomfa]: ");
    terminal.type_line("bizcorprole");
    terminal.expect("Invalid: expected a new name");
    terminal.type_line("fresh");
    terminal.expect(CONFIRM);
    terminal.type_line("y");
    assert_eq!(terminal.finish().1.restored().code, Some(0));
    assert!(config(&home).contains(&format!(
        "[profile fresh]\nrole_arn = {}\nsource_profile = devcorpuser\nregion = us-east-1\n",
        data::NO_MFA_ROLE
    )));
    home.run(&["process", "fresh-amplify"]).succeeded();
}

#[test]
fn default_name_of_a_new_profile_is_free() {
    let (_sts, home) = biz_corp();
    add_config(&home, "[profile nomfa-2]\nregion = us-east-1\n[profile nomfa]\nregion = us-east-1\n");
    let arguments = "setup --source-profile devcorpuser --external-id '' --mfa-serial '' --region us-east-1";
    let mut terminal = Terminal::start(&home, &format!("{arguments} --role-arn {}", data::NO_MFA_ROLE), "</dev/null");
    terminal.expect("Name of the profile [nomfa-3]: ");
    terminal.type_control('c');
    assert_eq!(terminal.finish().1.restored().code, Some(130));
}

#[test]
fn profile_with_a_security_key_is_not_called_usable() {
    let (_sts, home) = biz_corp();
    let text = config(&home).replace(data::MFA_SERIAL, "arn:aws:iam::111111111111:u2f/user/devcorpuser/key");
    home.config(&text);
    let run = home.run(&["setup", "bizcorprole", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let expected = "no tool can use profile bizcorprole-amplify yet: mfa_serial (~/.aws/config:";
    assert!(run.stderr.contains(expected) && !run.stderr.contains("every tool"), "{}", run.stderr);
    let report = document(&home.run(&["doctor", "--json"]).stdout);
    for tool in ["amplify", "aws_cli", "sdk_js"] {
        let cell = &report["visibility"]["bizcorprole-amplify"][tool];
        assert_eq!((&cell["visible"], &cell["resolvable"]), (&true.into(), &false.into()), "{tool}: {cell}");
    }
    let report = home.run(&["doctor"]).stdout;
    assert!(!report.contains("choose") && !report.contains("amplify-creds setup bizcorprole"), "{report}");
}

#[test]
fn cancelled_secret_prompt_restores_terminal() {
    for key in ['c', 'd'] {
        let home = TestHome::new(PROGRAM);
        let arguments = format!(
            "setup --role-arn {} --source-profile new --access-key-id {}",
            data::NO_MFA_ROLE,
            data::ACCESS_KEY_ID
        );
        let mut terminal = Terminal::start(&home, &arguments, "</dev/null");
        terminal.expect("Secret access key (not shown): ");
        terminal.type_control(key);
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(130), "{run:?}");
        assert!(!home.path().join(".aws").exists());
    }
}

#[test]
fn setup_names_tool_that_cannot_use_profile() {
    let (_sts, home) = biz_corp();
    // botocore rejects a file with a duplicate section. The others merge them.
    add_config(&home, "[profile twice]\nregion = eu-west-1\n[profile twice]\nregion = eu-west-2\n");
    let run = home.run(&["setup", "bizcorprole", "--yes"]);
    assert_eq!(run.code, Some(0));
    let line = "the AWS CLI cannot use profile bizcorprole-amplify: it rejects the whole config file (line ";
    assert!(run.stderr.contains(line), "{}", run.stderr);
    assert!(run.stderr.contains("every other tool can use profile bizcorprole-amplify"), "{}", run.stderr);
}
