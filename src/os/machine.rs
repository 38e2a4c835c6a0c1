//! Distinguishes machines that share a home directory.

use std::path::Path;

use crate::os::fs::read_capped;

/// The id is made at installation. A container has its image's id or none.
const ID_FILES: [&str; 2] = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const MAX_BYTES: u64 = 256;

/// Includes the host name, because containers of one image share the id.
pub fn name() -> String {
    let read = |file: &&str| read_capped(Path::new(file), MAX_BYTES).ok().flatten();
    let id = ID_FILES.iter().find_map(read).unwrap_or_default();
    format!("{} {}", String::from_utf8_lossy(&id).trim(), host_name())
}

#[cfg(unix)]
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
pub fn host_name() -> String {
    crate::os::env::Env::process().text(crate::os::env::COMPUTERNAME).unwrap_or_default()
}
