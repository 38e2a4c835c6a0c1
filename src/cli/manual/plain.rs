//! The manual as plain text, for topics of `help` and for pages on systems without `man`.

use std::fmt::Write as _;

use super::page::{Block, Page, PageSection};

const WIDTH: usize = 80;
const INDENT: usize = 6;

impl Page {
    pub fn plain(&self) -> String {
        format!("{} - {}\n\n{}", self.name, self.about, render(&self.sections))
    }
}

pub(super) fn render(sections: &[PageSection]) -> String {
    let mut out = String::new();
    for section in sections {
        heading(&mut out, &section.heading);
        for block in &section.blocks {
            self::block(&mut out, block);
        }
    }
    out
}

fn heading(out: &mut String, heading: &str) {
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    // Writing into memory cannot fail.
    let _ = writeln!(out, "{heading}");
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(text) => heading(out, text),
        Block::Text(text) => {
            wrap(out, text, 2);
            out.push('\n');
        }
        Block::Lines(lines) => {
            for line in lines.lines() {
                let _ = writeln!(out, "{}", format!("    {line}").trim_end());
            }
            out.push('\n');
        }
        Block::Items(items) => {
            for (term, meaning) in items {
                // Exit statuses and options of one letter.
                if term.len() + 2 < INDENT && !term.starts_with(char::is_alphabetic) {
                    let from = out.len();
                    wrap(out, meaning, INDENT);
                    out.replace_range(from..from + INDENT, &format!("  {term:<width$}", width = INDENT - 2));
                } else {
                    wrap(out, term, 2);
                    wrap(out, meaning, INDENT);
                }
            }
            out.push('\n');
        }
    }
}

/// A word longer than [`WIDTH`] has its own line.
fn wrap(out: &mut String, text: &str, indent: usize) {
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::manual::prose::sections;

    #[test]
    fn long_line_is_wrapped_at_column_80() {
        let long = "word ".repeat(40);
        let items = format!("7\n    {long}\n--option NAME,\n--other NAME\n    Short.");
        let text = format!("# HEAD\n\n{long}\n\n{items}\n\n    these\n      lines");
        let out = render(&sections(&[&text]));
        assert!(out.lines().all(|line| line.chars().count() <= WIDTH), "{out}");
        assert!(out.starts_with("HEAD\n  word word"), "{out}");
        assert!(out.contains("\n  7   word word"), "{out}");
        assert!(out.contains("\n  --option NAME, --other NAME\n      Short.\n"), "{out}");
        assert!(out.ends_with("\n    these\n      lines\n\n"), "{out}");
    }
}
