//! The crash test: runs the program under strace, kills it at each system call that touches the cache, fails each call,
//! and checks what remains. `tests/faults/run` starts it.
//!
//! It is an example and not a test, because it takes minutes and needs strace. Where strace cannot run, it reports that
//! it skipped.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(target_os = "linux")]
mod judge;
#[cfg(target_os = "linux")]
mod scenario;
#[cfg(target_os = "linux")]
mod sessions;
#[cfg(target_os = "linux")]
mod trace;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("!!! SKIPPED: strace is Linux's. Nothing was tried.");
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::process::ExitCode;
    use std::time::{Duration, Instant, SystemTime};

    use crate::judge::{fault_is_survived, next_run_is_well};
    use crate::scenario::{Scenario, all};
    use crate::trace::{Call, Fault, Strace};

    /// Attempts for a fault that hit another call than intended, because timing may add a call before it.
    const TRIES: u32 = 3;
    /// Faults outside the cache for each scenario in a full run.
    const ELSEWHERE: usize = 150;

    struct Options {
        sample: Option<usize>,
        seed: u64,
    }

    /// The result of a scenario.
    #[derive(Default)]
    struct Tally {
        tried: usize,
        missed: usize,
        failures: Vec<String>,
        by_kind: BTreeMap<String, usize>,
    }

    pub(crate) fn main() -> ExitCode {
        let Some(options) = parse(std::env::args().skip(1)) else {
            eprintln!("usage: tests/faults/run [--sample N] [--seed S]");
            return ExitCode::from(2);
        };
        let program =
            std::env::var_os("AMPLIFY_CREDS_BIN").map(PathBuf::from).and_then(|path| path.canonicalize().ok());
        let Some(program) = program else {
            eprintln!("AMPLIFY_CREDS_BIN names no program; start this by tests/faults/run");
            return ExitCode::from(2);
        };
        println!("seed {} (--seed repeats the random choices)", options.seed);
        let mut random = Random(options.seed);
        let mut failed = false;
        for scenario in all(&program) {
            let since = Instant::now();
            let Some(strace) = Strace::that_sees(&scenario) else {
                println!(
                    "\n!!! SKIPPED: strace cannot look into a program that hides its memory from this user (and there \
                     are no user namespaces to be root in). Run this as root. Nothing was tried.\n"
                );
                return if std::env::var_os("CI").is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            };
            let tally = run(&scenario, &strace, &options, &mut random);
            failed |= !tally.failures.is_empty();
            report(&scenario, &tally, since.elapsed());
        }
        if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    fn parse(mut args: impl Iterator<Item = String>) -> Option<Options> {
        let nanos = SystemTime::UNIX_EPOCH.elapsed().map_or(1, |since| u64::from(since.subsec_nanos()));
        let mut options = Options { sample: None, seed: nanos.max(1) };
        while let Some(option) = args.next() {
            match option.as_str() {
                "--sample" => options.sample = Some(args.next()?.parse().ok()?),
                "--seed" => options.seed = args.next()?.parse().ok().filter(|seed| *seed != 0)?,
                _ => return None,
            }
        }
        Some(options)
    }

    fn run(scenario: &Scenario, strace: &Strace, options: &Options, random: &mut Random) -> Tally {
        let calls = strace.calls(scenario);
        let (on_cache, elsewhere): (Vec<&Call>, Vec<&Call>) = calls.iter().partition(|call| call.touches_cache());
        let mut faults: Vec<Fault> = on_cache.into_iter().flat_map(Call::faults).collect();
        let mut others: Vec<Fault> = elsewhere.into_iter().flat_map(Call::faults).collect();
        if let Some(sample) = options.sample {
            random.choose(&mut faults, sample);
        }
        random.choose(&mut others, options.sample.map_or(ELSEWHERE, |sample| sample / 2));
        let mut tally = Tally::default();
        for fault in faults.iter().chain(&others) {
            inflict(scenario, strace, fault, &mut tally);
        }
        tally
    }

    fn inflict(scenario: &Scenario, strace: &Strace, fault: &Fault, tally: &mut Tally) {
        for _ in 0..TRIES {
            let before = scenario.prepare();
            let run = strace.run(scenario, fault);
            if !run.hit {
                continue;
            }
            tally.tried += 1;
            *tally.by_kind.entry(fault.kind()).or_default() += 1;
            let mut outcome = fault_is_survived(scenario, &before, fault, &run);
            if outcome.is_ok() {
                outcome = next_run_is_well(scenario, &before);
            }
            if let Err(what) = outcome {
                tally.failures.push(format!("{what}\n    {fault}\n    {}", run.summary()));
            }
            return;
        }
        tally.missed += 1;
    }

    fn report(scenario: &Scenario, tally: &Tally, took: Duration) {
        let survived = tally.tried - tally.failures.len();
        let kinds: Vec<_> = tally.by_kind.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        println!("\n{}: {} faults tried, {survived} survived ({} s)", scenario.name, tally.tried, took.as_secs());
        println!("  {}", kinds.join(", "));
        if tally.missed > 0 {
            println!("  {} more came to another call than they were meant for", tally.missed);
        }
        for failure in &tally.failures {
            println!("  FAILED: {failure}");
        }
    }

    /// A repeatable random generator (xorshift64).
    struct Random(u64);

    impl Random {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % end as u64).unwrap()
        }

        /// Keeps `count` random elements of `all` in their order.
        fn choose<T>(&mut self, all: &mut Vec<T>, count: usize) {
            while all.len() > count {
                all.remove(self.below(all.len()));
            }
        }
    }
}
