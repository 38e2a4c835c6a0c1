//! Replaces a file in one step: a reader sees the old or the new file, even after a crash.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fs::{executable, private, rename};

/// A temporary file of this age has no writer any more, because a write takes a moment.
pub const ABANDONED: Duration = Duration::from_mins(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Private,
    /// As the umask allows.
    Public,
    Program,
}

#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    temporary: PathBuf,
}

impl AtomicFile {
    /// `temporary` is in the directory of `path`. No other process may use that name at the same time: a file that a
    /// killed run left is removed, and links are not followed. `like` copies attributes of an old file.
    pub fn write(
        path: &Path,
        temporary: PathBuf,
        access: Access,
        bytes: &[u8],
        like: impl FnOnce(&File, &Metadata) -> io::Result<()>,
    ) -> io::Result<Self> {
        match std::fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        match access {
            Access::Private => private(&mut options),
            Access::Program => executable(&mut options),
            Access::Public => {}
        }
        let mut file = options.open(&temporary)?;
        let written = Self { path: path.to_owned(), temporary };
        file.write_all(bytes)?;
        if let Ok(old) = std::fs::metadata(path) {
            like(&file, &old)?;
        }
        if access == Access::Program {
            owner_may_execute(&file)?;
        }
        file.sync_all()?;
        Ok(written)
    }

    /// Fails with `AlreadyExists` if another program has created the file meanwhile.
    pub fn commit_new(self) -> io::Result<()> {
        match std::fs::hard_link(&self.temporary, &self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Ok(()) => {
                sync_directory(&self.path);
                Ok(())
            }
            // Not every file system has hard links.
            Err(_) => self.commit(),
        }
    }

    pub fn commit(self) -> io::Result<()> {
        rename(&self.temporary, &self.path)?;
        sync_directory(&self.path);
        Ok(())
    }
}

#[cfg(unix)]
fn owner_may_execute(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    file.set_permissions(std::fs::Permissions::from_mode(mode | 0o700))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn owner_may_execute(_file: &File) -> io::Result<()> {
    Ok(())
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        // After the rename the file is missing.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Makes a rename or a new name durable. Ignores file systems that do not support it. Windows has no such call, and
/// NTFS has a journal of its names.
pub fn sync_directory(of: &Path) {
    if cfg!(unix)
        && let Some(directory) = of.parent()
        && let Ok(directory) = File::open(directory)
    {
        let _ = directory.sync_all();
    }
}

/// Replaces the file at `path`, or the target of a link, if `is_unchanged` returns true then. Only the owner can read
/// the new file. The owner does not change, even under sudo.
pub fn replace(path: &Path, bytes: &[u8], is_unchanged: impl Fn() -> bool) -> io::Result<()> {
    let path = path.canonicalize()?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let prefix = file_name(&path) + ".amplify-creds.";
    remove_abandoned(directory, &prefix, ABANDONED);
    let temporary = directory.join(unique_name(&prefix)?);
    let new = AtomicFile::write(&path, temporary, Access::Private, bytes, keep_owner)?;
    if is_unchanged() { new.commit() } else { Ok(()) }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Unique even on a file system without locks. Process ids repeat across containers.
pub fn unique_name(prefix: &str) -> io::Result<String> {
    Ok(format!("{prefix}{}.tmp", super::random::hex(8)?.expose()))
}

/// Removes the files of [`unique_name`] that a killed run left, if they are at least this old. They may contain
/// secrets.
pub fn remove_abandoned(directory: &Path, prefix: &str, oldest: Duration) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(prefix) && name.strip_suffix(".tmp").is_some());
        let modified = || entry.metadata().and_then(|metadata| metadata.modified()).ok();
        if is_ours && modified().and_then(|at| at.elapsed().ok()).is_some_and(|age| age >= oldest) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Writes or replaces a file that others may read. Keeps the old file's rights.
pub fn publish(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // Two runs may write at the same time, without a lock.
    let suffix = format!(".amplify-creds.{}", std::process::id());
    let keep_rights = |file: &File, old: &Metadata| {
        // Fails on a file system without modes.
        let _ = file.set_permissions(old.permissions());
        Ok(())
    };
    AtomicFile::write(&path, with_suffix(&path, &suffix), Access::Public, bytes, keep_rights)?.commit()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    // The group has no rights on the file.
    if file.metadata()?.uid() == old.uid() {
        return Ok(());
    }
    fchown(file, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn keep_owner(_file: &File, _old: &Metadata) -> io::Result<()> {
    Ok(())
}
