//! The edits of `setup` as pure text: both files in, both files out.

pub mod agent;
pub mod command;
mod draft;
mod in_place;
pub mod invitation;
pub mod key_import;
pub mod key_profile;
mod key_verify;
pub mod sso_profiles;
pub mod sso_template;
mod sso_verify;
mod stanzas;
pub mod task;
mod verify;
mod wrapper;

pub use draft::{Draft, SetupError};
pub use stanzas::{Role, SourceKeys};

#[cfg(test)]
mod tests;
