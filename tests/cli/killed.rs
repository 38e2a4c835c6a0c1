//! Kills a command at its system calls: each is before or after a request to AWS, a call of the key store or a write of
//! a file.

use std::collections::HashMap;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use test_support::TestHome;

const CALLS: &str =
    "connect,sendto,sendmsg,recvfrom,recvmsg,write,writev,rename,unlink,openat,fsync,flock,fchmod,close";

/// Runs of all kills in one test; `AMPLIFY_CREDS_KILLS=0` runs every kill.
const SAMPLE: usize = 60;

/// A command to kill, in a home of its own.
pub(crate) trait Victim {
    fn home(&self) -> &TestHome;
    fn command(&self) -> Command;
    /// Checks that nothing is lost and that a second run completes. `place` is for messages.
    fn check(&self, place: &str);
}

fn traced(victim: &impl Victim, options: &[&str]) -> Command {
    let log = victim.home().file("strace.log");
    let plain = victim.command();
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-s", "0", "-o", log.to_str().unwrap()]).args(options);
    command.arg(plain.get_program()).args(plain.get_args()).env_clear();
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// The calls of the first thread, because strace counts each thread separately: name and number.
fn calls(victim: &impl Victim) -> Vec<(String, usize)> {
    let run = traced(victim, &["-e", &format!("trace={CALLS}")]).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let log = fs::read_to_string(victim.home().file("strace.log")).unwrap();
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
fn is_killed(victim: &impl Victim, name: &str, number: usize) -> bool {
    let kill = format!("inject={name}:signal=KILL:when={number}");
    let run = traced(victim, &["-e", &format!("trace={name}"), "-e", &kill]).output().unwrap();
    victim.check(&format!("{name} {number}"));
    !run.status.success()
}

/// `new` returns `None` if gnome-keyring is not installed.
pub(crate) fn sweep<V: Victim>(new: impl Fn() -> Option<V> + Sync) {
    let Some(first) = new() else { return };
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
                    let is_killed = new().is_some_and(|victim| is_killed(&victim, name, *number));
                    killed.fetch_add(usize::from(is_killed), Ordering::SeqCst);
                }
            });
        }
    });
    let killed = killed.into_inner();
    eprintln!("{} calls, {} chosen, {killed} runs killed, keys lost: 0", all.len(), chosen.len());
    assert!(killed * 2 > chosen.len(), "{killed} of {} runs were killed", chosen.len());
}
