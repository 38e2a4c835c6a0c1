pub mod base;
pub mod failure;
pub mod files;
pub mod hints;
pub mod near_miss;
pub mod network;
pub mod plan;
pub mod resolve;
pub mod shell_word;
#[cfg(unix)]
pub mod terminal_copy;
