//! What `setup` writes: the wrapper that every tool can use, the move of a role's keys out of its way, the stanzas of a
//! new role and its source profile. All of it is text: both files come in, both come out.

mod command;
mod draft;
mod in_place;
mod stanzas;
pub mod task;
mod verify;
mod wrapper;

pub use draft::{Draft, SetupError};
pub use stanzas::{Role, SourceKeys};

#[cfg(test)]
mod tests;
