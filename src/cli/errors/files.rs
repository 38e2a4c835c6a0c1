use std::fmt::Display;

use std::sync::Arc;

use crate::amplify::project::ProjectError;
use crate::cli::errors::failure::{CONFIG, EDIT, ErrorCode, FILE, Failure, LOCK_TIMEOUT, UNSUPPORTED, USAGE};
use crate::core::origin::{Location, SourceFile};
use crate::core::shell_word::shell_word;
use crate::edit::{Original, WriteError};
use crate::os::fs::is_program;
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
        Failure::new(CONFIG, error.to_string()).hint("set HOME to your home directory")
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
                    None => format!("the settings are: {}", SETTING_NAMES.join(", ")),
                };
                at_line(error.to_string(), at).hint(hint)
            }
            SettingsError::Section { ref at, .. } => {
                at_line(error.to_string(), at).hint("write the settings without a section header")
            }
            SettingsError::NoValue { key, at } => at_line(format!("{at}: setting {key} has no value"), &at)
                .hint("write a value after =, or remove the line; see: amplify-creds help config"),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let message = error.to_string();
        match error {
            LoadError::Directory(file) => in_file(FILE, message, &file).hint(
                "name a file in AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, --config-file or --credentials-file",
            ),
            LoadError::Unreadable { file, .. } => {
                in_file(FILE, message, &file).hint(format!("run: ls -l {}", file.shown))
            }
            LoadError::TooLarge(file) => in_file(FILE, message, &file),
            LoadError::NotUtf8 { at, .. } => at_line(message, &at).hint("save the file as UTF-8"),
            LoadError::Syntax { at, problem } => at_line(format!("{at}: {problem}"), &at)
                .hint("the AWS SDKs reject the whole file because of this line; --dialect auto ignores the line"),
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
                failure.in_file(&file).hint("name a profile: --profile NAME, or AWS_PROFILE")
            }
            ProjectError::LinkOutside { link, .. } => {
                failure.in_file(&link).hint("replace the link with a file, or edit its target yourself")
            }
            ProjectError::NoEnvironment { .. } => {
                failure.hint("name the environment: --env NAME; or run in the project: amplify init")
            }
            ProjectError::UnknownEnvironment { names, .. } if names.is_empty() => {
                failure.hint("the project has no environments")
            }
            ProjectError::UnknownEnvironment { names, .. } => {
                failure.hint(format!("the project's environments are: {}", names.join(", ")))
            }
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let message = error.to_string();
        match error {
            WriteError::Changed(file) => {
                in_file(EDIT, format!("{message}; nothing was written"), &file).hint("run the command again")
            }
            WriteError::ReadOnly(file) => in_file(EDIT, format!("{message}, so it is not edited"), &file)
                .hint(format!("to allow the edit: chmod u+w {}", file.shown)),
            WriteError::ForeignOwner(file) => in_file(EDIT, format!("{message}, so it is not edited"), &file)
                .hint("run the command as that user, without sudo"),
            WriteError::ForeignProgram(file) => {
                let failure = in_file(UNSUPPORTED, message, &file);
                let of_it =
                    is_program(&file.path).then(|| format!("run the same command with that program: {}", file.shown));
                let failure = of_it.into_iter().fold(failure, Failure::hint);
                failure.hint("move it away, so that this program can be copied there")
            }
            WriteError::NotUtf8(at, _) => at_line(message, &at).hint("save the file as UTF-8"),
            WriteError::Locked => Failure::new(LOCK_TIMEOUT, message).hint("wait until it ends, or answer its prompt"),
            WriteError::Backup { file, directory, .. } => in_file(EDIT, message, &file)
                .hint(format!("a file is not edited without a backup; see: ls -ld {}", directory.display())),
            WriteError::Io { file, what: "read", .. } => in_file(FILE, message, &file),
            WriteError::NoFile(file) | WriteError::Io { file, .. } => in_file(EDIT, message, &file),
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        let failure = Failure::new(CONFIG, error.to_string());
        match error {
            SetupError::Taken { profile, at } => {
                failure.at_line(&at, Some(&profile)).hint("choose another name for the new profile: --name NAME")
            }
            SetupError::NoDefaultName(_) => Failure { code: USAGE, ..failure }.hint("add --name NAME"),
            SetupError::StoredKey { profile, at: Some(at) } => failure.at_line(&at, Some(&profile)),
            SetupError::StoredKey { at: None, .. } => failure,
            SetupError::TwoSections { profile, at } => {
                failure.at_line(&at, Some(&profile)).hint("merge the two sections, or omit --in-place")
            }
            SetupError::Edit { file, line, reason } => {
                let failure = match line {
                    Some(line) => failure.at_line(&Location { file, line }, None),
                    None => failure.in_file(&file),
                };
                match reason {
                    EditError::Disputed(line) => {
                        failure.hint(format!("write only the header [NAME] on line {line}, without text after the ]"))
                    }
                    EditError::Name(_) => failure.hint("use only letters, digits, - and _ in the name: --name NAME"),
                    _ => failure,
                }
            }
            SetupError::ProfileInCommand(_) => Failure { code: UNSUPPORTED, ..failure }
                .hint("rename the profile in its header; use only letters, digits, - and _"),
            SetupError::ProgramInCommand(program) => Failure { code: UNSUPPORTED, ..failure }.hint(format!(
                "create a link with a plain path and run the link: ln -s {} /usr/local/bin/amplify-creds",
                shell_word(&program)
            )),
            SetupError::Ripple { .. } | SetupError::Unseen { .. } => failure.hint(
                "nothing was written; fix the headers of that profile first, or choose another name: --name NAME",
            ),
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
