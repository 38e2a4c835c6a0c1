#[cfg(windows)]
pub mod acl;
#[cfg(unix)]
pub mod ancestors;
pub mod atomic_file;
pub mod backups;
pub mod browser;
pub mod child;
#[cfg(unix)]
mod child_output;
#[cfg(not(unix))]
#[path = "child_output_windows.rs"]
mod child_output;
#[cfg(windows)]
pub mod ctrl_c;
pub mod env;
pub mod fs;
#[cfg(unix)]
#[path = "job_unix.rs"]
pub mod job;
#[cfg(not(unix))]
#[path = "job_windows.rs"]
pub mod job;
#[cfg(target_os = "linux")]
pub mod kernel_keyring;
#[cfg(not(target_os = "linux"))]
#[path = "kernel_keyring_other.rs"]
pub mod kernel_keyring;
pub mod lock;
pub mod machine;
pub mod name_lock;
#[cfg(unix)]
pub mod open_files;
pub mod panics;
pub mod paths;
pub mod process_names;
pub mod process_tree;
pub mod program_error;
pub mod random;
pub mod startup;
pub mod stdin;
#[cfg(unix)]
mod stream;
#[cfg(target_os = "linux")]
pub mod tcp_peer;
#[cfg(not(target_os = "linux"))]
#[path = "tcp_peer_other.rs"]
pub mod tcp_peer;
pub mod terminal_size;
pub mod version;
