//! Black-box tests of the binary: real processes, real files, the STS double over real HTTP. One file per command or
//! topic.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg_attr(unix, expect(clippy::print_stderr, reason = "a test that is skipped says so"))]

#[cfg(unix)]
mod acreds;
#[cfg(unix)]
mod agents;
#[cfg(unix)]
mod as_people_have_them;
#[cfg(unix)]
mod audit;
mod aws_sign_in;
mod bases;
mod boundary;
mod boundary_files;
#[cfg(unix)]
mod broker;
mod browser_sign_in;
mod cache;
#[cfg(unix)]
mod chains;
mod check;
mod check_amplify;
#[cfg(unix)]
mod completions;
mod config_errors;
mod console;
#[cfg(unix)]
mod dialogs;
mod doctor;
mod endpoints;
#[cfg(unix)]
mod env;
#[cfg(unix)]
mod errors_by_code;
#[cfg(unix)]
mod exec;
#[cfg(unix)]
mod exec_serve;
mod explain;
#[cfg(unix)]
mod faults;
mod help;
#[cfg(unix)]
mod herds;
mod identity;
mod invalid_keys;
#[cfg(unix)]
mod invitation;
#[cfg(target_os = "linux")]
mod keys;
#[cfg(target_os = "linux")]
mod killed;
mod leaks;
mod list;
#[cfg(unix)]
mod login;
mod logout;
#[cfg(unix)]
mod manual;
#[cfg(unix)]
mod mfa;
mod near_miss;
mod network;
mod parallel;
mod policy;
mod policy_denials;
mod process;
#[cfg(unix)]
mod program_path;
mod project;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod regression;
mod reset_cache;
#[cfg(target_os = "linux")]
mod rotate;
#[cfg(unix)]
mod screens;
#[cfg(target_os = "linux")]
mod seal;
mod session_extras;
mod sessions;
#[cfg(unix)]
mod setup;
#[cfg(unix)]
mod setup_sso;
#[cfg(unix)]
mod shell;
mod sign_in;
mod sign_in_state;
#[cfg(unix)]
mod special_files;
mod sts_errors;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod verbose;
#[cfg(windows)]
mod windows;

use std::fs;

use amplify_creds::core::clock::Timestamp;
use serde_json::{Value, json as value};
use test_support::{FakeSts, TestHome, World};

const PROGRAM: &str = env!("CARGO_BIN_EXE_amplify-creds");

/// A double and a home with the files of the Amplify documentation's walk-through.
fn biz_corp() -> (FakeSts, TestHome) {
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::biz_corp(PROGRAM, &sts);
    (sts, home)
}

/// Adds profile `nomfa` with a role without conditions, and `deploy`, which is assumed through it.
fn without_mfa() -> (FakeSts, TestHome) {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile nomfa]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n",
    );
    (sts, home)
}

fn add_config(home: &TestHome, text: &str) {
    let path = home.path().join(".aws/config");
    let before = fs::read_to_string(&path).unwrap_or_default();
    home.config(&format!("{before}\n{text}"));
}

/// A valid code that no call has used.
fn fresh_code(sts: &FakeSts) -> String {
    sts.next_unused_code(test_support::biz_corp::MFA_SERIAL)
}

/// Waits until the process `pid` sleeps and its group has the terminal, so that it is ready for input.
#[cfg(unix)]
#[track_caller]
fn wait_for_foreground(pid: &str) {
    test_support::wait_until("the foreground", || {
        let state = state(pid);
        state.starts_with(['S', 'I']) && state.contains('+')
    });
}

/// The state of a process in ps(1): `S` or `I` if it sleeps, `T` if it is stopped, `+` in the foreground.
#[cfg(unix)]
fn state(pid: &str) -> String {
    let ps = std::process::Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
    String::from_utf8_lossy(&ps.stdout).into_owned()
}

#[track_caller]
fn json(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "one line: {text}");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[track_caller]
fn cache(home: &TestHome) -> Value {
    let text = fs::read_to_string(home.cache_file()).expect("a cache file");
    serde_json::from_str(&text).expect("JSON in the cache file")
}

/// Ages every session in the cache, and every failed renewal, by `seconds`.
fn age_cache(home: &TestHome, seconds: i64) {
    fn age(at: &mut Value, seconds: i64) {
        match at {
            Value::Object(members) => {
                for (key, member) in members {
                    match member.as_str().and_then(Timestamp::parse).map(|at| at.plus(-seconds)) {
                        Some(at) if key == "expiration" => *member = value!(at.iso_millis()),
                        Some(at) if key == "writtenAt" => *member = value!(at.rfc3339()),
                        _ => age(member, seconds),
                    }
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|at| age(at, seconds)),
            _ => {}
        }
    }
    let mut file = cache(home);
    age(&mut file, seconds);
    fs::write(home.cache_file(), file.to_string()).unwrap();
    for entry in fs::read_dir(home.cache_dir().join("locks")).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|extension| extension == "holder") {
            let mut facts: Value = serde_json::from_str(&fs::read_to_string(entry.path()).unwrap()).unwrap();
            if let Some(at) = facts["renewal_failed_at"].as_i64() {
                facts["renewal_failed_at"] = value!(at - seconds);
                fs::write(entry.path(), facts.to_string()).unwrap();
            }
        }
    }
}
