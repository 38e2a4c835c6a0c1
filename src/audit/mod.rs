//! The audit log: one line of JSON for each time that credentials are handed out.

pub mod asker;
pub mod log;
pub mod record;
