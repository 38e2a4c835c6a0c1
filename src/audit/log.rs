use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::os::fs::{append_private, open_private, rename};
use crate::os::lock::{Attempt, Locks, survive_file_size_limit};

use super::record::{Parsed, Record};

/// Bytes. A longer file is renamed.
pub const MAX_FILE: u64 = 1 << 20;

/// Older files: `audit.jsonl.1` is the newest of them.
pub const OLD_FILES: u32 = 4;

const NAME: &str = "audit.jsonl";
const LOCK: &str = "audit";

/// A longer file than this many times [`MAX_FILE`] is reported, because it could not be renamed.
const MOST_TIMES: u64 = 2;

/// Why a long file could not be renamed. The record is in it.
#[derive(Debug)]
pub struct RotationError {
    pub length: u64,
    pub error: io::Error,
}

pub struct AuditLog {
    directory: PathBuf,
    path: PathBuf,
}

impl AuditLog {
    pub fn in_dir(directory: PathBuf) -> Self {
        Self { path: directory.join(NAME), directory }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Appends the line in one write, which a local file system does not mix with those of other processes.
    pub fn append(&self, record: &Record) -> io::Result<Option<RotationError>> {
        survive_file_size_limit();
        let (mut file, length) = self.open()?;
        let mut failed = None;
        if length > MAX_FILE {
            match self.rotated() {
                Ok(new) => file = new.unwrap_or(file),
                Err(error) if length > MOST_TIMES * MAX_FILE => failed = Some(RotationError { length, error }),
                Err(_) => {}
            }
        }
        let line = record.line();
        loop {
            match file.write(line.as_bytes()) {
                Ok(written) if written == line.len() => return Ok(failed),
                Ok(_) => return Err(io::ErrorKind::StorageFull.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn open(&self) -> io::Result<(File, u64)> {
        let file = append_private(&self.path)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    }

    /// The new file. `None` if another process renames the files. Then, and after an error, the record is appended to
    /// the file that is already open, which may have the name of an old one.
    fn rotated(&self) -> io::Result<Option<File>> {
        let _guard = match self.locks().try_lock(LOCK) {
            Attempt::Held(guard) => guard,
            Attempt::Busy => return Ok(None),
            Attempt::Unavailable(error) => return Err(error),
        };
        // Another process may have renamed the file between the open and the lock.
        if std::fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.len() > MAX_FILE) {
            for number in (0..OLD_FILES).rev() {
                let older = self.numbered(number + 1);
                match rename(&self.numbered(number), &older) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(in_file(&older, &error)),
                    _ => {}
                }
            }
        }
        self.open().map(|(file, _)| Some(file))
    }

    /// The oldest first. The lock keeps a file from being renamed meanwhile; without it, it could be missed. Old files
    /// that cannot be read are skipped.
    pub fn read(&self) -> io::Result<Records> {
        let has_log = self.directory.is_dir();
        let _guard = has_log.then(|| self.locks().lock_within(LOCK, std::time::Duration::from_secs(1)));
        let (mut files, mut skipped) = (VecDeque::new(), Vec::new());
        for number in (1..=OLD_FILES).rev() {
            let path = self.numbered(number);
            match open_private(&path) {
                Ok(file) => files.extend(file.map(BufReader::new)),
                Err(error) => skipped.push(SkippedFile { path, error }),
            }
        }
        files.extend(open_private(&self.path)?.map(BufReader::new));
        Ok(Records { files, skipped, ready: VecDeque::new(), damaged: 0 })
    }

    fn numbered(&self, number: u32) -> PathBuf {
        if number == 0 { self.path.clone() } else { self.directory.join(format!("{NAME}.{number}")) }
    }

    fn locks(&self) -> Locks {
        Locks::in_dir(&self.directory)
    }
}

fn in_file(path: &Path, error: &io::Error) -> io::Error {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

#[derive(Debug)]
pub struct SkippedFile {
    pub path: PathBuf,
    pub error: io::Error,
}

/// Reads a line at a time, because a log that could not be renamed may have any size.
pub struct Records {
    files: VecDeque<BufReader<File>>,
    skipped: Vec<SkippedFile>,
    /// The other records of the last line.
    ready: VecDeque<Record>,
    damaged: usize,
}

impl Records {
    pub fn skipped(&self) -> &[SkippedFile] {
        &self.skipped
    }

    /// The lines so far of which a part or all was skipped.
    pub fn damaged(&self) -> usize {
        self.damaged
    }
}

impl Iterator for Records {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let mut line = Vec::new();
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Some(record);
            }
            let file = self.files.front_mut()?;
            line.clear();
            let read = file.by_ref().take(MAX_FILE).read_until(b'\n', &mut line);
            if !matches!(read, Ok(1..)) {
                self.damaged += usize::from(read.is_err());
                self.files.pop_front();
                continue;
            }
            let is_cut = line.len() as u64 == MAX_FILE && !line.ends_with(b"\n");
            if is_cut && file.skip_until(b'\n').is_err() {
                self.files.pop_front();
            }
            let Parsed { records, is_damaged } = Record::parse(&line);
            self.damaged += usize::from(is_damaged);
            self.ready = records.into();
        }
    }
}
