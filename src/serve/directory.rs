//! The directory of the config and credentials files for a command under `exec --serve`. Other users cannot read it.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::os::lock::{Attempt, Guard, Locks};
use crate::os::{env, random};

const PREFIX: &str = "amplify-creds-";
const NAME_BYTES: usize = 8;
/// Held until the process ends. A process id could later belong to another process.
const LOCK: &str = "serve";
/// A directory without a lock is younger than this if its process is still creating the lock.
const UNLOCKED_AGE: Duration = Duration::from_mins(1);
const TRIES: u32 = 3;

#[derive(Debug)]
pub struct PrivateDirectory {
    path: PathBuf,
    lock: Option<Guard>,
}

impl PrivateDirectory {
    pub fn create(config: &str) -> io::Result<Self> {
        let directory = Self::create_locked(&env::temporary_directory())?;
        fs::write(directory.config(), config)?;
        fs::write(directory.credentials(), "")?;
        Ok(directory)
    }

    fn create_locked(parent: &Path) -> io::Result<Self> {
        for _ in 0..TRIES {
            let path = parent.join(format!("{PREFIX}{}", random::hex(NAME_BYTES)?.expose()));
            create_private(&path)?;
            match Locks::in_dir(&path).try_lock(LOCK) {
                Attempt::Held(guard) => return Ok(Self { path, lock: Some(guard) }),
                // If no file can be locked, no directory is removed.
                Attempt::Unavailable(_) if path.exists() => return Ok(Self { path, lock: None }),
                // Another process is removing it.
                Attempt::Unavailable(_) | Attempt::Busy => {}
            }
        }
        Err(io::Error::other("another process keeps removing it"))
    }

    pub fn config(&self) -> PathBuf {
        self.path.join("config")
    }

    pub fn credentials(&self) -> PathBuf {
        self.path.join("credentials")
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    std::os::unix::fs::DirBuilderExt::mode(&mut DirBuilder::new(), 0o700).create(path)
}

/// On Windows, the temporary directory belongs to the user.
#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().create(path)
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        remove(&self.path, self.lock.take());
    }
}

fn remove(path: &Path, lock: Option<Guard>) {
    // Windows cannot remove an open file.
    if cfg!(windows) {
        drop(lock);
    }
    let _ = fs::remove_dir_all(path);
}

/// Removes the directories of processes that were killed.
pub fn sweep() {
    sweep_in(&env::temporary_directory());
}

fn sweep_in(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let is_id = id.len() == 2 * NAME_BYTES && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Does not follow links.
        let Ok(metadata) = entry.metadata() else { continue };
        if !is_id || !metadata.is_dir() || !is_ours(&metadata) {
            continue;
        }
        let path = entry.path();
        // Trying a lock creates its file, which must not happen in a directory of another program.
        if path.join("locks").join(format!("{LOCK}.lock")).is_file() {
            if let Attempt::Held(guard) = Locks::in_dir(&path).try_lock(LOCK) {
                remove(&path, Some(guard));
            }
        } else if SystemTime::now()
            .checked_sub(UNLOCKED_AGE)
            .is_some_and(|at| metadata.modified().is_ok_and(|made| made < at))
        {
            // Succeeds only if it is empty.
            let _ = fs::remove_dir(path.join("locks"));
            let _ = fs::remove_dir(&path);
        }
    }
}

#[cfg(unix)]
fn is_ours(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o777 == 0o700
}

#[cfg(not(unix))]
fn is_ours(_metadata: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directory_of_ended_process_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let living = PrivateDirectory::create_locked(parent.path()).unwrap();
        let dead = PrivateDirectory::create_locked(parent.path()).unwrap();
        fs::write(dead.config(), "x").unwrap();
        let dead_path = dead.path.clone();
        // A killed process does not remove anything, but its lock is released.
        let mut dead = std::mem::ManuallyDrop::new(dead);
        drop(dead.lock.take());
        let mut others = Vec::new();
        for name in [
            "amplify-creds-test",
            "amplify-creds-0123456789abcdeX",
            "0123456789abcdef",
            "amplify-creds-0123456789abcdef",
        ] {
            let path = parent.path().join(name);
            create_private(&path).unwrap();
            fs::write(path.join("file"), "x").unwrap();
            make_old(&path);
            others.push(path);
        }
        let file = parent.path().join("amplify-creds-0123456789abcdee");
        fs::write(&file, "x").unwrap();
        others.push(file);
        sweep_in(parent.path());
        assert!(!dead_path.exists());
        assert!(living.path.exists());
        for path in others {
            assert!(path.exists(), "{}", path.display());
        }
        let path = living.path.clone();
        drop(living);
        assert!(!path.exists());
    }

    fn make_old(directory: &Path) {
        #[cfg(unix)]
        let opened = fs::File::open(directory);
        #[cfg(windows)]
        let opened = {
            use std::os::windows::fs::OpenOptionsExt;
            const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
            fs::OpenOptions::new().write(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(directory)
        };
        opened.unwrap().set_modified(SystemTime::now() - 2 * UNLOCKED_AGE).unwrap();
    }

    #[test]
    fn empty_directory_is_swept_when_it_is_old() {
        let parent = tempfile::tempdir().unwrap();
        let path = |number: u32| parent.path().join(format!("{PREFIX}{number:016x}"));
        for number in [1, 2] {
            create_private(&path(number)).unwrap();
        }
        make_old(&path(1));
        sweep_in(parent.path());
        assert!(!path(1).exists() && path(2).exists());
    }

    #[cfg(unix)]
    #[test]
    fn link_and_readable_directory_are_not_swept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let parent = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        drop(Locks::in_dir(elsewhere.path()).try_lock(LOCK));
        symlink(elsewhere.path(), parent.path().join("amplify-creds-0123456789abcdef")).unwrap();
        let public = parent.path().join("amplify-creds-0123456789abcdee");
        create_private(&public).unwrap();
        drop(Locks::in_dir(&public).try_lock(LOCK));
        fs::set_permissions(&public, fs::Permissions::from_mode(0o755)).unwrap();
        sweep_in(parent.path());
        assert!(elsewhere.path().join("locks").exists() && public.exists());
    }
}
