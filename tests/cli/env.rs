//! `env`: real shells evaluate the output and read back the same bytes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use test_support::{Finished, TestHome};

use crate::{PROGRAM, biz_corp, without_mfa};

/// Values with special meanings in some shells.
const HOSTILE: [&str; 9] = [
    "plain+/=",
    "it's \"quoted\" and 'quoted'",
    "$(touch pwned) `touch pwned` ${HOME} $HOME %PATH%",
    "back\\slash \\n \\' \\\\",
    "two  blanks",
    "!history ~ * ? [a] {b,c} # ; & | < > ( )",
    "\u{2018}typographic\u{2019} \u{fc} \u{1f600}",
    "-n",
    "\\",
];

/// A home with a profile `p` and a program that returns this secret and token.
fn giving(secret: &str, token: &str) -> TestHome {
    let home = TestHome::new(PROGRAM);
    let document = serde_json::json!({
        "Version": 1, "AccessKeyId": "AKIA1", "SecretAccessKey": secret, "SessionToken": token,
        "Expiration": "2099-01-02T03:04:05Z",
    });
    home.write("document", document.to_string());
    home.config("[profile p]\ncredential_process = cat \"$HOME/document\"\nregion = eu-west-1\n");
    home
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Whether a program is installed. In CI all of them must be.
pub fn is_there(program: &str) -> bool {
    let is_executable = |file: fs::Metadata| file.permissions().mode() & 0o111 != 0;
    let is_there = PATH.split(':').any(|dir| fs::metadata(format!("{dir}/{program}")).is_ok_and(is_executable));
    assert!(is_there || std::env::var_os("CI").is_none(), "{program} must be there in CI");
    if !is_there {
        eprintln!("SKIPPED: no {program} here");
    }
    is_there
}

/// Runs `script` in `shell` with the program as `$PROGRAM`, and `report` as `$REPORT`; `None` if the shell is not
/// installed.
pub fn in_shell(shell: &str, home: &TestHome, script: &str, report: &str) -> Option<Finished> {
    if !is_there(shell) {
        return None;
    }
    let mut command = Command::new(shell);
    if shell == "busybox" {
        command.arg("sh");
    }
    command.arg("-c").arg(script).env_clear().envs(home.environment()).env("PATH", PATH);
    command.env("PROGRAM", PROGRAM).env("AWS_PROFILE", "stale").env("AWS_SECURITY_TOKEN", "stale");
    Some(command.env("REPORT", report).output().unwrap().into())
}

const REPORT: &str = "printf '%s|%s|%s|%s|%s|%s|' \"$AWS_ACCESS_KEY_ID\" \"$AWS_SECRET_ACCESS_KEY\" \
    \"$AWS_SESSION_TOKEN\" \"$AWS_CREDENTIAL_EXPIRATION\" \"$AWS_REGION\" \"$AMPLIFY_CREDS_ACTIVE_PROFILE\"; \
    env | grep -c '^AWS_PROFILE\\|^AWS_SECURITY_TOKEN'";

/// For each shell, the code that evaluates `$PROGRAM env ARGUMENTS` and then reports.
pub const TAKE: [(&str, &str); 7] = [
    ("bash", "eval \"$($PROGRAM env ARGUMENTS)\"; sh -c \"$REPORT\""),
    ("dash", "eval \"$($PROGRAM env ARGUMENTS)\"; sh -c \"$REPORT\""),
    ("zsh", "eval \"$($PROGRAM env ARGUMENTS)\"; sh -c \"$REPORT\""),
    ("busybox", "eval \"$($PROGRAM env ARGUMENTS)\"; sh -c \"$REPORT\""),
    ("fish", "$PROGRAM env ARGUMENTS | source; sh -c $REPORT"),
    ("elvish", "eval ((external $E:PROGRAM) env ARGUMENTS | slurp); sh -c $E:REPORT"),
    ("nu", "^$env.PROGRAM env ARGUMENTS | from json | load-env; ^sh -c $env.REPORT"),
];

fn read_back(shell: &str) {
    let (_, take) = TAKE.iter().find(|(name, _)| *name == shell).unwrap();
    for value in HOSTILE {
        // A token is ASCII.
        let token = if value.is_ascii() { value } else { "t" };
        let home = giving(value, token);
        let Some(run) = in_shell(shell, &home, &take.replace("ARGUMENTS", "p"), REPORT) else { break };
        let expected = format!("AKIA1|{value}|{token}|2099-01-02T03:04:05Z|eu-west-1|p|0\n");
        assert_eq!(run.stdout, expected, "{shell} {value:?} {run:?}");
        assert!(!home.path().join("pwned").exists());
    }
}

#[test]
fn posix_shells_read_back_the_same_bytes() {
    for shell in ["bash", "dash", "zsh", "busybox"] {
        read_back(shell);
    }
}

#[test]
fn fish_reads_back_the_same_bytes() {
    read_back("fish");
}

#[test]
fn elvish_reads_back_the_same_bytes() {
    read_back("elvish");
}

#[test]
fn nushell_reads_back_the_same_bytes() {
    read_back("nu");
}

#[test]
fn node_reads_dotenv_bytes_unless_rejected() {
    let script = "const e = process.env; \
        process.stdout.write(`${e.AWS_ACCESS_KEY_ID}|${e.AWS_SECRET_ACCESS_KEY}|${e.AWS_REGION}`)";
    let mut given = 0;
    for value in HOSTILE {
        let home = giving(value, "t");
        let run = home.run(&["env", "p", "--shell", "dotenv"]);
        if value.contains(['\'', '\\']) || value.contains("${") {
            run.failed_with(2);
            continue;
        }
        let file = home.write("dotenv", run.succeeded());
        given += 1;
        if is_there("node") {
            let file = format!("--env-file={}", file.display());
            let output = Command::new("node").args([&file, "-e", script]).env_clear().env("PATH", PATH).output();
            let run = Finished::from(output.unwrap());
            assert_eq!(run.stdout, format!("AKIA1|{value}|eu-west-1"), "{value:?} {run:?}");
        }
    }
    assert!(given >= 4);
    giving("s", "t").run(&["env", "--shell", "dotenv", "--unset"]).failed_with(2);
}

/// How the runner of GitHub Actions reads the file in `GITHUB_ENV` (its `FileCommandManager`).
fn runner_reads(text: &str) -> Vec<(String, String)> {
    let mut lines = text.split_inclusive('\n');
    let mut variables = Vec::new();
    while let Some(line) = lines.next() {
        let line = line.trim_end_matches(['\r', '\n']);
        match (line.find('='), line.find("<<")) {
            (equals, Some(heredoc)) if equals.is_none_or(|equals| heredoc < equals) => {
                let end = &line[heredoc + 2..];
                let value: String =
                    lines.by_ref().take_while(|line| line.trim_end_matches(['\r', '\n']) != end).collect();
                let value = value.strip_suffix('\n').unwrap_or_default();
                variables.push((line[..heredoc].to_owned(), value.to_owned()));
            }
            (Some(equals), _) => variables.push((line[..equals].to_owned(), line[equals + 1..].to_owned())),
            _ => panic!("invalid format {line:?}"),
        }
    }
    variables
}

#[test]
fn github_job_gets_variables_and_masked_log() {
    for value in HOSTILE {
        let home = giving(value, "a%b");
        let file = home.write("github", "BEFORE=1\n");
        let variables = [("GITHUB_ENV", file.to_str().unwrap()), ("AWS_SECURITY_TOKEN", "stale")];
        let run = home.run_with(&["env", "p", "--shell", "github"], &variables);
        let masked = value.replace('%', "%25");
        assert_eq!(run.succeeded(), format!("::add-mask::{masked}\n::add-mask::a%25b\n"));
        let read = runner_reads(&fs::read_to_string(&file).unwrap());
        let expected = [
            ("BEFORE", "1"),
            ("AWS_ACCESS_KEY_ID", "AKIA1"),
            ("AWS_SECRET_ACCESS_KEY", value),
            ("AWS_SESSION_TOKEN", "a%b"),
            ("AWS_CREDENTIAL_EXPIRATION", "2099-01-02T03:04:05Z"),
            ("AMPLIFY_CREDS_ACTIVE_PROFILE", "p"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AMPLIFY_CREDS_EXPORTED_REGION", "AWS_REGION=eu-west-1,AWS_DEFAULT_REGION=eu-west-1"),
            ("AWS_SECURITY_TOKEN", ""),
        ];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())), "{value:?}");
    }
    let home = giving("s", "t");
    home.run(&["env", "p", "--shell", "github"]).failed_with(3);
    let file = home.write("github", "A=1");
    let variables = [("GITHUB_ENV", file.to_str().unwrap())];
    home.run_with(&["env", "p", "--shell", "github"], &variables).succeeded();
    assert_eq!(runner_reads(&fs::read_to_string(&file).unwrap())[0], ("A".to_owned(), "1".to_owned()));
    let variables = [("GITHUB_ENV", file.to_str().unwrap()), ("AWS_PROFILE", "p"), ("AWS_SESSION_TOKEN", "t")];
    let run = home.run_with(&["env", "--shell", "github"], &variables);
    assert!(run.code == Some(0) && run.stderr.contains("AWS_PROFILE stays set"), "{run:?}");
    fs::remove_file(&file).unwrap();
    assert_eq!(home.run_with(&["env", "--shell", "github", "--unset"], &variables).succeeded(), "");
    assert_eq!(fs::read_to_string(&file).unwrap(), "AWS_SESSION_TOKEN=\n");
}

