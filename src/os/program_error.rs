use serde::{Deserialize, Serialize};

/// Enough for the message of a wrapped error, but not for a stack trace.
const MAX_LINES: usize = 5;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramMessage {
    /// Without a line feed.
    pub summary: String,
    /// The end of stderr, if it is longer than the summary.
    pub last_lines: Vec<String>,
}

pub fn of(stderr: &[u8], printed_on_stdout: bool, mask: impl Fn(&str) -> String) -> ProgramMessage {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<_> = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
    let summary = match lines.iter().rev().find(|line| !is_of_trace(line)).or(lines.last()) {
        Some(line) => mask(line.trim()),
        None if printed_on_stdout => "it printed no error on stderr".to_owned(),
        None => "it printed nothing".to_owned(),
    };
    let last = if lines.len() > 1 { &lines[lines.len().saturating_sub(MAX_LINES)..] } else { &[] };
    ProgramMessage { summary, last_lines: last.iter().map(|line| mask(line)).collect() }
}

/// Detects a stack frame of Node.js, Python, Java or Go, and Node's version below it. The message is above them.
fn is_of_trace(line: &str) -> bool {
    let text = line.trim();
    let is_indented = line.starts_with([' ', '\t']);
    text.starts_with("at ")
        || text.starts_with("hint: ")
        || text.starts_with("Node.js v")
        || is_indented && (text.starts_with("File \"") || text.contains(".go:"))
        || !text.contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(stderr: &str) -> String {
        of(stderr.as_bytes(), false, str::to_owned).summary
    }

    #[test]
    fn last_line_explains_the_failure() {
        let rows = [
            ("(node:12) Warning: deprecated\nError: session expired\n", "Error: session expired"),
            ("Error: boom\n    at main (/a.js:1:2)\n    at node:internal:3\n\nNode.js v20.20.2\n", "Error: boom"),
            ("Traceback (most recent call last):\n  File \"a\", line 1\n    f()\nKeyError: 'x'\n", "KeyError: 'x'"),
            ("denied\r\n", "denied"),
            ("amplify-creds: denied\n  hint: log in\n", "amplify-creds: denied"),
            ("one\n---\n", "one"),
            ("   at last\n", "at last"),
            ("---\n", "---"),
            ("", "it printed nothing"),
        ];
        for (stderr, expected) in rows {
            assert_eq!(summary(stderr), expected, "{stderr:?}");
        }
        assert_eq!(of(b" \n", true, str::to_owned).summary, "it printed no error on stderr");
    }

    #[test]
    fn last_lines_are_few_and_masked() {
        let message = of(b"1\n2\n3\n4\n5\n6\n", false, |line| format!("<{line}>"));
        assert_eq!(message.last_lines, ["<2>", "<3>", "<4>", "<5>", "<6>"]);
        assert_eq!(of(b"only\n", false, str::to_owned).last_lines, [""; 0]);
    }
}
