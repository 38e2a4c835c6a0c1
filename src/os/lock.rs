//! Locks between processes: one file per id in `locks/` beside the cache, taken with flock through fs4.
//!
//! A holder that dies frees its lock by itself. A lock file is removed by its holder alone; who takes one makes sure
//! that path and descriptor are still the same file.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use super::fs::{create_private_dir, private};

/// How often a lock is tried again whose file was removed meanwhile; more often means a file system that gives every
/// look another identity.
const ROUNDS: u32 = 50;
/// How long a wait for a lock pauses between two tries.
const PAUSE: Duration = Duration::from_millis(5);

/// The directory of the lock files.
#[derive(Debug, Clone)]
pub struct Locks {
    dir: PathBuf,
}

/// What came of trying to take a lock.
#[derive(Debug)]
pub enum Attempt {
    /// It is ours until the guard is dropped.
    Held(Guard),
    /// Another process has it.
    Busy,
    /// It cannot be had here at all: the file system has no locks, is full or read-only, or the directory is not ours.
    Unavailable(io::Error),
}

/// A lock that is held. Dropping it frees it.
#[derive(Debug)]
pub struct Guard {
    _file: File,
}

impl Locks {
    /// Locks in the directory `locks` of `cache_dir`.
    pub fn beside(cache_dir: &Path) -> Self {
        Self { dir: cache_dir.join("locks") }
    }

    /// Tries to take the lock `id`, a name safe for a file.
    pub fn try_take(&self, id: &str) -> Attempt {
        match self.attempt(id) {
            Ok(Some(guard)) => Attempt::Held(guard),
            Ok(None) => Attempt::Busy,
            Err(error) => Attempt::Unavailable(error),
        }
    }

    /// Takes the lock `id`; waits until `limit` has passed for another process that has it, which is then `Busy`.
    pub fn take_within(&self, id: &str, limit: Duration) -> Attempt {
        let until = Instant::now() + limit;
        loop {
            match self.try_take(id) {
                Attempt::Busy if Instant::now() < until => sleep(PAUSE),
                attempt => return attempt,
            }
        }
    }

    /// Removes lock files made before `oldest`, each under its own lock, with what else is kept of that id. Who waits for
    /// one of them finds out that its file is gone.
    pub fn sweep(&self, oldest: SystemTime) {
        for entry in std::fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let is_old = entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|at| at < oldest);
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".lock")).filter(|_| is_old) else {
                continue;
            };
            if let Attempt::Held(guard) = self.try_take(id) {
                for kind in ["holder", "note"] {
                    let _ = std::fs::remove_file(self.dir.join(format!("{id}.{kind}")));
                }
                remove(&entry.path(), guard);
            }
        }
    }

    fn attempt(&self, id: &str) -> io::Result<Option<Guard>> {
        // Whatever is written comes after some lock.
        survive_file_size_limit();
        let path = self.dir.join(format!("{id}.lock"));
        for _ in 0..ROUNDS {
            let file = self.open(&path)?;
            match fs4::FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(fs4::TryLockError::WouldBlock) => return Ok(None),
                Err(fs4::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(fs4::TryLockError::Error(error)) => return Err(error),
            }
            if same_file(&file, &path) {
                return Ok(Some(Guard { _file: file }));
            }
        }
        Err(io::Error::other("the lock file is never the one at its path"))
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        // Not to be removed by others as long as it is open: see `same_file`.
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, FILE_SHARE_READ | FILE_SHARE_WRITE);
        match options.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create_private_dir(&self.dir)?;
                options.open(path)
            }
            result => result,
        }
    }
}

/// A limit on file sizes (`ulimit -f`) kills by default. With any handler the write fails instead, which costs the entry
/// and not the credentials; a program that we start has the default again.
fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
        });
    }
}

/// The values of Windows's own headers.
#[cfg(windows)]
const FILE_SHARE_READ: u32 = 1;
#[cfg(windows)]
const FILE_SHARE_WRITE: u32 = 2;

/// Removes a lock file while its lock is held: who waits for it finds it gone.
#[cfg(unix)]
fn remove(path: &Path, _guard: Guard) {
    let _ = std::fs::remove_file(path);
}

/// Removes a lock file that nobody has open, not even us: Windows refuses where somebody has.
#[cfg(windows)]
fn remove(path: &Path, guard: Guard) {
    drop(guard);
    let _ = std::fs::remove_file(path);
}

/// Whether `path` still names the locked file: somebody may have removed the directory between open and lock.
#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), std::fs::symlink_metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Windows refuses to remove a file that is open and not shared for that.
#[cfg(windows)]
fn same_file(_file: &File, _path: &Path) -> bool {
    true
}
