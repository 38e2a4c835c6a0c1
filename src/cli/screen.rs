use std::io::{IsTerminal, stdout};

use crate::cli::color::Painter;
use crate::cli::context::Context;
use crate::os::env;
use crate::os::terminal_size::stdout_columns;

/// For a terminal that does not report its size.
const USUAL_WIDTH: usize = 80;

/// How text for people is laid out on stdout.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    /// In columns; `None` where stdout is not a terminal.
    pub(super) width: Option<usize>,
    pub(super) painter: Painter,
}

impl Screen {
    pub(super) fn of(context: &Context) -> Self {
        let asked = || context.env.text(env::COLUMNS)?.parse().ok().filter(|columns| *columns > 0);
        let width = || asked().or_else(stdout_columns).unwrap_or(USUAL_WIDTH);
        Self { width: stdout().is_terminal().then(width), painter: Painter::stdout(context) }
    }
}
