pub mod boundary;
pub mod environment;
pub mod gen2;
pub mod hjson;
pub mod project;
pub mod repoint;
mod splice;
