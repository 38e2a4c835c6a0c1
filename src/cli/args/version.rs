//! The version, the target and the commit, as `--version` prints them.

use std::env::consts::{ARCH, OS};
use std::sync::LazyLock;

/// `packaging/build` sets it. A plain `cargo build` does not know the commit.
const COMMIT: Option<&str> = option_env!("AMPLIFY_CREDS_COMMIT");

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let commit = COMMIT.map(|commit| format!(", commit {commit}")).unwrap_or_default();
    format!("{} ({}{commit})", env!("CARGO_PKG_VERSION"), target())
});

/// `0.1.0 (x86_64-unknown-linux-musl, commit 3f1804f20c1d)`
pub(super) fn version() -> &'static str {
    &VERSION
}

/// The target triple. Cargo passes it only to build scripts.
fn target() -> String {
    let (vendor, system) = match OS {
        "macos" => ("apple", "darwin"),
        "windows" => ("pc", OS),
        _ => ("unknown", OS),
    };
    let environment =
        [("gnu", cfg!(target_env = "gnu")), ("musl", cfg!(target_env = "musl")), ("msvc", cfg!(target_env = "msvc"))];
    let suffix = environment.iter().find(|(_, is_it)| *is_it).map(|(name, _)| format!("-{name}")).unwrap_or_default();
    format!("{ARCH}-{vendor}-{system}{suffix}")
}
