use std::path::Path;
use std::{fs, io};

use zeroize::Zeroizing;

use crate::os::fs::{open_without_waiting, read_open};

use super::members::Members;

pub const MAX_CACHE_BYTES: u64 = 64 << 20;

/// Why the file at `path` is unusable. `None` if it is usable or missing.
pub fn problem(path: &Path) -> Option<String> {
    match read_plain(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(error.to_string()),
        Ok(bytes) if std::str::from_utf8(&bytes).is_err() => {
            drop(Zeroizing::new(bytes));
            Some("it is not UTF-8".to_owned())
        }
        Ok(bytes) => Members::parse(&text(bytes)).is_none().then(|| "it is not a JSON object".to_owned()),
    }
}

pub(super) fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    let file = open_without_waiting(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    if !is_trusted(&metadata) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, UNTRUSTED));
    }
    read_open(file, &metadata, MAX_CACHE_BYTES)
}

const UNTRUSTED: &str = "it belongs to another user, or every user can write it";

/// Whether only this user, root or the group can write the file. Under umask 002 the Amplify CLI creates files that the
/// group can write.
#[cfg(unix)]
pub(super) fn is_trusted(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid()) && metadata.mode() & 0o002 == 0
}

/// On Windows the access list of the user's own directory protects the file.
#[cfg(windows)]
pub(super) fn is_trusted(_metadata: &fs::Metadata) -> bool {
    true
}

/// Text that is not UTF-8 becomes empty. A byte order mark is skipped, as in the Amplify CLI.
pub(super) fn text(bytes: Vec<u8>) -> Zeroizing<String> {
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Zeroizing::default()
        }
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}
