//! Windows only: `cmd`, batch files, exit statuses of 32 bits, paths. Also runs under wine (`tests/wine/run`).

use std::fs;
use std::os::windows::process::CommandExt;
use std::process::{Command, Stdio};

use test_support::{TestHome, biz_corp as data};

use crate::{PROGRAM, biz_corp, json, without_mfa};

/// A home with a batch file that prints a credential_process document, in a directory with a blank in its name.
fn with_batch_file(command: &str) -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.write(
        "my tools/give.cmd",
        "@echo off\r\necho {\"Version\":1,\"AccessKeyId\":\"AKIA%~1\",\"SecretAccessKey\":\"%~2\"}\r\n",
    );
    let dir = home.path().join("my tools").display().to_string();
    home.config(&format!("[profile p]\ncredential_process = {}\n", command.replace("DIR", &dir)));
    home
}

#[test]
fn cmd_runs_credential_process_with_quotes() {
    for (command, key, secret) in [
        (r#""DIR\give.cmd" 1 plain"#, "AKIA1", "plain"),
        (r#""DIR\give.cmd" "2" "two words""#, "AKIA2", "two words"),
        (r#"cd . & "DIR\give.cmd" 3 plain"#, "AKIA3", "plain"),
    ] {
        let home = with_batch_file(command);
        let document = json(home.run(&["process", "p"]).succeeded());
        assert_eq!(document["AccessKeyId"], key, "{command}");
        assert_eq!(document["SecretAccessKey"], secret, "{command}");
    }
    let home = with_batch_file("echo it hurts 1>&2& exit 3");
    home.run(&["process", "p"]).failed_with(4);
}

#[test]
fn missing_home_defaults_to_userprofile() {
    let home = TestHome::new(PROGRAM);
    home.credentials("[p]\naws_access_key_id = AKIA1\naws_secret_access_key = x\n");
    let mut command = home.command(&["process", "p"]);
    command.env_remove("HOME").env("USERPROFILE", home.path());
    assert!(command.output().unwrap().status.success());
}

#[test]
fn exec_passes_credentials_and_exit_status() {
    let (_sts, home) = without_mfa();
    let run = home.run(&["exec", "nomfa", "--", "cmd", "/C", "echo %AWS_SESSION_TOKEN%-%AWS_PROFILE%"]);
    let (token, profile) = run.succeeded().trim_end().split_once('-').unwrap();
    assert!(token.len() > 20 && profile == "%AWS_PROFILE%", "{run:?}");
    for status in [0, 42, 255, 1000, -1_073_741_510] {
        let run = home.run(&["exec", "nomfa", "--", "cmd", "/C", &format!("exit {status}")]);
        assert_eq!(run.code, Some(status));
    }
    assert_eq!(home.run(&["exec", "nomfa", "--", "no-such-command"]).code, Some(127));
}

#[test]
fn exec_finds_batch_files_as_cmd_does() {
    let (_sts, home) = without_mfa();
    let tool = home.write("tools/npx.cmd", "@echo off\r\necho %1 %AWS_ACCESS_KEY_ID:~0,4%\r\nexit /b 7\r\n");
    let path = tool.parent().unwrap().display().to_string();
    let run = home.run_with(&["exec", "nomfa", "--", "npx", "cdk"], &[("PATH", &path)]);
    assert_eq!((run.stdout.trim_end(), run.code), ("cdk ASIA", Some(7)), "{run:?}");
    let by_path = tool.with_extension("").display().to_string();
    assert_eq!(home.run(&["exec", "nomfa", "--", &by_path, "cdk"]).code, Some(7));
}

#[test]
fn exec_serve_returns_status_and_leaves_no_files() {
    let (_sts, home) = without_mfa();
    let script = home
        .write("look.cmd", "@if not exist \"%AWS_CONFIG_FILE%\" exit 1\r\n@echo %AWS_CONFIG_FILE%\r\n@exit 300\r\n");
    let run = home.run(&["exec", "nomfa", "--serve", "--", script.to_str().unwrap()]);
    assert_eq!(run.code, Some(300), "{run:?}");
    assert!(!fs::exists(run.stdout.trim_end()).unwrap());
}

#[test]
fn setup_command_runs_with_and_without_cmd() {
    let (sts, home) = without_mfa();
    let run = home.run(&["setup", "nomfa", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    let line = config.lines().find_map(|line| line.strip_prefix("credential_process = ")).unwrap();
    assert!(!line.contains('\\') && line.ends_with(" process nomfa"), "{line}");
    let document = json(home.run(&["process", "nomfa-amplify"]).succeeded());
    assert_eq!(sts.count("AssumeRole"), 1);
    // botocore starts the first word. Node passes all of it to `cmd`.
    let (program, arguments) = line.split_once(' ').unwrap();
    for (program, arguments) in [(program, arguments), ("cmd", &format!("/D /S /C \"{line}\""))] {
        let mut command = Command::new(program);
        command.raw_arg(arguments).env_clear().envs(home.environment()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert_eq!(json(std::str::from_utf8(&output.stdout).unwrap()), document, "{program}");
    }
    assert_eq!(home.run(&["setup", "nomfa", "--name", "again", "--yes"]).code, Some(0));
    assert!(home.cache_dir().join("config.backup.2").exists());
}

#[test]
fn env_syntax_works_in_cmd() {
    let (_sts, home) = without_mfa();
    let lines = home.run(&["env", "nomfa", "--shell", "cmd"]).succeeded().replace('\n', "\r\n");
    let script = home.write("set.cmd", format!("@echo off\r\n{lines}\r\necho %AWS_ACCESS_KEY_ID%\r\n"));
    let mut cmd = Command::new("cmd");
    let output = cmd.arg("/C").arg(script).env_clear().envs(home.environment()).output().unwrap();
    let expected = json(home.run(&["process", "nomfa"]).succeeded())["AccessKeyId"].as_str().unwrap().to_owned();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), expected);
    assert!(home.run(&["env", "nomfa", "--shell", "powershell"]).succeeded().contains("$Env:AWS_ACCESS_KEY_ID = '"));
}

#[test]
fn missing_console_does_not_prompt() {
    let (sts, home) = biz_corp();
    home.run(&["process", "bizcorprole", "--prompt", "tty"]).failed_with(4);
    assert_eq!(sts.count("AssumeRole"), 0);
    let code = sts.next_unused_code(data::MFA_SERIAL);
    home.run(&["process", "bizcorprole", "--mfa-token", &code]).succeeded();
}
