//! The shell function `acreds` in real shells, and the picker on real terminals.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use test_support::{Finished, Terminal, TestHome, biz_corp as data};

use crate::env::is_there;
use crate::{PROGRAM, add_config, biz_corp, fresh_code, without_mfa};

const REPORT: &str = "echo \"$AWS_PROFILE|$AWS_ACCESS_KEY_ID|$AWS_REGION|$AMPLIFY_CREDS_ACTIVE_PROFILE|$LEFT\"";
const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "nu"];

/// A home with the program in `bin`, the wrapper `wrapped` and keys in `eu` and `us`.
fn home() -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config(&format!(
        "[profile eu]\nregion = eu-west-1\n[profile us]\nregion = us-east-1\n\n\
         [profile wrapped]\ncredential_process = {PROGRAM} process eu\nregion = eu-west-1\n"
    ));
    let keys = |name: &str| format!("[{name}]\naws_access_key_id = AKIA{name}\naws_secret_access_key = s\n");
    home.credentials(&(keys("eu") + &keys("us")));
    with_program(&home);
    home
}

fn with_program(home: &TestHome) {
    fs::create_dir_all(home.path().join("bin")).unwrap();
    symlink(PROGRAM, home.path().join("bin/amplify-creds")).unwrap();
    home.write("acreds.nu", home.run(&["init", "nu"]).succeeded());
}

fn path(home: &TestHome) -> String {
    format!("{}/bin:/usr/local/bin:/usr/bin:/bin", home.path().display())
}

/// A script that defines `acreds`, and after each of `steps` prints its status and the variables.
fn script(shell: &str, home: &TestHome, steps: &[&str]) -> String {
    let (init, step) = match shell {
        "bash" | "zsh" => (
            format!("set -eu; set -o pipefail; eval \"$(amplify-creds init {shell})\"\n"),
            "code=0; acreds ARGUMENTS || code=$?; echo \"$code\"; sh -c \"$REPORT\"\n",
        ),
        "fish" => ("amplify-creds init fish | source\n".to_owned(), "acreds ARGUMENTS; echo $status; sh -c $REPORT\n"),
        _ => (
            format!("source {}\n", home.path().join("acreds.nu").display()),
            "try { acreds ARGUMENTS } catch {}; print $env.LAST_EXIT_CODE; ^sh -c $env.REPORT\n",
        ),
    };
    steps.iter().fold(init, |script, arguments| script + &step.replace("ARGUMENTS", arguments))
}

/// The status and variables after each step; `None` if the shell is not installed.
fn in_shell(shell: &str, home: &TestHome, steps: &[&str], variables: &[(&str, &str)]) -> Option<(Vec<String>, String)> {
    if !is_there(shell) {
        return None;
    }
    let mut command = Command::new("setsid");
    command.args([shell, "-c", &script(shell, home, steps)]).env_clear().envs(home.environment());
    command.env("PATH", path(home)).env("REPORT", REPORT).envs(variables.iter().copied());
    let run = Finished::from(command.output().unwrap());
    assert_eq!(run.code, Some(0), "{shell} {run:?}");
    let lines: Vec<_> = run.stdout.lines().map(str::to_owned).collect();
    Some((lines.chunks(2).map(|step| step.join(" ")).collect(), run.stderr))
}

#[test]
fn profiles_are_switched_in_every_shell() {
    let stale = [("AMPLIFY_CREDS_PROFILE", "us"), ("AWS_SESSION_TOKEN", "stale"), ("AWS_SECURITY_TOKEN", "stale")];
    for shell in SHELLS {
        let steps =
            ["wrapped", "us", "-", "-", "--keys wrapped", "--unset", "-", "nosuch", "--nosuch", "--help", "-q wrapped"];
        let Some((found, stderr)) = in_shell(shell, &home(), &steps, &stale) else { continue };
        let expected = [
            "0 wrapped||eu-west-1||",
            "0 |AKIAus|us-east-1|us|",
            "0 wrapped||eu-west-1||",
            "0 |AKIAus|us-east-1|us|",
            "0 |AKIAeu|eu-west-1|wrapped|",
            "0 ||||",
            "0 |AKIAeu|eu-west-1|wrapped|",
            "3 |AKIAeu|eu-west-1|wrapped|",
            "2 |AKIAeu|eu-west-1|wrapped|",
            "0 |AKIAeu|eu-west-1|wrapped|",
            "0 wrapped||eu-west-1||",
        ];
        assert_eq!(found, expected, "{shell} {stderr}");
        for line in [
            "AWS_PROFILE is wrapped\n",
            "exported the keys of profile us\n",
            "amplify-creds: profile nosuch does not exist",
            "amplify-creds: unexpected argument '--nosuch' found",
            "Usage: acreds [OPTIONS] [PROFILE | -]",
        ] {
            assert!(stderr.contains(line), "{shell} {line} {stderr}");
        }
        assert_eq!(stderr.matches("AWS_PROFILE is wrapped").count(), 2, "-q prints nothing: {shell} {stderr}");
    }
}

