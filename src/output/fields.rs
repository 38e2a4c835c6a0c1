use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::core::sanitize::printable;

const WIDTH: usize = 80;
const INDENT: usize = 16;

/// Headings with names, values and notes below them.
#[derive(Debug, Default)]
pub struct Fields {
    text: String,
    /// The parts of the text that may be painted, in their order.
    spans: Vec<(Range<usize>, Emphasis)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    Heading,
    Good,
    Bad,
}

impl Fields {
    pub fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for line in wrapped(&printable(text), WIDTH) {
            let start = self.text.len();
            self.text.push_str(&line);
            self.spans.push((start..self.text.len(), Emphasis::Heading));
            self.text.push('\n');
        }
    }

    /// The note follows the value in brackets, on the same line if it fits.
    pub fn add(&mut self, name: &str, value: &str, note: &str) {
        let value = printable(value);
        let note = if note.is_empty() { String::new() } else { format!("({})", printable(note)) };
        let mut lines = wrapped(&value, WIDTH - INDENT);
        match lines.last_mut() {
            Some(last) if !note.is_empty() && last.width() + 2 + note.width() <= WIDTH - INDENT => {
                last.push_str("  ");
                last.push_str(&note);
            }
            _ => lines.extend(wrapped(&note, WIDTH - INDENT)),
        }
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            self.text.push_str(format!("  {name:<width$}{line}", width = INDENT - 2).trim_end());
            self.text.push('\n');
        }
    }

    /// A value on one line, which may be painted.
    pub fn add_emphasized(&mut self, name: &str, value: &str, emphasis: Emphasis) {
        self.add(name, value, "");
        let end = self.text.trim_end().len();
        let start = end.saturating_sub(printable(value).len());
        if self.text.get(start..end).is_some_and(|shown| !shown.contains('\n')) {
            self.spans.push((start..end, emphasis));
        }
    }

    pub fn text(self, paint: impl Fn(Emphasis, &str) -> String) -> String {
        let Self { mut text, spans } = self;
        for (range, emphasis) in spans.into_iter().rev() {
            let painted = paint(emphasis, &text[range.clone()]);
            text.replace_range(range, &painted);
        }
        text
    }
}

pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if line.width() + word.trim_end().width() > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for char in word.chars() {
            if line.width() + char.width().unwrap_or(0) > width {
                // The line is broken at this space.
                if char == ' ' {
                    continue;
                }
                lines.push(std::mem::take(&mut line));
            }
            line.push(char);
        }
    }
    if !line.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_wrapped_at_80_columns() {
        let long = "arn:aws:iam::222222222222:role/".to_owned() + &"x".repeat(200);
        let mut fields = Fields::default();
        fields.heading("profile dev");
        fields.add("role_arn", &long, "~/.aws/config:2");
        fields.add("region", "eu-west-1", "~/.aws/config:3");
        fields.add("", &format!("{} after", "y".repeat(WIDTH - INDENT)), "");
        fields.add("", "words that go on and on until there is no room left for them on one line of text", "");
        let text = fields.text(|_, text| text.to_owned());
        assert!(text.lines().all(|line| line.width() <= WIDTH), "{text}");
        assert!(text.replace([' ', '\n'], "").contains(&long));
        assert!(text.lines().any(|line| line.trim() == "after" && line.len() == INDENT + 5), "{text}");
        assert!(text.contains("  region        eu-west-1  (~/.aws/config:3)\n"), "{text}");
    }

    #[test]
    fn heading_and_emphasized_value_are_painted() {
        let mut fields = Fields::default();
        fields.heading("hop 1");
        fields.add_emphasized("cache", "expired", Emphasis::Bad);
        fields.add("region", "x", "");
        let text = fields.text(|emphasis, text| format!("<{emphasis:?} {text}>"));
        assert_eq!(text, "<Heading hop 1>\n  cache         <Bad expired>\n  region        x\n");
    }
}
