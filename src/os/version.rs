//! The version that another build of this program reports.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::child_output::finish;
use super::env;

/// In bytes. A line of `--version` is shorter.
const LONGEST: usize = 4 << 10;
const DEADLINE: Duration = Duration::from_secs(2);

/// `0.1.0` if `program --version` prints `NAME 0.1.0`. `None` if it prints something else, fails or takes longer than
/// 2 s.
pub fn version(program: &Path, name: &str) -> Option<String> {
    let mut child = Command::new(program)
        .arg("--version")
        .env_remove(env::AMPLIFY_CREDS_MFA_TOKEN)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let Some(finished) = finish(&mut child, Instant::now() + DEADLINE, LONGEST, false) else {
        let _ = child.kill();
        let _ = child.wait();
        return None;
    };
    let text = std::str::from_utf8(&finished.stdout).ok().filter(|_| finished.status.success())?;
    let version = text.strip_prefix(name)?.split_whitespace().next()?;
    version.starts_with(|char: char| char.is_ascii_digit()).then(|| version.to_owned())
}
