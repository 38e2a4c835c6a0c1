//! Backups of earlier edits that hold a removed secret.

use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::context::Context;
use crate::cli::errors::failure::{EDIT, Failure};
use crate::cli::output::note;
use crate::cli::questions::Questions;
use crate::core::origin::SourceFile;
use crate::core::secret::Secret;
use crate::os::backups::backups;
use crate::os::fs::read_regular;
use crate::profile::load::MAX_FILE_BYTES;
use crate::setup::key_import::LEAST_SECRET;

/// Deletes them with `yes`, otherwise after a question.
pub(super) fn offer_deletion(context: &Context, secret: &Secret, yes: bool) -> Result<(), Failure> {
    let holding = holding(context, secret);
    if holding.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> =
        holding.iter().map(|path| SourceFile::new(path.clone(), &context.paths.home).shown.clone()).collect();
    let is_deleted = yes || {
        let Ok(mut person) = Questions::open(context) else {
            note(context, &format!("older backups still hold the secret; delete them: {}", shown.join(", ")));
            return Ok(());
        };
        person.say("Older backups still hold the secret:\n");
        for path in &shown {
            person.say(&format!("  {path}\n"));
        }
        person.confirm("Delete these files?")?
    };
    if !is_deleted {
        note(context, "the older backups were not deleted");
        return Ok(());
    }
    for (path, shown) in holding.iter().zip(&shown) {
        fs::remove_file(path).map_err(|error| Failure::new(EDIT, format!("cannot delete {shown}: {error}")))?;
        note(context, &format!("deleted {shown}"));
    }
    Ok(())
}

fn holding(context: &Context, secret: &Secret) -> Vec<PathBuf> {
    backups(&context.paths.cache_dir).into_iter().filter(|path| holds(path, secret)).collect()
}

/// Whether the file contains the secret. Short ones are ordinary words.
pub(super) fn holds(path: &Path, secret: &Secret) -> bool {
    let wanted = secret.expose().as_bytes();
    let bytes = read_regular(path, MAX_FILE_BYTES).ok().flatten().map(Zeroizing::new);
    wanted.len() >= LEAST_SECRET && bytes.is_some_and(|bytes| bytes.windows(wanted.len()).any(|part| part == wanted))
}
