//! Colours, for terminals only.

use std::borrow::Cow;
use std::io::{IsTerminal, stderr, stdout};

use crate::cli::args::ColorArg;
use crate::cli::context::Context;
use crate::doctor::Severity;
use crate::os::env;
use crate::os::env::Env;
use crate::output::fields::{Emphasis, Fields};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    Bold,
    Red,
    Green,
    Yellow,
    Cyan,
}

impl Color {
    pub(super) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Red,
            Severity::Warning => Self::Yellow,
            Severity::Info => Self::Cyan,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Bold => 1,
            Self::Red => 31,
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Cyan => 36,
        }
    }
}

/// Adds colours where they are wanted. The text must be printable before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Painter(bool);

impl Painter {
    pub(super) fn stdout(context: &Context) -> Self {
        Self::new(context.global.color, &context.env, stdout().is_terminal())
    }

    pub(super) fn stderr(color: Option<ColorArg>) -> Self {
        Self::new(color, &Env::process(), stderr().is_terminal())
    }

    /// For a question, which is asked on a terminal in any case.
    pub(super) fn question(context: &Context) -> Self {
        Self::new(context.global.color, &context.env, true)
    }

    fn new(color: Option<ColorArg>, env: &Env, is_terminal: bool) -> Self {
        Self(match color {
            Some(ColorArg::Always) => true,
            Some(ColorArg::Never) => false,
            Some(ColorArg::Auto) | None => {
                let is_dumb = || env.text(env::TERM).is_none_or(|terminal| terminal == "dumb");
                is_terminal && env.text(env::NO_COLOR).is_none() && !is_dumb()
            }
        })
    }

    pub(super) fn paint(self, color: Color, text: &str) -> Cow<'_, str> {
        if self.0 && !text.is_empty() {
            Cow::Owned(format!("\x1b[{}m{text}\x1b[0m", color.code()))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Paints whole lines by what they begin with.
    fn lines(self, text: &str, color: impl Fn(&str) -> Option<Color>) -> String {
        let paint = |line: &str| match color(line) {
            Some(color) => self.paint(color, line).into_owned(),
            None => line.to_owned(),
        };
        text.lines().map(|line| paint(line) + "\n").collect()
    }

    pub(super) fn fields(self, fields: Fields) -> String {
        fields.text(|emphasis, text| {
            let color = match emphasis {
                Emphasis::Heading => Color::Bold,
                Emphasis::Good => Color::Green,
                Emphasis::Bad => Color::Red,
            };
            self.paint(color, text).into_owned()
        })
    }

    pub(super) fn diff(self, text: &str) -> String {
        self.lines(text, |line| match line.as_bytes().first() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => Some(Color::Bold),
            Some(b'-') => Some(Color::Red),
            Some(b'+') => Some(Color::Green),
            Some(b'@') => Some(Color::Cyan),
            _ => None,
        })
    }

    /// Paints the start of an error message and the word `hint:` of its hints.
    pub(super) fn error(self, text: &str) -> String {
        let text = self.hints(text);
        match text.strip_prefix("amplify-creds:") {
            Some(rest) => format!("{}{rest}", self.paint(Color::Red, "amplify-creds:")),
            None => text,
        }
    }

    pub(super) fn hints(self, text: &str) -> String {
        let line = |line: &str| match line.trim_start().strip_prefix("hint:") {
            Some(hint) => {
                let indent = &line[..line.len() - line.trim_start().len()];
                format!("{indent}{}{hint}\n", self.paint(Color::Cyan, "hint:"))
            }
            None => format!("{line}\n"),
        };
        text.lines().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_needs_a_capable_terminal_unless_asked_for() {
        let terminal = [("TERM", "xterm"); 2];
        let no_color = [("TERM", "xterm"), ("NO_COLOR", "1")];
        let rows = [
            (None, terminal, true, true),
            (None, terminal, false, false),
            (None, [("TERM", ""); 2], true, false),
            (None, [("TERM", "dumb"); 2], true, false),
            (None, no_color, true, false),
            (Some(ColorArg::Auto), terminal, true, true),
            (Some(ColorArg::Always), no_color, false, true),
            (Some(ColorArg::Never), terminal, true, false),
        ];
        for (color, env, is_terminal, expected) in rows {
            let painter = Painter::new(color, &Env::fixed(env), is_terminal);
            assert_eq!(painter.paint(Color::Red, "x").len() > 1, expected, "{env:?} {is_terminal}");
        }
    }

    #[test]
    fn diff_and_error_lines_are_painted() {
        let painter = Painter(true);
        assert_eq!(
            painter.diff("--- a\n+++ b\n@@ x\n same\n-old\n+new\n"),
            "\x1b[1m--- a\x1b[0m\n\x1b[1m+++ b\x1b[0m\n\x1b[36m@@ x\x1b[0m\n same\n\
             \x1b[31m-old\x1b[0m\n\x1b[32m+new\x1b[0m\n"
        );
        let error = "amplify-creds: failed\n  at a:1\n  hint: run x\n";
        assert_eq!(
            painter.error(error),
            "\x1b[31mamplify-creds:\x1b[0m failed\n  at a:1\n  \x1b[36mhint:\x1b[0m run x\n"
        );
        assert_eq!(Painter(false).error(error), error);
    }
}
