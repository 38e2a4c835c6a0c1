//! Which lines a section has and which bytes an edit of them touches.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::profile_file::auto;
use crate::profile_file::auto::{BYTE_ORDER_MARK, uncommented};
use crate::profile_file::edit_error::EditError;
use crate::profile_file::lines::{BLANKS, COMMENT, Line, Shape};
use crate::profile_file::sections::FileKind;

/// New text in place of a range of the old. It may hold a secret.
pub(super) type Splice = (Range<usize>, Zeroizing<String>);

/// A section's lines. Indices count from 0 in `lines`.
pub(super) struct Cut<'t> {
    pub(super) lines: Vec<Line<'t>>,
    pub(super) header: usize,
    /// Behind its last line that is neither blank nor a comment in the first column. An indented comment counts: to the
    /// Rust SDK it continues a value.
    pub(super) end: usize,
    pub(super) properties: Vec<Found>,
    /// The header behind it, which the reader here sees.
    next: Option<usize>,
    has_mark: bool,
}

/// A property's key, in lower case, and its lines: its own and those that continue it.
pub(super) struct Found {
    pub(super) key: String,
    pub(super) lines: Vec<usize>,
}

impl<'t> Cut<'t> {
    /// The section of `text` whose header is at `line`.
    pub(super) fn new(kind: FileKind, text: &'t str, line: u32) -> Result<Self, EditError> {
        let reading = auto::read(kind, text);
        let section = reading.sections.iter().find(|section| section.line == line).ok_or(EditError::NoSection(line))?;
        let next = reading.sections.iter().map(|section| section.line);
        let next = next.chain(reading.broken.iter().map(|broken| broken.line)).filter(|other| *other > line).min();
        let lines: Vec<_> = auto::without_mark(text).collect();
        let next = next.map(index);
        let limit = next.unwrap_or(lines.len());
        let header = index(line);
        let end = (header + 1..limit).rev().find(|at| is_text(&lines[*at])).map_or(header + 1, |at| at + 1);
        let properties = section.properties().into_iter().map(|property| {
            let own = index(property.line);
            // Each line that continues a value stands behind a line feed in it.
            let more = (own + 1..end).filter(|at| is_text(&lines[*at]) && !is_indented_comment(&lines[*at]));
            let more = more.take(property.value.matches('\n').count());
            Found { lines: std::iter::once(own).chain(more).collect(), key: property.key.into_owned() }
        });
        let properties = properties.collect();
        Ok(Self { lines, header, end, properties, next, has_mark: line == 1 && text.starts_with(BYTE_ORDER_MARK) })
    }

    /// Whether every reading sees the section begin and end where this one does.
    pub(super) fn is_agreed(&self) -> bool {
        let is_header = is_header(&self.lines[self.header]);
        // npm ini ends a line at a carriage return.
        let is_broken = self.lines[self.header..self.end].iter().any(|line| line.text.contains('\r'));
        // A header that is indented would continue a property above it.
        let next = self.lines[self.end..].iter().find(|line| is_text(line));
        let runs_on = next.is_some_and(|next| next.shape == Shape::Indented);
        is_header && !self.has_mark && !is_broken && !runs_on
    }

    /// Whether no reading goes on past its end: the Amplify CLI does where the next header is none to it.
    pub(super) fn is_ended(&self) -> bool {
        self.next.is_none_or(|next| is_header(&self.lines[next]))
    }

    /// Whether an indented comment stands below a property. To the Rust SDK it continues whatever is above it.
    pub(super) fn has_comment_below(&self, property: usize) -> bool {
        let text = self.lines[property + 1..self.end].iter().filter(|line| is_text(line));
        text.take_while(|line| line.shape == Shape::Indented).any(is_indented_comment)
    }

    /// A property line with another value; its key in lower case, since two tools know no other.
    pub(super) fn rewritten(&self, property: usize, key: &str, value: &str) -> Splice {
        let line = self.lines[property];
        let text = uncommented(line.text);
        let comment = match line.text[text.len()..].trim_matches(BLANKS) {
            "" => String::new(),
            comment => comment.to_owned() + line_end(&self.lines),
        };
        let Range { start, end } = key_of(line);
        let (indentation, behind_key) = (&text[..start - line.start], &text[end - line.start..]);
        let (gap, old) = behind_key.split_once('=').unwrap_or_default();
        let margin = &old[..old.len() - old.trim_start_matches(BLANKS).len()];
        // Where there was no value, the space behind the sign is as the one before it.
        let margin = if margin.len() < old.len() { margin } else { &gap[..gap.len().min(1)] };
        (text_of(line), format!("{comment}{indentation}{key}{gap}={margin}{value}").into())
    }

    /// New lines at the end of the section.
    pub(super) fn below(&self, new: &[String]) -> Splice {
        behind(&self.lines, self.end - 1, new)
    }
}

/// A line's place in the list of lines.
fn index(line: u32) -> usize {
    line as usize - 1
}

/// Whether a line is a header to every reading.
fn is_header(line: &Line<'_>) -> bool {
    let inner = line.text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| !inner.contains(']'))
}

/// Whether a line means something to one of the readings.
fn is_text(line: &Line<'_>) -> bool {
    !matches!(line.shape, Shape::Blank | Shape::Comment)
}

fn is_indented_comment(line: &Line<'_>) -> bool {
    line.shape == Shape::Indented && line.text.trim_start_matches(BLANKS).starts_with(COMMENT)
}

/// The bytes of a line without its end.
pub(super) fn text_of(line: Line<'_>) -> Range<usize> {
    line.start..line.start + line.text.len()
}

/// The bytes of a line and its end.
pub(super) fn whole(line: Line<'_>) -> Range<usize> {
    line.start..line.start + line.text.len() + line.terminator.len()
}

/// The bytes of a property line's key.
pub(super) fn key_of(line: Line<'_>) -> Range<usize> {
    let indentation = line.text.len() - line.text.trim_start_matches(BLANKS).len();
    let key = line.text.split('=').next().unwrap_or_default().trim_matches(BLANKS);
    let start = line.start + indentation;
    start..start + key.len()
}

/// New lines behind the one at `at`.
pub(super) fn behind(lines: &[Line<'_>], at: usize, new: &[String]) -> Splice {
    let line = lines[at];
    let end = whole(line).end;
    // A carriage return at the very end is part of the line, and must not become part of its end.
    let line_end = if line.text.ends_with('\r') { "\r\n" } else { line_end(lines) };
    let mut text = if line.terminator.is_empty() { line_end.to_owned() } else { String::new() };
    for line in new {
        text.push_str(line);
        text.push_str(line_end);
    }
    (end..end, text.into())
}

/// How the file ends its lines, by the first of them.
pub(super) fn line_end<'t>(lines: &[Line<'t>]) -> &'t str {
    lines.first().map(|line| line.terminator).filter(|end| !end.is_empty()).unwrap_or("\n")
}
