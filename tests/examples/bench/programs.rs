//! Builds the measured programs: this package's release build, and the yardstick, a Rust program that prints one line
//! and is built by the same profile in a temporary directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::scenario::said;

/// Builds the program if necessary.
pub(crate) fn release() -> Result<PathBuf, String> {
    let example = std::env::current_exe().map_err(said)?;
    let target = example.ancestors().nth(3).ok_or("the example lies in a target directory")?;
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    build(cargo().args(["--bin", "amplify-creds", "--locked"]).arg("--manifest-path").arg(manifest), target)?;
    Ok(target.join("release/amplify-creds"))
}

/// The minimal program, which exists as long as the directory.
pub(crate) fn yardstick() -> Result<(TempDir, PathBuf), String> {
    let dir = tempfile::tempdir().map_err(said)?;
    let manifest = include_str!("../../../Cargo.toml");
    let profile = manifest.split("\n[").find(|table| table.starts_with("profile.release]"));
    let profile = profile.ok_or("Cargo.toml has a release profile")?;
    let own = format!("[package]\nname = \"yardstick\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[{profile}");
    std::fs::create_dir(dir.path().join("src")).map_err(said)?;
    std::fs::write(dir.path().join("Cargo.toml"), own).map_err(said)?;
    std::fs::write(dir.path().join("src/main.rs"), "fn main() {\n    println!(\"{{}}\");\n}\n").map_err(said)?;
    let target = dir.path().join("target");
    build(cargo().arg("--manifest-path").arg(dir.path().join("Cargo.toml")), &target)?;
    let program = target.join("release/yardstick");
    Ok((dir, program))
}

fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release"]);
    // The variables that `cargo run` sets for this example would make ring's build script run again, and rebuild
    // everything above ring.
    let is_of_cargo =
        |name: &str| name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_of_cargo)) {
        cargo.env_remove(name);
    }
    cargo
}

fn build(cargo: &mut Command, target: &Path) -> Result<(), String> {
    let status = cargo.arg("--target-dir").arg(target).status().map_err(said)?;
    if status.success() { Ok(()) } else { Err("a program does not build".to_owned()) }
}
