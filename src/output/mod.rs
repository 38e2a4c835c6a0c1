//! Owns what is printed: credentials and lists as bytes, and the one way to stdout.
//!
//! Refuses to write half a document: everything goes out in one piece.

pub mod fields;
pub mod process_json;
pub mod shell;
pub mod table;

use std::io::{self, Write};

/// Writes `bytes` to stdout in one piece.
///
/// # Errors
/// The reader is gone, or the disk behind the redirection is full.
pub fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Writes a message to stderr; that nobody reads it is no failure.
pub fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
