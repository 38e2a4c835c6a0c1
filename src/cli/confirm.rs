use std::io::IsTerminal;

use crate::cli::context::Context;
use crate::cli::errors::failure::{CANCELLED, Failure, NOBODY_TO_ASK};
use crate::cli::output::{note, write_stdout};
use crate::cli::questions::Questions;
use crate::core::origin::SourceFile;
use crate::edit::Written;

/// Shows the diff and asks. The diff also precedes the question on the terminal if stdout is redirected.
pub(crate) fn confirm(context: &Context, verb: &str, shown: &str) -> Result<(), Failure> {
    let mut person = Questions::open(context).map_err(|_| {
        let message = format!("{verb} asks before it writes, and there is nobody to ask here; add --yes");
        Failure::new(NOBODY_TO_ASK, message).hint("--dry-run shows what would be written")
    })?;
    write_stdout(shown.as_bytes())?;
    if !std::io::stdout().is_terminal() {
        person.say(shown);
    }
    if person.confirm("Write this?")? { Ok(()) } else { Err(Failure::new(CANCELLED, "nothing was changed")) }
}

pub(crate) fn report_written(context: &Context, written: &[Written]) {
    for Written { file, backup } in written {
        let before = match backup {
            Some(path) => format!("; before: {}", SourceFile::new(path.clone(), &context.paths.home).shown),
            None => ", a new file".to_owned(),
        };
        note(context, &format!("wrote {}{before}", file.shown));
    }
}
