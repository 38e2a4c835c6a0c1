//! Cached sessions in the Amplify CLI's `cache.json`. Deleting the directory loses only sessions.

mod edits;
pub mod entry;
pub mod file;
pub mod holder;
pub mod key;
pub mod members;
mod naming;
pub mod notes;
mod owner;
mod reserve;
pub mod scope;
pub mod sealing;
pub mod sessions;
pub mod store;
