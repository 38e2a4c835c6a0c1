//! Small files next to the locks. They hold no secrets; losing one costs a prompt or a call.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::os::atomic_file::{Access, AtomicFile};
use crate::os::fs::{create_private_dir, read_regular};

use crate::os::lock::Guard;

/// Bytes.
const LARGEST: u64 = 4 << 10;

#[derive(Debug, Clone)]
pub struct Notes {
    dir: PathBuf,
}

impl Notes {
    pub fn beside(cache_dir: &Path) -> Self {
        Self { dir: cache_dir.join("locks") }
    }

    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let bytes = read_regular(&self.dir.join(name), LARGEST).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    pub fn put<T: Serialize>(&self, name: &str, note: &T, _lock: &Guard) {
        let Ok(text) = serde_json::to_vec(note) else { return };
        let _ = create_private_dir(&self.dir).and_then(|()| {
            AtomicFile::write(
                &self.dir.join(name),
                self.dir.join(format!("{name}.tmp")),
                Access::Private,
                &text,
                |_, _| Ok(()),
            )?
            .commit()
        });
    }

    pub fn forget(&self, name: &str) {
        let _ = fs::remove_file(self.dir.join(name));
    }

    pub fn forget_all(&self) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "note") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
