use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, OUTPUT};
use crate::core::sanitize::printable;
use crate::output::{print, tell};

pub(crate) fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    print(bytes).map_err(|error| Failure::new(OUTPUT, format!("cannot write to stdout: {error}")))
}

pub(crate) fn note(context: &Context, line: &str) {
    if !context.global.quiet {
        tell(&format!("{}\n", printable(line)));
    }
}
