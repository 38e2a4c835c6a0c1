//! What an Amplify project says on disk: where its root is, its environments, their profile and their boundary.

pub mod boundary;
pub mod environment;
pub mod hjson;
pub mod project;
pub mod repoint;
mod splice;
