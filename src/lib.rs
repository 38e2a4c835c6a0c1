//! AWS credentials for role profiles, once, for every tool.
//!
//! ```text
//! argv -> cli::args -> cli::commands::<command>
//! env -> os::env -> os::paths -> profile::load -> profile_file::{auto|aws|npm_ini} -> ProfileSet
//! ProfileSet + name -> plan::build -> CredentialPlan { base, hops }         pure up to here, every value located
//! CredentialPlan -> resolve: leaf fresh -> answer                           no lock, runtime, prompt or socket
//!                            else lock leaf to base, AssumeRole forward -> entry -> atomic write
//! Credentials -> output -> one write to stdout;   Err -> cli::errors -> stderr + exit status
//! ```
//!
//! Imports between modules point down only, without circles, and no file imports its parent (`tests/boundaries.rs`):
//!
//! ```text
//! main -> cli -> { resolve, doctor, edit, serve, broker, rotation } -> sign_in -> { source, iam, console }
//!      -> token_files -> cache -> { sts, prompt, output, setup, policy } -> { plan, amplify, tools } -> profile -> profile_file
//!      -> access_keys -> { settings, loopback, key_store, audit } -> os -> core
//! ```
//!
//! The library exists so that parsers, plans and cache can be tested, measured and fuzzed without a process. Its API is
//! not stable: the program's contract is its command line, its JSON and the cache file.

#![forbid(unsafe_code)]

pub mod access_keys;
pub(crate) mod amplify;
pub mod audit;
#[cfg(unix)]
pub(crate) mod broker;
pub mod cache;
pub mod cli;
pub(crate) mod console;
pub mod core;
pub mod doctor;
pub(crate) mod edit;
pub(crate) mod iam;
pub mod key_store;
pub(crate) mod loopback;
pub mod os;
pub(crate) mod output;
pub mod plan;
pub mod policy;
pub mod profile;
pub mod profile_file;
pub(crate) mod prompt;
pub(crate) mod resolve;
pub(crate) mod rotation;
pub(crate) mod serve;
pub mod settings;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod source;
pub(crate) mod sts;
pub(crate) mod token_files;
pub mod tools;
