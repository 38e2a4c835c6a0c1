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
use crate::os::fs::{create_private_dir, read_regular};

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
    /// Our copy of another build.
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

    pub fn state(&self) -> CopyState {
        match fs::symlink_metadata(&self.file.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return CopyState::Missing,
            Ok(metadata) if metadata.is_file() => {}
            _ => return CopyState::Foreign,
        }
        let Ok(Some(there)) = read_regular(&self.file.path, LARGEST) else { return CopyState::Foreign };
        if there == self.bytes {
            return CopyState::Current;
        }
        let digest = sha256_hex(&there);
        match self.recorded().copies.iter().find(|copy| copy.sha256 == digest) {
            Some(copy) if version_numbers(&copy.version) > version_numbers(env!("CARGO_PKG_VERSION")) => {
                CopyState::Current
            }
            Some(_) => CopyState::Outdated,
            None => CopyState::Foreign,
        }
    }

    /// The caller holds the edit lock. Records the copy before it exists: a crash leaves a record without a copy, not a copy that looks foreign.
    pub fn write(&self) -> Result<(), WriteError> {
        self.record().map_err(|reason| cannot("write", &self.record_file(), reason))?;
        self.replace().map_err(|reason| cannot("write", &self.file, reason))
    }

    fn record(&self) -> io::Result<()> {
        let mut record = self.recorded();
        let copy = RecordedCopy { sha256: sha256_hex(&self.bytes), version: env!("CARGO_PKG_VERSION").to_owned() };
        record.copies.retain(|known| known.sha256 != copy.sha256);
        record.copies.push(copy);
        let first = record.copies.len().saturating_sub(RECORDED);
        record.copies.drain(..first);
        let directory = self.record.parent().unwrap_or(Path::new("/"));
        create_private_dir(directory)?;
        let temporary = directory.join(unique_name("program-copies.")?);
        let text = serde_json::to_vec(&record)?;
        AtomicFile::write(&self.record, temporary, Access::Private, &text, |_, _| Ok(()))?.commit()
    }

    fn replace(&self) -> io::Result<()> {
        let directory = self.file.path.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(directory)?;
        let prefix = format!(".{NAME}.");
        remove_abandoned(directory, &prefix, Duration::ZERO);
        let temporary = directory.join(unique_name(&prefix)?);
        AtomicFile::write(&self.file.path, temporary, Access::Program, &self.bytes, |_, _| Ok(()))?.commit()
    }

    fn recorded(&self) -> Record {
        let bytes = read_regular(&self.record, LARGEST_RECORD).ok().flatten().unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn record_file(&self) -> Arc<SourceFile> {
        SourceFile::new(self.record.clone(), Path::new(""))
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
