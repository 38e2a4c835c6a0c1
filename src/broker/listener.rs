use std::fs::{self, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::core::digest::sha256_hex;
use crate::os::fs::create_private_dir;
use crate::os::lock::{Attempt, Guard, Locks};

/// In bytes. `sun_path` has 108 on Linux and 104 on macOS, with a zero byte at the end.
pub(super) const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

#[derive(Debug, Error)]
pub enum BindError {
    #[error("the path is longer than {LONGEST_PATH} bytes")]
    TooLong,
    #[error("the path has no file name")]
    NoName,
    #[error("another process listens on it")]
    InUse,
    #[error("the path exists and is not a socket")]
    NotASocket,
    #[error("its directory {} belongs to another user", .0.display())]
    ForeignDirectory(PathBuf),
    #[error("other users can use its directory {}", .0.display())]
    SharedDirectory(PathBuf),
    #[error("{0}")]
    System(#[from] io::Error),
}

/// Removes its file on drop.
#[derive(Debug)]
pub struct BrokerSocket {
    path: PathBuf,
    listener: UnixListener,
    /// The device and the inode of the file.
    id: (u64, u64),
    _lock: Option<Guard>,
}

impl BrokerSocket {
    /// Creates the directory if it is missing. Replaces the socket of a process that has ended.
    pub fn bind(path: &Path, locks: &Locks) -> Result<Self, BindError> {
        if path.as_os_str().len() > LONGEST_PATH {
            return Err(BindError::TooLong);
        }
        let name =
            path.file_name().filter(|_| !path.as_os_str().as_bytes().ends_with(b"/")).ok_or(BindError::NoName)?;
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        create_private_dir(directory)?;
        let found = fs::metadata(directory)?;
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(BindError::ForeignDirectory(directory.to_owned()));
        }
        if found.mode() & 0o077 != 0 {
            return Err(BindError::SharedDirectory(directory.to_owned()));
        }
        // Two brokers that start at the same time would remove each other's socket.
        let canonical = fs::canonicalize(directory)?.join(name);
        let lock = match locks.try_lock(&format!("broker-{}", sha256_hex(canonical.as_os_str().as_bytes()))) {
            Attempt::Held(guard) => Some(guard),
            Attempt::Busy => return Err(BindError::InUse),
            // Some file systems have no locks.
            Attempt::Unavailable(_) => None,
        };
        match fs::symlink_metadata(path) {
            Ok(metadata) if !metadata.file_type().is_socket() => return Err(BindError::NotASocket),
            Ok(_) => match UnixStream::connect(path) {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path)?,
                Ok(_) => return Err(BindError::InUse),
                Err(error) => return Err(error.into()),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let listener = match UnixListener::bind(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(BindError::InUse),
            bound => bound?,
        };
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
        let id = id(&fs::symlink_metadata(path)?);
        Ok(Self { path: path.to_owned(), listener, id, _lock: lock })
    }

    /// Unless another file has its path now.
    pub fn remove(&self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|metadata| id(&metadata) == self.id) {
            let _ = fs::remove_file(&self.path);
        }
    }

    pub(super) fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().map(|(stream, _)| stream)
    }
}

fn id(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

impl Drop for BrokerSocket {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(path: &Path) -> Result<BrokerSocket, BindError> {
        BrokerSocket::bind(path, &Locks::in_dir(&path.parent().unwrap().join("cache")))
    }

    #[test]
    fn directory_and_socket_are_private_and_end_with_the_value() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/broker.sock");
        let socket = bind(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(path.parent().unwrap()), mode(&path)), (0o700, 0o600));
        assert!(matches!(bind(&path), Err(BindError::InUse)));
        drop(socket);
        assert!(!path.exists());
    }

    #[test]
    fn dead_socket_is_replaced_and_a_living_one_is_not() {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o700)).unwrap();
        let path = home.path().join("broker.sock");
        let other = UnixListener::bind(&path).unwrap();
        assert!(matches!(bind(&path), Err(BindError::InUse)));
        drop(other);
        let socket = bind(&path).unwrap();
        // A file that replaced the socket stays.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "x").unwrap();
        drop(socket);
        assert!(matches!(bind(&path), Err(BindError::NotASocket)));
        assert_eq!(fs::read(&path).unwrap(), b"x");
    }

    #[test]
    fn unsuitable_path_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let shared = home.path().join("shared");
        fs::create_dir(&shared).unwrap();
        fs::set_permissions(&shared, Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(bind(&shared.join("s")), Err(BindError::SharedDirectory(_))));
        assert!(matches!(bind(&home.path().join("x".repeat(LONGEST_PATH))), Err(BindError::TooLong)));
    }
}
