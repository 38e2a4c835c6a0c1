//! What an error means for the user: text, hints, exit status.

pub mod base;
pub(crate) mod edit;
pub mod failure;
pub mod hints;
pub mod network;
pub mod plan;
pub mod resolve;
