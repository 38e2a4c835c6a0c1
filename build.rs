//! How the program is linked, where the compiler and the linker at hand can: with GCC's unwinder in it, instead of a library
//! more to be opened, mapped and searched at every start; and in release builds with packed pointers, each function once,
//! and laid out as link.ld says.
//!
//! Refuses to guess: what is asked of the linker has linked a small program before, and that has run.

use std::env::var;
use std::path::PathBuf;
use std::process::Command;

/// Pointers that a start moves take a bit each instead of 24 bytes; equal functions stand for each other; no index to the
/// tables of unwinding, which link.ld leaves out. GNU's C library knows packed pointers since 2.36, musl since 1.2.4, and
/// of the linkers LLVM's, which Rust brings for x86-64 Linux, takes all of these.
const ARGUMENTS: [&str; 3] = ["-Wl,-z,pack-relative-relocs", "-Wl,--icf=all", "-Wl,--no-eh-frame-hdr"];
const LAYOUT: &str = "link.ld";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={LAYOUT}");
    if target("OS") != "linux" {
        return;
    }
    if target("ENV") == "gnu" && has_archive() {
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
    // Elsewhere a panic unwinds.
    if var("PROFILE").is_ok_and(|profile| profile == "release") {
        let layout = format!("-Wl,{}/{LAYOUT}", var("CARGO_MANIFEST_DIR").unwrap_or_default());
        let arguments = [&ARGUMENTS[..], &[&layout]].concat();
        if links(&arguments) {
            for argument in arguments {
                println!("cargo:rustc-link-arg-bins={argument}");
            }
        }
    }
}

fn target(key: &str) -> String {
    var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default()
}

/// The compiler that links names the whole path of a file that it has, and of another what it was asked for.
fn has_archive() -> bool {
    const ARCHIVE: &str = "libgcc_eh.a";
    let linker = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let asked = Command::new(linker).arg(format!("-print-file-name={ARCHIVE}")).output();
    asked.is_ok_and(|answer| answer.status.success() && answer.stdout.trim_ascii() != ARCHIVE.as_bytes())
}

/// Whether a program that is linked so runs here: the C library must know packed pointers, too.
fn links(arguments: &[&str]) -> bool {
    let folder = PathBuf::from(var("OUT_DIR").unwrap_or_default());
    let (source, program) = (folder.join("probe.rs"), folder.join("probe"));
    let mut rustc = Command::new(var("RUSTC").unwrap_or_else(|_| "rustc".to_owned()));
    rustc.args(["--target", &var("TARGET").unwrap_or_default(), "-Cpanic=abort"]);
    rustc.args(var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().split('\x1f').filter(|flag| !flag.is_empty()));
    rustc.args(var("RUSTC_LINKER").map(|linker| format!("-Clinker={linker}")));
    rustc.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}")));
    rustc.arg("-o").arg(&program).arg(&source);
    std::fs::write(&source, "fn main() {}\n").is_ok()
        && rustc.output().is_ok_and(|built| built.status.success())
        && Command::new(&program).output().is_ok_and(|ran| ran.status.success())
}
