//! A lock for file systems without locks: a file that only one process can create. A killed holder leaves the file.

use std::fs::{Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use super::fs::private;

const PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub struct NameLock(PathBuf);

impl NameLock {
    /// `None` if the file cannot be created. A file that does not change for `limit` counts as left by a killed holder.
    pub fn take(path: &Path, limit: Duration) -> Option<Self> {
        let (mut since, mut seen) = (Instant::now(), None);
        loop {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            private(&mut options);
            match options.open(path) {
                Ok(_) => return Some(Self(path.to_owned())),
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return None,
                Err(_) => {}
            }
            let there = std::fs::symlink_metadata(path).ok().as_ref().and_then(id);
            if there != seen {
                (since, seen) = (Instant::now(), there);
            } else if since.elapsed() >= limit {
                std::fs::remove_file(path).ok()?;
                continue;
            }
            sleep(PAUSE);
        }
    }
}

impl Drop for NameLock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn id(metadata: &Metadata) -> Option<SystemTime> {
    metadata.modified().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn name_is_held_by_one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("edit.running");
        let is_held = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let lock = NameLock::take(&path, LONG).unwrap();
                        assert!(!is_held.swap(true, Ordering::SeqCst));
                        is_held.store(false, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert!(!path.exists());
    }

    #[test]
    fn name_lock_of_killed_holder_is_acquired() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("edit.running");
        std::fs::write(&path, "").unwrap();
        assert!(NameLock::take(&path, Duration::from_millis(50)).is_some());
        assert!(!path.exists());
        assert!(NameLock::take(&dir.path().join("missing/name"), LONG).is_none());
    }
}
