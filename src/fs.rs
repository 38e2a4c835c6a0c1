//! Owns reading whole files under a size cap.
//!
//! Refuses to decide who may own a file: that is the caller's.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Reads a whole file of at most `cap` bytes. `None` when there is no such file.
///
/// # Errors
/// Whatever the system says; `FileTooLarge` above the cap; `IsADirectory` for a directory on every system.
pub fn read_capped(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    match File::open(path) {
        Ok(file) => read_open(file, cap).map(Some),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same of a file that is open.
///
/// # Errors
/// As [`read_capped`].
pub fn read_open(mut file: File, cap: u64) -> io::Result<Vec<u8>> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.len() > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1));
    // A FIFO or /proc file has no length to trust: the cap holds while reading, too.
    let read = file.by_ref().take(cap + 1).read_to_end(&mut bytes)?;
    if read as u64 > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
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
