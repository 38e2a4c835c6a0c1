//! Ends a program with its descendants. It has no process group of its own, so that it can prompt on the terminal.

use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// A program of another user cannot be killed.
const KILL_LIMIT: Duration = Duration::from_secs(1);

/// In the environment of a program and its descendants. Recognises those that have left its tree.
pub(super) fn run_id() -> String {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    format!("{}-{:x}", std::process::id(), since_epoch.map_or(0, |time| time.as_nanos()))
}

pub(super) fn kill(child: &mut Child, run: &str) {
    kill_all(child, run);
    // An error means that it has ended.
    let _ = child.kill();
    let _ = wait(child, Instant::now() + KILL_LIMIT);
}

/// `None` after `until`.
pub fn wait(child: &mut Child, until: Instant) -> Option<ExitStatus> {
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => sleep(pause),
            Ok(None) | Err(_) => return None,
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

#[cfg(unix)]
fn kill_all(child: &Child, run: &str) {
    use std::collections::BTreeSet;

    use rustix::process::{Pid, Signal, kill_process};

    /// Gives up on a program that starts others as fast as they are found.
    const ROUNDS: u32 = 10;

    let send = |pid: &i32, signal| {
        let _ = Pid::from_raw(*pid).map(|pid| kill_process(pid, signal));
    };
    let Ok(root) = i32::try_from(child.id()) else { return };
    let mut stopped = BTreeSet::new();
    for _ in 0..ROUNDS {
        let new: Vec<_> = descendants(root, run).difference(&stopped).copied().collect();
        if new.is_empty() {
            break;
        }
        // A stopped process cannot start others.
        for pid in &new {
            send(pid, Signal::STOP);
        }
        stopped.extend(new);
    }
    for pid in &stopped {
        send(pid, Signal::KILL);
    }
}

/// Includes `root`, and processes with a dead parent if their environment is readable.
#[cfg(unix)]
fn descendants(root: i32, run: &str) -> std::collections::BTreeSet<i32> {
    let all = processes();
    let mut found: std::collections::BTreeSet<_> =
        all.iter().map(|(pid, _)| *pid).filter(|pid| is_of(*pid, run)).collect();
    found.insert(root);
    let mut before = 0;
    while found.len() > before {
        before = found.len();
        let children: Vec<_> = all.iter().filter(|(_, parent)| found.contains(parent)).map(|(pid, _)| *pid).collect();
        found.extend(children);
    }
    found
}

/// Each process with its parent (proc_pid_stat(5)).
#[cfg(target_os = "linux")]
fn processes() -> Vec<(i32, i32)> {
    let pids = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, parent_of(pid)?))).collect()
}

#[cfg(target_os = "linux")]
pub(super) fn parent_of(pid: i32) -> Option<i32> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may contain any character.
    let behind_name = &stat[memchr::memrchr(b')', &stat)? + 1..];
    std::str::from_utf8(behind_name).ok()?.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(target_os = "linux")]
fn is_of(pid: i32, run: &str) -> bool {
    std::fs::read(format!("/proc/{pid}/environ"))
        .is_ok_and(|environment| memchr::memmem::find(&environment, run.as_bytes()).is_some())
}

/// Each process with its parent (ps(1)).
#[cfg(all(unix, not(target_os = "linux")))]
fn processes() -> Vec<(i32, i32)> {
    let listed = std::process::Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed);
    let pair = |line: &str| {
        let mut columns = line.split_whitespace().map(str::parse);
        Some((columns.next()?.ok()?, columns.next()?.ok()?))
    };
    listed.lines().filter_map(pair).collect()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_of(_pid: i32, _run: &str) -> bool {
    false
}

#[cfg(not(unix))]
fn kill_all(child: &Child, _run: &str) {
    use std::process::{Command, Stdio};

    let Some(root) = crate::os::env::Env::process().text(crate::os::env::SYSTEMROOT) else { return };
    let mut taskkill = Command::new(std::path::Path::new(&root).join("System32").join("taskkill.exe"));
    taskkill.args(["/T", "/F", "/PID", &child.id().to_string()]);
    let started = taskkill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Ok(mut taskkill) = started {
        let _ = wait(&mut taskkill, Instant::now() + KILL_LIMIT);
    }
}
