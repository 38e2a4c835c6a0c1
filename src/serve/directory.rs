//! The directory of the config and credentials files of a command under `exec --serve`. Other users cannot read it.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use crate::os::{env, random};

/// Removed on drop.
#[derive(Debug)]
pub struct PrivateDirectory(PathBuf);

impl PrivateDirectory {
    pub fn create(config: &str) -> io::Result<Self> {
        let name = format!("amplify-creds-{}", random::hex(8)?.expose());
        let path = env::temporary_directory().join(name);
        create_private(&path)?;
        let directory = Self(path);
        fs::write(directory.config(), config)?;
        fs::write(directory.credentials(), "")?;
        Ok(directory)
    }

    pub fn config(&self) -> PathBuf {
        self.0.join("config")
    }

    pub fn credentials(&self) -> PathBuf {
        self.0.join("credentials")
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    std::os::unix::fs::DirBuilderExt::mode(&mut DirBuilder::new(), 0o700).create(path)
}

/// The temporary directory of Windows is the user's own.
#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().create(path)
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        // Also removes files of the command.
        let _ = fs::remove_dir_all(&self.0);
    }
}
