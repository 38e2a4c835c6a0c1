//! Failures that are shared with processes that wait for the same lock.

use std::fs;
use std::process::{Child, Stdio};

use test_support::{Fault, Finished, Terminal, TestHome, biz_corp as data, wait_until};

use crate::{add_config, biz_corp, fresh_code, json, without_mfa};

fn start(home: &TestHome, args: &[&str]) -> Child {
    home.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Finished {
    child.wait_with_output().unwrap().into()
}

/// Runs on their own terminals. Each has reported that it waits for another process.
fn waiters(home: &TestHome, args: &str) -> Vec<Terminal> {
    let mut all: Vec<_> = ["a", "b", "c"].map(|name| Terminal::named(home, name, args)).into();
    for waiter in &mut all {
        waiter.expect("amplify-creds: waiting for process ");
    }
    all
}

fn ends(waiters: Vec<Terminal>) -> Vec<Finished> {
    waiters.into_iter().map(|waiter| waiter.finish().1.restored()).collect()
}

/// A program that counts its runs, waits for the file `go`, then runs `then`.
fn counting_program(home: &TestHome, then: &str) -> String {
    let script = "#!/bin/sh\nPATH=/usr/bin:/bin\ncd \"$(dirname \"$0\")\"\necho run >>runs\n\
                  while [ ! -e go ]; do sleep 0.05; done\n";
    home.write_program("program", format!("{script}{then}\n")).display().to_string()
}

fn runs(home: &TestHome) -> usize {
    fs::read_to_string(home.path().join("runs")).map_or(0, |text| text.lines().count())
}

#[test]
fn denied_call_is_shared_with_waiters_and_names_its_hop() {
    let (sts, home) = without_mfa();
    add_config(&home, "[profile second]\nrole_arn = arn:aws:iam::222222222222:role/Second\nsource_profile = nomfa\n");
    sts.fault(Fault::Hang, None);
    let first = start(&home, &["process", "second"]);
    sts.wait_for("AssumeRole", 1);
    let waiters = waiters(&home, "process second");
    sts.replace_faults(Fault::error(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole"));
    let first = end(first);
    first.failed_with(5);
    assert!(first.first_error_line().contains("(hop 1 of 2): AccessDenied"), "{}", first.stderr);
    let calls = sts.count("AssumeRole");
    assert!(calls <= 3, "the first process's attempts: {calls}");
    for waiter in ends(waiters) {
        assert_eq!((waiter.code, &waiter.stderr), (Some(5), &first.stderr));
    }
    assert_eq!(sts.count("AssumeRole"), calls);
    home.run(&["process", "second"]).failed_with(5);
    assert!(sts.count("AssumeRole") > calls, "a later process asks AWS");
}

#[test]
fn failed_credential_process_is_shared_with_waiters_only() {
    let (_sts, home) = biz_corp();
    let program = counting_program(&home, "echo 'no token' >&2; exit 3");
    add_config(
        &home,
        &format!(
            "[profile base]\ncredential_process = {program}\nprocess_identity = command\n\
             [profile r]\nsource_profile = base\n\
             role_arn = arn:aws:iam::222222222222:role/NoMfa\n"
        ),
    );
    let first = start(&home, &["process", "r"]);
    wait_until("the program", || runs(&home) == 1);
    let waiters = waiters(&home, "process r");
    home.write("go", "");
    let first = end(first);
    first.failed_with(4);
    for waiter in ends(waiters) {
        assert_eq!((waiter.code, &waiter.stderr), (Some(4), &first.stderr));
    }
    assert_eq!(runs(&home), 1);
    home.run(&["process", "r"]).failed_with(4);
    assert_eq!(runs(&home), 2);
}

#[test]
fn failed_mfa_process_is_shared_unless_waiter_has_a_code() {
    let (sts, home) = biz_corp();
    let program = counting_program(&home, "exit 3");
    add_config(&home, &mfa_profile(&program));
    let first = start(&home, &["process", "auto"]);
    wait_until("the program", || runs(&home) == 1);
    let mut with_code = Terminal::named(&home, "code", &format!("process auto -t {}", fresh_code(&sts)));
    let waiters = waiters(&home, "process auto");
    with_code.expect("amplify-creds: waiting for process ");
    home.write("go", "");
    let first = end(first);
    first.failed_with(4);
    assert!(first.first_error_line().contains("exit status: 3"), "{}", first.stderr);
    json(with_code.finish().1.restored().succeeded());
    for waiter in ends(waiters) {
        // The process with a code may be first.
        assert!(matches!(waiter.code, Some(0 | 4)), "{waiter:?}");
    }
    assert_eq!(runs(&home), 1);
}

fn mfa_profile(program: &str) -> String {
    let (role, serial) = (data::BIZ_CORP_ROLE, data::MFA_SERIAL);
    format!(
        "[profile auto]\nrole_arn = {role}\nsource_profile = devcorpuser\nexternal_id = {}\nmfa_serial = {serial}\n\
         mfa_process = {program}\n",
        data::EXTERNAL_ID
    )
}

#[test]
fn unstored_session_ends_only_waiters_that_would_prompt() {
    let (sts, home) = without_mfa();
    let code = home.write("code", fresh_code(&sts));
    let program = counting_program(&home, &format!("cat '{}'", code.display()));
    add_config(&home, &mfa_profile(&program));
    // A directory cannot be replaced by a file.
    fs::create_dir_all(home.cache_file()).unwrap();
    let first = start(&home, &["process", "auto"]);
    wait_until("the program", || runs(&home) == 1);
    let waiting = waiters(&home, "process auto");
    home.write("go", "");
    let first = end(first);
    assert_eq!(first.code, Some(0), "{first:?}");
    json(&first.stdout);
    assert!(first.stderr.contains("the session is not cached: "), "{}", first.stderr);
    for waiter in ends(waiting) {
        waiter.failed_with(1);
        assert!(waiter.first_error_line().contains("could not cache it"), "{}", waiter.stderr);
    }
    assert_eq!(runs(&home), 1);
    let calls = sts.count("AssumeRole");
    sts.fault(Fault::HELD, Some(1));
    let first = start(&home, &["process", "nomfa"]);
    sts.wait_for("AssumeRole", calls + 1);
    let waiting = waiters(&home, "process nomfa");
    sts.clear_faults();
    for run in ends(waiting).into_iter().chain([end(first)]) {
        assert_eq!(run.code, Some(0), "{run:?}");
        json(&run.stdout);
    }
    assert_eq!(sts.count("AssumeRole"), calls + 4);
}
