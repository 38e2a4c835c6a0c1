use std::ffi::OsStr;
use std::io;

use crate::cli::errors::failure::{COMMAND_NOT_FOUND, CONFIG, Failure, NOT_EXECUTABLE};

pub(crate) fn not_run(program: &OsStr, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::InvalidInput {
        let message = "a value for the command's environment, or an argument, contains a NUL byte, \
                       which programs cannot receive";
        let hint = "to see where each value comes from: amplify-creds explain";
        return Failure::new(CONFIG, message).hint(hint).before_command();
    }
    let program = program.display();
    if error.kind() == io::ErrorKind::NotFound {
        Failure::new(COMMAND_NOT_FOUND, format!("command not found: {program} (or its #! interpreter)"))
            .hint("write the profile before -- and the command after it: amplify-creds exec PROFILE -- COMMAND")
    } else {
        Failure::new(NOT_EXECUTABLE, format!("cannot run {program}: {error}"))
    }
}

/// If no command was given, SHELL names the program.
pub(crate) fn of_shell_variable(failure: Failure) -> Failure {
    if ![COMMAND_NOT_FOUND, NOT_EXECUTABLE].contains(&failure.code) {
        return failure;
    }
    let message = format!("{} (SHELL names it)", failure.message);
    let hint = "set SHELL to an existing shell, or give a command: amplify-creds exec PROFILE -- COMMAND";
    Failure { message, hints: vec![hint.to_owned()], ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::errors::failure::BEFORE_COMMAND;

    #[test]
    fn nul_byte_is_reported_with_exit_125() {
        let failure = not_run(OsStr::new("ls"), &io::ErrorKind::InvalidInput.into());
        assert!(failure.message.contains("NUL byte"), "{}", failure.message);
        assert_eq!(failure.code.exit, BEFORE_COMMAND);
    }
}
