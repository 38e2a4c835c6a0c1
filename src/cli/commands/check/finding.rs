use serde_json::{Value, json};

use crate::cli::color::{Color, Painter};
use crate::cli::errors::failure::Failure;
use crate::core::masking::{masked, masked_message};
use crate::core::sanitize::printable;

pub(crate) struct CheckFinding {
    pub(crate) code: &'static str,
    pub(crate) severity: &'static str,
    /// Whether AWS's message does not name a single cause.
    pub(crate) is_open: bool,
    pub(crate) failure: Failure,
}

impl CheckFinding {
    pub(crate) fn new(code: &'static str, severity: &'static str, failure: Failure) -> Self {
        Self { code, severity, is_open: false, failure }
    }

    pub(crate) fn is_error(&self) -> bool {
        self.severity == "error"
    }

    pub(crate) fn text(&self, painter: Painter) -> String {
        let Failure { message, at, aws, hints, .. } = &self.failure;
        let message = printable(&masked_message(message));
        let mut lines = Vec::new();
        let place = at.iter().map(ToString::to_string).find(|place| !message.contains(place));
        lines.extend(place.map(|place| format!("  at {place}")));
        lines.extend(aws.iter().map(|said| format!("  AWS: {said}")));
        if self.is_open {
            lines.push("  one of these is the likely cause:".to_owned());
        }
        lines.extend(
            hints.iter().map(|hint| format!("  {} {}", if self.is_open { "-" } else { "hint:" }, masked_message(hint))),
        );
        let color = if self.is_error() { Color::Red } else { Color::Yellow };
        let below: String = lines.iter().map(|line| printable(line) + "\n").collect();
        format!("\n{}\n{}", painter.paint(color, &message), painter.hints(&below))
    }

    pub(crate) fn json(&self, profile: &str, hop: usize) -> Value {
        let Failure { message, at, aws, hints, .. } = &self.failure;
        let message = masked_message(message);
        let message = aws.as_ref().map_or_else(|| message.to_string(), |said| format!("{message}: {said}"));
        let hints: Vec<_> = hints.iter().map(|hint| masked_message(hint)).collect();
        json!({
            "code": self.code,
            "severity": self.severity,
            "profile": masked(profile),
            "hop": hop,
            "file": at.as_ref().map(|place| place.file.path.display().to_string()),
            "line": at.as_ref().and_then(|place| place.line),
            "message": message,
            "hint": (!hints.is_empty()).then(|| hints.join("; or ")),
        })
    }
}
