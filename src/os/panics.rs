//! Reports a panic in one line without its message, which can contain a secret.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::io;
use std::io::Write;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind, set_hook};
use std::process::ExitCode;

use thiserror::Error;

thread_local! {
    static CATCH: RefCell<Catch> = const { RefCell::new(Catch::Off) };
}

/// Whether this thread is in [`catch`], and the location of a panic there.
enum Catch {
    Off,
    On,
    Panicked(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("internal error at {0}")]
pub struct Panicked(String);

pub fn install_hook() {
    set_hook(Box::new(|info| {
        if !record(info) {
            // Empty unless RUST_BACKTRACE is set.
            let _ = write_report(&mut io::stderr().lock(), &place(info.location()), &Backtrace::capture());
        }
    }));
}

/// Returns exit status 1 after a panic, which the hook has reported.
pub fn exit_code(program: impl FnOnce() -> ExitCode) -> ExitCode {
    catch_unwind(AssertUnwindSafe(program)).unwrap_or(ExitCode::FAILURE)
}

/// Returns a panic of `task`. The hook does not report it.
pub fn catch<T>(task: impl FnOnce() -> T) -> Result<T, Panicked> {
    CATCH.set(Catch::On);
    let outcome = catch_unwind(AssertUnwindSafe(task));
    let state = CATCH.replace(Catch::Off);
    outcome.map_err(|_| match state {
        Catch::Panicked(place) => Panicked(place),
        Catch::Off | Catch::On => Panicked(place(None)),
    })
}

/// Records the location of a panic for [`catch`]. Returns false outside of `catch`.
fn record(info: &PanicHookInfo<'_>) -> bool {
    let recorded = CATCH.try_with(|state| {
        let mut state = state.try_borrow_mut().ok()?;
        if matches!(*state, Catch::On) {
            *state = Catch::Panicked(place(info.location()));
        }
        Some(!matches!(*state, Catch::Off))
    });
    recorded.ok().flatten().unwrap_or_default()
}

fn write_report(stderr: &mut dyn Write, place: &str, backtrace: &Backtrace) -> io::Result<()> {
    writeln!(
        stderr,
        "amplify-creds: internal error at {place}; to report it, open an issue with this line and amplify-creds --version"
    )?;
    if backtrace.status() == BacktraceStatus::Captured {
        writeln!(stderr, "{backtrace}")?;
    }
    Ok(())
}

/// `src/os/panics.rs:70`, with the crate's name for other crates. Omits the directories of the machine that compiled
/// the program.
fn place(location: Option<&Location<'_>>) -> String {
    let Some(location) = location else { return "an unknown place".to_owned() };
    format!("{}:{}", in_crate(location.file()), location.line())
}

fn in_crate(file: &str) -> &str {
    let is_separator = ['/', '\\'];
    let source = file.rfind("/src/").or_else(|| file.rfind("\\src\\"));
    source.map_or(file, |at| &file[file[..at].rfind(is_separator).map_or(0, |before| before + 1)..])
}

#[cfg(test)]
mod tests {
    use std::panic::take_hook;
    use std::process::Command;

    use super::*;

    const CHILD: &str = "os::panics::tests::child_panics";

    #[test]
    fn caught_panic_names_the_place_and_no_value() {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !record(info) {
                before(info);
            }
        }));
        let caught = catch(|| -> u8 { panic!("hunter2") }).unwrap_err().to_string();
        assert!(caught.starts_with("internal error at src/os/panics.rs:"), "{caught}");
        assert!(!caught.contains("hunter2"), "{caught}");
        assert_eq!(catch(|| 7), Ok(7), "later tasks run as before");
    }

    #[test]
    fn panic_prints_one_line_without_values() {
        let child = |backtrace: &str| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args([CHILD, "--exact", "--ignored", "--nocapture"]).env("RUST_BACKTRACE", backtrace);
            let ended = command.output().unwrap();
            assert!(ended.status.success(), "{ended:?}");
            String::from_utf8(ended.stderr).unwrap()
        };
        let stderr = child("0");
        assert!(stderr.starts_with("amplify-creds: internal error at src/os/panics.rs:"), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.contains("open an issue") && stderr.chars().count() < 200, "{stderr}");
        let stderr = child("1");
        assert!(stderr.lines().count() > 1, "{stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }

    #[test]
    #[ignore = "run in a process of its own by panic_prints_one_line_without_values"]
    fn child_panics() {
        install_hook();
        let code = exit_code(|| panic!("hunter2"));
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
    }

    #[test]
    fn place_has_no_directory_of_the_build_machine() {
        for (file, expected) in [
            ("src/os/panics.rs", "src/os/panics.rs"),
            ("/home/b/.cargo/registry/src/index-1/aws-sigv4-1.6.0/src/date.rs", "aws-sigv4-1.6.0/src/date.rs"),
            ("/rustc/abc/library/core/src/str/mod.rs", "core/src/str/mod.rs"),
            (r"C:\cargo\registry\src\index-1\ring-0.17.0\src\rsa.rs", r"ring-0.17.0\src\rsa.rs"),
        ] {
            assert_eq!(in_crate(file), expected);
        }
    }
}
