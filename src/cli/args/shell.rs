use clap::{Args, ValueEnum};

use crate::output::shell::Shell;

use super::shared::{Fetch, SESSION_OPTIONS};
use super::verbs::shell;

/// The shells with the function `acreds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InitShell {
    /// GNU bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// Nushell
    #[value(alias = "nushell")]
    Nu,
    /// PowerShell
    #[value(hide = true, alias = "pwsh")]
    Powershell,
}

#[derive(Debug, Args)]
pub struct Acreds {
    #[command(flatten)]
    pub fetch: Fetch,
    /// Export keys, also of a profile that every tool can use
    #[arg(long)]
    pub keys: bool,
    /// Select no profile and unset the variables
    #[arg(long, conflicts_with_all = ["name", "keys", "profile", "env"], conflicts_with_all = SESSION_OPTIONS)]
    pub unset: bool,
    /// Shell that evaluates the output
    #[arg(long, hide_short_help = true, hide_long_help = true, value_name = "SHELL", default_value = "sh", value_parser = shell())]
    pub shell: Shell,
}
