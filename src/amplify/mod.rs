//! Owns what an Amplify project says on disk: where its root is, its environments, their profile and their boundary.
//!
//! Refuses to write there: the files are the Amplify CLI's and the team's.

pub mod environment;
pub mod hjson;
pub mod project;