#[test]
fn failed_env_prints_nothing_and_keeps_status() {
    let home = TestHome::new(PROGRAM);
    home.run(&["env", "nosuch"]).failed_with(3);
    let script = "c=$($PROGRAM env nosuch) && eval \"$c\"; echo \"status $?\"";
    let Some(run) = in_shell("bash", &home, script, "") else { return };
    assert_eq!(run.stdout, "status 3\n");
}

#[test]
fn unset_removes_every_exported_variable() {
    let left = "env | grep '^AWS\\|^AMPLIFY' | grep -v AWS_ENDPOINT; true";
    for (shell, take) in TAKE {
        let home = giving("s", "t");
        let (take, report) = take.split_once("; ").unwrap();
        let script = format!("{}; {}; {report}", take.replace("ARGUMENTS", "p"), take.replace("ARGUMENTS", "--unset"));
        let Some(run) = in_shell(shell, &home, &script, left) else { continue };
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""), "{shell}");
    }
}

#[test]
fn shell_option_selects_the_syntax() {
    let home = giving("s", "t");
    for (shell, line) in [
        ("bash", "export AWS_ACCESS_KEY_ID='AKIA1';\n"),
        ("zsh", "export AWS_ACCESS_KEY_ID='AKIA1';\n"),
        ("sh", "export AWS_ACCESS_KEY_ID='AKIA1';\n"),
        ("fish", "set -gx AWS_ACCESS_KEY_ID 'AKIA1';\n"),
        ("powershell", "$Env:AWS_ACCESS_KEY_ID = 'AKIA1';\n"),
        ("cmd", "set \"AWS_ACCESS_KEY_ID=AKIA1\"\n"),
        ("nu", "{\"AWS_ACCESS_KEY_ID\":\"AKIA1\","),
        ("nushell", "{\"AWS_ACCESS_KEY_ID\":\"AKIA1\","),
        ("elvish", "set-env AWS_ACCESS_KEY_ID 'AKIA1';\n"),
        ("dotenv", "AWS_ACCESS_KEY_ID=AKIA1\n"),
    ] {
        assert!(home.run(&["env", "p", "--shell", shell]).succeeded().starts_with(line), "{shell}");
    }
    giving("a%b", "t").run(&["env", "p", "--shell", "cmd"]).failed_with(2);
}

