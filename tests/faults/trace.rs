//! Runs the program under strace: lists its system calls, fails one of them, or kills the program at it.
//!
//! strace identifies a call by its name and count, so the trace is read afterwards to see whether the fault hit the
//! intended call.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use test_support::Finished;

use crate::scenario::Scenario;

/// The deadline of a run. The program's own deadlines (30 s for a call to STS, 5 s for a lock) are shorter.
const LIMIT: Duration = Duration::from_mins(1);

/// Errors of calls on a file.
const ERRORS: [&str; 6] = ["ENOSPC", "EIO", "EACCES", "EROFS", "EINTR", "EDQUOT"];
/// Errors of calls that need neither space nor rights.
const READ_ERRORS: [&str; 2] = ["EIO", "EINTR"];
/// Errors of a lock. The second means that another process holds it.
const LOCK_ERRORS: [&str; 4] = ["ENOLCK", "EAGAIN", "EINTR", "EIO"];

/// Calls that only change the cache, so that all later calls may fail without other effects.
const LASTING: [&str; 6] = ["flock", "fsync", "mkdir", "rename", "unlink", "fchmod"];

/// Calls that cannot fail this way, or that only the C library and the Rust runtime handle: the program is only killed
/// at these. This also applies to calls on the runtime's own descriptors, which are not files.
const RUNTIME: &str = "mmap munmap mprotect brk madvise rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack arch_prctl \
    set_tid_address set_robust_list rseq prlimit64 getrandom futex sched_getaffinity exit_group close fcntl pread64 access \
    getpid gettid getuid geteuid getppid epoll_wait epoll_ctl epoll_create1 eventfd2";
const NO_FILE: &str = "<anon_inode:";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    name: String,
    /// The number among calls of this name, counted from 1.
    number: usize,
    /// The cache file of the call, if any.
    target: Option<String>,
    is_runtimes: bool,
}

#[derive(Debug)]
pub(crate) struct Fault {
    call: Call,
    /// The error; `None` to kill the program.
    error: Option<&'static str>,
    /// Whether every later call of this name also fails, as on a disk that remains full.
    lasts: bool,
}

pub(crate) struct Run {
    pub(crate) finished: Finished,
    /// Whether the fault hit the intended call.
    pub(crate) hit: bool,
    pub(crate) hung: bool,
}

/// An strace command that can trace the program here.
pub(crate) struct Strace {
    /// The commands before it.
    prefix: Vec<&'static str>,
    log: PathBuf,
}

impl Call {
    pub(crate) fn touches_cache(&self) -> bool {
        self.target.is_some()
    }

    /// All faults that are possible here.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let errors: &[&str] = match self.name.as_str() {
            // The system starts the program with it.
            "execve" => return Vec::new(),
            "flock" => &LOCK_ERRORS,
            "read" | "lseek" | "getdents64" => &READ_ERRORS,
            _ if self.is_runtimes => &[],
            _ => &ERRORS,
        };
        let fault = |error, lasts| Fault { call: self.clone(), error, lasts };
        let once = errors.iter().map(|error| fault(Some(error), false));
        // A permanent EINTR or EAGAIN would rightly be retried forever.
        let lasting = errors.iter().filter(|error| !["EINTR", "EAGAIN"].contains(error));
        let lasting = lasting.filter(|_| self.touches_cache() && LASTING.contains(&self.name.as_str()));
        [fault(None, false)].into_iter().chain(once).chain(lasting.map(|error| fault(Some(error), true))).collect()
    }
}

impl Fault {
    pub(crate) fn kills(&self) -> bool {
        self.error.is_none()
    }

    pub(crate) fn is_on_cache(&self) -> bool {
        self.call.touches_cache()
    }

    /// The fault without its location.
    pub(crate) fn kind(&self) -> String {
        format!("{}{}", self.error.unwrap_or("KILL"), if self.lasts { " from then on" } else { "" })
    }

    fn argument(&self) -> String {
        let on = if self.lasts { "+" } else { "" };
        let what = self.error.map_or_else(|| "signal=KILL".to_owned(), |error| format!("error={error}"));
        format!("inject={}:{what}:when={}{on}", self.call.name, self.call.number)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = self.call.target.as_deref().unwrap_or("no file of the cache");
        write!(f, "strace -f -e {}   ({target})", self.argument())
    }
}

