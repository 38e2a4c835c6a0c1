//! Colour: when there is any, and which one a severity has.

use std::io::{IsTerminal, stdout};

use crate::doctor::Severity;
use crate::os::env;

use super::args::ColorArg;
use super::context::Context;

const RESET: &str = "\x1b[0m";

/// Whether what goes to stdout is coloured: as `--color` says, else on a terminal that can, unless `NO_COLOR` is set.
pub(super) fn is_wanted(context: &Context) -> bool {
    match context.global.color {
        Some(ColorArg::Always) => true,
        Some(ColorArg::Never) => false,
        Some(ColorArg::Auto) | None => {
            let is_dumb = context.env.text(env::TERM).is_none_or(|terminal| terminal == "dumb");
            context.env.text(env::NO_COLOR).is_none() && !is_dumb && stdout().is_terminal()
        }
    }
}

/// `text`, which tells of something so severe.
pub(super) fn of(severity: Severity, text: &str) -> String {
    let color = match severity {
        Severity::Error => "\x1b[31m",
        Severity::Warning => "\x1b[33m",
        Severity::Info => "\x1b[36m",
    };
    format!("{color}{text}{RESET}")
}
