//! The prompt on a real pseudo-terminal. The terminal's settings are restored however the prompt ends.

use std::fs;

use test_support::{FakeSts, Terminal, TestHome, biz_corp as data, wait_until};

use crate::{add_config, biz_corp, json, state};

const QUESTION: &str = "Enter the MFA token code: ";

fn answer(terminal: &mut Terminal, sts: &FakeSts) {
    terminal.expect(QUESTION);
    terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
}

fn pid(home: &TestHome) -> String {
    let file = home.path().join("terminal/pid");
    wait_until("the pid", || fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n')));
    fs::read_to_string(file).unwrap().trim().to_owned()
}

fn kill(signal: &str, pid: &str) {
    assert!(std::process::Command::new("kill").args([signal, pid]).status().unwrap().success());
}

#[test]
fn code_prompt_uses_terminal_with_any_stdin() {
    for stdin in ["</dev/null", "<&-", "<\"$FILES/endless\""] {
        let (sts, home) = biz_corp();
        home.write("terminal/.keep", "");
        let path = home.path().join("terminal/endless");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        // Holds the pipe open without writing to it, as the JS SDK does with a child's stdin.
        let _open = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
        let mut terminal = Terminal::start(&home, "process bizcorprole", stdin);
        let shown = terminal.expect(QUESTION);
        let expected = format!(
            "Profile bizcorprole is configured to assume role\r\n  {}\r\n\
             It requires MFA authentication. The MFA device is\r\n  {}\r\n",
            data::BIZ_CORP_ROLE,
            data::MFA_SERIAL
        );
        assert_eq!(shown, expected, "{stdin}");
        terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
        let (_, left) = terminal.finish();
        assert_eq!(json(left.restored().succeeded())["AccountId"], "222222222222", "{stdin}");
    }
}

#[test]
fn concurrent_calls_share_one_prompt() {
    let (sts, home) = biz_corp();
    let mut terminal = Terminal::script(
        &home,
        "i=0; while [ $i -lt 64 ]; do \"$PROGRAM\" process bizcorprole >\"$FILES/out.$i\" 2>\"$FILES/err.$i\" </dev/null & \
         i=$((i+1)); done; wait",
    );
    answer(&mut terminal, &sts);
    let (rest, left) = terminal.finish();
    assert!(!rest.contains(QUESTION), "a second prompt: {rest}");
    left.restored();
    let read = |name: String| fs::read_to_string(home.path().join("terminal").join(name)).unwrap();
    let first = read("out.0".to_owned());
    json(&first);
    for index in 0..64 {
        assert_eq!(read(format!("err.{index}")), "");
        assert_eq!(read(format!("out.{index}")), first);
    }
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn ctrl_c_and_ctrl_d_cancel_with_130() {
    for key in ['c', 'd'] {
        let (sts, home) = biz_corp();
        let mut terminal = Terminal::start(&home, "process bizcorprole", "</dev/null");
        terminal.expect(QUESTION);
        terminal.type_control(key);
        let (_, left) = terminal.finish();
        left.restored().failed_with(130);
        assert_eq!(sts.count("AssumeRole"), 0);
    }
}

#[test]
fn malformed_code_is_prompted_for_again() {
    let (sts, home) = biz_corp();
    let mut terminal = Terminal::start(&home, "process bizcorprole", "</dev/null");
    terminal.expect(QUESTION);
    terminal.type_line("12345");
    terminal.expect("The code must have six digits.");
    terminal.expect(QUESTION);
    let code = sts.next_unused_code(data::MFA_SERIAL);
    terminal.type_line(&format!(" {} {} ", &code[..3], &code[3..]));
    let (_, left) = terminal.finish();
    left.restored().succeeded();

    home.run(&["reset-cache", "bizcorprole"]).succeeded();
    let mut terminal = Terminal::start(&home, "process bizcorprole", "</dev/null");
    for _ in 0..3 {
        terminal.expect(QUESTION);
        terminal.type_line("nope");
    }
    let (_, left) = terminal.finish();
    left.restored().failed_with(4);
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn rejected_code_is_prompted_for_twice_more() {
    let (sts, home) = biz_corp();
    let mut terminal = Terminal::start(&home, "process bizcorprole", "</dev/null");
    for _ in 0..2 {
        terminal.expect(QUESTION);
        terminal.type_line(&sts.wrong_code(data::MFA_SERIAL));
        terminal.expect("AWS rejected the code.");
    }
    answer(&mut terminal, &sts);
    let (_, left) = terminal.finish();
    left.restored().succeeded();

    home.run(&["reset-cache", "bizcorprole"]).succeeded();
    let mut terminal = Terminal::start(&home, "process bizcorprole", "</dev/null");
    for _ in 0..3 {
        terminal.expect(QUESTION);
        terminal.type_line(&sts.wrong_code(data::MFA_SERIAL));
    }
    let (_, left) = terminal.finish();
    left.restored().failed_with(4);
}

#[test]
fn raw_terminal_is_usable_and_restored() {
    let (sts, home) = biz_corp();
    let mut terminal = Terminal::script(
        &home,
        "stty raw -echo; stty -g >\"$FILES/before\"\n\
         \"$PROGRAM\" process bizcorprole >\"$FILES/stdout\" 2>\"$FILES/stderr\" </dev/null",
    );
    answer(&mut terminal, &sts);
    let (_, left) = terminal.finish();
    left.restored().succeeded();
}

#[test]
fn signal_ends_prompt_and_restores_terminal() {
    for (signal, status) in [("-TERM", 143), ("-HUP", 129), ("-INT", 130)] {
        let (_sts, home) = biz_corp();
        // `exec` in a subshell: the pid is the program's, and SIGINT is not ignored as it is with `&`.
        let mut terminal = Terminal::script(
            &home,
            "stty raw -echo; stty -g >\"$FILES/before\"\n\
             sh -c 'echo $$ >\"$FILES/pid\"; exec \"$PROGRAM\" process bizcorprole' >\"$FILES/stdout\" 2>\"$FILES/stderr\"",
        );
        terminal.expect(QUESTION);
        kill(signal, &pid(&home));
        let (_, left) = terminal.finish();
        let run = left.restored();
        assert_eq!((run.code, run.stdout.as_str()), (Some(status), ""), "{signal}: {run:?}");
    }
}

#[test]
fn stopped_prompt_is_shown_again_when_continued() {
    let (sts, home) = biz_corp();
    let mut terminal = Terminal::script(
        &home,
        "stty raw -echo; stty -g >\"$FILES/before\"\n\
         sh -c 'echo $$ >\"$FILES/pid\"; exec \"$PROGRAM\" process bizcorprole' >\"$FILES/stdout\" 2>\"$FILES/stderr\"",
    );
    terminal.expect(QUESTION);
    let pid = pid(&home);
    kill("-TSTP", &pid);
    wait_until("the stop", || state(&pid).starts_with('T'));
    kill("-CONT", &pid);
    answer(&mut terminal, &sts);
    let (_, left) = terminal.finish();
    left.restored().succeeded();
}

#[test]
fn prompt_ends_when_parent_exits() {
    let (sts, home) = biz_corp();
    // The inner shell is the program's parent. The trailing `:` prevents it from becoming the program. `cat` also reads
    // until the program has ended.
    let mut terminal = Terminal::script(
        &home,
        "stty raw -echo; stty -g >\"$FILES/before\"\n\
         { sh -c 'echo $$ >\"$FILES/pid\"; \"$PROGRAM\" process bizcorprole; :' >\"$FILES/stdout\"; } 2>&1 | \
         cat >\"$FILES/stderr\"",
    );
    terminal.expect(QUESTION);
    kill("-KILL", &pid(&home));
    let (_, left) = terminal.finish();
    let run = left.restored();
    // The outer shell may add that the inner one was killed.
    let ended = "amplify-creds: prompt cancelled: the program that requested credentials has ended";
    assert!(run.stderr.lines().any(|line| line == ended), "{}", run.stderr);
    assert_eq!(sts.count("AssumeRole"), 0);
}

#[test]
#[ignore = "waits 90 s for the real deadline; .ci/full runs it"]
fn unanswered_prompt_times_out() {
    let (_sts, home) = biz_corp();
    let mut terminal = Terminal::start(&home, "process bizcorprole", "</dev/null");
    terminal.expect(QUESTION);
    let (_, left) = terminal.finish();
    let run = left.restored();
    run.failed_with(4);
    assert!(run.stderr.contains("within 90 s"), "{}", run.stderr);
}

#[test]
fn background_process_neither_prompts_nor_stops() {
    let (_sts, home) = biz_corp();
    let terminal = Terminal::script(
        &home,
        "set -m; \"$PROGRAM\" process bizcorprole >\"$FILES/stdout\" 2>\"$FILES/stderr\" & wait $!",
    );
    let (_, left) = terminal.finish();
    left.restored().failed_with(4);
}

#[test]
fn valid_session_in_renewal_margin_avoids_prompt() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        &format!(
            "[profile short]\nrole_arn = {}\nsource_profile = devcorpuser\nmfa_serial = {}\nexternal_id = {}\n\
             duration_seconds = 900\nrole_session_name = short\nmfa_session = off\n",
            data::BIZ_CORP_ROLE,
            data::MFA_SERIAL,
            data::EXTERNAL_ID
        ),
    );
    home.run(&["process", "short", "-t", &sts.next_unused_code(data::MFA_SERIAL)]).succeeded();
    // Its margin is a quarter of its lifetime. After twelve minutes it is inside the margin and above the minimum.
    crate::age_cache(&home, 720);
    home.run(&["process", "short"]).succeeded();
    home.run(&["process", "short", "--min-ttl", "5m"]).failed_with(4);
}

/// Runs the program as a child of a script of this name, which drops the program's stderr or relays it.
fn error_on_terminal_below(tool: &str, arguments: &str, streams: &str) -> String {
    let (_, home) = biz_corp();
    let script = format!("#!/bin/sh\n\"$PROGRAM\" process {arguments} </dev/null {streams}\ntrue\n");
    home.write(&format!("bin/{tool}"), &script);
    let run = format!("sh \"{}\"", home.path().join("bin").join(tool).display());
    Terminal::script(&home, &run).finish().0
}

#[test]
fn failure_below_amplify_is_printed_on_the_terminal() {
    for tool in ["amplify", "ampx"] {
        let screen = error_on_terminal_below(tool, "missing", ">/dev/null 2>&1");
        assert_eq!(screen.matches("amplify-creds: ").count(), 1, "{tool}: {screen}");
        assert!(screen.contains("missing"), "{tool}: {screen}");
    }
}

#[test]
fn failure_is_printed_once_in_a_run_of_amplify() {
    let calls = "missing >/dev/null 2>&1; \"$PROGRAM\" process missing </dev/null >/dev/null 2>&1; \
                 \"$PROGRAM\" process other";
    let screen = error_on_terminal_below("amplify", calls, ">/dev/null 2>&1");
    assert_eq!(screen.matches("amplify-creds: ").count(), 2, "one for each profile: {screen}");
}

#[test]
fn invalid_option_below_amplify_is_printed_on_the_terminal() {
    let screen = error_on_terminal_below("amplify", "bizcorprole --bogus", ">/dev/null 2>&1");
    assert!(screen.contains("amplify-creds: ") && screen.contains("--bogus"), "{screen}");
}

#[test]
fn failure_with_relayed_stderr_is_not_repeated() {
    let rows = [
        ("amplify", "missing", ">/dev/null", 1),
        ("amplify", "--quiet missing", ">/dev/null 2>&1", 0),
        ("aws", "missing", ">/dev/null 2>&1", 0),
        ("aws", "missing", "2>&1 >/dev/null | cat >/dev/tty", 1),
    ];
    for (tool, arguments, streams, expected) in rows {
        let screen = error_on_terminal_below(tool, arguments, streams);
        assert_eq!(screen.matches("amplify-creds: ").count(), expected, "{tool} {arguments} {streams}: {screen}");
    }
}
