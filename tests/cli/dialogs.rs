//! pinentry and each system's dialogs: scripted ones that record their input, and real ones if they are installed.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use test_support::{FakeSts, Finished, Terminal, TestHome, biz_corp as data};

use crate::{add_config, fresh_code as code, json, wait_for_foreground};

const SYSTEM: &str = "/usr/local/bin:/usr/bin:/bin";

/// Reads one line of `$HOME/answers` for each GETPIN. `|` separates the lines of the answer.
const PINENTRY: &str = "#!/bin/sh\n\
    echo 'OK Pleased to meet you'\n\
    while IFS= read -r line; do\n\
      printf '%s\\n' \"$line\" >>\"$HOME/said\"\n\
      case $line in\n\
        GETPIN) head -n 1 \"$HOME/answers\" | tr '|' '\\n'; sed -i 1d \"$HOME/answers\" ;;\n\
        OPTION*) echo 'ERR 83886254 Unknown option <Pinentry>' ;;\n\
        BYE) echo OK; exit ;;\n\
        *) echo '# noted'; echo OK ;;\n\
      esac\n\
    done\n";

/// Records its arguments, each in brackets, and reads status and answer from one line of `$HOME/answers`.
const DIALOG: &str = "#!/bin/sh\n\
    for argument do printf '[%s]\\n' \"$argument\"; done >>\"$HOME/said\"\n\
    env >\"$HOME/env\"\n\
    read -r status answer <\"$HOME/answers\"; sed -i 1d \"$HOME/answers\"\n\
    [ -z \"$answer\" ] || echo \"$answer\"\n\
    exit \"$status\"\n";

fn install(home: &TestHome, name: &str, script: &str) {
    home.write_program(&format!("bin/{name}"), script);
}

fn answers(home: &TestHome, lines: &[String]) {
    home.write("answers", lines.join("\n") + "\n");
}

fn path(home: &TestHome) -> String {
    format!("{}:{SYSTEM}", home.path().join("bin").display())
}

fn run(home: &TestHome, args: &[&str], variables: &[(&str, &str)]) -> Finished {
    let path = path(home);
    let mut all = vec![("PATH", path.as_str())];
    all.extend_from_slice(variables);
    home.run_with(args, &all)
}

/// The recorded input of the programs since the last call.
fn said(home: &TestHome) -> String {
    let said = fs::read_to_string(home.path().join("said")).unwrap_or_default();
    home.write("said", "");
    said
}

/// The walk-through with codes that are sent directly to the role, so that each run prompts.
fn biz_corp() -> (FakeSts, TestHome) {
    let (sts, home) = crate::biz_corp();
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    home.config(&config.replace("mfa_serial", "mfa_session = off\nmfa_serial"));
    (sts, home)
}

/// Whether all of these are installed. If one is missing, the test prints that, and fails in CI.
fn are_there(programs: &[&str]) -> bool {
    programs.iter().all(|program| {
        let is_there = SYSTEM.split(':').any(|dir| Path::new(dir).join(program).is_file());
        if !is_there {
            assert!(std::env::var_os("CI").is_none(), "{program} must be there in CI");
            eprintln!("SKIPPED: no {program} here");
        }
        is_there
    })
}

/// The walk-through's home with a scripted pinentry and these answers.
fn with_pinentry(answer: impl Fn(&FakeSts) -> Vec<String>) -> (FakeSts, TestHome) {
    let (sts, home) = biz_corp();
    install(&home, "pinentry", PINENTRY);
    answers(&home, &answer(&sts));
    (sts, home)
}

const BY_PINENTRY: [&str; 4] = ["process", "bizcorprole", "--prompt", "pinentry"];

#[test]
fn pinentry_gets_description_and_returns_code() {
    let (_sts, home) = with_pinentry(|sts| {
        let code = code(sts);
        // Encoded, in pieces, with a comment and a status line between them.
        vec![format!("# x|D %{:02x}{}|S NEWS|D {}%20|OK", code.as_bytes()[0], &code[1..3], &code[3..])]
    });
    let done = run(&home, &BY_PINENTRY, &[("LANG", "C.UTF-8"), ("LC_ALL", "")]);
    assert_eq!(json(done.succeeded())["AccountId"], "222222222222");
    let said = said(&home);
    let timeout = said.lines().find_map(|line| line.strip_prefix("SETTIMEOUT ")).unwrap().parse::<u64>().unwrap();
    assert!((1..=90).contains(&timeout), "{timeout}");
    let without: Vec<&str> = said.lines().filter(|line| !line.starts_with("SETTIMEOUT")).collect();
    let described = format!(
        "SETDESC Profile bizcorprole is configured to assume role%0A  {}%0A\
         It requires MFA authentication. The MFA device is%0A  {}",
        data::BIZ_CORP_ROLE,
        data::MFA_SERIAL
    );
    assert_eq!(
        without,
        [
            "GETINFO flavor",
            "OPTION no-grab",
            "OPTION lc-ctype=C.UTF-8",
            "SETTITLE amplify-creds",
            &described,
            "SETPROMPT MFA token code:",
            "GETPIN",
            "BYE"
        ]
    );
}