#[test]
fn shell_is_detected_by_parent_then_variable() {
    let home = giving("s", "t");
    // The test runner is not a shell, so the variable decides.
    let run = home.run_with(&["env", "p", "-v"], &[("SHELL", "/usr/bin/fish")]);
    assert!(run.stdout.starts_with("set -gx") && run.stderr.contains("$SHELL"), "{run:?}");
    let run = home.run(&["env", "p", "-v"]);
    assert!(run.stdout.starts_with("export") && run.stderr.contains("the default"), "{run:?}");
    if cfg!(target_os = "linux") {
        let Some(run) = in_shell("fish", &home, "$PROGRAM env p -v 2>&1; true", "") else { return };
        assert!(run.stdout.contains("the parent process") && run.stdout.contains("set -gx"), "{run:?}");
    }
}

#[test]
fn role_profile_exports_session_and_region() {
    let (_sts, home) = without_mfa();
    let run = home.run(&["env", "nomfa", "--shell", "sh", "--region", "eu-central-1"]);
    let text = run.succeeded();
    assert!(text.contains("export AWS_ACCESS_KEY_ID='ASIA"), "{text}");
    assert!(text.contains("export AWS_REGION='eu-central-1';\nexport AWS_DEFAULT_REGION='eu-central-1';\n"), "{text}");
    // Long-term keys have no token, so an old token must be unset.
    let (_sts, home) = biz_corp();
    let text = home.run(&["env", "devcorpuser", "--shell", "sh"]).stdout;
    assert!(
        text.contains("unset AWS_SESSION_TOKEN;\n") && text.contains("unset AWS_CREDENTIAL_EXPIRATION;\n"),
        "{text}"
    );
}

#[test]
fn export_formats_match_the_aws_cli() {
    let home = giving("secret", "token");
    let ours = |args: &[&str]| home.run(&[args, &["p"]].concat()).stdout;
    assert_eq!(ours(&["export"]), ours(&["process"]));
    for (format, shell) in [
        ("env", "sh"),
        ("env-no-export", "dotenv"),
        ("powershell", "powershell"),
        ("windows-cmd", "cmd"),
        ("fish", "fish"),
    ] {
        assert_eq!(ours(&["export", "--format", format]), ours(&["env", "--shell", shell]), "{format}");
    }
    assert_eq!(ours(&["export", "--format", "process"]), ours(&["process"]));
    home.run(&["export", "--format", "json", "p"]).failed_with(2);
}
