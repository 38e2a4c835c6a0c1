//! Reading whole files under a size cap, replacing them whole, whose they are and who may read them.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::io::Read;
use std::path::Path;

#[cfg(windows)]
pub use super::acl::create_private_dir;

/// Reads a whole file of at most `cap` bytes. `None` when there is no such file.
pub fn read_capped(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    match File::open(path) {
        Ok(file) => file.metadata().and_then(|metadata| read_open(file, &metadata, cap)).map(Some),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        // Windows does not open it.
        Err(_) if path.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
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
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1));
    // A FIFO or /proc file has no length to trust: the cap holds while reading, too.
    let read = Read::by_ref(&mut file).take(cap + 1).read_to_end(&mut bytes)?;
    if read as u64 > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// Makes a directory and its parents, readable by its owner alone.
#[cfg(unix)]
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// A file readable by its owner alone, never through a link.
pub fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(options, FILE_FLAG_OPEN_REPARSE_POINT);
}

/// The values of Windows's own headers.
#[cfg(windows)]
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// Gives the file `from` the name `to`, in the place of what has it.
#[cfg(not(windows))]
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// Gives the file `from` the name `to`, in the place of what has it. A virus scanner or an indexer that looks at one of
/// them just then makes Windows refuse, for a moment: it is tried again for a second.
#[cfg(windows)]
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    const ERROR_SHARING_VIOLATION: i32 = 32;
    let until = std::time::Instant::now() + std::time::Duration::from_secs(1);
    loop {
        match std::fs::rename(from, to) {
            Err(error)
                if std::time::Instant::now() < until
                    && (error.kind() == io::ErrorKind::PermissionDenied
                        || error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)) =>
            {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// Whether `path` belongs to somebody else: neither to this user nor, where this user is an administrator, to all
/// administrators. Not where the system does not tell, nor where nothing is there.
#[cfg(windows)]
pub fn is_another_users(path: &Path) -> bool {
    gix_sec::identity::is_path_owned_by_current_user(path).is_ok_and(|is_ours| !is_ours)
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

/// Windows has lists instead of modes, and no safe call reads them: nothing is said of them.
#[cfg(not(unix))]
pub fn rights(_path: &Path) -> Option<Rights> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Windows says of a file that somebody has open and shares with nobody.
    #[cfg(windows)]
    #[test]
    fn a_rename_waits_for_who_looks_at_the_file_for_a_moment() {
        use std::os::windows::fs::OpenOptionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        for (moment, is_renamed) in [(200, true), (3000, false)] {
            std::fs::write(&from, "new").unwrap();
            std::fs::write(&to, "old").unwrap();
            let looked_at = OpenOptions::new().read(true).share_mode(0).open(&to).unwrap();
            let looker = std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(moment));
                drop(looked_at);
            });
            assert_eq!(rename(&from, &to).is_ok(), is_renamed, "{moment} ms");
            looker.join().unwrap();
            assert_eq!(std::fs::read_to_string(&to).unwrap(), if is_renamed { "new" } else { "old" });
        }
    }

    #[test]
    fn missing_is_none_and_a_directory_is_no_file() {
        assert!(read_capped(Path::new("/no/such/file"), 10).unwrap().is_none());
        assert_eq!(read_capped(Path::new("/"), 10).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }

    #[cfg(unix)]
    #[test]
    fn the_cap_holds_without_a_length() {
        let endless = read_capped(Path::new("/dev/zero"), 10).unwrap_err();
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
    }
}