impl Run {
    /// A summary of the run for the report.
    pub(crate) fn summary(&self) -> String {
        let Finished { stdout, stderr, code } = &self.finished;
        let shown: String = stderr.chars().take(400).collect();
        format!("exit {code:?}, {} bytes on stdout, stderr {shown:?}", stdout.len())
    }
}

impl Strace {
    /// An strace that sees the files that the program opens. Root can trace directly. If the program's memory is not
    /// dumpable for this user, root of a user namespace can. `None` if neither works.
    pub(crate) fn that_sees(scenario: &Scenario) -> Option<Self> {
        let log = scenario.home.path().join("strace.log");
        [vec![], vec!["unshare", "--user", "--map-root-user", "--"]].into_iter().find_map(|prefix| {
            let strace = Self { prefix, log: log.clone() };
            strace.calls(scenario).iter().any(Call::touches_cache).then_some(strace)
        })
    }

    /// The calls of the first thread in a run without faults: strace counts each thread separately.
    pub(crate) fn calls(&self, scenario: &Scenario) -> Vec<Call> {
        scenario.prepare();
        let _ = fs::remove_file(&self.log);
        let _ = self.command(scenario, &[]).output();
        let log = String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned();
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut calls = Vec::new();
        for line in lines_of_first_thread(&log) {
            if let Some((name, target)) = call_in(line) {
                let number = counts.entry(name.to_owned()).or_default();
                *number += 1;
                let is_runtimes = RUNTIME.split(' ').any(|runtimes| runtimes == name) || line.contains(NO_FILE);
                calls.push(Call { name: name.to_owned(), number: *number, target, is_runtimes });
            }
        }
        calls
    }

    pub(crate) fn run(&self, scenario: &Scenario, fault: &Fault) -> Run {
        let _ = fs::remove_file(&self.log);
        let trace = format!("trace={}", fault.call.name);
        // Without --seccomp-bpf, because strace 6.1 then does not send the signal.
        let mut command = self.command(scenario, &["-e", &trace, "-e", &fault.argument()]);
        let since = Instant::now();
        let finished = command.output().expect("strace runs").into();
        let hung = since.elapsed() >= LIMIT;
        let log = String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned();
        // The log contains only this name, so the call's number is its line.
        let seen = lines_of_first_thread(&log).filter_map(call_in).nth(fault.call.number - 1);
        let hit = seen.is_some_and(|(name, target)| name == fault.call.name && target == fault.call.target);
        Run { finished, hit, hung }
    }

    fn command(&self, scenario: &Scenario, options: &[&str]) -> Command {
        let seconds = LIMIT.as_secs().to_string();
        // `timeout` kills the whole process group; a kill of strace would not.
        let mut words: Vec<&str> = vec!["timeout", "-s", "KILL", &seconds];
        words.extend(&self.prefix);
        words.extend(["strace", "-f", "-qq", "-y", "-s", "4", "-o", self.log.to_str().expect("a path of UTF-8")]);
        words.extend(options);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(scenario.home.program()).args(scenario.arguments());
        command.env_clear().envs(scenario.home.environment()).stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }
}

/// The lines of the log without the process number, which the first line has.
fn lines_of_first_thread(log: &str) -> impl Iterator<Item = &str> {
    let first = log.split_whitespace().next().unwrap_or_default();
    log.lines().filter_map(move |line| line.strip_prefix(first).map(str::trim_start))
}

/// The name of the call that begins in this line, and its cache file, by path or by descriptor.
fn call_in(line: &str) -> Option<(&str, Option<String>)> {
    let (name, rest) = line.split_once('(')?;
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    // The returned descriptor must be ignored: it does not exist yet if the call fails.
    let arguments = rest.rsplit_once(") = ").map_or(rest, |(arguments, _)| arguments);
    let target = arguments.find("/.amplify").map(|at| {
        let target = &arguments[at + 1..];
        target[..target.find(['"', '>']).unwrap_or(target.len())].to_owned()
    });
    Some((name, target))
}
