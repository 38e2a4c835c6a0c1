//! Runs the STS double interactively: Biz Corp's world on loopback, with an MFA code for each key press.
//!
//! ```text
//! cargo run --example fake-sts
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program to look at while it runs")]

use std::env;
use std::fs::OpenOptions;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use test_support::{Authority, Call, FakeSts, Fault, Outcome, STEP_SECONDS, ServerTls, Validity, World, biz_corp};

const HELP: &str = "\
A double of AWS STS with the world of the walk-through.

usage: fake-sts [--port N] [--tls FILE] [--slow SECONDS] [--clock-offset SECONDS] [--fault KIND]

  --port N                listen on this port of 127.0.0.1 (any free one)
  --tls FILE              speak TLS; FILE gets the certificate to trust, added to what it has
  --slow SECONDS          answer this much later (decimals allowed)
  --clock-offset SECONDS  run the double's clock this far ahead, or behind if negative
  --fault KIND            throttle, 5xx, hang or garbage, for every request
  --help                  this text

While it runs: an empty line shows the MFA code, `codes` the ones before and after too, `clear`
ends all faults, `slow SECONDS` answers later from now on, `sessions SECONDS` lets new sessions last
so long only, `expire` ends all sessions given out, `quit` or the end of input ends the double.
";

#[derive(Default)]
struct Options {
    port: u16,
    tls: Option<PathBuf>,
    faults: Vec<Fault>,
}

fn main() -> ExitCode {
    match parse(env::args().skip(1)) {
        Ok(None) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Some(options)) => match run(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("fake-sts: {error}");
                ExitCode::FAILURE
            }
        },
        Err(message) => {
            eprintln!("fake-sts: {message}; see --help");
            ExitCode::from(2)
        }
    }
}

/// `None` if help was requested.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(option) = args.next() {
        if option == "--help" {
            return Ok(None);
        }
        let (option, value) = match option.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (option, args.next()),
        };
        let known = ["--port", "--tls", "--slow", "--clock-offset", "--fault"];
        if !known.contains(&option.as_str()) {
            return Err(format!("there is no option {option}"));
        }
        let value = value.ok_or_else(|| format!("{option} needs a value"))?;
        let bad = || format!("{option} does not take {value:?}");
        match option.as_str() {
            "--port" => options.port = value.parse().map_err(|_| bad())?,
            "--tls" => options.tls = Some(value.into()),
            "--slow" => options.faults.push(Fault::Slow(delay(&value).ok_or_else(bad)?)),
            "--clock-offset" => {
                let seconds: i32 = value.parse().map_err(|_| bad())?;
                options.faults.push(Fault::ClockOffset(seconds.into()));
            }
            _ => options.faults.push(fault(&value).ok_or_else(bad)?),
        }
    }
    Ok(Some(options))
}

fn delay(seconds: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

fn fault(kind: &str) -> Option<Fault> {
    match kind {
        "throttle" => Some(Fault::Throttle),
        "5xx" => Some(Fault::ServerError(503)),
        "hang" => Some(Fault::Hang),
        "garbage" => Some(Fault::Garbage),
        _ => None,
    }
}

fn run(options: Options) -> io::Result<()> {
    let tls = options.tls.as_deref().map(tls).transpose()?;
    let trust = options.tls.map_or_else(String::new, |file| format!(" AWS_CA_BUNDLE={}", file.display()));
    let sts = FakeSts::start_on(options.port, World::biz_corp(), tls)?;
    for fault in options.faults {
        sts.fault(fault, None);
    }
    let calls = sts.follow();
    // The thread ends when the double is dropped, because that closes the channel.
    let reporter = thread::spawn(move || calls.iter().try_for_each(|call| report(&call)));

    introduce(&sts, &trust)?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [] => show_code(&sts)?,
            ["codes"] => show_codes(&sts)?,
            ["clear"] => sts.clear_faults(),
            ["slow", seconds] => match delay(seconds) {
                Some(delay) => sts.fault(Fault::Slow(delay), None),
                None => say("# slow SECONDS")?,
            },
            ["sessions", seconds] => match seconds.parse() {
                Ok(seconds) => sts.shorten_sessions(seconds),
                Err(_) => say("# sessions SECONDS")?,
            },
            ["expire"] => sts.expire_sessions(),
            ["quit"] => break,
            _ => say(&format!("# no such words: {line}"))?,
        }
    }
    drop(sts);
    reporter.join().unwrap_or(Ok(()))
}

/// A certificate for this machine from a new authority. The authority's own certificate is appended to `file`.
fn tls(file: &Path) -> io::Result<ServerTls> {
    let authority = Authority::new("fake-sts");
    let mut bundle = OpenOptions::new().append(true).create(true).open(file)?;
    bundle.write_all(authority.pem().as_bytes())?;
    Ok(authority.server(&["127.0.0.1", "localhost"], Validity::Good))
}

/// Lines that are not for evaluation are shell comments, so the whole text can be pasted.
fn introduce(sts: &FakeSts, trust: &str) -> io::Result<()> {
    say(&format!("export AWS_ENDPOINT_URL_STS={}{trust}", sts.url()))?;
    for (name, value) in [
        ("access key id", biz_corp::ACCESS_KEY_ID),
        ("secret", biz_corp::SECRET_ACCESS_KEY),
        ("MFA device", biz_corp::MFA_SERIAL),
        ("external id", biz_corp::EXTERNAL_ID),
        ("roles", biz_corp::BIZ_CORP_ROLE),
        ("", biz_corp::DEPLOY_ROLE),
        ("", biz_corp::NO_MFA_ROLE),
        ("", biz_corp::LONG_ROLE),
    ] {
        say(&format!("# {name:<14}{value}"))?;
    }
    show_code(sts)
}

fn show_code(sts: &FakeSts) -> io::Result<()> {
    let code = sts.current_code(biz_corp::MFA_SERIAL);
    say(&format!("# code {code}, {} s left", seconds_left(sts)))
}

fn show_codes(sts: &FakeSts) -> io::Result<()> {
    let [before, now, after] = [-1, 0, 1].map(|steps| sts.code_after(biz_corp::MFA_SERIAL, steps));
    say(&format!("# codes {before} {now} {after}, the middle one for {} s more", seconds_left(sts)))
}

fn seconds_left(sts: &FakeSts) -> u64 {
    STEP_SECONDS - sts.now().timestamp().unsigned_abs() % STEP_SECONDS
}

fn report(call: &Call) -> io::Result<()> {
    let outcome = match &call.outcome {
        Outcome::Ok => "ok".to_owned(),
        Outcome::Error { status, code, message } => format!("{status} {code}: {}", message.trim_end()),
        Outcome::NoAnswer => "no answer".to_owned(),
    };
    let action = if call.action.is_empty() { "(no action)" } else { &call.action };
    let role = call.param("RoleArn").unwrap_or("-");
    say(&format!("{} {action} {role} {outcome}", call.at.format("%H:%M:%S%.3f")))
}

/// Prints one line and flushes it, because the reader may be a pipe.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
