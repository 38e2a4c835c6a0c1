use std::fmt::Display;
use std::io::ErrorKind;

use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, OUTPUT};
use crate::core::sanitize::{escaped_json, printable};
use crate::output::{print, print_message, write_stderr};

pub(crate) fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    print(bytes).map_err(|error| match error.kind() {
        // The reader stopped reading, as `head` does.
        ErrorKind::BrokenPipe => Failure::new(OUTPUT, ""),
        _ => Failure::new(OUTPUT, format!("cannot write to stdout: {error}")),
    })
}

pub(crate) fn write_json(document: &impl Display) -> Result<(), Failure> {
    write_stdout(escaped_json(format!("{document}\n")).as_bytes())
}

/// An external id is random but not a secret, so it may be printed on stderr.
pub(crate) fn note_external_id(context: &Context, line: &str) {
    if !context.global.quiet {
        write_stderr(&format!("{}\n", printable(line)));
    }
}

pub(crate) fn note(context: &Context, line: &str) {
    if !context.global.quiet {
        print_message(line);
    }
}