#[test]
fn pinentry_error_has_its_exit_status() {
    let rows = [
        ("ERR 83886179 Operation cancelled <Pinentry>", 130, "cancelled"),
        ("ERR 67109062 fully cancelled", 130, "cancelled"),
        ("ERR 83886142 Timeout <Pinentry>", 4, "within 90 s"),
        ("ERR 83886340 No pinentry", 4, "needs an MFA code"),
        ("D 123456|INQUIRE QUALITY", 4, "needs an MFA code"),
        ("D %%", 4, "needs an MFA code"),
        ("hello", 4, "needs an MFA code"),
    ];
    for (answer, status, expected) in rows {
        let (sts, home) = with_pinentry(|_| vec![answer.to_owned()]);
        let done = run(&home, &BY_PINENTRY, &[]);
        assert!(done.failed_with(status).first_error_line().contains(expected), "{answer}: {done:?}");
        assert_eq!(sts.count("AssumeRole"), 0, "{answer}");
    }
}

#[test]
fn pinentry_prompts_again_with_reason() {
    let (sts, home) = with_pinentry(|sts| {
        let answer = |code: String| format!("D {code}|OK");
        vec!["OK".to_owned(), answer("12345".to_owned()), answer(sts.wrong_code(data::MFA_SERIAL)), answer(code(sts))]
    });
    run(&home, &BY_PINENTRY, &[]).succeeded();
    let said = said(&home);
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("SETERROR")).collect();
    let digits = "SETERROR The code must have six digits.";
    assert_eq!(errors, [digits, digits, "SETERROR AWS rejected the code. Wait for the next code."]);
    assert_eq!((sts.count("AssumeRole"), said.matches("GETPIN").count()), (2, 4));

    answers(&home, &["D 1|OK", "D x|OK", "D \u{663}\u{663}\u{663}\u{663}\u{663}\u{663}|OK"].map(str::to_owned));
    run(&home, &[&BY_PINENTRY[..], &["--refresh"]].concat(), &[]).failed_with(4);
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn invalid_or_missing_prompt_program_exits_4() {
    for greeting in
        ["", "echo hello", "echo ERR 1 no", "yes | tr -d '\\n'", "yes OK | head -n 3", "echo OK; exec yes '#'"]
    {
        let (_sts, home) = biz_corp();
        install(&home, "pinentry", &format!("#!/bin/sh\n{greeting}\n"));
        run(&home, &BY_PINENTRY, &[]).failed_with(4);
    }
    let (_sts, home) = biz_corp();
    let nowhere = home.path().display().to_string();
    for way in ["pinentry", "zenity", "osascript", "powershell"] {
        home.run_with(&["process", "bizcorprole", "--prompt", way], &[("PATH", &nowhere)]).failed_with(4);
    }
}

#[test]
#[ignore = "waits 10 s for a greeting; .ci/full runs it"]
fn silent_pinentry_falls_back_to_next_method() {
    let (sts, home) = biz_corp();
    install(&home, "pinentry", "#!/bin/sh\nexec sleep 60\n");
    install(&home, "zenity", DIALOG);
    answers(&home, &[format!("0 {}", code(&sts))]);
    run(&home, &["process", "bizcorprole"], &[("DISPLAY", ":9")]).succeeded();
}

#[test]
#[ignore = "waits 90 s for the real deadline; .ci/full runs it"]
fn unanswered_dialog_is_closed() {
    let (_sts, home) = biz_corp();
    install(&home, "zenity", "#!/bin/sh\necho $$ >\"$HOME/pid\"; exec sleep 300\n");
    let done = run(&home, &["process", "bizcorprole", "--prompt", "zenity"], &[]);
    assert!(done.failed_with(4).first_error_line().contains("within 90 s"), "{done:?}");
    let pid = fs::read_to_string(home.path().join("pid")).unwrap();
    assert!(!Command::new("kill").args(["-0", pid.trim()]).stderr(Stdio::null()).status().unwrap().success());
}

