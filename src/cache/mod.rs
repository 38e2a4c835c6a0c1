//! Cached sessions: the Amplify CLI's `cache.json`, what may be answered from it, and the locks around it.
//!
//! Deleting the directory loses nothing but sessions.

pub mod entry;
pub mod file;
pub mod holder;
pub mod key;
pub mod members;
pub mod notes;
pub mod sessions;
pub mod store;
