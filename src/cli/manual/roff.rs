//! The source of a manual page: man(7) macros that groff and mandoc accept without a warning.

use std::fmt::Write as _;

use super::page::{Block, Page};

/// The longest line in bytes in mandoc's recommended style.
const LONGEST: usize = 80;
/// The date of the last review, in the page's footer. A build date would make builds irreproducible.
const DATE: &str = "2026-11-21";

impl Page {
    pub fn roff(&self) -> String {
        let mut out = String::with_capacity(16 << 10);
        let version = concat!("amplify-creds ", env!("CARGO_PKG_VERSION"));
        let manual = match self.section {
            5 => "File Formats",
            7 => "Miscellaneous",
            _ => "User Commands",
        };
        let title = self.name.to_ascii_uppercase();
        put(&mut out, &format!(".TH {} {} {DATE} \"{version}\" \"{manual}\"", escaped(&title), self.section));
        // Without hyphenation, which would change names.
        put(&mut out, ".nh\n.ad l\n.SH NAME");
        put(&mut out, &paragraph(&format!("{} - {}", self.name, self.about)));
        for section in &self.sections {
            put(&mut out, &format!(".SH {}", section.heading));
            // `.PP` right after a heading would add an empty paragraph.
            let mut is_first = true;
            for block in &section.blocks {
                put_block(&mut out, block, is_first);
                is_first = matches!(block, Block::Heading(_));
            }
        }
        out
    }
}

fn put_block(out: &mut String, block: &Block, is_first: bool) {
    if !is_first && matches!(block, Block::Text(_) | Block::Lines(_)) {
        put(out, ".PP");
    }
    match block {
        Block::Text(text) => put(out, &paragraph(text)),
        Block::Heading(heading) => put(out, &format!(".SS {}", escaped(heading))),
        Block::Lines(lines) => {
            put(out, ".RS 4\n.nf");
            lines.lines().for_each(|line| put(out, &line_of(line)));
            put(out, ".fi\n.RE");
        }
        Block::Items(items) => {
            for (term, meaning) in items {
                put(out, &format!(".TP\n{}", self::term(term)));
                put(out, &paragraph(meaning));
            }
        }
    }
}

fn put(out: &mut String, line: &str) {
    // Writing into memory cannot fail.
    let _ = writeln!(out, "{line}");
}

/// Each sentence begins a line, so that the formatter recognises its end (man(7)).
fn paragraph(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let word = escaped(word);
        if line.ends_with('.') || line.len() + 1 + word.len() > LONGEST {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines.iter().map(|line| guarded(line)).collect::<Vec<_>>().join("\n")
}

/// A dot or a quote at the beginning of a line would make it a request.
fn line_of(text: &str) -> String {
    guarded(&escaped(text))
}

fn guarded(line: &str) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
}

/// Names are bold, values of options in italics.
fn term(term: &str) -> String {
    if !term.starts_with('-') {
        return format!("\\fB{}\\fR", escaped(term));
    }
    let words = term.split(' ').map(|word| {
        let (word, comma) = word.strip_suffix(',').map_or((word, ""), |word| (word, ","));
        let font = if word.starts_with('-') { 'B' } else { 'I' };
        format!("\\f{font}{}\\fR{comma}", escaped(word))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Escapes the escape character, and the characters that roff replaces or reads as other bytes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            '…' => out.push_str("\\[u2026]"),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_special_characters_is_escaped() {
        for (text, expected) in [
            (".TH x", "\\&.TH x"),
            ("'quoted'", "\\(aqquoted\\(aq"),
            ("a\\b ~/.aws `c` --x", "a\\eb \\(ti/.aws \\(gac\\(ga \\-\\-x"),
        ] {
            assert_eq!(line_of(text), expected, "{text}");
        }
    }

    #[test]
    fn sentences_begin_lines_and_options_have_fonts() {
        assert_eq!(paragraph("One. Two, e.g. three."), "One.\nTwo, e.g.\nthree.");
        assert_eq!(term("-p, --profile PROFILE"), "\\fB\\-p\\fR, \\fB\\-\\-profile\\fR \\fIPROFILE\\fR");
        assert_eq!(term("AWS_PROFILE"), "\\fBAWS_PROFILE\\fR");
    }
}
