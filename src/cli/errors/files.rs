use std::fmt::Display;

use std::sync::Arc;

use crate::amplify::project::ProjectError;
use crate::cli::errors::failure::{CONFIG, EDIT, ErrorCode, FILE, Failure, LOCK_TIMEOUT, UNSUPPORTED};
use crate::core::origin::{Location, SourceFile};
use crate::edit::{Original, WriteError};
use crate::os::paths::NoHome;
use crate::profile::load::LoadError;
use crate::profile_file::document::EditError;
use crate::settings::{SETTING_NAMES, SettingsError, nearest};
use crate::setup::SetupError;

pub(crate) fn at_edited_line(original: &Original, line: u32, problem: impl Display) -> Failure {
    let at = Location { file: original.file.clone(), line };
    Failure::new(CONFIG, format!("{at}: {problem}")).at_line(&at, None)
}

impl From<NoHome> for Failure {
    fn from(error: NoHome) -> Self {
        Failure::new(CONFIG, error.to_string()).hint("set HOME to the directory that holds .aws")
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Unreadable { .. } => Failure::new(CONFIG, error.to_string()),
            SettingsError::NotUtf8 { at, invalid } => {
                at_line(format!("{at} is {invalid}"), &at).hint("save the file as UTF-8")
            }
            SettingsError::Unknown { ref key, ref at } => {
                let hint = match nearest(key) {
                    Some(name) => format!("did you mean {name}?"),
                    None => format!("the settings are {}", SETTING_NAMES.join(", ")),
                };
                at_line(error.to_string(), at).hint(hint)
            }
            SettingsError::Section { ref at, .. } => {
                at_line(error.to_string(), at).hint("write the settings without a section header")
            }
            SettingsError::NoValue { key, at } => at_line(format!("{at}: setting {key} has no value"), &at)
                .hint("give it one behind =, or take the line out; see: amplify-creds help config"),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let message = error.to_string();
        match error {
            LoadError::Directory(file) => in_file(FILE, message, &file)
                .hint("give a file: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, --config-file or --credentials-file"),
            LoadError::Unreadable { file, .. } => {
                in_file(FILE, message, &file).hint(format!("see: ls -l {}", file.shown))
            }
            LoadError::TooLarge(file) => in_file(FILE, message, &file),
            LoadError::NotUtf8 { at, .. } => at_line(message, &at).hint("save the file as UTF-8"),
            LoadError::Syntax { at, problem } => at_line(format!("{at}: {problem}"), &at)
                .hint("the AWS SDKs reject the whole file for this; --dialect auto passes over the line"),
        }
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let failure = Failure::new(CONFIG, error.to_string());
        match error {
            ProjectError::Unreadable { file, .. } => Failure { code: FILE, ..failure }.in_file(&file),
            ProjectError::Syntax { at, .. } => failure.at_line(&at, None),
            ProjectError::Corrupt { at, .. } => {
                failure.at_line(&at, None).hint("give a profile, or run in the project: amplify configure project")
            }
            ProjectError::OtherOwner { file, .. } => {
                failure.in_file(&file).hint("give a profile: --profile NAME, or AWS_PROFILE")
            }
            ProjectError::LinkOutside { link, .. } => {
                failure.in_file(&link).hint("put a file in the place of the link, or edit its target yourself")
            }
            ProjectError::NoEnvironment { .. } => failure.hint("give a profile, or run in the project: amplify init"),
            ProjectError::UnknownEnvironment { names, .. } if names.is_empty() => failure.hint("it has none"),
            ProjectError::UnknownEnvironment { names, .. } => failure.hint(format!("there are: {}", names.join(", "))),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let message = error.to_string();
        match error {
            WriteError::Changed(file) => {
                in_file(EDIT, format!("{message}; it stays as it is now"), &file).hint("run the command again")
            }
            WriteError::ReadOnly(file) => in_file(EDIT, format!("{message}, and is not edited"), &file)
                .hint(format!("if it may be: chmod u+w {}", file.shown)),
            WriteError::ForeignOwner(file) => in_file(EDIT, format!("{message}, and is not edited"), &file)
                .hint("run the command as that user, and without sudo"),
            WriteError::NotUtf8(at, _) => at_line(message, &at).hint("save the file as UTF-8"),
            WriteError::Locked => {
                Failure::new(LOCK_TIMEOUT, message).hint("wait for it to end, or answer its question")
            }
            WriteError::Backup { file, directory, .. } => in_file(EDIT, message, &file)
                .hint(format!("nothing is edited without a backup; see: ls -ld {}", directory.display())),
            WriteError::Io { file, what: "read", .. } => in_file(FILE, message, &file),
            WriteError::NoFile(file) | WriteError::Io { file, .. } => in_file(EDIT, message, &file),
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        let failure = Failure::new(CONFIG, error.to_string());
        match error {
            SetupError::Taken { profile, at } => failure
                .at_line(&at, Some(&profile))
                .hint("without --in-place, give the new profile another name: --name NAME"),
            SetupError::TwoSections { profile, at } => {
                failure.at_line(&at, Some(&profile)).hint("make one section of them, or go without --in-place")
            }
            SetupError::Edit { file, line, reason } => {
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
            SetupError::ProfileInCommand(_) => Failure { code: UNSUPPORTED, ..failure }
                .hint("give the profile a name of letters, digits, - and _ in its header"),
            SetupError::ProgramInCommand(program) => Failure { code: UNSUPPORTED, ..failure }.hint(format!(
                "make a link with a plain path and run that: ln -s {program:?} ~/.local/bin/amplify-creds"
            )),
            SetupError::Ripple { .. } | SetupError::Unseen { .. } => failure
                .hint("nothing was written; mend the headers of that profile first, or give another name: --name NAME"),
            SetupError::Broken(error) => error.into(),
        }
    }
}

fn at_line(message: String, at: &Location) -> Failure {
    Failure::new(CONFIG, message).at_line(at, None)
}

fn in_file(code: ErrorCode, message: String, file: &Arc<SourceFile>) -> Failure {
    Failure::new(code, message).in_file(file)
}
