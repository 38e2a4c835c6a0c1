use std::io::IsTerminal;

use crate::cli::color::Painter;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::{note, write_stdout};
use crate::cli::program::ProfileProgram;
use crate::cli::questions::Questions;
use crate::core::origin::SourceFile;
use crate::edit::{Change, Editor, Exclusive, Written, diff};

/// `false` for a no. If `on_stdout` is false, or stdout is not the terminal, the diff is shown with the question.
pub(crate) fn confirm(context: &Context, verb: &str, shown: &str, on_stdout: bool) -> Result<bool, Failure> {
    let mut person = Questions::open_to_write(context, verb)?;
    if on_stdout {
        write_stdout(Painter::stdout(context).diff(shown).as_bytes())?;
    }
    if !on_stdout || !std::io::stdout().is_terminal() {
        person.say_painted(shown, |line| Painter::question(context).diff(line));
    }
    let agrees = person.confirm("Write this?")?;
    if !agrees {
        note(context, "nothing was changed");
    }
    Ok(agrees)
}

/// Writes the copy of the program before the profiles that use it. Skips the question if a `lock` is held. `None` if
/// nothing was written: after `dry_run` or a no.
pub(crate) fn write_changes(
    context: &Context,
    verb: &str,
    editor: &Editor,
    changes: &[Change],
    dry_run: bool,
    lock: Option<Exclusive>,
    program: Option<&ProfileProgram>,
) -> Result<Option<Vec<Written>>, Failure> {
    let Some(lock) = agree(context, verb, editor, changes, dry_run, lock, program)? else { return Ok(None) };
    if let Some(program) = program {
        program.write_copy(context)?;
    }
    Ok(Some(editor.write(changes, &lock)?))
}

/// Shows the diff and asks, unless a `lock` is held. Returns the lock for the write.
pub(crate) fn agree(
    context: &Context,
    verb: &str,
    editor: &Editor,
    changes: &[Change],
    dry_run: bool,
    lock: Option<Exclusive>,
    program: Option<&ProfileProgram>,
) -> Result<Option<Exclusive>, Failure> {
    let shown: String = changes.iter().map(diff).collect();
    if dry_run {
        if let Some(program) = program {
            program.note_copy(context);
        }
        return write_stdout(Painter::stdout(context).diff(&shown).as_bytes()).map(|()| None);
    }
    changes.iter().try_for_each(Change::check)?;
    if let Some(lock) = lock {
        write_stdout(Painter::stdout(context).diff(&shown).as_bytes())?;
        return Ok(Some(lock));
    }
    if confirm(context, verb, &shown, true)? { Ok(Some(editor.lock()?)) } else { Ok(None) }
}

pub(crate) fn report_written(context: &Context, written: &[Written]) {
    for Written { file, backup, is_new } in written {
        let before = match backup {
            Some(path) => format!("; backup: {}", SourceFile::new(path.clone(), &context.paths.home).shown),
            None if *is_new => ", a new file".to_owned(),
            None => ", without a backup".to_owned(),
        };
        note(context, &format!("wrote {}{before}", file.shown));
    }
}
