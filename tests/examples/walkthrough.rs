//! Runs the main scenario on a fresh machine: the Biz Corp and Dev Corp walk-through of the Amplify documentation, with
//! the real binary of the same build profile, the STS double, and a temporary home directory. Prints each command and
//! its output, and fails on any difference. On a terminal the user types the displayed code. Without a terminal, a
//! pseudo-terminal answers the prompt.
#![expect(clippy::print_stdout, reason = "printing is what a walk-through is for")]

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use test_support::{FakeSts, Finished, TestHome, World, biz_corp};

type Step<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    match story() {
        Ok(()) => {
            println!("\nWalk-through finished: every step behaved as shown.");
            ExitCode::SUCCESS
        }
        Err(what) => {
            println!("\nUnexpected result: {what}");
            ExitCode::FAILURE
        }
    }
}

fn story() -> Step {
    let program = build()?;
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::biz_corp(program, &sts);

    tell("Biz Corp lets Dev Corp deploy through a role that asks for an external id and MFA.");
    tell("Dev Corp's developer has a user with keys. These are her files in a throw-away HOME:");
    for file in ["config", "credentials"] {
        println!("\n  ~/.aws/{file}");
        let text = std::fs::read_to_string(home.path().join(".aws").join(file)).map_err(|error| error.to_string())?;
        text.lines().for_each(|line| println!("    {line}"));
    }

    tell("Her profiles:");
    let list = show(&home, &["list"]);
    check(list.code == Some(0) && list.stdout.contains("bizcorprole  role"), "the list shows the role profile")?;

    tell("Credentials for the role. The code is asked for on the terminal, whatever has the standard streams:");
    let first = ask_for_code(&home, &sts)?;
    check(first.code == Some(0) && first.stdout.starts_with("{\"Version\":1,"), "the role's credentials are printed")?;
    check(sts.succeeded("AssumeRole") == 1, "AWS was asked once")?;

    tell("The second call answers from the Amplify CLI's cache: no code, no network.");
    let since = Instant::now();
    let second = show(&home, &["process", "bizcorprole"]);
    println!("  ({:.1} ms)", since.elapsed().as_secs_f64() * 1000.0);
    check(second.stdout == first.stdout && second.stderr.is_empty(), "the same credentials come again")?;
    check(sts.count("AssumeRole") == 1, "AWS was not asked again")?;

    tell("Somebody mistypes the external id. The cache does not answer for it, and AWS says no:");
    let path = home.path().join(".aws/config");
    let config = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    home.config(&config.replace(biz_corp::EXTERNAL_ID, "BizCorp-Ext-4712"));
    let code = sts.next_unused_code(biz_corp::MFA_SERIAL);
    let denied = show(&home, &["process", "bizcorprole", "--mfa-token", &code]);
    check(denied.code == Some(5) && denied.stdout.is_empty(), "it exits with 5 and prints no credentials")?;
    check(denied.stderr.contains("AccessDenied") && denied.stderr.contains("~/.aws/config:5"), "it points at the line")
}

/// `cargo run --example` builds only the example, so the binary is built here, unless `AMPLIFY_CREDS_BIN` names one.
fn build() -> Step<PathBuf> {
    if let Some(program) = std::env::var_os("AMPLIFY_CREDS_BIN") {
        return Ok(program.into());
    }
    let example = std::env::current_exe().map_err(|error| error.to_string())?;
    let profile = example.ancestors().nth(2).ok_or("the example lies in a target directory")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    // The variables that `cargo run` sets for this example would make ring's build script run again, and rebuild
    // everything above ring.
    let is_of_example =
        |name: &str| name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_example)) {
        build.env_remove(name);
    }
    build.args(["build", "--quiet", "--bin", "amplify-creds", "--manifest-path"]);
    build.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    build.arg("--target-dir").arg(profile.parent().ok_or("a profile directory has a parent")?);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    let status = build.status().map_err(|error| error.to_string())?;
    check(status.success(), "the binary builds")?;
    Ok(profile.join(format!("amplify-creds{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs `process bizcorprole` on the user's terminal, or on a pseudo-terminal.
fn ask_for_code(home: &TestHome, sts: &FakeSts) -> Step<Finished> {
    let code = sts.next_unused_code(biz_corp::MFA_SERIAL);
    println!("\n$ amplify-creds process bizcorprole");
    let finished = if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        println!("  (no phone here: the code is {code})");
        let mut command = Command::new(home.program());
        command.args(["process", "bizcorprole"]).env_clear().envs(home.environment());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().map_err(|error| error.to_string())?.into()
    } else {
        answer(home, &code)?
    };
    print_run(&finished);
    Ok(finished)
}

#[cfg(unix)]
fn answer(home: &TestHome, code: &str) -> Step<Finished> {
    let mut terminal = test_support::Terminal::start(home, "process bizcorprole", "</dev/null");
    let question = terminal.expect("Enter the MFA token code: ");
    print!("{}", question.replace('\r', ""));
    println!("Enter the MFA token code: {code}");
    terminal.type_line(code);
    let (_, left) = terminal.finish();
    check(left.before == left.after, "the terminal is as before")?;
    Ok(left.run)
}

/// Passes the code by a flag on systems without pseudo-terminals.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as the other")]
fn answer(home: &TestHome, code: &str) -> Step<Finished> {
    println!("  (--mfa-token {code})");
    Ok(home.run(&["process", "bizcorprole", "--mfa-token", code]))
}

fn show(home: &TestHome, args: &[&str]) -> Finished {
    println!("\n$ amplify-creds {}", args.join(" "));
    let finished = home.run(args);
    print_run(&finished);
    finished
}

fn print_run(run: &Finished) {
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        // A session token has a thousand characters, so the line is truncated.
        match line.char_indices().nth(150) {
            Some((end, _)) => println!("{}\u{2026}", &line[..end]),
            None => println!("{line}"),
        }
    }
    if run.code != Some(0) {
        println!("  (exit status {})", run.code.map_or_else(|| "none".to_owned(), |code| code.to_string()));
    }
}

fn tell(text: &str) {
    println!("\n# {text}");
}

fn check(holds: bool, what: &str) -> Step {
    if holds { Ok(()) } else { Err(format!("expected that {what}")) }
}
