//! Cached sessions in the Amplify CLI's `cache.json`. Deleting the directory loses only sessions.

pub mod entry;
pub mod file;
pub mod holder;
pub mod key;
pub mod members;
mod naming;
pub mod notes;
mod reserve;
pub mod scope;
pub mod sessions;
pub mod store;
