//! Prints policies on stdout or writes them to files, which are overwritten only with `--force`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::args::policy::Plain;
use crate::cli::context::Context;
use crate::cli::errors::failure::{EDIT, Failure, USAGE};
use crate::cli::output::{note, write_stdout};
use crate::cli::selection::check_output;
use crate::os::atomic_file::publish;
use crate::os::fs::read_regular;
use crate::policy::document::{PolicyDocument, pretty};

/// The largest existing file that is compared, in bytes. Documents are much smaller.
const LARGEST: u64 = 1 << 20;

/// On stdout, several policies are an array. Otherwise each policy has its own file.
pub(super) fn documents(context: &Context, plain: &Plain, documents: &[PolicyDocument]) -> Result<(), Failure> {
    if let [document] = documents {
        return write(context, plain, pretty(document));
    }
    let Some(output) = file(plain) else { return write_stdout(pretty(&documents).as_bytes()) };
    let files = documents.iter().zip(1..).map(|(document, number)| (with_number(output, number), pretty(document)));
    write_files(context, plain, &files.collect::<Vec<_>>())
}

pub(super) fn template(context: &Context, plain: &Plain, template: &Value) -> Result<(), Failure> {
    write(context, plain, pretty(template))
}

fn write(context: &Context, plain: &Plain, text: String) -> Result<(), Failure> {
    match file(plain) {
        None => write_stdout(text.as_bytes()),
        Some(output) => write_files(context, plain, &[(output.to_owned(), text)]),
    }
}

/// `-` is stdout.
fn file(plain: &Plain) -> Option<&Path> {
    plain.output.as_deref().filter(|path| *path != Path::new("-"))
}

/// `policy-2.json` of `policy.json`.
fn with_number(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{number}{extension}"))
}

fn write_files(context: &Context, plain: &Plain, files: &[(PathBuf, String)]) -> Result<(), Failure> {
    let mut new = Vec::new();
    for (path, text) in files {
        check_output(context, path)?;
        match read_regular(path, LARGEST) {
            Ok(Some(there)) if there == text.as_bytes() => {
                note(context, &format!("{} has this content already", path.display()));
            }
            // All files are checked before any is written.
            Ok(Some(_)) if !plain.force => {
                let message = format!("{} exists with different content", path.display());
                return Err(Failure::new(EDIT, message).hint("to overwrite it: --force"));
            }
            Ok(_) => new.push((path, text)),
            Err(error) => return Err(Failure::new(EDIT, format!("cannot write {}: {error}", path.display()))),
        }
    }
    for (path, text) in new {
        if path.file_name().is_none() {
            return Err(Failure::new(USAGE, "--output must name a file"));
        }
        publish(path, text.as_bytes())
            .map_err(|error| Failure::new(EDIT, format!("cannot write {}: {error}", path.display())))?;
        note(context, &format!("wrote {}", path.display()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_precedes_the_extension() {
        for (path, expected) in [("a/p.json", "a/p-2.json"), ("p", "p-2"), ("p.x.json", "p.x-2.json")] {
            assert_eq!(with_number(Path::new(path), 2), Path::new(expected));
        }
    }
}
