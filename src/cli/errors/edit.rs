//! The words for what keeps a file from being edited.

use std::fmt::Display;

use crate::cli::errors::failure::{CONFIG, EDIT, FILE, Failure, LOCK_TIMEOUT, UNSUPPORTED};
use crate::core::origin::Location;
use crate::edit::{Original, WriteError};
use crate::profile_file::document::EditError;
use crate::setup::SetupError;

pub(crate) fn at_edited_line(original: &Original, line: u32, problem: impl Display) -> Failure {
    let at = Location { file: original.file.clone(), line };
    Failure::new(CONFIG, format!("{at}: {problem}")).at_line(&at, None)
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let message = error.to_string();
        match error {
            WriteError::Changed(file) => Failure::new(EDIT, format!("{message}; it stays as it is now"))
                .in_file(&file)
                .hint("run the command again"),
            WriteError::ReadOnly(file) => Failure::new(EDIT, format!("{message}, and is not edited"))
                .in_file(&file)
                .hint(format!("if it may be: chmod u+w {}", file.shown)),
            WriteError::ForeignOwner(file) => Failure::new(EDIT, format!("{message}, and is not edited"))
                .in_file(&file)
                .hint("run the command as that user, and without sudo"),
            WriteError::NoFile(file) => Failure::new(EDIT, message).in_file(&file),
            WriteError::NotUtf8(file) => Failure::new(FILE, message).in_file(&file).hint("save the file as UTF-8"),
            WriteError::Locked => {
                Failure::new(LOCK_TIMEOUT, message).hint("wait for it to end, or answer its question")
            }
            WriteError::Backup { file, directory, .. } => Failure::new(EDIT, message)
                .in_file(&file)
                .hint(format!("nothing is edited without a backup; see: ls -ld {}", directory.display())),
            WriteError::Io { file, what, .. } => {
                Failure::new(if what == "read" { FILE } else { EDIT }, message).in_file(&file)
            }
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        let message = error.to_string();
        match error {
            SetupError::Taken { profile, at } => {
                Failure::new(CONFIG, message).at_line(&at, Some(&profile)).hint("without --in-place, give the new profile another name: --name NAME")
            }
            SetupError::TwoSections { profile, at } => Failure::new(CONFIG, message)
                .at_line(&at, Some(&profile))
                .hint("make one section of them, or go without --in-place"),
            SetupError::Edit { file, line, reason } => {
                let failure = Failure::new(CONFIG, message);
                let failure = match line {
                    Some(line) => failure.at_line(&Location { file, line }, None),
                    None => failure.in_file(&file),
                };
                match reason {
                    EditError::Disputed(line) => {
                        failure.hint(format!("let line {line} be the header alone, [NAME], with nothing behind the ]"))
                    }
                    EditError::Name(_) => failure.hint("give a name of letters, digits, - and _: --name NAME"),
                    _ => failure,
                }
            }
            SetupError::Command(_) => Failure::new(UNSUPPORTED, message).hint(
                "give the profile a name of letters, digits, - and _, and call this program by a path of such characters",
            ),
            SetupError::Ripple { .. } | SetupError::Unseen { .. } => Failure::new(CONFIG, message)
                .hint("nothing was written; mend the headers of that profile first, or give another name: --name NAME"),
            SetupError::Broken(error) => error.into(),
        }
    }
}
