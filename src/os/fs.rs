use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::io::Read;
#[cfg(unix)]
use std::os::unix::fs::FileTypeExt;
use std::path::{Component, Path, PathBuf};

use crate::core::program_path::Surroundings;

#[cfg(windows)]
pub use super::acl::create_private_dir;

/// `None` if the file is missing. A FIFO is read until a deadline.
pub fn read_capped(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    read_if(path, cap, |_| true)
}

/// Fails for a FIFO or device, because users never replace this file by one.
pub fn read_regular(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    read_if(path, cap, |metadata| metadata.is_file() || metadata.is_dir())
}

fn read_if(path: &Path, cap: u64, is_readable: impl FnOnce(&Metadata) -> bool) -> io::Result<Option<Vec<u8>>> {
    match open_without_waiting(path) {
        Ok(file) => match file.metadata()? {
            metadata if is_readable(&metadata) => read_open(file, &metadata, cap).map(Some),
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
        },
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        // Windows cannot open a directory.
        Err(_) if path.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Err(_) if is_socket(path) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a socket")),
        Err(error) => Err(error),
    }
}

/// Without `NONBLOCK`, a FIFO would block until it has a writer. A terminal could become the controlling one.
#[cfg(unix)]
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::custom_flags(options.read(true), WITHOUT_WAITING.bits().cast_signed());
    match options.open(path) {
        // The file has a lease, fcntl(2), which its holder gives up soon.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => File::open(path),
        opened => opened,
    }
}

#[cfg(windows)]
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
const WITHOUT_WAITING: rustix::fs::OFlags = rustix::fs::OFlags::NONBLOCK.union(rustix::fs::OFlags::NOCTTY);

/// A FIFO without a reader is an error instead of a wait.
pub fn append_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, WITHOUT_WAITING.bits().cast_signed());
    match options.append(true).create(true).open(path) {
        Err(_) if is_socket(path) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a socket")),
        Err(_) if is_fifo(path) => Err(io::Error::other("it is a FIFO, and no process reads it")),
        opened => opened,
    }
}

/// Appends to a file of this user that only this user can read. Creates it with its directory.
pub fn append_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    private(options.append(true));
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Under sudo with HOME kept, new files would belong to root.
            if let Some(owner) = path.ancestors().find(|path| path.exists()).and_then(other_owner) {
                return Err(io::Error::other(format!("the directory belongs to {owner}")));
            }
            path.parent().map_or(Ok(()), create_private_dir)?;
            checked(path, options.create(true).open(path))
        }
        opened => checked(path, opened),
    }
}

/// The opposite of [`append_private`]. `None` if the file is missing.
pub fn open_private(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    private(options.read(true));
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => checked(path, opened).map(Some),
    }
}

fn checked(path: &Path, opened: io::Result<File>) -> io::Result<File> {
    let file = match opened {
        Err(_) if is_link(path) => return Err(io::Error::other("it is a symbolic link")),
        Err(_) if std::fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) => {
            return Err(io::Error::other("it is not a regular file"));
        }
        opened => opened?,
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other("it belongs to another user"));
        }
        if metadata.mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(windows)]
    if is_another_users(path) {
        return Err(io::Error::other("it belongs to another user"));
    }
    Ok(file)
}

#[cfg(unix)]
fn is_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| FileTypeExt::is_socket(&metadata.file_type()))
}

#[cfg(unix)]
fn is_fifo(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| FileTypeExt::is_fifo(&metadata.file_type()))
}

#[cfg(windows)]
fn is_socket(_path: &Path) -> bool {
    false
}

#[cfg(windows)]
fn is_fifo(_path: &Path) -> bool {
    false
}

pub fn read_open(mut file: File, metadata: &Metadata, cap: u64) -> io::Result<Vec<u8>> {
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    #[cfg(unix)]
    if !metadata.is_file() {
        return super::stream::read(file, cap);
    }
    if metadata.len() > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1));
    // A file of /proc does not report its true length.
    let read = Read::by_ref(&mut file).take(cap + 1).read_to_end(&mut bytes)?;
    if read as u64 > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

#[cfg(unix)]
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Readable only by the owner. Links are not followed. A FIFO at the path does not block.
pub fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW.union(WITHOUT_WAITING);
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(options, FILE_FLAG_OPEN_REPARSE_POINT);
}

/// Executable for every user, as the umask allows. Windows decides by the file's name.
pub fn executable(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o777);
    #[cfg(windows)]
    let _ = options;
}

