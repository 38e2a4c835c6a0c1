//! FIFOs, directories, sockets and devices in the place of a file: a clear error or the usual result, never a hang.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use test_support::{Finished, TestHome, wait_until};

use crate::{json, without_mfa};

/// Fails if the program does not end.
#[track_caller]
fn end_of(command: &mut Command) -> Finished {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("the end", || child.try_wait().unwrap().is_some());
    child.wait_with_output().unwrap().into()
}

#[track_caller]
fn run(home: &TestHome, args: &[&str]) -> Finished {
    end_of(&mut home.command(args))
}

/// bash supports process substitution.
fn bash(home: &TestHome, script: &str) -> Command {
    let mut bash = Command::new("bash");
    bash.args(["-c", script, &home.program().display().to_string()]).env_clear().envs(home.environment());
    bash.env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    bash
}

fn remove(path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir_all(path);
}

type Make = fn(&Path);

fn make_fifo(path: &Path) {
    remove(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn make_directory(path: &Path) {
    remove(path);
    fs::create_dir(path).unwrap();
}

fn make_socket(path: &Path) {
    remove(path);
    // The path of a socket has a limit of about 100 bytes.
    let short = tempfile::tempdir().unwrap();
    let socket = short.path().join("s");
    drop(UnixListener::bind(&socket).unwrap());
    fs::rename(socket, path).unwrap();
}

#[test]
fn special_cache_file_still_returns_credentials() {
    let (_sts, home) = without_mfa();
    run(&home, &["process", "nomfa"]).succeeded();
    let locks = home.cache_dir().join("locks");
    let mut names: Vec<_> = fs::read_dir(&locks).unwrap().map(|entry| entry.unwrap().path()).collect();
    let notes = names.iter().filter(|path| path.extension().is_none_or(|extension| extension != "lock"));
    let temporary: Vec<_> = notes.map(|path| format!("{}.tmp", path.display()).into()).collect();
    names.extend(temporary);
    names.push(locks.join("epoch"));
    names.extend(["cache.json", "cache.json.tmp"].map(|name| home.cache_dir().join(name)));
    assert!(names.len() > 7, "{names:?}");
    for make in [make_fifo, make_directory, make_socket] {
        for path in &names {
            make(path);
            // If the session cannot be cached, a line on stderr reports that.
            let run = run(&home, &["process", "nomfa", "--refresh"]);
            assert_eq!(run.code, Some(0), "{}: {}", path.display(), run.stderr);
            json(&run.stdout);
            remove(path);
        }
    }
}

#[test]
fn special_file_as_an_input_is_named_in_the_error() {
    let (_sts, home) = without_mfa();
    let path = home.path().join("special");
    let shown = path.display().to_string();
    let rows: [(Make, &str); 2] = [(make_directory, "is a directory"), (make_socket, "it is a socket")];
    for (make, reason) in rows {
        make(&path);
        for args in [
            ["process", "nomfa", "--config-file", &shown],
            ["process", "nomfa", "--credentials-file", &shown],
            ["process", "nomfa", "--policy", &shown],
        ] {
            let run = run(&home, &args);
            run.failed_with(3);
            assert!(run.first_error_line().contains(reason), "{args:?} {}", run.stderr);
        }
    }
}

#[test]
fn process_substitution_and_late_writer_are_read() {
    let (_sts, home) = without_mfa();
    let config = "~/.aws/config";
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    for script in [
        format!("AWS_CONFIG_FILE=<(cat {config}) exec \"$0\" process nomfa"),
        format!("exec \"$0\" process nomfa --config-file <(sleep 0.2; cat {config})"),
        format!("exec \"$0\" process nomfa --policy <(echo '{policy}')"),
        format!("echo '{policy}' | \"$0\" process nomfa --policy /dev/stdin"),
        format!("mkfifo ~/fifo; (sleep 0.2; cat {config} >~/fifo) & AWS_CONFIG_FILE=~/fifo \"$0\" process nomfa"),
        "AWS_SHARED_CREDENTIALS_FILE=<(cat ~/.aws/credentials) exec \"$0\" process nomfa".to_owned(),
    ] {
        let run = end_of(&mut bash(&home, &script));
        assert_eq!(run.code, Some(0), "{script}: {}", run.stderr);
        json(&run.stdout);
    }
}

#[test]
fn special_output_file_is_rejected_before_writing() {
    let (_sts, home) = without_mfa();
    let path = home.path().join("special");
    let shown = path.display().to_string();
    let rows: [(Make, &str, &str); 2] = [
        (make_fifo, "it is a FIFO, and no process reads it", "it is not a regular file"),
        (make_socket, "it is a socket", "it is a socket"),
    ];
    for (make, appended, replaced) in rows {
        make(&path);
        let mut env = home.command(&["env", "nomfa", "--shell", "github"]);
        let run_env = end_of(env.env("GITHUB_ENV", &path));
        assert!(run_env.code == Some(3) && run_env.stderr.trim_end().ends_with(appended), "{}", run_env.stderr);
        let run_policy = run(&home, &["policy", "mfa", "--output", &shown, "--force"]);
        run_policy.failed_with(1);
        assert!(run_policy.first_error_line().ends_with(replaced), "{}", run_policy.stderr);
    }
}

#[test]
#[ignore = "waits 5 s for a writer; .ci/full runs it"]
fn fifo_that_no_process_writes_to_is_an_error() {
    let (_sts, home) = without_mfa();
    let path = home.path().join("special");
    make_fifo(&path);
    let run = run(&home, &["process", "nomfa", "--config-file", &path.display().to_string()]);
    run.failed_with(3);
    assert!(run.first_error_line().ends_with("no process wrote to it within 5 s"), "{}", run.stderr);
}
