use std::sync::LazyLock;

use crate::os::env::target;

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