#[test]
fn failed_switch_ends_a_script_with_its_status() {
    for shell in ["bash", "zsh"] {
        if !is_there(shell) {
            continue;
        }
        for (what, code) in
            [("(acreds us); acreds nosuch; echo on", 3), ("acreds -; echo on", 2), ("acreds; echo on", 4)]
        {
            let home = home();
            let script = format!("set -eu; eval \"$(amplify-creds init {shell})\"; {what}");
            let mut command = Command::new("setsid");
            command.args(["-w", shell, "-c", &script]).env_clear().envs(home.environment());
            let run = Finished::from(command.env("PATH", path(&home)).output().unwrap());
            assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{shell} {what} {run:?}");
        }
    }
}

#[test]
fn bash_script_has_only_syntax_of_bash_3_2() {
    let script = home().run(&["init", "bash"]).stdout;
    for newer in
        ["mapfile", "readarray", "@Q", "@A", "declare -A", "local -A", "local -n", "^^", ",,", "|&", "&>>", "coproc"]
    {
        assert!(!script.contains(newer), "{newer}");
    }
    let mut command = Command::new("bash");
    command.args(["--posix", "-c", "eval \"$1\"; declare -F acreds", "bash", &script]);
    assert_eq!(Finished::from(command.output().unwrap()).succeeded(), "acreds\n");
}

#[test]
fn powershell_and_unknown_shell_are_rejected() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&["init", "powershell"]);
    assert_eq!(run.failed_with(2).first_error_line(), "amplify-creds: init does not support PowerShell yet");
    home.run(&["init", "elvish"]).failed_with(2);
}

#[test]
fn keys_are_exported_unless_every_tool_works() {
    let home = home();
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    let has_keys = |args: &[&str]| {
        let run = home.run(&[&["acreds", "-q", "wrapped"], args].concat());
        let text = run.succeeded();
        assert_ne!(text.contains("export AWS_PROFILE="), text.contains("export AWS_ACCESS_KEY_ID="), "{text}");
        text.contains("export AWS_ACCESS_KEY_ID=")
    };
    assert!(!has_keys(&[]) && !has_keys(&["--region", "us-west-2"]));
    let other = home.write("config", &config);
    for args in [&["--keys"][..], &["--no-cache"], &["--config-file", other.to_str().unwrap()]] {
        assert!(has_keys(args), "{args:?}");
    }
    // The Amplify CLI reads a dot as a path separator.
    add_config(&home, &format!("[profile a.b]\ncredential_process = {PROGRAM} process eu\nregion = eu-west-1\n"));
    assert!(home.run(&["acreds", "-q", "a.b"]).succeeded().contains("export AWS_ACCESS_KEY_ID="));
    home.config(&config.replace(PROGRAM, "/bin/cat"));
    home.run(&["acreds", "wrapped"]).failed_with(4);
}

#[test]
fn identity_center_profile_sets_aws_profile() {
    let home = TestHome::new(PROGRAM);
    home.config(&format!(
        "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\n\
         [profile sso]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = ReadOnly\n\
         region = eu-west-1\ncredential_process = {PROGRAM} process sso\n"
    ));
    let run = home.run(&["acreds", "-q", "sso"]);
    assert!(run.succeeded().starts_with("export AWS_PROFILE='sso';\n"), "{run:?}");
}

#[test]
fn served_shell_gets_its_own_files_back() {
    let home = home();
    let inner = format!("{PROGRAM} acreds -q wrapped");
    let run = home.run(&["exec", "us", "--serve", "--", "sh", "-c", &inner]);
    let text = run.succeeded();
    let config = home.path().join(".aws/config");
    assert!(text.contains(&format!("export AWS_CONFIG_FILE='{}';\n", config.display())), "{text}");
    assert!(text.contains("unset AWS_CONTAINER_CREDENTIALS_FULL_URI;\n"), "{text}");
}