#[cfg(windows)]
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// Whether the path is that of a file that can be executed. Windows decides by the file's name.
pub fn is_program(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
        && rights(path).is_none_or(|rights| rights.is_program)
}

pub fn surroundings(program: &str) -> Surroundings {
    let above = || Path::new(program).ancestors();
    let modules = above().filter(|path| path.file_name().is_some_and(|name| name == "node_modules")).last();
    Surroundings {
        is_in_environment: above().nth(2).is_some_and(|directory| directory.join("pyvenv.cfg").exists()),
        is_in_project: modules.and_then(Path::parent).is_some_and(|parent| parent.join("package.json").exists()),
    }
}

pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(not(windows))]
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// Retries for a second: Windows fails while a virus scanner or an indexer has one of the files open.
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

/// `None` if this user owns the file, or if it is missing. Links are followed.
#[cfg(unix)]
pub fn other_owner(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(path).ok()?.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return None;
    }
    let user = nix::unistd::User::from_uid(owner.into()).ok().flatten();
    Some(user.map_or_else(|| format!("uid {owner}"), |user| format!("{} (uid {owner})", user.name)))
}

/// No safe call reads the owner's name.
#[cfg(windows)]
pub fn other_owner(path: &Path) -> Option<String> {
    is_another_users(path).then(|| "another user".to_owned())
}

/// Resolves links. Unlike `canonicalize`, it accepts a missing file, which can be created.
pub fn without_links(path: &Path) -> io::Result<PathBuf> {
    // The kernel has the same limit.
    const LINKS: u32 = 40;
    let names = |path: &Path| path.components().rev().map(|name| name.as_os_str().to_owned()).collect::<Vec<_>>();
    let (mut real, mut rest, mut links) = (PathBuf::new(), names(path), 0);
    while let Some(name) = rest.pop() {
        if name == Component::ParentDir.as_os_str() {
            real.pop();
            continue;
        }
        // A root replaces the path.
        let next = real.join(&name);
        if !is_link(&next) {
            real = next;
            continue;
        }
        links += 1;
        if links > LINKS {
            return Err(io::Error::other("too many levels of symbolic links"));
        }
        rest.extend(names(&std::fs::read_link(&next)?));
    }
    Ok(real)
}

pub fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// For an administrator, files of the group of administrators are their own. False if the owner is unknown.
#[cfg(windows)]
pub fn is_another_users(path: &Path) -> bool {
    gix_sec::identity::is_path_owned_by_current_user(path).is_ok_and(|is_ours| !is_ours)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// The permission bits, such as `0o644`.
    pub mode: u32,
    pub is_foreign: bool,
    pub is_program: bool,
}

/// Follows links. `None` if the file is missing.
#[cfg(unix)]
pub fn rights(path: &Path) -> Option<Rights> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(path).ok()?;
    let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
    let is_foreign = owner != 0 && owner != rustix::process::geteuid().as_raw();
    Some(Rights { mode, is_foreign, is_program: metadata.is_file() && mode & 0o111 != 0 })
}

/// Windows has access control lists, and no safe call reads them.
#[cfg(not(unix))]
pub fn rights(_path: &Path) -> Option<Rights> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn rename_to_briefly_opened_file_is_retried() {
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
    fn missing_file_is_none_and_directory_is_an_error() {
        assert!(read_capped(Path::new("/no/such/file"), 10).unwrap().is_none());
        assert_eq!(read_capped(Path::new("/"), 10).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_resolved_up_to_a_missing_file() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        for (link, target) in
            [("up", "a/b/../.."), ("to", "missing/x"), ("a/next", "../to"), ("top", "/etc/x"), ("loop", "loop")]
        {
            symlink(target, root.join(link)).unwrap();
        }
        for (path, expected) in [
            ("a/b/c", "a/b/c"),
            ("up/a", "a"),
            ("to", "missing/x"),
            ("a/next/y", "missing/x/y"),
            ("a/./b/../c", "a/c"),
            ("top", "/etc/x"),
        ] {
            assert_eq!(without_links(&root.join(path)).unwrap(), root.join(expected), "{path}");
        }
        assert!(without_links(&root.join("loop")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn own_file_has_no_other_owner() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(other_owner(file.path()), None);
        assert_eq!(other_owner(Path::new("/no/such/file")), None);
        let root = other_owner(Path::new("/"));
        assert_eq!(root, (!rustix::process::geteuid().is_root()).then(|| "root (uid 0)".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn cap_without_length_is_an_error() {
        let endless = read_capped(Path::new("/dev/zero"), 10).unwrap_err();
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
    }
}
