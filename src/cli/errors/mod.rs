pub mod agent;
pub mod base;
pub mod clock;
pub mod failure;
pub mod files;
pub mod hints;
pub mod keys;
pub mod near_miss;
pub mod network;
pub mod plan;
#[cfg(unix)]
pub mod remote;
pub mod resolve;
pub mod rotation;
pub mod sso_session;
#[cfg(unix)]
pub mod terminal_copy;
