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
    /// Writes `bytes` to `NAME` with `suffix`, which no other process may use at the same time: what a killed run left under
    /// that name is removed, and nothing there is followed. `like` makes the new file like the old one, where there is one.
    pub fn write(
        path: &Path,
        suffix: &str,
        access: Access,
        bytes: &[u8],
        like: impl FnOnce(&File, &Metadata) -> io::Result<()>,
    ) -> io::Result<Self> {
        let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(suffix);
        let temporary = path.with_file_name(name);
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

/// Makes a rename or a new name last. A file system that cannot do that refuses, which is no reason to stop; Windows has no
/// such call, and NTFS keeps a journal of its names.
pub fn sync_directory(of: &Path) {
    if cfg!(unix)
        && let Some(directory) = of.parent()
        && let Ok(directory) = File::open(directory)
    {
        let _ = directory.sync_all();
    }
}
