//! Owns reading whole files under a size cap, replacing them whole, and who may read them.
//!
//! Refuses to decide who may own a file: that is the caller's.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Reads a whole file of at most `cap` bytes. `None` when there is no such file.
///
/// # Errors
/// Whatever the system says; `FileTooLarge` above the cap; `IsADirectory` for a directory on every system.
pub fn read_capped(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    match File::open(path) {
        Ok(file) => file.metadata().and_then(|metadata| read_open(file, &metadata, cap)).map(Some),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same of a file that is open.
///
/// # Errors
/// As [`read_capped`].
pub fn read_open(mut file: File, metadata: &Metadata, cap: u64) -> io::Result<Vec<u8>> {
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.len() > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let length = usize::try_from(metadata.len()).unwrap_or(0);
    let mut bytes = vec![0; length.saturating_add(1)];
    // A plain file comes by one read, which would have given a byte more if there were one.
    let first = match file.read(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        read => read?,
    };
    bytes.truncate(first);
    if first != length || !metadata.is_file() {
        // A FIFO or /proc file has no length to trust: the cap holds while reading, too.
        Read::by_ref(&mut file).take((cap + 1).saturating_sub(first as u64)).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// Puts `bytes` in the place of the file at `path`, or of the one that it leads to: whoever reads sees the old file or
/// the new one, readable by its owner alone.
///
/// # Errors
/// Whatever the system says; the old file is then as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize()?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".amplify-creds");
    let temporary = path.with_file_name(name);
    let write = || {
        let _ = std::fs::remove_file(&temporary);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&temporary);
    })
}

/// Writes a file that others may read, too, or puts it in the place of the one at `path`: whoever reads sees the old file
/// or the new one.
///
/// # Errors
/// Whatever the system says; the old file is then as it was.
pub fn publish(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".amplify-creds");
    let temporary = path.with_file_name(name);
    let write = || {
        let _ = std::fs::remove_file(&temporary);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&temporary);
    })
}

/// Who can do what with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// The permission bits, such as `0o644`.
    pub mode: u32,
    /// Whether it belongs to another user than this one and root.
    pub is_foreign: bool,
    /// Whether it can be started as a program by somebody.
    pub is_program: bool,
}

/// The rights on what `path` leads to; `None` where nothing is there, or the system has no such rights.
#[cfg(unix)]
pub fn rights(path: &Path) -> Option<Rights> {
    use std::os::unix::fs::MetadataExt;
    let there = std::fs::metadata(path).ok()?;
    let (mode, owner) = (there.mode() & 0o7777, there.uid());
    let is_foreign = owner != 0 && owner != rustix::process::geteuid().as_raw();
    Some(Rights { mode, is_foreign, is_program: there.is_file() && mode & 0o111 != 0 })
}

/// The rights on what `path` leads to; `None` where nothing is there, or the system has no such rights.
#[cfg(not(unix))]
pub fn rights(_path: &Path) -> Option<Rights> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_is_none_and_the_cap_holds_without_a_length() {
        assert!(read_capped(Path::new("/no/such/file"), 10).unwrap().is_none());
        assert_eq!(read_capped(Path::new("/"), 10).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        let endless = read_capped(Path::new("/dev/zero"), 10).unwrap_err();
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
    }
}