#[test]
fn dialog_closes_on_signal_or_parent_exit() {
    let end = "while [ ! -s \"$HOME/pid\" ]; do sleep 0.05; done";
    for (how, status) in [("-TERM", Some("143")), ("-HUP", Some("129")), ("-INT", Some("130")), ("parent", None)] {
        let (_sts, home) = biz_corp();
        install(&home, "zenity", "#!/bin/sh\necho $$ >\"$HOME/pid\"; exec sleep 300\n");
        let program = "\"$PROGRAM\" process bizcorprole --prompt zenity 2>\"$HOME/err\"";
        // A background job of `sh` ignores SIGINT unless it has job control.
        let script = match how {
            "parent" => format!("set -m; sh -c '{program}; :' & {end}; kill -KILL $!; echo"),
            signal => format!("set -m; {program} & {end}; kill {signal} $!; wait $!; echo $?"),
        };
        let mut command = Command::new("sh");
        command.args(["-c", &script]).env_clear().envs(home.environment()).env("PATH", path(&home));
        let done = command.env("PROGRAM", home.program()).stdin(Stdio::null()).process_group(0).output().unwrap();
        if let Some(status) = status {
            assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), status, "{how} {done:?}");
        } else {
            let ended = "amplify-creds: prompt cancelled: the program that requested credentials has ended\n";
            assert_eq!(fs::read_to_string(home.path().join("err")).unwrap(), ended);
        }
        let pid = fs::read_to_string(home.path().join("pid")).unwrap();
        let alive = Command::new("kill").args(["-0", pid.trim()]).stderr(Stdio::null()).status().unwrap().success();
        assert!(!alive, "{how}: the window is left open");
    }
}

#[test]
fn dialog_shows_prompt_and_returns_code() {
    for (way, program, typed, cancelled, late) in [
        ("zenity", "zenity", "0 ", "10 ", Some("11 ")),
        ("osascript", "osascript", "0 typed ", "0 cancelled", Some("0 late")),
        ("powershell", "powershell.exe", "0 ", "10 ", None),
        ("powershell", "pwsh.exe", "0 ", "10 ", None),
    ] {
        let (sts, home) = biz_corp();
        install(&home, program, DIALOG);
        let hostile = "x\"'$(touch pwned)`touch pwned`<b>_";
        let role = format!(
            "role_arn = {}\nsource_profile = devcorpuser\nmfa_serial = {}\nexternal_id = {}\nmfa_session = off\n",
            data::BIZ_CORP_ROLE,
            data::MFA_SERIAL,
            data::EXTERNAL_ID
        );
        add_config(&home, &format!("[profile {hostile}]\n{role}"));
        let ask = |more: &[&str]| run(&home, &[&["process", hostile, "--prompt", way], more].concat(), &[]);

        answers(&home, &[format!("{typed}12"), format!("{typed}{}", code(&sts))]);
        json(ask(&[]).succeeded());
        assert!(!fs::read_to_string(home.path().join("env")).unwrap().contains("MFA_TOKEN"));
        assert!(!home.path().join("pwned").exists() && !Path::new("pwned").exists());
        let said = said(&home);
        if way == "powershell" {
            assert!(!said.contains("touch"), "{said}");
        } else {
            assert_eq!(said.matches("The code must have six digits.").count(), 1, "{said}");
            let shown = if way == "zenity" { hostile.replace('_', "__") } else { hostile.to_owned() };
            assert_eq!(said.matches(&format!("Profile {shown} is configured")).count(), 2, "{said}");
        }

        answers(&home, &[cancelled.to_owned()]);
        ask(&["--refresh"]).failed_with(130);
        if let Some(late) = late {
            answers(&home, &[late.to_owned()]);
            assert!(ask(&["--refresh"]).failed_with(4).stderr.contains("within 90 s"), "{program}");
        }
        answers(&home, &["1 ".to_owned()]);
        ask(&["--refresh"]).failed_with(4);
        answers(&home, &["0 123456"; 3].map(|line| line.replace(' ', " typed ").repeat(400)));
        ask(&["--refresh"]).failed_with(4);
        assert_eq!(sts.count("AssumeRole"), 1, "{program}");
    }
}

