//! The version that another build of this program reports.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::core::call_chain::CallChain;

use super::child_output::finish;
use super::{env, process_tree};

const LONGEST: usize = 4 << 10;
const LONGEST_VERSION: usize = 32;
const DEADLINE: Duration = Duration::from_secs(2);

/// `0.1.0` if `program --version` prints `NAME 0.1.0`. `None` if it prints something else, fails, takes longer than 2 s
/// or has not ended at `until`.
pub fn version(program: &Path, name: &str, until: Instant) -> Option<String> {
    let run = process_tree::run_id();
    let mut child = Command::new(program)
        .arg("--version")
        .env(env::AMPLIFY_CREDS_CHAIN, CallChain::default().within_run(&run).to_json())
        .env_remove(env::AMPLIFY_CREDS_MFA_TOKEN)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let Some(finished) = finish(&mut child, until.min(Instant::now() + DEADLINE), LONGEST, false) else {
        process_tree::kill(&mut child, &run);
        return None;
    };
    let text = std::str::from_utf8(&finished.stdout).ok().filter(|_| finished.status.success())?;
    let version = text.strip_prefix(name)?.split_whitespace().next()?;
    let is_plain = |char: char| char.is_ascii_alphanumeric() || ".+-".contains(char);
    let is_version = version.starts_with(|char: char| char.is_ascii_digit()) && version.chars().all(is_plain);
    (is_version && version.len() <= LONGEST_VERSION).then(|| version.to_owned())
}
