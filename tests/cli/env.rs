//! `env`: real shells evaluate what is printed and read back the same bytes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use test_support::{Finished, TestHome};

use crate::{PROGRAM, biz_corp, without_mfa};

/// Values that mean something to one shell or another.
const HOSTILE: [&str; 9] = [
    "plain+/=",
    "it's \"quoted\" and 'quoted'",
    "$(touch pwned) `touch pwned` ${HOME} $HOME %PATH%",
    "back\\slash \\n \\' \\\\",
    "line\nbreak\ttab\n",
    "!history ~ * ? [a] {b,c} # ; & | < > ( )",
    "\u{2018}typographic\u{2019} \u{fc} \u{1f600} \u{7f}\u{1}",
    "-n",
    "\\",
];

/// A home whose profile `p` has this secret and token, given by a program.
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

/// Runs `script` in `shell` with the program as `$PROGRAM`; `None` where there is no such shell.
fn in_shell(shell: &str, home: &TestHome, script: &str) -> Option<Finished> {
    let path = "/usr/local/bin:/usr/bin:/bin";
    let is_there = path
        .split(':')
        .any(|dir| fs::metadata(format!("{dir}/{shell}")).is_ok_and(|file| file.permissions().mode() & 0o111 != 0));
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "{shell} must be there in CI");
        eprintln!("SKIPPED: no {shell} here");
        return None;
    }
    let mut command = Command::new(shell);
    command.arg("-c").arg(script).env_clear().envs(home.environment()).env("PATH", path);
    command.env("PROGRAM", PROGRAM).env("AWS_PROFILE", "stale").env("AWS_SECURITY_TOKEN", "stale");
    Some(command.output().unwrap().into())
}

const PRINT: &str = "printf '%s|%s|%s|%s|%s|%s|' \"$AWS_ACCESS_KEY_ID\" \"$AWS_SECRET_ACCESS_KEY\" \
    \"$AWS_SESSION_TOKEN\" \"$AWS_CREDENTIAL_EXPIRATION\" \"$AWS_REGION\" \"$AMPLIFY_CREDS_ACTIVE_PROFILE\"; \
    env | grep -c '^AWS_PROFILE\\|^AWS_SECURITY_TOKEN'";

#[test]
fn posix_shells_read_back_the_same_bytes() {
    for shell in ["bash", "dash", "zsh"] {
        for value in HOSTILE {
            let home = giving(value, value);
            let Some(run) = in_shell(shell, &home, &format!("eval \"$($PROGRAM env p)\"; {PRINT}")) else { break };
            let expected = format!("AKIA1|{value}|{value}|2099-01-02T03:04:05Z|eu-west-1|p|0\n");
            assert_eq!(run.stdout, expected, "{shell} {value:?} {run:?}");
            assert!(!home.path().join("pwned").exists());
        }
    }
}

#[test]
fn fish_reads_back_the_same_bytes() {
    for value in HOSTILE {
        let home = giving(value, value);
        let script = format!("$PROGRAM env p | source; {}", PRINT.replace("env |", "command env |"));
        let Some(run) = in_shell("fish", &home, &script) else { break };
        let expected = format!("AKIA1|{value}|{value}|2099-01-02T03:04:05Z|eu-west-1|p|0\n");
        assert_eq!(run.stdout, expected, "{value:?} {run:?}");
    }
}

#[test]
fn the_recipe_keeps_the_exit_status_and_a_failure_prints_nothing() {
    let home = TestHome::new(PROGRAM);
    home.run(&["env", "nosuch"]).failed_with(3);
    let script = "c=$($PROGRAM env nosuch) && eval \"$c\"; echo \"status $?\"";
    let Some(run) = in_shell("bash", &home, script) else { return };
    assert_eq!(run.stdout, "status 3\n");
}

#[test]
fn unset_takes_everything_away_again() {
    for (shell, line) in [
        ("bash", "eval \"$($PROGRAM env p)\"; eval \"$($PROGRAM env --unset)\""),
        ("zsh", "eval \"$($PROGRAM env p)\"; eval \"$($PROGRAM env --unset)\""),
        ("fish", "$PROGRAM env p | source; $PROGRAM env --unset | source"),
    ] {
        let home = giving("s", "t");
        let script = format!("{line}; env | grep '^AWS\\|^AMPLIFY' | grep -v AWS_ENDPOINT; true");
        let Some(run) = in_shell(shell, &home, &script) else { continue };
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""), "{shell}");
    }
}

#[test]
fn each_shell_gets_its_own_language() {
    let home = giving("s", "t");
    for (shell, line) in [
        ("bash", "export AWS_ACCESS_KEY_ID='AKIA1'\n"),
        ("zsh", "export AWS_ACCESS_KEY_ID='AKIA1'\n"),
        ("sh", "export AWS_ACCESS_KEY_ID='AKIA1'\n"),
        ("fish", "set -gx AWS_ACCESS_KEY_ID 'AKIA1'\n"),
        ("powershell", "$Env:AWS_ACCESS_KEY_ID = 'AKIA1'\n"),
        ("cmd", "set \"AWS_ACCESS_KEY_ID=AKIA1\"\n"),
    ] {
        assert!(home.run(&["env", "p", "--shell", shell]).succeeded().starts_with(line), "{shell}");
    }
    giving("a%b", "t").run(&["env", "p", "--shell", "cmd"]).failed_with(2);
}

#[test]
fn the_shell_is_told_by_the_parent_then_by_the_variable() {
    let home = giving("s", "t");
    // The test runner is no shell, so the variable decides.
    let run = home.run_with(&["env", "p", "-v"], &[("SHELL", "/usr/bin/fish")]);
    assert!(run.stdout.starts_with("set -gx") && run.stderr.contains("$SHELL"), "{run:?}");
    let run = home.run(&["env", "p", "-v"]);
    assert!(run.stdout.starts_with("export") && run.stderr.contains("nothing tells another"), "{run:?}");
    if cfg!(target_os = "linux") {
        let Some(run) = in_shell("fish", &home, "$PROGRAM env p -v 2>&1; true") else { return };
        assert!(run.stdout.contains("the parent process") && run.stdout.contains("set -gx"), "{run:?}");
    }
}

#[test]
fn a_role_profile_sets_its_session_and_region() {
    let (_sts, home) = without_mfa();
    let run = home.run(&["env", "nomfa", "--shell", "sh", "--region", "eu-central-1"]);
    let text = run.succeeded();
    assert!(text.contains("export AWS_ACCESS_KEY_ID='ASIA"), "{text}");
    assert!(text.contains("export AWS_REGION='eu-central-1'\nexport AWS_DEFAULT_REGION='eu-central-1'\n"), "{text}");
    // Long-term keys have no token: a stale one must go.
    let (_sts, home) = biz_corp();
    let text = home.run(&["env", "devcorpuser", "--shell", "sh"]).stdout;
    assert!(text.contains("unset AWS_SESSION_TOKEN\n") && text.contains("unset AWS_CREDENTIAL_EXPIRATION\n"), "{text}");
}
