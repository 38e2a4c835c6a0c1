use std::io::{IsTerminal, stderr};

use crate::os::ancestors;
use crate::prompt::print_over_spinner;
use crate::tools::amplify_process::is_amplify;

use super::failure::Failure;

/// The Amplify CLI drops our stderr and reports "Region is missing" (observed of 14.2.2), so the person sees the error only
/// on the terminal. Other tools relay our stderr, and a copy would be printed twice. Of processes with one failure, one prints.
pub fn print_below_amplify(failure: &Failure) {
    if !failure.is_shared
        && !stderr().is_terminal()
        && ancestors::command_lines().iter().any(|command_line| is_amplify(command_line))
    {
        print_over_spinner(&failure.text());
    }
}
