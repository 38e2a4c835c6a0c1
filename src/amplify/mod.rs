//! Owns what an Amplify project says on disk: where its root is, its environments, their profile and their boundary.
//!
//! Refuses to write there: what a file is to say is text here.

pub mod boundary;
pub mod environment;
pub mod hjson;
pub mod project;
pub mod repoint;
mod splice;