#[test]
fn dialog_program_is_found_without_terminal() {
    let asked = |programs: &[&str], variables: &[(&str, &str)]| {
        let (sts, home) = biz_corp();
        let code = code(&sts);
        for program in programs {
            let script = if *program == "pinentry" { PINENTRY } else { DIALOG };
            install(
                &home,
                program,
                &script.replace("#!/bin/sh\n", &format!("#!/bin/sh\necho {program} >>\"$HOME/who\"\n")),
            );
        }
        let is_pinentry = programs.contains(&"pinentry");
        answers(&home, &[if is_pinentry { format!("D {code}|OK") } else { format!("0 {code}") }]);
        let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
        let done = home.run_with(&["process", "bizcorprole"], &[&[("PATH", path.as_str())], variables].concat());
        (done.code, fs::read_to_string(home.path().join("who")).unwrap_or_default())
    };
    if cfg!(target_os = "linux") {
        let screen = [("DISPLAY", ":9")];
        assert_eq!(asked(&["pinentry", "zenity"], &screen), (Some(0), "pinentry\n".to_owned()));
        assert_eq!(asked(&["pinentry", "zenity"], &[("WAYLAND_DISPLAY", "w")]), (Some(0), "pinentry\n".to_owned()));
        assert_eq!(asked(&["pinentry", "zenity", "powershell.exe"], &[]), (Some(4), String::new()));
        let wsl = [("WSL_DISTRO_NAME", "Debian")];
        assert_eq!(asked(&["zenity", "powershell.exe"], &wsl), (Some(0), "powershell.exe\n".to_owned()));
        assert_eq!(asked(&["pinentry"], &[screen[0], ("AMPLIFY_CREDS_NO_INPUT", "1")]), (Some(4), String::new()));
        assert_eq!(asked(&["pinentry"], &[screen[0], ("AMPLIFY_CREDS_PROMPT", "none")]), (Some(4), String::new()));
        assert_eq!(asked(&["pinentry"], &[screen[0], ("AMPLIFY_CREDS_PROMPT", "tty")]), (Some(4), String::new()));
    }
}

#[test]
fn failed_pinentry_falls_back_to_next_method() {
    let (sts, home) = biz_corp();
    install(&home, "pinentry", "#!/bin/sh\necho OK\nwhile read -r line; do echo ERR 83886340 no screen; done\n");
    install(&home, "zenity", DIALOG);
    answers(&home, &[format!("0 {}", code(&sts))]);
    run(&home, &["process", "bizcorprole"], &[("DISPLAY", ":9")]).succeeded();
}

#[test]
fn prompt_method_is_flag_then_variable_then_setting() {
    let settings = if cfg!(target_os = "macos") {
        "Library/Application Support/amplify-creds/config.ini"
    } else {
        ".config/amplify-creds/config.ini"
    };
    let (sts, home) = biz_corp();
    install(&home, "zenity", DIALOG);
    let ask = |args: &[&str], variables: &[(&str, &str)]| {
        let again = ["process", "bizcorprole", "--refresh"];
        run(&home, &[&again, args].concat(), variables)
    };
    let ready = || {
        answers(&home, &[format!("0 {}", code(&sts))]);
    };
    let by = |way| [("AMPLIFY_CREDS_PROMPT", way)];

    home.write(settings, "prompt = zenity\n");
    ready();
    ask(&[], &[]).succeeded();
    for run in [
        ask(&[], &by("none")),
        ask(&["--prompt", "none"], &[]),
        ask(&["--no-input"], &[]),
        ask(&["--no-input", "--prompt", "zenity"], &[]),
        ask(&["--prompt", "zenity"], &[("AMPLIFY_CREDS_NO_INPUT", "1")]),
    ] {
        run.failed_with(4);
    }
    home.write(settings, "prompt = none\n");
    ask(&[], &[]).failed_with(4);
    ready();
    ask(&[], &by("zenity")).succeeded();
    ready();
    ask(&["--prompt", "zenity"], &by("none")).succeeded();

    home.write(settings, "; how\nprompt = telepathy\n");
    let run = ask(&[], &[]);
    assert!(run.failed_with(3).stderr.contains("config.ini:2"), "{}", run.stderr);
    let run = ask(&[], &by("telepathy"));
    assert!(run.failed_with(3).stderr.contains("AMPLIFY_CREDS_PROMPT"), "{}", run.stderr);
    ask(&["--prompt", "telepathy"], &[]).failed_with(2);
}

/// Debian's pinentry for terminals, under the name `pinentry`, in a terminal.
fn in_terminal(home: &TestHome, real: &str, before: &str, after: &str) -> Terminal {
    install(home, "pinentry", &format!("#!/bin/sh\necho $$ >\"$HOME/pid\"; exec /usr/bin/{real} \"$@\"\n"));
    Terminal::script(
        home,
        &format!(
            "{before}\nPATH=\"$HOME/bin:$PATH\" TERM=xterm \"$PROGRAM\" process bizcorprole --prompt pinentry \
             >\"$FILES/stdout\" 2>\"$FILES/stderr\" </dev/null\n{after}"
        ),
    )
}

