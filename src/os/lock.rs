//! Locks between processes: flock on one file per id in `locks/` next to the cache. The lock of a dead process is free.
//! Only the holder removes a lock file, so a new holder checks that its descriptor is still the file at the path.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use super::fs::{create_private_dir, private};

/// Attempts if the file was removed meanwhile. More attempts would mean a file system with unstable file ids.
const ROUNDS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(5);
/// Setting the same length again may not change the file's time.
const MAX_HELD_MARK: u64 = 1000;

#[derive(Debug, Clone)]
pub struct Locks {
    cache_dir: PathBuf,
}

#[derive(Debug)]
pub enum Attempt {
    Held(Guard),
    Busy,
    /// The file system has no locks, is full or read-only, or the directory belongs to another user.
    Unavailable(io::Error),
}

#[derive(Debug)]
pub struct Guard {
    file: File,
}

impl Guard {
    /// Sets the number that other processes read with [`Locks::mark`]. It is the length of the lock file, because a
    /// length without content needs no space on a full disk.
    pub fn set_mark(&self, mark: u64) {
        // If the mark is lost, the other processes make their own calls.
        let _ = self.file.set_len(mark);
    }
}

impl Drop for Guard {
    /// Closing is not enough: a child of another thread has a copy of the descriptor until its `exec`.
    fn drop(&mut self) {
        let _ = fs4::FileExt::unlock(&self.file);
    }
}

impl Locks {
    pub fn in_dir(cache_dir: &Path) -> Self {
        Self { cache_dir: cache_dir.to_owned() }
    }

    /// `id` must be a safe file name.
    pub fn try_lock(&self, id: &str) -> Attempt {
        match self.attempt(id) {
            Ok(Some(guard)) => Attempt::Held(guard),
            Ok(None) => Attempt::Busy,
            Err(error) => Attempt::Unavailable(error),
        }
    }

    pub fn lock_within(&self, id: &str, limit: Duration) -> Attempt {
        let until = Instant::now() + limit;
        loop {
            match self.try_lock(id) {
                Attempt::Busy if Instant::now() < until => sleep(PAUSE),
                attempt => return attempt,
            }
        }
    }

    /// 0 for a lock without a mark.
    pub fn mark(&self, id: &str) -> u64 {
        std::fs::metadata(self.path(id)).map_or(0, |metadata| metadata.len())
    }

    pub fn mark_held(&self, id: &str) {
        let mark = self.mark(id) % MAX_HELD_MARK + 1;
        if let Ok(file) = self.open(&self.path(id)) {
            let _ = file.set_len(mark);
        }
    }

    /// Whether [`Locks::mark_held`] was called within the last `period`. The holder removes the mark.
    pub fn is_marked_within(&self, id: &str, period: Duration) -> bool {
        std::fs::metadata(self.path(id)).is_ok_and(|metadata| {
            let age = metadata.modified().ok().and_then(|at| at.elapsed().ok());
            metadata.len() > 0 && age.is_some_and(|age| age < period)
        })
    }

    /// Removes lock files made before `oldest`, each while its lock is held, with the other files of that id.
    pub fn sweep(&self, oldest: SystemTime) {
        for entry in std::fs::read_dir(self.dir()).into_iter().flatten().flatten() {
            let is_old = entry.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|at| at < oldest);
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".lock")).filter(|_| is_old) else {
                continue;
            };
            if let Attempt::Held(guard) = self.try_lock(id) {
                for kind in ["holder", "note"] {
                    let _ = std::fs::remove_file(self.dir().join(format!("{id}.{kind}")));
                }
                // Windows cannot remove an open file.
                if cfg!(windows) {
                    drop(guard);
                }
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Joined when a lock is used, because a cache hit uses none.
    fn dir(&self) -> PathBuf {
        self.cache_dir.join("locks")
    }

    fn path(&self, id: &str) -> PathBuf {
        self.dir().join(format!("{id}.lock"))
    }

    fn attempt(&self, id: &str) -> io::Result<Option<Guard>> {
        // Every write of the cache comes after a lock.
        survive_file_size_limit();
        let path = self.path(id);
        for _ in 0..ROUNDS {
            let file = self.open(&path)?;
            match fs4::FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(fs4::TryLockError::WouldBlock) => return Ok(None),
                Err(fs4::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(fs4::TryLockError::Error(error)) => return Err(error),
            }
            if is_same_file(&file, &path) {
                return Ok(Some(Guard { file }));
            }
        }
        Err(io::Error::other("another process keeps replacing the lock file"))
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        // Other processes cannot remove the open file: see `is_same_file`.
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, FILE_SHARE_READ | FILE_SHARE_WRITE);
        match options.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create_private_dir(&self.dir())?;
                options.open(path)
            }
            result => result,
        }
    }
}

/// A file size limit (`ulimit -f`) kills by default. With any handler the write fails instead: the entry or
/// the record is lost, but the credentials are not. Child processes have the default again.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
        });
    }
}

#[cfg(windows)]
const FILE_SHARE_READ: u32 = 1;
#[cfg(windows)]
const FILE_SHARE_WRITE: u32 = 2;

/// False if the file or its directory was removed between open and lock.
#[cfg(unix)]
fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().is_ok_and(|ours| std::fs::symlink_metadata(path).is_ok_and(|there| id(ours) == id(there)))
}

/// Windows does not remove a file that is open without `FILE_SHARE_DELETE`.
#[cfg(windows)]
fn is_same_file(_file: &File, _path: &Path) -> bool {
    true
}