#[test]
fn mfa_code_is_prompted_for_on_the_terminal() {
    for shell in SHELLS {
        if !is_there(shell) {
            continue;
        }
        let (sts, home) = biz_corp();
        with_program(&home);
        home.write("script", script(shell, &home, &["bizcorprole"]));
        let run = format!(
            "PATH={} REPORT='{REPORT}' {shell} \"$HOME/script\" >\"$FILES/stdout\" 2>\"$FILES/stderr\"",
            path(&home)
        );
        let mut terminal = Terminal::script(&home, &run);
        terminal.expect("Enter the MFA token code: ");
        terminal.type_line(&fresh_code(&sts));
        let run = terminal.finish().1.restored();
        assert!(
            run.stdout.starts_with("0\n|ASIA") && run.stdout.contains("|us-east-1|bizcorprole|"),
            "{shell} {run:?}"
        );
        assert!(run.stderr.contains("exported the keys of profile bizcorprole ("), "{shell} {run:?}");
    }
}

#[test]
fn ctrl_c_changes_nothing() {
    let (_sts, home) = biz_corp();
    with_program(&home);
    home.write("rc", "PS1='ready> '; bind 'set enable-bracketed-paste off'; eval \"$(amplify-creds init bash)\"\n");
    let run = format!("PATH={} TERM=dumb bash --noprofile --rcfile \"$HOME/rc\" -i", path(&home));
    let mut terminal = Terminal::script(&home, &run);
    for (line, answer) in [
        ("acreds devcorpuser", "exported the keys of profile devcorpuser"),
        ("acreds bizcorprole", "Enter the MFA token code: "),
    ] {
        terminal.expect("ready> ");
        terminal.type_line(line);
        terminal.expect(answer);
    }
    // Ctrl-Z would stop the command substitution, for which bash waits forever.
    terminal.type_control('z');
    terminal.type_control('c');
    terminal.expect("ready> ");
    terminal.type_line("echo \"[$?|$AWS_ACCESS_KEY_ID|$AMPLIFY_CREDS_ACTIVE_PROFILE]\"");
    terminal.expect(&format!("[130|{}|devcorpuser]", data::ACCESS_KEY_ID));
    terminal.type_line("exit");
    terminal.finish();
}

const HELP: &str = "type to filter, Enter selects, Esc cancels";

#[test]
fn picker_filters_and_selects_in_every_shell() {
    for shell in SHELLS {
        if !is_there(shell) {
            continue;
        }
        let home = home();
        home.write("script", script(shell, &home, &[""]));
        let run = format!("PATH={} REPORT='{REPORT}' {shell} \"$HOME/script\" >\"$FILES/stdout\"", path(&home));
        let mut terminal = Terminal::script(&home, &run);
        terminal.expect(HELP);
        terminal.type_text("rap");
        terminal.expect("1 of 3");
        terminal.type_text("\r");
        assert_eq!(terminal.finish().1.restored().stdout, "0\nwrapped||eu-west-1||\n", "{shell}");
    }
}

#[test]
fn picker_draws_on_the_terminal_only() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let mut terminal = Terminal::start(&home, "acreds", "</dev/null");
    let drawn = terminal.expect(HELP);
    assert!(drawn.contains("PROFILE      ACCOUNT       ROLE         SESSION"), "{drawn}");
    let session = drawn.split("nomfa        222222222222  NoMfa        ").nth(1).unwrap();
    assert!(session.starts_with(|first: char| first.is_ascii_digit()), "{drawn}");
    // Without TERM there are no colours.
    assert!(!drawn.contains("\u{1b}[3"), "{drawn:?}");
    terminal.type_text("nomfa\r");
    let run = terminal.finish().1.restored();
    assert!(run.stdout.starts_with("export AWS_ACCESS_KEY_ID='ASIA"), "{run:?}");
    assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{run:?}");

    for (variable, is_colored) in [("TERM=xterm", true), ("TERM=xterm NO_COLOR=1", false)] {
        let run = format!("{variable} \"$PROGRAM\" acreds >\"$FILES/stdout\" 2>\"$FILES/stderr\"");
        let mut terminal = Terminal::script(&home, &run);
        assert_eq!(terminal.expect(HELP).contains("\u{1b}[32m> "), is_colored, "{variable}");
        terminal.type_text("\u{1b}");
        terminal.finish().1.restored().failed_with(130);
    }
}

#[test]
fn picker_cancels_with_130() {
    for key in ["\u{1b}", "\u{3}", "\u{4}"] {
        let home = home();
        let mut terminal = Terminal::start(&home, "acreds", "</dev/null");
        terminal.expect(HELP);
        terminal.type_text(&format!("zzz\r\u{1a}\u{1c}{key}"));
        terminal.finish().1.restored().failed_with(130);
    }
}

