//! `exec`: a real command gets only these credentials, and replaces this program.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use test_support::{Terminal, TestHome, biz_corp as data, wait_until};

use crate::{PROGRAM, add_config, biz_corp, without_mfa};

/// A home with keys and a region in profile `p`, and only keys in `q`.
fn keys() -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config("[profile p]\nregion = eu-west-1\n\n[profile q]\n");
    home.credentials(
        "[p]\naws_access_key_id = AKIAP\naws_secret_access_key = sp\n\n[q]\naws_access_key_id = AKIAQ\naws_secret_access_key = sq\n",
    );
    home
}

/// All variables that can supply credentials, or that were meant only for our run.
const STALE: [(&str, &str); 25] = [
    ("AWS_ACCESS_KEY_ID", "stale"),
    ("AWS_SECRET_ACCESS_KEY", "stale"),
    ("AWS_SESSION_TOKEN", "stale"),
    ("AWS_SECURITY_TOKEN", "stale"),
    ("AWS_CREDENTIAL_EXPIRATION", "stale"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "/stale"),
    ("AWS_ROLE_ARN", "stale"),
    ("AWS_ROLE_SESSION_NAME", "stale"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/stale"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "stale"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/stale"),
    ("AWS_PROFILE", "stale"),
    ("AWS_DEFAULT_PROFILE", "stale"),
    ("AMPLIFY_CREDS_MFA_TOKEN", "123456"),
    ("AMPLIFY_CREDS_PROFILE", "stale"),
    ("AWS_ACCOUNT_ID", "stale"),
    ("AWS_BEARER_TOKEN_BEDROCK", "stale"),
    ("AWS_BEARER_TOKEN_X", "stale"),
    ("AWS_CREDENTIAL_FILE", "/stale"),
    ("AWS_ACCESS_KEY", "stale"),
    ("AWS_SECRET_KEY", "stale"),
    ("AMAZON_ACCESS_KEY_ID", "stale"),
    ("AMAZON_SECRET_ACCESS_KEY", "stale"),
    ("AMAZON_SESSION_TOKEN", "stale"),
];

fn environment_of(home: &TestHome, args: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let all = [args, &["-q", "--", "env"]].concat();
    let text = home.run_with(&all, variables).succeeded().to_owned();
    let ours = |line: &&str| ["AWS_", "AMPLIFY_", "AMAZON_"].iter().any(|prefix| line.starts_with(prefix));
    let mut lines: Vec<_> = text.lines().filter(ours).map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with("AWS_ENDPOINT_URL_STS="));
    lines.sort();
    lines
}

#[test]
fn exec_replaces_inherited_credentials_and_region() {
    let home = keys();
    let mut stale = STALE.to_vec();
    stale.extend([
        ("AWS_REGION", "us-west-2"),
        ("AMPLIFY_CREDS_CHAIN", "{\"profiles\":[],\"locks\":[]}"),
        ("OTHER", "1"),
    ]);
    let expected = [
        "AMPLIFY_CREDS_ACTIVE_PROFILE=p",
        "AMPLIFY_CREDS_EXPORTED_REGION=AWS_DEFAULT_REGION=us-west-2",
        "AWS_ACCESS_KEY_ID=AKIAP",
        "AWS_DEFAULT_REGION=us-west-2",
        "AWS_REGION=us-west-2",
        "AWS_SECRET_ACCESS_KEY=sp",
    ];
    assert_eq!(environment_of(&home, &["exec", "p"], &stale), expected, "AWS_REGION counts before the profile's");
    let regions = environment_of(&home, &["exec", "p"], &[]);
    assert!(regions.contains(&"AWS_REGION=eu-west-1".to_owned()), "{regions:?}");
    assert!(home.run_with(&["exec", "p", "--", "env"], &stale).stdout.contains("OTHER=1\n"));

    let (_sts, home) = without_mfa();
    let lines = environment_of(&home, &["exec", "nomfa"], &STALE);
    let names: Vec<_> = lines.iter().filter_map(|line| line.split('=').next()).collect();
    let expected = [
        "AMPLIFY_CREDS_ACTIVE_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_ACCOUNT_ID",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ];
    assert_eq!(names, expected);
    assert!(!lines.iter().any(|line| line.contains("stale")), "{lines:?}");
}

