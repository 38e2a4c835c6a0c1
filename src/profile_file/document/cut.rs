use std::ops::Range;

use zeroize::Zeroizing;

use crate::profile_file::auto;
use crate::profile_file::auto::{DELIMITERS, uncommented};
use crate::profile_file::edit_error::EditError;
use crate::profile_file::lines::{BLANKS, BYTE_ORDER_MARK, COMMENT, Line, Lines, Shape};
use crate::profile_file::sections::FileKind;

/// A byte range and its new text, which may hold a secret.
pub(super) type Splice = (Range<usize>, Zeroizing<String>);

/// Indices are positions in `lines`.
pub(super) struct Cut<'t> {
    pub(super) lines: Vec<Line<'t>>,
    pub(super) header: usize,
    /// After the last line that is neither blank nor an unindented comment. An indented comment counts, because it
    /// continues a value in the Rust SDK.
    pub(super) end: usize,
    pub(super) properties: Vec<PropertyLines>,
    /// The next header that the `auto` dialect sees.
    next: Option<usize>,
    has_mark: bool,
}

/// The key is in lower case. The lines are its own and its continuation lines.
pub(super) struct PropertyLines {
    pub(super) key: String,
    pub(super) lines: Vec<usize>,
}

impl<'t> Cut<'t> {
    pub(super) fn new(kind: FileKind, text: &'t str, line: u32) -> Result<Self, EditError> {
        let reading = auto::read(kind, text);
        let section = reading.sections.iter().find(|section| section.line == line).ok_or(EditError::NoSection(line))?;
        let next = reading.sections.iter().map(|section| section.line);
        let next = next.chain(reading.broken.iter().map(|broken| broken.line)).filter(|other| *other > line).min();
        let lines: Vec<_> = whole_lines(text).collect();
        let next = next.map(index);
        let limit = next.unwrap_or(lines.len());
        let header = index(line);
        let end = (header + 1..limit).rev().find(|at| is_text(&lines[*at])).map_or(header + 1, |at| at + 1);
        let properties = section.properties().into_iter().map(|property| {
            let own = index(property.line);
            // The value has one line feed per continuation line.
            let more = (own + 1..end).filter(|at| is_continuation(&lines[*at]));
            let more = more.take(property.value.matches('\n').count());
            PropertyLines { lines: std::iter::once(own).chain(more).collect(), key: property.key.into_owned() }
        });
        let properties = properties.collect();
        Ok(Self { lines, header, end, properties, next, has_mark: line == 1 && text.starts_with(BYTE_ORDER_MARK) })
    }

    /// Whether the section begins and ends at the same lines in every dialect.
    pub(super) fn is_agreed(&self) -> bool {
        let is_header = is_header(&self.lines[self.header]);
        // An indented header would continue a property above it.
        let next = self.lines[self.end..].iter().find(|line| is_text(line));
        let runs_on = next.is_some_and(|next| auto::shape(next) == Shape::Indented);
        is_header && !self.has_mark && !self.has_return() && !runs_on
    }

    /// Some dialects end a line at a lone `\r`, even in a comment.
    pub(super) fn has_return(&self) -> bool {
        // The next header may follow the `\r`.
        let limit = self.next.map_or(self.lines.len(), |next| next + 1);
        self.lines[self.header..limit].iter().any(|line| line.text.contains('\r'))
    }

    /// Whether the next header also ends the section in the Amplify CLI.
    pub(super) fn is_ended(&self) -> bool {
        self.next.is_none_or(|next| is_header(&self.lines[next]))
    }

    /// Writes the key in lower case, which every tool reads.
    pub(super) fn rewritten(&self, property: usize, key: &str, value: &str) -> Splice {
        let line = self.lines[property];
        let text = uncommented(line.text);
        let comment = match line.text[text.len()..].trim_matches(BLANKS) {
            "" => String::new(),
            comment => comment.to_owned() + line_end(&self.lines),
        };
        let Range { start, end } = key_range(line);
        let (indentation, behind_key) = (&text[..start - line.start], &text[end - line.start..]);
        let (gap, old) = behind_key.split_once(DELIMITERS).unwrap_or_default();
        let margin = &old[..old.len() - old.trim_start_matches(BLANKS).len()];
        // After an empty value, the space after `=` repeats the one before it.
        let margin = if margin.len() < old.len() { margin } else { &gap[..gap.len().min(1)] };
        (text_range(line), format!("{comment}{indentation}{key}{gap}={margin}{value}").into())
    }

    /// Removes a line of a property, except for its comment.
    pub(super) fn removed(&self, at: usize) -> Splice {
        let line = self.lines[at];
        match line.text[uncommented(line.text).len()..].trim_matches(BLANKS) {
            "" => (line_range(line), Zeroizing::default()),
            comment => (text_range(line), comment.to_owned().into()),
        }
    }

    pub(super) fn append(&self, new: &[String]) -> Splice {
        insert_after(&self.lines, self.end - 1, new)
    }
}

/// Omits the byte order mark. Lines end only at `\n`, so that each has its own number.
pub(super) fn whole_lines(text: &str) -> Lines<'_> {
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    Lines::resume(text, start, 1)
}

fn index(line: u32) -> usize {
    line as usize - 1
}

fn is_header(line: &Line<'_>) -> bool {
    let inner = line.text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| !inner.contains(']'))
}

/// Whether any dialect sees more than a blank line or a comment.
fn is_text(line: &Line<'_>) -> bool {
    !matches!(line.shape, Shape::Blank | Shape::Comment)
}

fn is_continuation(line: &Line<'_>) -> bool {
    auto::shape(line) == Shape::Indented && !line.text.trim_start().starts_with(COMMENT)
}

pub(super) fn text_range(line: Line<'_>) -> Range<usize> {
    line.start..line.start + line.text.len()
}

pub(super) fn line_range(line: Line<'_>) -> Range<usize> {
    line.start..line.start + line.text.len() + line.terminator.len()
}

fn key_range(line: Line<'_>) -> Range<usize> {
    let indentation = line.text.len() - line.text.trim_start().len();
    let key = line.text.split(DELIMITERS).next().unwrap_or_default().trim();
    let start = line.start + indentation;
    start..start + key.len()
}

pub(super) fn insert_after(lines: &[Line<'_>], at: usize, new: &[String]) -> Splice {
    let line = lines[at];
    let end = line_range(line).end;
    // A final `\r` belongs to the line's text, so it must not become half of a line end.
    let line_end = if line.text.ends_with('\r') { "\r\n" } else { line_end(lines) };
    let mut text = if line.terminator.is_empty() { line_end.to_owned() } else { String::new() };
    for line in new {
        text.push_str(line);
        text.push_str(line_end);
    }
    (end..end, text.into())
}

pub(super) fn line_end<'t>(lines: &[Line<'t>]) -> &'t str {
    lines.first().map(|line| line.terminator).filter(|end| !end.is_empty()).unwrap_or("\n")
}