#[test]
fn picker_restores_the_terminal_after_a_signal() {
    let home = home();
    let script = "\"$PROGRAM\" acreds >\"$FILES/stdout\" & pid=$!; (while [ ! -e \"$FILES/go\" ]; do sleep 0.05; done; \
                  kill $pid) & wait $pid";
    let mut terminal = Terminal::script(&home, script);
    terminal.expect(HELP);
    fs::write(terminal.files().join("go"), "").unwrap();
    let run = terminal.finish().1.restored();
    assert_eq!((run.code, run.stdout.as_str()), (Some(143), ""), "{run:?}");
}

#[test]
fn picker_fits_a_resized_and_narrow_terminal() {
    let (_sts, home) = without_mfa();
    let script = "stty cols 90 rows 20; (while [ ! -e \"$FILES/go\" ]; do sleep 0.05; done; stty cols 34 rows 6 </dev/tty) \
                  & \"$PROGRAM\" acreds devcorpuser >/dev/null; \"$PROGRAM\" acreds >\"$FILES/stdout\"";
    let mut terminal = Terminal::script(&home, script);
    terminal.expect(HELP);
    fs::write(terminal.files().join("go"), "").unwrap();
    let drawn = terminal.expect("3 of 3\u{1b}[");
    let lines: Vec<_> = drawn.split("\r\n").collect();
    assert!(drawn.contains("PROFILE      ROLE"), "{drawn:?}");
    assert!(lines.len() <= 6 && lines.iter().skip(1).all(|line| line.chars().count() < 34), "{drawn:?}");
    terminal.type_text("\u{1b}[B\u{1b}[B\r");
    let run = terminal.finish().1;
    assert!(run.run.stdout.contains("export AWS_ACCESS_KEY_ID='ASIA"), "{run:?}");
}

#[test]
fn picker_has_thousands_of_profiles() {
    let home = home();
    let role = |number| {
        format!("[profile team-{number}]\nrole_arn = arn:aws:iam::{number:012}:role/Deploy\nsource_profile = us\n\n")
    };
    add_config(&home, &(0..2000).map(role).collect::<String>());
    let mut terminal = Terminal::start(&home, "acreds --unset; \"$PROGRAM\" acreds", "</dev/null");
    terminal.expect("2003 of 2003");
    terminal.type_text("wrap");
    terminal.expect("1 of 2003");
    terminal.type_text("\r");
    assert!(terminal.finish().1.restored().stdout.starts_with("export AWS_PROFILE='wrapped';\n"));
}

#[test]
fn no_prompt_is_an_error() {
    let home = home();
    let message = "amplify-creds: no profile given, and no prompt is possible here";
    for args in [&["acreds"][..], &["acreds", "--no-input"]] {
        assert_eq!(home.run(args).failed_with(4).first_error_line(), message);
    }
    let terminal = Terminal::start(&home, "acreds --no-input", "</dev/null");
    assert_eq!(terminal.finish().1.restored().failed_with(4).first_error_line(), message);
    let empty = TestHome::new(PROGRAM);
    let terminal = Terminal::start(&empty, "acreds", "</dev/null");
    let run = terminal.finish().1.restored();
    assert!(run.failed_with(3).first_error_line().contains("no profiles with credentials in"), "{run:?}");
}

#[test]
fn exec_without_profile_shows_the_picker() {
    let home = home();
    let mut terminal = Terminal::start(&home, "exec -- sh -c 'echo $AWS_ACCESS_KEY_ID'", "</dev/null");
    terminal.expect(HELP);
    terminal.type_text("us\r");
    assert_eq!(terminal.finish().1.restored().succeeded(), "AKIAus\n");

    let terminal = Terminal::start(&home, "exec --no-input -- true", "</dev/null");
    let run = terminal.finish().1.restored();
    assert!(run.failed_with(125).first_error_line().contains("no profile given, and profile default"), "{run:?}");
    // A default profile, a variable and credentials of the environment select the profile without a picker.
    let keys = [("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s")];
    for variables in [&[("AWS_PROFILE", "eu")][..], &keys] {
        let set: Vec<_> = variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let script = format!("{} \"$PROGRAM\" exec -- true", set.join(" "));
        assert_eq!(Terminal::script(&home, &script).finish().1.restored().code, Some(0), "{variables:?}");
    }
}

#[test]
fn exec_without_command_starts_the_shell() {
    let home = home();
    let shell = home.write_program("shell", "#!/bin/sh\necho \"in a shell with $AWS_ACCESS_KEY_ID\"\n");
    let run = home.run_with(&["exec", "us"], &[("SHELL", shell.to_str().unwrap())]);
    assert_eq!(run.succeeded(), "in a shell with AKIAus\n");
}