#[test]
fn exec_command_replaces_this_process() {
    let home = keys();
    let child =
        home.command(&["exec", "p", "--", "sh", "-c", "echo $$; exit 42"]).stdout(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    let output = child.wait_with_output().unwrap();
    assert_eq!((String::from_utf8_lossy(&output.stdout).trim(), output.status.code()), (pid.as_str(), Some(42)));

    let status = home.command(&["exec", "p", "--", "sh", "-c", "kill -9 $$"]).status().unwrap();
    assert_eq!(status.signal(), Some(9));
    // A closed pipe ends the command, as without this program.
    let script = "\"$0\" exec p -- yes | head -1; echo ${PIPESTATUS[0]}";
    let mut bash = std::process::Command::new("bash");
    bash.args(["-c", script, PROGRAM]).env_clear().envs(home.environment()).env("PATH", "/usr/bin:/bin");
    assert_eq!(String::from_utf8_lossy(&bash.output().unwrap().stdout), "y\n141\n");
}

#[test]
fn exec_error_has_status_125_126_or_127() {
    let home = keys();
    for args in [
        &["exec", "nosuch", "--", "true"][..],
        &["exec", "p", "--nosuch", "--", "true"],
        &["exec", "p", "true"],
        &["-p", "q", "exec", "p", "--", "true"],
        &["--dialect", "nosuch", "exec", "p", "--", "true"],
        &["exec", "p", "--tag", "x", "--", "true"],
    ] {
        home.run(args).failed_with(125);
    }
    // A word after `--` is not a command of this program, and a profile may have a command's name.
    home.run(&["process", "exec", "--nosuch"]).failed_with(2);
    home.run(&["nosuch", "--", "exec"]).failed_with(2);
    let (sts, no_code) = biz_corp();
    no_code.run(&["exec", "bizcorprole", "--", "true"]).failed_with(125);
    assert_eq!(sts.count("AssumeRole"), 0);

    home.run(&["exec", "p", "--", "no-such-command"]).failed_with(127);
    let script = home.write("script", "#!/no/such/interpreter\n");
    home.run(&["exec", "p", "--", script.to_str().unwrap()]).failed_with(126);
    let script = home.write_program("script", "#!/no/such/interpreter\n");
    home.run(&["exec", "p", "--", script.to_str().unwrap()]).failed_with(127);
    home.run(&["exec", "p", "--", home.path().to_str().unwrap()]).failed_with(126);
    home.run(&["exec", "p", "--", ""]).failed_with(127);
    for status in [0, 1, 2, 125, 255] {
        assert_eq!(home.run(&["exec", "p", "--", "sh", "-c", &format!("exit {status}")]).code, Some(status));
    }
}

#[test]
fn exec_without_command_starts_user_shell() {
    let home = keys();
    let shell = home.write_program("shell", "#!/bin/sh\necho \"mine $# $AWS_ACCESS_KEY_ID\"\n");
    assert_eq!(home.run_with(&["exec", "p"], &[("SHELL", shell.to_str().unwrap())]).succeeded(), "mine 0 AKIAP\n");
    let input = home.write("input", "echo sh $AWS_ACCESS_KEY_ID\n");
    let output = home.command(&["exec", "-p", "p"]).stdin(fs::File::open(input).unwrap()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "sh AKIAP\n");
}

#[test]
fn nested_exec_uses_the_inner_profile() {
    let home = keys();
    let inner =
        format!("{PROGRAM} exec q -- sh -c 'echo $AWS_ACCESS_KEY_ID $AMPLIFY_CREDS_ACTIVE_PROFILE $AWS_REGION'");
    let script = format!("{inner}; echo $AWS_ACCESS_KEY_ID $AMPLIFY_CREDS_ACTIVE_PROFILE");
    let run = home.run(&["exec", "p", "--", "sh", "-c", &script]);
    // `q` has no region, and the surrounding region is not the user's.
    assert_eq!(run.succeeded(), "AKIAQ q\nAKIAP p\n");
    // A profile of the same name is not a loop.
    let script = format!("{PROGRAM} exec p -- {PROGRAM} env p --shell sh | head -1");
    assert_eq!(home.run(&["exec", "p", "--", "sh", "-c", &script]).succeeded(), "export AWS_ACCESS_KEY_ID='AKIAP';\n");
}

#[test]
fn exec_prompts_before_command_gets_terminal() {
    let (sts, home) = biz_corp();
    // It starts nothing after the first word: dash loses a Ctrl-C that arrives meanwhile.
    let script = "echo ready >/dev/tty; read line; echo got $line; read line";
    let mut terminal = Terminal::start(&home, &format!("exec bizcorprole -- sh -c '{script}'"), "");
    terminal.expect("Enter the MFA token code: ");
    terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
    // Earlier input belongs to the prompt, which discards it.
    terminal.expect("ready");
    terminal.type_line("hello");
    let stdout = terminal.files().join("stdout");
    wait_until("reading the terminal", || fs::read_to_string(&stdout).is_ok_and(|text| text.contains("got hello")));
    // The command receives Ctrl-C.
    terminal.type_control('c');
    let (_, left) = terminal.finish();
    let run = left.restored();
    assert_eq!((run.code, run.stdout.as_str()), (Some(130), "got hello\n"), "{run:?}");

    let (_sts, home) = biz_corp();
    let mut terminal = Terminal::start(&home, "exec bizcorprole -- true", "");
    terminal.expect("Enter the MFA token code: ");
    terminal.type_control('d');
    terminal.finish().1.restored().failed_with(125);
}

#[test]
fn nul_in_region_is_reported_before_the_command_runs() {
    let (_sts, home) = without_mfa();
    add_config(&home, "[profile nul]\naws_access_key_id = A\naws_secret_access_key = s\nregion = us\0east\n");
    for serve in [&[][..], &["--serve"]] {
        let run = home.run(&[&["exec", "nul"], serve, &["--", "true"]].concat());
        assert!(run.failed_with(125).first_error_line().contains("profile nul has an invalid region"), "{run:?}");
    }
}
