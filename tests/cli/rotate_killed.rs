//! Kills `keys rotate` at its system calls: each is before or after a request to AWS, a call of the key store or a write
//! of the journal.

use std::collections::HashMap;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use crate::rotate::{ROTATE, Story, story};

const CALLS: &str =
    "connect,sendto,sendmsg,recvfrom,recvmsg,write,writev,rename,unlink,openat,fsync,flock,fchmod,close";

/// Runs of all kills in this test; `AMPLIFY_CREDS_KILLS=0` runs every kill.
const SAMPLE: usize = 60;

fn traced(story: &Story, options: &[&str]) -> Command {
    let log = story.home.file("strace.log");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-s", "0", "-o", log.to_str().unwrap()]).args(options);
    command.arg(story.home.program()).args(ROTATE).env_clear();
    command.envs(story.home.environment()).envs(story.variables());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// The calls of the first thread, because strace counts each thread separately: name and number.
fn calls(story: &Story) -> Vec<(String, usize)> {
    let run = traced(story, &["-e", &format!("trace={CALLS}")]).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let log = fs::read_to_string(story.home.file("strace.log")).unwrap();
    let first = log.split_whitespace().next().unwrap();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let lines = log.lines().filter_map(|line| line.strip_prefix(first)?.trim_start().split_once('('));
    let calls = lines.filter(|(name, _)| CALLS.split(',').any(|call| call == *name));
    calls
        .map(|(name, _)| {
            let count = counts.entry(name.to_owned()).or_default();
            *count += 1;
            (name.to_owned(), *count)
        })
        .collect()
}

/// True if the run was killed.
fn survives(name: &str, number: usize) -> bool {
    let Some(story) = story() else { return false };
    let kill = format!("inject={name}:signal=KILL:when={number}");
    let run = traced(&story, &["-e", &format!("trace={name}"), "-e", &kill]).output().unwrap();
    let place = format!("{name} {number}: {}", story.records());
    story.has_a_key();
    let next = story.run(&ROTATE);
    // The killed run may have been complete.
    let is_complete = next.code == Some(1) && next.stderr.contains("--finish");
    assert!(next.code == Some(0) || is_complete, "{place}: {next:?}");
    story.is_rotated();
    !run.status.success()
}

#[test]
#[ignore = "takes a minute and needs strace"]
fn killed_run_loses_no_key_and_is_continued() {
    let Some(first) = story() else { return };
    if Command::new("strace").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "strace is not installed");
        eprintln!("strace is not installed");
        return;
    }
    let all = calls(&first);
    let sample = std::env::var("AMPLIFY_CREDS_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(SAMPLE);
    let step = if sample == 0 { 1 } else { all.len().div_ceil(sample) };
    let chosen: Vec<_> = all.iter().step_by(step).collect();
    let (next, killed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((name, number)) = chosen.get(next.fetch_add(1, Ordering::SeqCst)) {
                    killed.fetch_add(usize::from(survives(name, *number)), Ordering::SeqCst);
                }
            });
        }
    });
    let killed = killed.into_inner();
    eprintln!("{} calls, {} chosen, {killed} runs killed, keys lost: 0", all.len(), chosen.len());
    assert!(killed * 2 > chosen.len(), "{killed} of {} runs were killed", chosen.len());
}
