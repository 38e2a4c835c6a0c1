//! The Keychain and the Credential Manager.

#[cfg(target_os = "windows")]
mod credential_manager;
mod deadline;
mod entry;
#[cfg(target_os = "macos")]
mod keychain;

#[cfg(target_os = "windows")]
pub(super) use credential_manager::Store;
#[cfg(target_os = "macos")]
pub(super) use keychain::Store;
