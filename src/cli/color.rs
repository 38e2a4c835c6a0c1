use std::io::{IsTerminal, stdout};

use crate::cli::args::ColorArg;
use crate::cli::context::Context;
use crate::doctor::Severity;
use crate::os::env;

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

pub(super) fn of(severity: Severity, text: &str) -> String {
    let color = match severity {
        Severity::Error => "\x1b[31m",
        Severity::Warning => "\x1b[33m",
        Severity::Info => "\x1b[36m",
    };
    format!("{color}{text}\x1b[0m")
}
