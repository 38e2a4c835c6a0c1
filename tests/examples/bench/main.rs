//! Measures a cache hit and a cold call, and compares them with goals and with an empty Rust program of the same build
//! profile:
//!
//! ```text
//! cargo run --release --example bench                   everything, some minutes with the builds
//! cargo run --example bench -- --check                  only instructions and sizes
//! cargo run --example bench -- --program P --static P   these builds, not one made here
//! ```
//!
//! Fails if instructions or sizes exceed their goals. Wall times are only printed.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]

#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod peers;
#[cfg(target_os = "linux")]
mod programs;
#[cfg(target_os = "linux")]
mod scenario;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("!!! SKIPPED: callgrind and these figures are Linux's. Nothing was measured.");
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::{Path, PathBuf};
    use std::process::{Command, ExitCode};

    use crate::measure::{Case, Cost, at_once, in_turn, instructions, median, valgrind};
    use crate::peers;
    use crate::programs::{release, yardstick};
    use crate::scenario::{Scenario, said};

    const ROUNDS: usize = 200;
    /// Bytes of the binary: 9.25 MiB.
    const LARGEST: u64 = 37 << 18;
    const AT_ONCE: usize = 256;
    const TRIES: usize = 3;

    /// Per cent above a goal that `--check` accepts.
    const LEEWAY: u64 = 5;

    #[derive(Default)]
    struct Options {
        only_check: bool,
        program: Option<PathBuf>,
        fixed: Option<PathBuf>,
    }

    /// The measurements and their goals.
    #[derive(Default)]
    struct Table {
        too_much: Vec<String>,
    }

    impl Table {
        /// A repeatable figure, which is compared with its goal.
        fn count(&mut self, what: &str, measured: u64, goal: u64) {
            println!("| {what} | {} | {} |", digits(measured), digits(goal));
            if measured > goal + goal * LEEWAY / 100 {
                self.too_much.push(format!("{what}: {} above {}", digits(measured), digits(goal)));
            }
        }

        /// A figure that is only printed.
        fn tell(what: &str, measured: &str, goal: &str) {
            println!("| {what} | {measured} | {goal} |");
        }
    }

    pub(crate) fn main() -> ExitCode {
        let Some(options) = parse(std::env::args().skip(1)) else {
            eprintln!("usage: bench [--check] [--program PATH] [--static PATH]");
            return ExitCode::from(2);
        };
        match table(&options) {
            Ok(table) if table.too_much.is_empty() => ExitCode::SUCCESS,
            Ok(table) => {
                eprintln!("\nbench: more than {LEEWAY} % too much:\n  {}", table.too_much.join("\n  "));
                ExitCode::FAILURE
            }
            Err(error) => {
                eprintln!("bench: {error}");
                ExitCode::FAILURE
            }
        }
    }

    fn parse(mut args: impl Iterator<Item = String>) -> Option<Options> {
        let mut options = Options::default();
        while let Some(option) = args.next() {
            match option.as_str() {
                "--check" => options.only_check = true,
                "--program" => options.program = Some(args.next()?.into()),
                "--static" => options.fixed = Some(args.next()?.into()),
                _ => return None,
            }
        }
        Some(options)
    }

    fn table(options: &Options) -> Result<Table, String> {
        let valgrind = valgrind().ok_or("there is no valgrind on the PATH")?;
        let program = match &options.program {
            Some(program) => program.canonicalize().map_err(said)?,
            None => release()?,
        };
        let fixed = options.fixed.as_ref().map(|program| program.canonicalize().map_err(said)).transpose()?;
        let (dir, yardstick) = yardstick()?;
        // Copied like `cargo install` does, because the way of writing a file affects how much of it the system maps at
        // once.
        let installed = dir.path().join("amplify-creds");
        std::fs::copy(&program, &installed).map_err(said)?;
        let program = installed;
        let mut table = Table::default();
        println!("| | measured | goal |\n| --- | --- | --- |");
        let count = |command: &Command| instructions(&valgrind, command);

        let hit = Scenario::hit(&program, 6, 10)?;
        let empty = Command::new(&yardstick);
        println!("| empty Rust program, instructions | {} | |", digits(count(&empty)?));
        let of_hit = count(&hit.command(&program))?;
        println!("| hit, instructions | {} | |", digits(of_hit));
        match &fixed {
            Some(fixed) => table.count("hit, static, instructions", count(&hit.command(fixed))?, 505_000),
            None => println!("| hit, static | not measured: no --static PATH | 500,000 |"),
        }
        let sealed = Scenario::sealed_hit(&program, 6, 10)?;
        match (&sealed, &fixed) {
            (Some(sealed), Some(fixed)) => {
                table.count("sealed hit, static, instructions", count(&sealed.command(fixed))?, 560_000);
            }
            (Some(sealed), None) => {
                println!("| sealed hit, instructions | {} | |", digits(count(&sealed.command(&program))?));
            }
            (None, _) => println!("| sealed hit | not measured: the kernel has no keyring here | 560,000 |"),
        }
        let many = Scenario::hit(&program, 5_000, 10)?;
        let per_profile = count(&many.command(&program))?.saturating_sub(of_hit) / (5_000 - 6);
        println!("| each further profile, instructions | {} | |", digits(per_profile));
        let full = Scenario::hit(&program, 6, 1_000)?;
        let per_entry = count(&full.command(&program))?.saturating_sub(of_hit) / (1_000 - 10);
        println!("| each further cache entry, instructions | {} | |", digits(per_entry));
        let cold = Scenario::cold(&program)?;
        match &cold {
            Some((cold, authorities)) => {
                let what = format!("cold call, one role over TLS, {authorities} authorities, instructions");
                // On a busy machine the first attempt may time out under callgrind, and then makes a second one.
                let tries = (0..TRIES).map(|_| {
                    cold.forget();
                    count(&cold.command(&program))
                });
                let least = tries.collect::<Result<Vec<_>, _>>()?.into_iter().min().unwrap_or_default();
                table.count(&what, least, 15_000_000);
            }
            None => println!("| cold call over TLS | not measured: the system has no bundle | 15,000,000 |"),
        }
        table.count("binary, bytes", size(&program)?, LARGEST);
        if let Some(fixed) = &fixed {
            table.count("binary, static, bytes", size(fixed)?, LARGEST);
        }
        if !options.only_check {
            walls(
                &yardstick,
                &program,
                fixed.as_deref(),
                [&hit, &many],
                sealed.as_ref(),
                cold.as_ref().map(|(cold, _)| cold),
            )?;
            peers::compare(&hit, &program)?;
        }
        Ok(table)
    }

    /// Measures wall times of all programs in turn.
    fn walls(
        yardstick: &Path,
        program: &Path,
        fixed: Option<&Path>,
        [hit, many]: [&Scenario; 2],
        sealed: Option<&Scenario>,
        cold: Option<&Scenario>,
    ) -> Result<(), String> {
        let mut cases: Vec<Case<'_>> =
            [Command::new(yardstick), hit.command(program), many.command(program)].map(Case::from).into();
        let mut names = vec![("empty Rust program", ""), ("hit", "1.60x"), ("hit among 5,000 profiles", "")];
        let forget = || cold.iter().for_each(|cold| cold.forget());
        if let Some(cold) = cold {
            cases.push(Case { command: cold.command(program), before: Some(&forget) });
            names.push(("cold call", ""));
        }
        if let Some(fixed) = fixed {
            cases.push(hit.command(fixed).into());
            names.push(("hit, static", "1.20x"));
        }
        if let Some(sealed) = sealed {
            cases.push(sealed.command(program).into());
            names.push(("sealed hit", "1.15x of a hit"));
        }
        let costs = in_turn(&mut cases, ROUNDS)?;
        for ((name, goal), of_one) in names.iter().zip(&costs) {
            let wall = median(of_one.iter().map(|cost| cost.wall).collect()).as_secs_f64() * 1e3;
            Table::tell(&format!("{name}, wall"), &format!("{wall:.2} ms, {:.2}x", ratio(of_one, &costs[0])), goal);
        }
        let mut all = vec![(Command::new(yardstick), "", ""), (hit.command(program), "", "")];
        all.extend(fixed.map(|fixed| (hit.command(fixed), ", static", "1.10x")));
        let mut times = vec![Vec::new(); all.len()];
        for _ in 0..9 {
            for ((command, ..), times) in all.iter_mut().zip(&mut times) {
                times.push(at_once(command, AT_ONCE).map_err(said)?.as_secs_f64());
            }
        }
        let empty = times[0].clone();
        for ((_, name, goal), times) in all.iter().zip(times).skip(1) {
            let wall = median(times.clone()) * 1e3;
            let ratio = median(times.iter().zip(&empty).map(|(one, other)| one / other).collect());
            Table::tell(&format!("{AT_ONCE} hits at once{name}, wall"), &format!("{wall:.0} ms, {ratio:.2}x"), goal);
        }
        Ok(())
    }

    /// The median ratio of two programs in the same round.
    fn ratio(one: &[Cost], other: &[Cost]) -> f64 {
        median(one.iter().zip(other).map(|(one, other)| one.wall.as_secs_f64() / other.wall.as_secs_f64()).collect())
    }

    fn size(program: &Path) -> Result<u64, String> {
        Ok(std::fs::metadata(program).map_err(said)?.len())
    }

    /// 1234567 as 1,234,567.
    fn digits(number: u64) -> String {
        match number {
            0..1_000 => number.to_string(),
            _ => format!("{},{:03}", digits(number / 1_000), number % 1_000),
        }
    }
}
