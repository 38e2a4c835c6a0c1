//! Changing a person's own files: read, shown as a diff, backed up, replaced by temporary file and rename.
//!
//! What the new text is, is the caller's.

mod change;
mod diff;
mod error;
mod file;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use zeroize::Zeroizing;

use crate::cache::store::Store;
use crate::core::origin::SourceFile;
use crate::os::fs::create_private_dir;
use crate::os::fs::read_capped;
use crate::os::lock::{Attempt, Guard};

pub use change::{Change, Original, Written};
pub use diff::diff;
pub use error::WriteError;

use error::LOCK_WAIT;

/// What all but the owner may do.
const OTHERS: u32 = 0o077;

/// Edits files one process at a time, with backups beside the cache.
#[derive(Debug)]
pub struct Editor {
    directory: PathBuf,
    store: Store,
}

/// That no other process of ours edits; on a file system without locks, that none can be kept from it.
#[derive(Debug)]
pub struct Exclusive {
    _guard: Option<Guard>,
}

impl Original {
    /// Reads the file at `path`, of at most `cap` bytes. One that is not there is read as none.
    pub fn read(path: &Path, home: &Path, cap: u64) -> Result<Self, WriteError> {
        let file = SourceFile::new(path.to_owned(), home);
        let real = file::real_path(path).map_err(|reason| cannot("read", &file, reason))?;
        // Opening a FIFO would wait for a writer.
        if fs::metadata(&real).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(WriteError::NoFile(file));
        }
        let text = current(&file, &real, cap)?;
        let mode = file::mode(&real);
        Ok(Self { file, real, cap, mode, text })
    }

    /// The text; empty where there is no file.
    pub fn text(&self) -> &str {
        self.text.as_ref().map_or("", |text| text)
    }

    /// Whether there is a file.
    pub fn exists(&self) -> bool {
        self.text.is_some()
    }

    fn is_as_read(&self) -> Result<bool, WriteError> {
        // A link may lead elsewhere by now.
        let leads_here = file::real_path(&self.file.path).is_ok_and(|real| real == self.real);
        Ok(leads_here && current(&self.file, &self.real, self.cap)? == self.text)
    }
}

impl Change {
    /// Makes `text` of `original`.
    pub fn new(original: Original, text: &str) -> Self {
        Self { original, text: Zeroizing::new(text.to_owned()), is_private: false }
    }

    /// The same, which takes everybody else's rights from the file: for one that gets a secret.
    #[must_use]
    pub fn private(self) -> Self {
        Self { is_private: true, ..self }
    }

    /// Whether there is nothing to write.
    pub fn is_nothing(&self) -> bool {
        *self.text == self.original.text() && self.modes().is_none()
    }

    /// The permissions of the file and those that it gets, where they differ.
    fn modes(&self) -> Option<(u32, u32)> {
        let mode = self.original.mode.filter(|_| self.is_private)?;
        (mode & OTHERS != 0).then_some((mode, mode & !OTHERS))
    }

    /// Whether the file may be written at all; asked before a person is asked to agree to it.
    pub fn check(&self) -> Result<(), WriteError> {
        file::check(&self.original.file, &self.original.real)
    }
}

impl Editor {
    /// Keeps backups and locks in `directory`, the cache's.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), store: Store::new(directory) }
    }

    /// Waits until no other process of ours edits. Whoever reads the files under it loses nothing that another wrote.
    pub fn lock(&self) -> Result<Exclusive, WriteError> {
        // In another user's directory a lock file would be in that user's way; no backup can be kept there either.
        if !self.store.is_ours() {
            return Ok(Exclusive { _guard: None });
        }
        match self.store.locks().lock_within("edit", LOCK_WAIT) {
            Attempt::Held(guard) => Ok(Exclusive { _guard: Some(guard) }),
            Attempt::Unavailable(_) => Ok(Exclusive { _guard: None }),
            Attempt::Busy => Err(WriteError::Locked),
        }
    }

    /// Writes all of `changes`, or none where one of them is refused beforehand. Each file is the old or the new one at
    /// any moment.
    pub fn write(&self, changes: &[Change], _lock: &Exclusive) -> Result<Vec<Written>, WriteError> {
        for change in changes {
            change.check()?;
            unchanged(change)?;
        }
        let written = changes.iter().map(|change| {
            let backup = if change.original.exists() { Some(self.back_up(change)?) } else { None };
            Ok(Written { file: change.original.file.clone(), backup })
        });
        let written = written.collect::<Result<Vec<_>, _>>()?;
        let mut prepared = Vec::new();
        for change in changes {
            let Change { original: Original { file, real, .. }, text, .. } = change;
            let mode = change.modes().map(|(_, mode)| mode);
            let new = file::prepare(real, text.as_bytes(), mode).map_err(|reason| cannot("write", file, reason))?;
            prepared.push((new, change));
        }
        for (new, change) in prepared {
            unchanged(change)?;
            new.commit().map_err(|reason| cannot("write", &change.original.file, reason))?;
        }
        Ok(written)
    }

    /// Keeps a copy in the cache's directory, since the file itself may lie in a git tree: `config.backup.1` and so on.
    fn back_up(&self, change: &Change) -> Result<PathBuf, WriteError> {
        let Original { file, real, text, .. } = &change.original;
        let keep = || {
            if !self.store.is_ours() {
                return Err(io::Error::other("the directory belongs to another user"));
            }
            create_private_dir(&self.directory)?;
            let name = real.file_name().unwrap_or_default().to_string_lossy().into_owned();
            file::keep_numbered(&self.directory, &name, text.as_deref().map_or("", |text| text).as_bytes())
        };
        let directory = self.directory.clone();
        keep().map_err(|reason| WriteError::Backup { file: file.clone(), directory, reason })
    }
}

fn unchanged(change: &Change) -> Result<(), WriteError> {
    if change.original.is_as_read()? { Ok(()) } else { Err(WriteError::Changed(change.original.file.clone())) }
}

fn current(file: &Arc<SourceFile>, real: &Path, cap: u64) -> Result<Option<Zeroizing<String>>, WriteError> {
    let Some(bytes) = read_capped(real, cap).map_err(|reason| cannot("read", file, reason))? else { return Ok(None) };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(WriteError::NotUtf8(file.clone()))
        }
    }
}

fn cannot(what: &'static str, file: &Arc<SourceFile>, reason: io::Error) -> WriteError {
    WriteError::Io { what, file: file.clone(), reason }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
