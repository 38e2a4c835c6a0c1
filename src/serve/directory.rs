//! The directory with the two files that a command under `exec --serve` is given: no other user can look into it, and
//! it goes with the command.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::os::{env, random};

/// The directory. Dropping it removes it.
#[derive(Debug)]
pub struct PrivateDirectory(PathBuf);

impl PrivateDirectory {
    /// Makes it, with `config` and an empty credentials file in it.
    pub fn create(config: &str) -> io::Result<Self> {
        let name = format!("amplify-creds-{}", random::hex(8)?.expose());
        let path = env::temporary_directory().join(name);
        create_private(&path)?;
        let directory = Self(path);
        fs::write(directory.config(), config)?;
        fs::write(directory.credentials(), "")?;
        Ok(directory)
    }

    /// For `AWS_CONFIG_FILE`.
    pub fn config(&self) -> PathBuf {
        self.0.join("config")
    }

    /// For `AWS_SHARED_CREDENTIALS_FILE`.
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
        // Whatever the command has written there goes, too; what cannot go stays.
        let _ = fs::remove_dir_all(&self.0);
    }
}
