pub mod base;
pub mod failure;
mod files;
pub mod hints;
pub mod network;
pub mod plan;
pub mod resolve;
