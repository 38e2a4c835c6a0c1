use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::os::fs::{append_private, open_private, rename};
use crate::os::lock::{Attempt, Locks, survive_file_size_limit};

use super::record::{MAX_LINE, Parsed, Record};

/// Bytes. A longer file is renamed.
pub const MAX_FILE: u64 = 1 << 20;

/// Older files: `audit.jsonl.1` is the newest of them.
pub const OLD_FILES: u32 = 4;

const NAME: &str = "audit.jsonl";
const LOCK: &str = "audit";

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

    /// Appends the line in one write, which a local file system does not mix with those of other processes.
    pub fn append(&self, record: &Record) -> io::Result<()> {
        survive_file_size_limit();
        let (mut file, length) = self.open()?;
        if length > MAX_FILE
            && let Some(new) = self.rotated()
        {
            file = new;
        }
        let line = record.line();
        loop {
            match file.write(line.as_bytes()) {
                Ok(written) if written == line.len() => return Ok(()),
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

    /// The new file. `None` if another process renames the files, or if that fails: then the record is appended to the
    /// file that is already open, which may have the name of an old one.
    fn rotated(&self) -> Option<File> {
        let Attempt::Held(_guard) = self.locks().try_lock(LOCK) else { return None };
        // Another process may have renamed the file between the open and the lock.
        if std::fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.len() > MAX_FILE) {
            for number in (0..OLD_FILES).rev() {
                match rename(&self.numbered(number), &self.numbered(number + 1)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return None,
                    _ => {}
                }
            }
        }
        self.open().ok().map(|(file, _)| file)
    }

    /// The oldest first. The lock keeps a file from being renamed meanwhile; without it, it could be missed.
    pub fn read(&self) -> io::Result<Records> {
        let has_log = self.directory.is_dir();
        let _guard = has_log.then(|| self.locks().lock_within(LOCK, std::time::Duration::from_secs(1)));
        let mut files = VecDeque::new();
        for number in (0..=OLD_FILES).rev() {
            let path = self.numbered(number);
            files.extend(open_private(&path).map_err(|error| in_file(&path, error))?.map(BufReader::new));
        }
        Ok(Records { files, damaged: 0 })
    }

    fn numbered(&self, number: u32) -> PathBuf {
        if number == 0 { self.path.clone() } else { self.directory.join(format!("{NAME}.{number}")) }
    }

    fn locks(&self) -> Locks {
        Locks::in_dir(&self.directory)
    }
}

fn in_file(path: &Path, error: io::Error) -> io::Error {
    match path.extension().and_then(|number| number.to_str()) {
        Some(number) if number != "jsonl" => io::Error::new(error.kind(), format!("{NAME}.{number}: {error}")),
        _ => error,
    }
}

/// Reads a line at a time, because a log that could not be renamed may have any size.
pub struct Records {
    files: VecDeque<BufReader<File>>,
    damaged: usize,
}

impl Records {
    /// The lines that were skipped so far.
    pub fn damaged(&self) -> usize {
        self.damaged
    }
}

impl Iterator for Records {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let mut line = Vec::new();
        loop {
            let file = self.files.front_mut()?;
            line.clear();
            let read = file.by_ref().take(MAX_LINE as u64).read_until(b'\n', &mut line);
            if !matches!(read, Ok(1..)) {
                self.damaged += usize::from(read.is_err());
                self.files.pop_front();
                continue;
            }
            if line.len() == MAX_LINE && !line.ends_with(b"\n") && file.skip_until(b'\n').is_err() {
                self.files.pop_front();
            }
            match Record::parse(&line) {
                Some(Parsed { record, is_whole_line }) => {
                    self.damaged += usize::from(!is_whole_line);
                    return Some(record);
                }
                None => self.damaged += 1,
            }
        }
    }
}
