//! The file `reserve` in the cache directory: room for one more write of the cache on a full disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::os::fs::private;
use crate::os::random;

const SMALLEST: u64 = 16 << 10;

#[derive(Debug)]
pub(super) struct Reserve(PathBuf);

impl Reserve {
    pub(super) fn in_dir(dir: &Path) -> Self {
        Self(dir.join("reserve"))
    }

    pub(super) fn give_up(&self) -> bool {
        std::fs::remove_file(&self.0).is_ok()
    }

    /// Makes the file at least as large as a cache of `cache_bytes`, if the disk has room.
    pub(super) fn keep(&self, cache_bytes: u64) {
        // With an exact size, a growing cache would rewrite the file each time.
        let size = cache_bytes.next_power_of_two().max(SMALLEST);
        match std::fs::symlink_metadata(&self.0) {
            Ok(metadata) if metadata.is_file() && metadata.len() < size => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            _ => return,
        }
        let _ = std::fs::remove_file(&self.0);
        if self.fill(size).is_err() {
            self.give_up();
        }
    }

    fn fill(&self, size: u64) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let mut file: File = options.open(&self.0)?;
        // A file system with compression would store other bytes in less space.
        let block = random::bytes(1 << 14)?;
        for _ in 0..size.div_ceil(1 << 14) {
            file.write_all(&block)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserve_grows_with_the_cache_and_stays_otherwise() {
        let dir = tempfile::tempdir().unwrap();
        let reserve = Reserve::in_dir(dir.path());
        assert!(!reserve.give_up());
        for (cache, expected) in [(0, 16 << 10), (9000, 16 << 10), (20_000, 32 << 10), (100, 32 << 10)] {
            reserve.keep(cache);
            assert_eq!(std::fs::metadata(&reserve.0).unwrap().len(), expected, "{cache}");
        }
        assert!(reserve.give_up());
        reserve.keep(1);
        assert_eq!(std::fs::metadata(&reserve.0).unwrap().len(), 16 << 10);
        let missing = Reserve::in_dir(&dir.path().join("missing"));
        missing.keep(1);
        assert!(!missing.give_up());
    }
}
