//! Links GCC's unwinder into the program instead of loading it at every start, for which a hit has no time: a library less
//! to be opened, mapped and searched for symbols. Where the archive is not there, the program loads it as Rust's own do.

use std::env::var;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is_gnu_linux = [("CARGO_CFG_TARGET_OS", "linux"), ("CARGO_CFG_TARGET_ENV", "gnu")]
        .iter()
        .all(|(key, value)| var(key).is_ok_and(|found| found == *value));
    if is_gnu_linux && has_archive() {
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// The compiler that links names the whole path of a file that it has, and of another what it was asked for.
fn has_archive() -> bool {
    const ARCHIVE: &str = "libgcc_eh.a";
    let linker = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let asked = Command::new(linker).arg(format!("-print-file-name={ARCHIVE}")).output();
    asked.is_ok_and(|answer| answer.status.success() && answer.stdout.trim_ascii() != ARCHIVE.as_bytes())
}
