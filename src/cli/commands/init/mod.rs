use crate::cli::args::InitShell;
use crate::cli::errors::failure::{Failure, USAGE};

/// The definition of the function `acreds`.
pub(crate) fn script(shell: InitShell) -> Result<&'static str, Failure> {
    match shell {
        InitShell::Bash => Ok(include_str!("acreds.bash")),
        InitShell::Zsh => Ok(include_str!("acreds.zsh")),
        InitShell::Fish => Ok(include_str!("acreds.fish")),
        InitShell::Nu => Ok(include_str!("acreds.nu")),
        InitShell::Powershell => Err(Failure::new(USAGE, "init does not support PowerShell yet")
            .hint("use instead: amplify-creds env PROFILE | Out-String | Invoke-Expression")),
    }
}
