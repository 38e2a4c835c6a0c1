//! Replacing a file in one step: a reader sees the old file or the new one, also after a crash.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::fs::{private, rename};

/// Who can read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner.
    Private,
    /// Everybody whom the umask lets.
    Public,
}

/// A new file in the directory of the one that it replaces. Dropping it removes it.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    temporary: PathBuf,
}

impl AtomicFile {
    /// Writes `bytes` to `temporary`, in the directory of `path`. No other process may use that name at the same time: what
    /// a killed run left there is removed, and nothing there is followed. `like` makes the new file like the old one, where
    /// there is one.
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
        if access == Access::Private {
            private(&mut options);
        }
        let mut file = options.open(&temporary)?;
        let written = Self { path: path.to_owned(), temporary };
        file.write_all(bytes)?;
        if let Ok(old) = std::fs::metadata(path) {
            like(&file, &old)?;
        }
        file.sync_all()?;
        Ok(written)
    }

    /// Puts the new file in the place of the old one.
    pub fn commit(self) -> io::Result<()> {
        rename(&self.temporary, &self.path)?;
        sync_directory(&self.path);
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        // After the rename there is nothing left of that name.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Makes a rename or a new name last. Some file systems do not support it, which is ignored. Windows has no
/// such call, and NTFS keeps a journal of its names.
pub fn sync_directory(of: &Path) {
    if cfg!(unix)
        && let Some(directory) = of.parent()
        && let Ok(directory) = File::open(directory)
    {
        let _ = directory.sync_all();
    }
}

/// Replaces the file at `path`, or the one that it leads to, in one step: readable by its owner only, who stays the same
/// (under sudo that is not this user).
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize()?;
    AtomicFile::write(&path, with_suffix(&path, ".amplify-creds"), Access::Private, bytes, keep_owner)?.commit()
}

/// Writes a file that others may read, too, or replaces the one at `path` in one step, with its rights.
pub fn publish(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // No lock keeps two runs apart.
    let suffix = format!(".amplify-creds.{}", std::process::id());
    let keep_rights = |file: &File, old: &Metadata| {
        // A file system without modes returns an error here, and has no mode to keep.
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
    // The group has no rights, and is not everybody's to give.
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
