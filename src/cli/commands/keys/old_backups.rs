//! Backups of earlier edits that hold a removed secret.

use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::context::Context;
use crate::cli::errors::failure::{CANCELLED, EDIT, Failure};
use crate::cli::output::note;
use crate::cli::questions::Questions;
use crate::core::origin::SourceFile;
use crate::core::secret::Secret;
use crate::os::backups::backups;
use crate::os::fs::read_regular;
use crate::profile::load::{Files, MAX_FILE_BYTES};
use crate::profile::lost_keys::lost_keys;
use crate::profile_file::FileKind;
use crate::setup::key_import::LEAST_SECRET;

/// Deletes them with `yes`, otherwise after a question. A backup that also has keys of others is only named.
pub(super) fn offer_deletion(context: &Context, secret: &Secret, yes: bool) -> Result<(), Failure> {
    let (holding, unique): (Vec<_>, Vec<_>) =
        holding(context, secret).into_iter().partition(|path| other_ids(context, path, secret).is_empty());
    for path in unique {
        let (ids, shown) = (other_ids(context, &path, secret).join(", "), shown(context, &path));
        note(context, &format!("{shown} still holds the secret, and keys that are in no profile file: {ids}"));
    }
    if holding.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> = holding.iter().map(|path| shown(context, path)).collect();
    let is_deleted = yes || {
        let Ok(mut person) = Questions::open(context) else {
            note(context, &format!("older backups still hold the secret; delete them: {}", shown.join(", ")));
            return Ok(());
        };
        person.say("Older backups still hold the secret:\n");
        for path in &shown {
            person.say(&format!("  {path}\n"));
        }
        person.confirm("Delete these files?").map_err(|failure| match failure.code {
            CANCELLED => {
                let message = "cancelled; the key was imported, and the older backups still hold the secret";
                Failure { message: message.to_owned(), ..failure }
            }
            _ => failure,
        })?
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

fn shown(context: &Context, path: &Path) -> String {
    SourceFile::new(path.to_owned(), &context.paths.home).shown.clone()
}

/// The ids of other keys that no profile file has.
fn other_ids(context: &Context, path: &Path, secret: &Secret) -> Vec<String> {
    let Some(bytes) = read_regular(path, MAX_FILE_BYTES).ok().flatten().map(Zeroizing::new) else { return Vec::new() };
    let Ok(text) = std::str::from_utf8(&bytes) else { return Vec::new() };
    let Ok(files) = Files::load(&context.paths) else { return Vec::new() };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lost = lost_keys(&name, text, FileKind::ALL.map(|kind| files.text(kind)));
    let others = lost.into_iter().filter(|keys| keys.secret_access_key.expose() != secret.expose());
    others.map(|keys| keys.access_key_id).collect()
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