#[test]
fn real_pinentry_prompts_and_restores_terminal() {
    for real in ["pinentry-tty", "pinentry-curses"] {
        if !are_there(&[real]) {
            continue;
        }
        for before in ["", "export GPG_TTY=$(tty <&2)", "export GPG_TTY='not a tty'"] {
            let (sts, home) = biz_corp();
            let mut terminal = in_terminal(&home, real, before, "");
            terminal.expect("MFA token code:");
            terminal.type_text(&format!("{}\r", code(&sts)));
            let (_, left) = terminal.finish();
            json(left.restored().succeeded());
        }
    }
}

#[test]
fn ctrl_c_ends_real_pinentry_and_restores_terminal() {
    for real in ["pinentry-tty", "pinentry-curses"] {
        if !are_there(&[real]) {
            continue;
        }
        let (sts, home) = biz_corp();
        let mut terminal = in_terminal(&home, real, "", "");
        terminal.expect("MFA token code:");
        terminal.type_control('c');
        let (_, left) = terminal.finish();
        left.restored().failed_with(130);
        assert_eq!(sts.count("AssumeRole"), 0, "{real}");
    }
}

#[test]
fn ctrl_z_stops_real_pinentry_until_continued() {
    for real in ["pinentry-tty", "pinentry-curses"] {
        if !are_there(&[real]) {
            continue;
        }
        let (sts, home) = biz_corp();
        let mut terminal = in_terminal(&home, real, "set -m", "echo \"stopped $?\" >&2; fg >&2");
        terminal.expect("MFA token code:");
        terminal.type_control('z');
        // 128 and the number of SIGTSTP or SIGSTOP: the shell has its terminal back.
        terminal.expect("stopped 14");
        wait_for_foreground(fs::read_to_string(home.path().join("pid")).unwrap().trim());
        terminal.type_text(&format!("{}\r", code(&sts)));
        let (_, left) = terminal.finish();
        json(left.restored().succeeded());
    }
}

#[test]
fn background_pinentry_is_not_left_stopped() {
    for real in ["pinentry-tty", "pinentry-curses"] {
        if !are_there(&[real]) {
            continue;
        }
        let (_sts, home) = biz_corp();
        fs::create_dir_all(home.path().join("bin")).unwrap();
        symlink(Path::new("/usr/bin").join(real), home.path().join("bin/pinentry")).unwrap();
        let terminal = Terminal::script(
            &home,
            "set -m; PATH=\"$HOME/bin:$PATH\" TERM=xterm GPG_TTY=$(tty <&2) \"$PROGRAM\" process bizcorprole \
             --prompt pinentry >\"$FILES/stdout\" 2>\"$FILES/stderr\" </dev/null & wait $!",
        );
        let (_, left) = terminal.finish();
        left.restored().failed_with(4);
    }
}

/// Runs the program on its own X server with the real zenity, and sends `keys` to the window. Does not use xvfb-run,
/// because its cleanup can fail, and its status then hides the program's.
fn on_a_screen(home: &TestHome, keys: &str) -> Finished {
    let script = format!(
        "mkfifo display; Xvfb -displayfd 3 -nolisten tcp 3>display 2>xvfb.log & server=$!\n\
         read -r number <display; rm display; export DISPLAY=:$number\n\
         \"$PROGRAM\" process bizcorprole --prompt zenity & asked=$!\n\
         window=$(timeout 120 xdotool search --sync --onlyvisible --name '^amplify-creds$' | head -n 1)\n\
         xdotool windowfocus --sync \"$window\" >&2; {keys}\n\
         wait $asked; status=$?; kill $server; wait $server; exit $status"
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env_clear().envs(home.environment()).env("PATH", SYSTEM);
    command.env("PROGRAM", home.program()).current_dir(home.path()).stdin(Stdio::null()).process_group(0);
    command.output().unwrap().into()
}

#[test]
fn real_zenity_returns_code_or_cancel() {
    if !are_there(&["Xvfb", "zenity", "xdotool"]) {
        return;
    }
    let (sts, home) = biz_corp();
    on_a_screen(&home, "xdotool key Escape").failed_with(130);
    let done = on_a_screen(&home, &format!("xdotool type {}; xdotool key Return", code(&sts)));
    json(done.succeeded());
    home.run_with(
        &["process", "bizcorprole", "--refresh", "--prompt", "zenity"],
        &[("PATH", SYSTEM), ("DISPLAY", ":1234567")],
    )
    .failed_with(4);
}
