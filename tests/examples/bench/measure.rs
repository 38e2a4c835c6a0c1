//! Measures a command: instructions with callgrind, processor time of all ended children (no other child may run), and
//! wall time.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use crate::scenario::said;

/// The cost of a run without instructions.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// `None` if valgrind is not installed.
pub(crate) fn valgrind() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join("valgrind")).find(|file| file.is_file())
}

/// The number of instructions outside the kernel.
pub(crate) fn instructions(valgrind: &PathBuf, command: &Command) -> Result<u64, String> {
    let mut under = Command::new(valgrind);
    under.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(command.get_program());
    under.args(command.get_args()).env_clear();
    under.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = under.stdin(Stdio::null()).output().map_err(said)?;
    let shown = String::from_utf8_lossy(&run.stderr);
    let counted = shown.lines().find_map(|line| line.split_once("Collected :"));
    let counted = counted.and_then(|(_, number)| number.trim().parse().ok());
    counted.filter(|_| run.status.success()).ok_or_else(|| format!("callgrind did not count:\n{shown}"))
}

pub(crate) fn run(command: &mut Command) -> Result<Cost, String> {
    let before = of_children()?;
    let since = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().map_err(said)?;
    let wall = since.elapsed();
    let after = of_children()?;
    if !status.success() {
        return Err(format!("{command:?} failed"));
    }
    Ok(Cost { wall, cpu: after.saturating_sub(before) })
}

/// Processor time of all children that have ended.
fn of_children() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(said)?;
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    Ok(Duration::from_micros((micros(usage.user_time()) + micros(usage.system_time())).unsigned_abs()))
}

/// A command, and the action that restores its initial state.
pub(crate) struct Case<'a> {
    pub(crate) command: Command,
    pub(crate) before: Option<&'a dyn Fn()>,
}

impl From<Command> for Case<'_> {
    fn from(command: Command) -> Self {
        Self { command, before: None }
    }
}

/// Runs all commands in turn for several rounds, so that disturbances affect all of them. Returns the costs of each by
/// round.
pub(crate) fn in_turn(cases: &mut [Case<'_>], rounds: usize) -> Result<Vec<Vec<Cost>>, String> {
    let mut costs = vec![Vec::with_capacity(rounds); cases.len()];
    for _ in 0..rounds {
        for (Case { command, before }, costs) in cases.iter_mut().zip(&mut costs) {
            before.inspect(|before| before());
            costs.push(run(command)?);
        }
    }
    Ok(costs)
}

/// The time until so many processes that start at once have all ended.
pub(crate) fn at_once(command: &mut Command, processes: usize) -> io::Result<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let since = Instant::now();
    let started: io::Result<Vec<_>> = (0..processes).map(|_| command.spawn()).collect();
    for mut child in started? {
        child.wait()?;
    }
    Ok(since.elapsed())
}

pub(crate) fn median<T: PartialOrd + Copy>(mut all: Vec<T>) -> T {
    all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    all[all.len() / 2]
}
