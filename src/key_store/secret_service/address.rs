use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use zbus::Address;
use zbus::address::Transport;
use zbus::address::transport::{Unix, UnixSocket};

use crate::key_store::error::KeyStoreError;
use crate::os::env;
use crate::os::env::Env;
use crate::os::fs::rights;

#[derive(Debug, Clone)]
pub(super) struct SessionBus {
    variable: Option<String>,
    runtime_dir: Option<PathBuf>,
}

impl SessionBus {
    pub(super) fn new(env: &Env) -> Self {
        Self { variable: env.text(env::DBUS_SESSION_BUS_ADDRESS), runtime_dir: env.path(env::XDG_RUNTIME_DIR) }
    }

    pub(super) fn address(&self) -> Result<Address, KeyStoreError> {
        let found = match (&self.variable, &self.runtime_dir) {
            (Some(list), _) => unix_address(list).ok_or("DBUS_SESSION_BUS_ADDRESS is not the address of a Unix socket"),
            (None, Some(dir)) if is_own_socket(&dir.join("bus")) => {
                Ok(Address::new(Transport::Unix(Unix::new(UnixSocket::File(dir.join("bus"))))))
            }
            (None, _) => Err("this session has no D-Bus session bus (DBUS_SESSION_BUS_ADDRESS is not set)"),
        };
        found.map_err(|reason| KeyStoreError::Missing(reason.to_owned()))
    }
}

/// The first usable address of the list. Over TCP the secret would not be encrypted, and another transport would run a
/// program.
fn unix_address(list: &str) -> Option<Address> {
    let addresses = list.split(';').filter(|address| address.starts_with("unix:"));
    addresses.filter_map(|address| address.parse().ok()).find(|address: &Address| {
        matches!(address.transport(), Transport::Unix(unix)
            if matches!(unix.path(), UnixSocket::File(_) | UnixSocket::Abstract(_)))
    })
}

fn is_own_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
        && rights(path).is_some_and(|rights| !rights.is_foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(list: &str) -> Result<String, KeyStoreError> {
        SessionBus::new(&Env::fixed([(env::DBUS_SESSION_BUS_ADDRESS, list)])).address().map(|found| found.to_string())
    }

    #[test]
    fn only_unix_sockets_are_used() {
        for list in [
            "tcp:host=localhost,port=1",
            "nonce-tcp:host=localhost,port=1,noncefile=/x",
            "unixexec:path=/bin/sh",
            "autolaunch:",
            "unix:tmpdir=/tmp",
            "unix:",
            "/run/user/1000/bus",
            "\u{1b}",
        ] {
            let expected = "DBUS_SESSION_BUS_ADDRESS is not the address of a Unix socket";
            assert_eq!(address(list), Err(KeyStoreError::Missing(expected.to_owned())), "{list:?}");
        }
        assert_eq!(address("tcp:host=a,port=1;unix:path=/b").unwrap(), "unix:path=/b");
        assert_eq!(address("unix:abstract=/c").unwrap(), "unix:abstract=/c");
    }

    #[test]
    fn bus_in_runtime_directory_is_used_without_variable() {
        let dir = tempfile::tempdir().unwrap();
        let bus = SessionBus { variable: None, runtime_dir: Some(dir.path().to_owned()) };
        let expected = "this session has no D-Bus session bus (DBUS_SESSION_BUS_ADDRESS is not set)";
        assert_eq!(bus.address(), Err(KeyStoreError::Missing(expected.to_owned())));
        std::fs::write(dir.path().join("bus"), "").unwrap();
        assert!(bus.address().is_err(), "it is not a socket");
        std::fs::remove_file(dir.path().join("bus")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("bus")).unwrap();
        assert!(bus.address().unwrap().to_string().ends_with("/bus"));
    }
}
