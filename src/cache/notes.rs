//! Small files next to the locks. They hold no secrets; losing one costs a prompt or a call.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::os::atomic_file::{Access, AtomicFile};
use crate::os::fs::{create_private_dir, is_full, private, read_regular};

use crate::os::lock::Guard;

const LARGEST: u64 = 16 << 10;

#[derive(Debug, Clone)]
pub struct Notes {
    dir: PathBuf,
}

impl Notes {
    pub fn in_dir(cache_dir: &Path) -> Self {
        Self { dir: cache_dir.join("locks") }
    }

    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let bytes = read_regular(&self.dir.join(name), LARGEST).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    pub fn put<T: Serialize>(&self, name: &str, note: &T, lock: &Guard) {
        let _ = self.try_put(name, note, lock);
    }

    pub fn try_put<T: Serialize>(&self, name: &str, note: &T, _lock: &Guard) -> io::Result<()> {
        let text = serde_json::to_vec(note)?;
        create_private_dir(&self.dir)?;
        let (path, temporary) = (self.dir.join(name), self.dir.join(format!("{name}.tmp")));
        let written = AtomicFile::write(&path, temporary, Access::Private, &text, |_, _| Ok(()));
        match written.and_then(AtomicFile::commit) {
            // The old note's space is enough for the new one. Readers treat a torn note as missing.
            Err(error) if is_full(&error) => overwrite(&path, &text),
            done => done,
        }
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

fn overwrite(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true);
    private(&mut options);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)
}
