//! One file or folder per command.

pub(crate) mod boundary;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod exec;
pub(crate) mod explain;
pub(crate) mod help;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod man;
pub(crate) mod policy;
pub(crate) mod process;
pub(crate) mod reset_cache;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod whoami;
