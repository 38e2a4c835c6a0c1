//! Edits the user's own files: read, diff, back up, replace atomically.

mod change;
mod diff;
mod error;
mod file;
mod program_copy;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use zeroize::Zeroizing;

use crate::cache::store::Store;
use crate::core::origin::{Location, SourceFile};
use crate::core::utf8::InvalidByte;
use crate::os::atomic_file::ABANDONED;
use crate::os::fs::{create_private_dir, read_capped};
use crate::os::lock::{Attempt, Guard};
use crate::os::name_lock::NameLock;

pub use change::{Change, Original, Written};
pub use diff::diff;
pub use error::WriteError;
pub use program_copy::{CopyState, ProgramCopy};

use error::{LOCK_WAIT, cannot};

const OTHERS: u32 = 0o077;

/// Lets one process edit at a time. Backups are in the cache directory.
#[derive(Debug)]
pub struct Editor {
    directory: PathBuf,
    store: Store,
}

/// Proof that no other process of this program edits, if the file system allows a proof.
#[derive(Debug)]
pub enum Exclusive {
    Locked {
        _guard: Guard,
    },
    /// On a file system without locks.
    Named {
        _guard: NameLock,
    },
    None,
}

impl Original {
    /// Reads at most `cap` bytes. A missing file has no text.
    pub fn read(path: &Path, home: &Path, cap: u64) -> Result<Self, WriteError> {
        let file = SourceFile::new(path.to_owned(), home);
        let real = file::real_path(path).map_err(|reason| cannot("read", &file, reason))?;
        // Opening a FIFO would block until it has a writer.
        if fs::metadata(&real).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(WriteError::NoFile(file));
        }
        let text = current(&file, &real, cap)?;
        let mode = file::mode(&real);
        Ok(Self { file, real, cap, mode, text })
    }

    pub fn text(&self) -> &str {
        self.text.as_deref().map_or("", String::as_str)
    }

    pub fn exists(&self) -> bool {
        self.text.is_some()
    }

    /// By the path after following links.
    pub fn is_same_file(&self, other: &Self) -> bool {
        self.real == other.real
    }

    fn check_unchanged(&self) -> Result<(), WriteError> {
        // A link may have changed.
        let leads_here = file::real_path(&self.file.path).is_ok_and(|real| real == self.real);
        let is_unchanged = leads_here && current(&self.file, &self.real, self.cap)? == self.text;
        if is_unchanged { Ok(()) } else { Err(WriteError::Changed(self.file.clone())) }
    }
}

impl Change {
    pub fn new(original: Original, text: &str) -> Self {
        Self { original, text: Zeroizing::new(text.to_owned()), is_private: false, has_backup: true }
    }

    /// For a file that gets a secret: also removes the access of other users.
    #[must_use]
    pub fn private(self) -> Self {
        Self { is_private: true, ..self }
    }

    /// For a file whose secrets are removed: a backup would keep them.
    #[must_use]
    pub fn without_backup(self) -> Self {
        Self { has_backup: false, ..self }
    }

    pub fn is_nothing(&self) -> bool {
        *self.text == self.original.text() && self.modes().is_none()
    }

    /// The old and the new permissions, if they differ.
    fn modes(&self) -> Option<(u32, u32)> {
        let mode = self.original.mode.filter(|_| self.is_private)?;
        (mode & OTHERS != 0).then_some((mode, mode & !OTHERS))
    }

    pub fn check(&self) -> Result<(), WriteError> {
        file::check(&self.original.file, &self.original.real)
    }

    pub fn check_unchanged(&self) -> Result<(), WriteError> {
        self.original.check_unchanged()
    }
}

impl Editor {
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), store: Store::new(directory) }
    }

    /// A caller that reads the files under the lock does not overwrite another process's edit.
    pub fn lock(&self) -> Result<Exclusive, WriteError> {
        // A lock file in another user's directory would block that user. A backup is not possible there either.
        if !self.store.is_ours() {
            return Ok(Exclusive::None);
        }
        match self.store.locks().lock_within("edit", LOCK_WAIT) {
            Attempt::Held(guard) => Ok(Exclusive::Locked { _guard: guard }),
            Attempt::Unavailable(_) => {
                let named = NameLock::take(&self.directory.join("edit.running"), LOCK_WAIT);
                Ok(named.map_or(Exclusive::None, |guard| Exclusive::Named { _guard: guard }))
            }
            Attempt::Busy => Err(WriteError::Locked),
        }
    }

    /// If one change fails its checks, writes none. Every file is replaced atomically.
    pub fn write(&self, changes: &[Change], lock: &Exclusive) -> Result<Vec<Written>, WriteError> {
        for change in changes {
            change.check()?;
            change.original.check_unchanged()?;
        }
        let written = changes.iter().map(|change| {
            let is_new = !change.original.exists();
            let backup = if is_new || !change.has_backup { None } else { Some(self.back_up(change)?) };
            Ok(Written { file: change.original.file.clone(), backup, is_new })
        });
        let written = written.collect::<Result<Vec<_>, _>>()?;
        // Under the lock, a temporary file cannot belong to another process.
        let abandoned = if matches!(lock, Exclusive::Locked { .. }) { Duration::ZERO } else { ABANDONED };
        let mut prepared = Vec::new();
        for change in changes {
            let Change { original: Original { file, real, .. }, text, .. } = change;
            let mode = change.modes().map(|(_, mode)| mode);
            let new = file::prepare(real, text.as_bytes(), mode, abandoned)
                .map_err(|reason| cannot("write", file, reason))?;
            prepared.push((new, change));
        }
        for (new, change) in prepared {
            change.original.check_unchanged()?;
            new.commit().map_err(|reason| cannot("write", &change.original.file, reason))?;
        }
        Ok(written)
    }

    /// Backups are not next to the file, because it may be in a git repository.
    fn back_up(&self, change: &Change) -> Result<PathBuf, WriteError> {
        let Original { file, real, .. } = &change.original;
        let keep = || {
            if !self.store.is_ours() {
                return Err(io::Error::other("the directory belongs to another user"));
            }
            create_private_dir(&self.directory)?;
            let name = real.file_name().unwrap_or_default().to_string_lossy().into_owned();
            file::write_backup(&self.directory, &name, change.original.text().as_bytes())
        };
        let directory = self.directory.clone();
        keep().map_err(|reason| WriteError::Backup { file: file.clone(), directory, reason })
    }
}

fn current(file: &Arc<SourceFile>, real: &Path, cap: u64) -> Result<Option<Zeroizing<String>>, WriteError> {
    let Some(bytes) = read_capped(real, cap).map_err(|reason| cannot("read", file, reason))? else { return Ok(None) };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let invalid = InvalidByte::at(&Zeroizing::new(error.into_bytes()), offset);
            Err(WriteError::NotUtf8(Location { file: file.clone(), line: invalid.line }, invalid))
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
