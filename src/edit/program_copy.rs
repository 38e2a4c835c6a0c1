//! A copy of this program in the user's own directory for programs, because the directory of a package is replaced or
//! removed. A record of our copies tells them from programs that other installers put there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::core::digest::sha256_hex;
use crate::core::origin::SourceFile;
use crate::core::program_path::version_numbers;
use crate::os::atomic_file::{Access, AtomicFile, remove_abandoned, unique_name};
use crate::os::env::Env;
use crate::os::fs::{create_private_dir, is_program, read_regular};

use super::error::{WriteError, cannot};

const NAME: &str = if cfg!(windows) { "amplify-creds.exe" } else { "amplify-creds" };
/// In bytes. The program has less than 10 MiB.
const LARGEST: u64 = 256 << 20;
const LARGEST_RECORD: u64 = 16 << 10;
/// Recorded copies. The one before the last exists until its replacement.
const RECORDED: usize = 4;

#[derive(Debug)]
pub struct ProgramCopy {
    pub file: Arc<SourceFile>,
    bytes: Vec<u8>,
    record: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyState {
    Missing,
    /// The same bytes, or our copy of a newer version.
    Current,
    Outdated,
    /// A link, or a program that is not our copy.
    Foreign,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    copies: Vec<RecordedCopy>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RecordedCopy {
    sha256: String,
    version: String,
}

impl ProgramCopy {
    /// The copy of the program at `running`. `directory` contains the record.
    pub fn of(running: &Path, env: &Env, home: &Path, directory: &Path) -> Result<Self, WriteError> {
        let file = SourceFile::new(target(env, home), home);
        let source = SourceFile::new(running.to_owned(), home);
        let bytes = read_regular(running, LARGEST).map_err(|reason| cannot("read", &source, reason))?;
        let bytes = bytes.ok_or_else(|| cannot("read", &source, io::ErrorKind::NotFound.into()))?;
        Ok(Self { file, bytes, record: directory.join("program-copies.json") })
    }

    pub fn state(&self) -> Result<CopyState, WriteError> {
        let path = &self.file.path;
        let unreadable = |reason| cannot("read", &self.file, reason);
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(CopyState::Missing),
            Err(error) => return Err(unreadable(error)),
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Ok(CopyState::Foreign),
        }
        let there = read_regular(path, LARGEST).map_err(unreadable)?.unwrap_or_default();
        if there == self.bytes {
            return Ok(if is_program(path) { CopyState::Current } else { CopyState::Outdated });
        }
        let digest = sha256_hex(&there);
        Ok(match self.recorded().copies.iter().find(|copy| copy.sha256 == digest) {
            Some(copy) if version_numbers(&copy.version) > version_numbers(env!("CARGO_PKG_VERSION")) => {
                CopyState::Current
            }
            Some(_) => CopyState::Outdated,
            None => CopyState::Foreign,
        })
    }

    /// The caller holds the edit lock. Looks at the file again, because another installer may have created it
    /// meanwhile. `false` if the copy is current.
    pub fn write(&self) -> Result<bool, WriteError> {
        let is_new = match self.state()? {
            CopyState::Current => return Ok(false),
            CopyState::Foreign => return Err(WriteError::ForeignProgram(self.file.clone())),
            CopyState::Missing => true,
            CopyState::Outdated => false,
        };
        // Before the copy exists: a crash leaves a record without a copy, not a copy that looks foreign.
        self.record().map_err(|reason| {
            let record = SourceFile::new(self.record.clone(), Path::new(""));
            cannot("write", &record, reason)
        })?;
        match self.replace(is_new) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(WriteError::ForeignProgram(self.file.clone()))
            }
            Err(error) => Err(cannot("write", &self.file, error)),
            Ok(()) => Ok(true),
        }
    }

    fn record(&self) -> io::Result<()> {
        let mut record = self.recorded();
        let there = read_regular(&self.file.path, LARGEST).ok().flatten().map(sha256_hex);
        let copy = RecordedCopy { sha256: sha256_hex(&self.bytes), version: env!("CARGO_PKG_VERSION").to_owned() };
        record.copies.retain(|known| known.sha256 != copy.sha256);
        // Attempts that failed do not displace the copy that is there.
        record.copies.sort_by_key(|known| there.as_ref() == Some(&known.sha256));
        record.copies.push(copy);
        let first = record.copies.len().saturating_sub(RECORDED);
        record.copies.drain(..first);
        let directory = self.record.parent().unwrap_or(Path::new("/"));
        create_private_dir(directory)?;
        let temporary = directory.join(unique_name("program-copies.")?);
        let text = serde_json::to_vec(&record)?;
        AtomicFile::write(&self.record, temporary, Access::Private, &text, |_, _| Ok(()))?.commit()
    }

    fn replace(&self, is_new: bool) -> io::Result<()> {
        let directory = self.file.path.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(directory)?;
        let prefix = format!(".{NAME}.");
        remove_abandoned(directory, &prefix, Duration::ZERO);
        let temporary = directory.join(unique_name(&prefix)?);
        let new = AtomicFile::write(&self.file.path, temporary, Access::Program, &self.bytes, |_, _| Ok(()))?;
        if is_new { new.commit_new() } else { new.commit() }
    }

    fn recorded(&self) -> Record {
        let bytes = read_regular(&self.record, LARGEST_RECORD).ok().flatten().unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }
}

/// `~/.local/bin` (the XDG base directory specification), or a directory below `%LOCALAPPDATA%`.
fn target(env: &Env, home: &Path) -> PathBuf {
    if cfg!(windows) {
        let local = env.path("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData").join("Local"));
        return local.join("amplify-creds").join(NAME);
    }
    home.join(".local").join("bin").join(NAME)
}
