//! Replaces one file: link target, ownership check, temporary file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use crate::core::origin::SourceFile;
use crate::os::atomic_file::{Access, AtomicFile, remove_abandoned, sync_directory, unique_name};
use crate::os::backups::next_backup;
use crate::os::fs::{create_private_dir, private};

use super::error::WriteError;

/// The kernel has the same limit.
const LINKS: u32 = 40;

/// Follows links, even to a file that does not exist yet.
pub(super) fn real_path(path: &Path) -> io::Result<PathBuf> {
    let mut real = path.to_owned();
    for _ in 0..LINKS {
        match fs::symlink_metadata(&real) {
            Ok(metadata) if metadata.is_symlink() => {
                let target = fs::read_link(&real)?;
                // A relative target starts at the link's directory. An absolute one replaces the path.
                real = real.parent().unwrap_or(Path::new("/")).join(target);
            }
            _ => return Ok(real),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// Whether this user may write the file at `real`, or create it.
pub(super) fn check(file: &Arc<SourceFile>, real: &Path) -> Result<(), WriteError> {
    let Ok(metadata) = fs::metadata(real) else {
        // Under sudo with HOME kept, a new file would belong to root.
        let is_anothers = real.ancestors().find(|path| path.exists()).is_some_and(|path| is_another_users(path, true));
        return if is_anothers { Err(WriteError::ForeignOwner(file.clone())) } else { Ok(()) };
    };
    if !metadata.is_file() {
        return Err(WriteError::NoFile(file.clone()));
    }
    if is_another_users(real, false) {
        return Err(WriteError::ForeignOwner(file.clone()));
    }
    if is_read_only(&metadata) { Err(WriteError::ReadOnly(file.clone())) } else { Ok(()) }
}

#[cfg(unix)]
pub(super) fn mode(real: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(real).ok().map(|metadata| metadata.mode() & 0o7777)
}

#[cfg(not(unix))]
pub(super) fn mode(_real: &Path) -> Option<u32> {
    None
}

/// A rename would replace a read-only file, and root can write any file. The mode shows the owner's intention.
#[cfg(unix)]
fn is_read_only(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o200 == 0
}

#[cfg(not(unix))]
fn is_read_only(metadata: &fs::Metadata) -> bool {
    metadata.permissions().readonly()
}

#[cfg(unix)]
fn is_another_users(path: &Path, except_root: bool) -> bool {
    use std::os::unix::fs::MetadataExt;
    let ours = rustix::process::geteuid().as_raw();
    fs::metadata(path).is_ok_and(|there| there.uid() != ours && !(except_root && there.uid() == 0))
}

/// Directories above a home belong to the system, and users may create others in them.
#[cfg(windows)]
fn is_another_users(path: &Path, except_root: bool) -> bool {
    !except_root && crate::os::fs::is_another_users(path)
}

/// Writes `bytes` to a temporary file with the group and mode of the old one. A new file is private. Removes temporary
/// files that killed runs left at least `abandoned` ago.
pub(super) fn prepare(real: &Path, bytes: &[u8], mode: Option<u32>, abandoned: Duration) -> io::Result<AtomicFile> {
    let directory = real.parent().unwrap_or(Path::new("/"));
    if !directory.exists() {
        create_private_dir(directory)?;
    }
    let prefix = format!(".{}.amplify-creds.", real.file_name().unwrap_or_default().to_string_lossy());
    remove_abandoned(directory, &prefix, abandoned);
    let temporary = directory.join(unique_name(&prefix)?);
    AtomicFile::write(real, temporary, Access::Private, bytes, |file, before| copy_mode(file, before, mode))
}

pub(super) fn write_backup(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = next_backup(directory, name)?;
    let mut file = create_new(&path)?;
    if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
        let _ = fs::remove_file(&path);
        return Err(error);
    }
    sync_directory(&path);
    Ok(path)
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    options.open(path)
}

#[cfg(unix)]
fn copy_mode(file: &File, before: &fs::Metadata, mode: Option<u32>) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let mut mode = mode.unwrap_or(before.mode() & 0o7777);
    if file.metadata()?.gid() != before.gid() && fchown(file, None, Some(before.gid())).is_err() {
        // The permissions of the old group must not apply to ours.
        mode &= !0o070;
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

/// Windows applies the directory's permissions for new files.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn copy_mode(_file: &File, _before: &fs::Metadata, _mode: Option<u32>) -> io::Result<()> {
    Ok(())
}
