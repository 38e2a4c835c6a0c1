use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::core::sanitize::printable;

const WIDTH: usize = 80;
const INDENT: usize = 16;

/// Headings with names, values and notes below them.
#[derive(Debug, Default)]
pub struct Fields {
    text: String,
    /// The ranges of the text that are headings.
    headings: Vec<Range<usize>>,
}

impl Fields {
    pub fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for line in wrapped(&printable(text), WIDTH) {
            let start = self.text.len();
            self.text.push_str(&line);
            self.headings.push(start..self.text.len());
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

    /// `paint` adds colour to the headings.
    pub fn text(self, paint: impl Fn(&str) -> String) -> String {
        let Self { mut text, headings } = self;
        for heading in headings.into_iter().rev() {
            let painted = paint(&text[heading.clone()]);
            text.replace_range(heading, &painted);
        }
        text
    }
}

/// Breaks at spaces where possible.
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
        let text = fields.text(str::to_owned);
        assert!(text.lines().all(|line| line.width() <= WIDTH), "{text}");
        assert!(text.replace([' ', '\n'], "").contains(&long));
        assert!(text.lines().any(|line| line.trim() == "after" && line.len() == INDENT + 5), "{text}");
        assert!(text.contains("  region        eu-west-1  (~/.aws/config:3)\n"), "{text}");
    }
}
