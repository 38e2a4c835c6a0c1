use std::io::{IsTerminal, stderr};

use crate::os::ancestors;
use crate::prompt::print_over_spinner;
use crate::tools::amplify_process::is_amplify;

use super::failure::Failure;

/// The Amplify CLI drops our stderr and reports "Region is missing" (observed in 14.2.2), so the user sees the error
/// only on the terminal. Other tools relay our stderr and would show the error twice. If several processes share a
/// failure, only one prints it.
pub fn print_below_amplify(failure: &Failure) {
    if !failure.is_shared
        && !stderr().is_terminal()
        && ancestors::command_lines().iter().any(|command_line| is_amplify(command_line))
    {
        print_over_spinner(&failure.text());
    }
}
