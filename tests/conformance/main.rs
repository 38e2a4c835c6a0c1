//! Vectors that were recorded from the real tools, with one named result per row.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod amplify_list;
#[cfg(unix)]
mod credential_process;
mod edits;
mod npm_ini;
mod policies;
mod resolution;
mod sdk_parser;
mod sts_endpoints;
mod visibility;
