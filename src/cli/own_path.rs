//! Absolute paths of this program for a profile. The path that the user calls is first, because a package manager moves
//! its target with each version. Some tools cannot run a quoted path, so a path with blanks is followed by links
//! without blanks.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::cli::errors::failure::{Failure, INTERNAL};
use crate::os::env::{self, Env};

const NAME: &str = if cfg!(windows) { "amplify-creds.exe" } else { "amplify-creds" };

pub(super) fn own_paths(env: &Env) -> Result<Vec<String>, Failure> {
    let unknown = || Failure::new(INTERNAL, "cannot determine the path of this executable");
    let running = env::executable().filter(|path| path.exists()).ok_or_else(unknown)?;
    let called = env::arguments().next().map(PathBuf::from).unwrap_or_default();
    let stable = candidates(&called, env).into_iter().find(|path| *path != running && leads_to(path, &running));
    let has_blank = |path: &&PathBuf| path.to_string_lossy().contains(char::is_whitespace);
    let needs_link = stable.iter().chain([&running]).all(|path| has_blank(&path));
    let links = env.search_path().into_iter().map(|dir| dir.join(NAME)).filter(|_| needs_link);
    let links = links.chain(short_name(&running).filter(|_| needs_link));
    let links: Vec<_> = links.filter(|path| !has_blank(&path) && leads_to(path, &running)).collect();
    let paths: Vec<_> = stable.iter().chain(&links).chain([&running]).filter_map(|path| to_text(path)).collect();
    if paths.is_empty() { Err(unknown()) } else { Ok(paths) }
}

/// A path is returned unchanged. A name is searched in the directories of `PATH`.
fn candidates(called: &Path, env: &Env) -> Vec<PathBuf> {
    let dirs = if called.components().count() > 1 {
        env::current_directory().into_iter().collect()
    } else {
        env.search_path()
    };
    dirs.into_iter().map(|dir| dir.join(called)).collect()
}

/// The path in 8.3 names, if the Windows volume has them. Only `cmd` prints them without unsafe code.
#[cfg(windows)]
fn short_name(path: &Path) -> Option<PathBuf> {
    use std::os::windows::process::CommandExt;
    use std::process::{Command, Stdio};
    let path = path.to_str()?.trim_start_matches(r"\\?\");
    let mut cmd = Command::new("cmd.exe");
    cmd.raw_arg(format!("/D /C for %I in (\"{path}\") do @echo %~sI")).stdin(Stdio::null()).stderr(Stdio::null());
    let printed = cmd.output().ok().filter(|_| !path.contains('%'))?.stdout;
    Some(String::from_utf8(printed).ok()?.trim().into())
}

#[cfg(not(windows))]
fn short_name(_path: &Path) -> Option<PathBuf> {
    None
}

fn leads_to(path: &Path, running: &Path) -> bool {
    let is_plain = path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
    let (there, ours) = (fs::canonicalize(path), fs::canonicalize(running));
    is_plain && there.is_ok_and(|there| ours.is_ok_and(|ours| there == ours))
}

/// With slashes, which Windows also accepts and no tool reads as an escape.
fn to_text(path: &Path) -> Option<String> {
    let path: PathBuf = path.components().collect();
    let text = path.to_str()?;
    if cfg!(windows) { Some(text.trim_start_matches(r"\\?\").replace('\\', "/")) } else { Some(text.to_owned()) }
}
