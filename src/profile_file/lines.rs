//! Splits a profile file into lines without loss. Line numbers count only `\n`, so that they match every editor.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Blank,
    Comment,
    Header,
    /// Starts with a space or tab and is not blank.
    Indented,
    /// May also be invalid text.
    Property,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'t> {
    pub number: u32,
    pub start: usize,
    pub shape: Shape,
    pub text: &'t str,
    pub terminator: &'t str,
}

/// White space in the AWS grammar. `str::trim` would also remove U+00A0 and others, which belong to a value.
pub const BLANKS: [char; 2] = [' ', '\t'];

pub const COMMENT: [char; 2] = ['#', ';'];

pub const BYTE_ORDER_MARK: char = '\u{feff}';

pub fn lines(text: &str) -> Lines<'_> {
    Lines::resume(text, 0, 1)
}

#[derive(Debug, Clone)]
pub struct Lines<'t> {
    text: &'t str,
    at: usize,
    number: u32,
    ends_at_return: bool,
}

impl<'t> Lines<'t> {
    pub fn resume(text: &'t str, at: usize, number: u32) -> Self {
        Self { text, at, number, ends_at_return: false }
    }

    /// A `\r` without `\n` also ends a line, as in botocore and npm ini. The next line then has the same number.
    #[must_use]
    pub fn ended_at_return(self) -> Self {
        Self { ends_at_return: true, ..self }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    /// Skips to the line that starts at byte `at`, and counts the lines before it.
    pub fn skip_to(&mut self, at: usize) {
        let passed = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        let (words, rest) = passed.as_chunks::<8>();
        // Adds up eight one-byte sums, which 255 words cannot overflow.
        let ends = |words: &[[u8; 8]]| words.iter().map(|word| ends(*word)).sum::<u64>().to_le_bytes();
        let in_words = words.chunks(255).flat_map(ends).map(u32::from).sum::<u32>();
        let in_rest = rest.iter().map(|byte| u32::from(*byte == b'\n')).sum::<u32>();
        self.number = self.number.saturating_add(in_words + in_rest);
        self.at = at;
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = if self.ends_at_return { end_or_return(rest.as_bytes()) } else { memchr(b'\n', rest.as_bytes()) };
        let end = end.map_or(rest.len(), |at| at + 1);
        let whole = &rest[..end];
        let (text, terminator) = whole.split_at(whole.len() - terminator(whole.as_bytes(), self.ends_at_return));
        let line = Line { number: self.number, start: self.at, shape: shape(text), text, terminator };
        self.at += end;
        self.number = self.number.saturating_add(u32::from(terminator.ends_with('\n')));
        Some(line)
    }
}

/// 1 in each of the eight bytes that is `\n`. Adding 127 to the lower seven bits of a byte sets its highest bit unless
/// all seven are zero.
fn ends(word: [u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let word = u64::from_le_bytes(word) ^ (ONES * u64::from(b'\n'));
    let others = ((word & (ONES * 127)) + ONES * 127) | word;
    (!others >> 7) & ONES
}

fn end_or_return(text: &[u8]) -> Option<usize> {
    let at = memchr2(b'\n', b'\r', text)?;
    Some(if text[at..].starts_with(b"\r\n") { at + 1 } else { at })
}

/// In bytes.
fn terminator(line: &[u8], ends_at_return: bool) -> usize {
    match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        [.., b'\r'] if ends_at_return => 1,
        // A `\r` at the end of the file is part of the value, as in the SDKs.
        _ => 0,
    }
}

fn shape(text: &str) -> Shape {
    match text.as_bytes().first() {
        None => Shape::Blank,
        Some(b'[') => Shape::Header,
        Some(b'#' | b';') => Shape::Comment,
        Some(b' ' | b'\t') if text.trim_matches(BLANKS).is_empty() => Shape::Blank,
        Some(b' ' | b'\t') => Shape::Indented,
        Some(_) => Shape::Property,
    }
}

/// Characters of a name in the cross-SDK grammar: `[A-Za-z0-9_\-/.%@:+]`.
pub fn is_identifier(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&byte))
}

/// Searching for a byte is many times faster than decoding characters, and most lines have no comment.
pub(super) fn has_mark(text: &str) -> bool {
    memchr2(b'#', b';', text.as_bytes()).is_some()
}

/// With `needs_blank`, `#` and `;` count only after white space, as in property lines.
pub fn before_comment(text: &str, needs_blank: bool) -> &str {
    if !has_mark(text) {
        return text;
    }
    let mut after_blank = false;
    for (at, char) in text.char_indices() {
        if COMMENT.contains(&char) && (after_blank || !needs_blank) {
            return &text[..at];
        }
        after_blank = char.is_whitespace();
    }
    text
}

/// Borrowed text stays borrowed.
pub fn shortened(text: Cow<'_, str>, shorten: impl FnOnce(&str) -> &str) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => shorten(text).into(),
        Cow::Owned(text) => shorten(&text).to_owned().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_have_numbers_shapes_and_terminators() {
        let text = "[a]\r\nk = v\n\n \t\n  more\n# c\n;d\nlast\r";
        let seen: Vec<_> = lines(text).map(|line| (line.number, line.shape, line.text, line.terminator)).collect();
        assert_eq!(
            seen,
            [
                (1, Shape::Header, "[a]", "\r\n"),
                (2, Shape::Property, "k = v", "\n"),
                (3, Shape::Blank, "", "\n"),
                (4, Shape::Blank, " \t", "\n"),
                (5, Shape::Indented, "  more", "\n"),
                (6, Shape::Comment, "# c", "\n"),
                (7, Shape::Comment, ";d", "\n"),
                (8, Shape::Property, "last\r", ""),
            ]
        );
    }

    #[test]
    fn lone_carriage_return_ends_line_where_it_counts() {
        let text = "[a]\rk = v\r\n\r\rx\ry";
        let seen: Vec<_> =
            lines(text).ended_at_return().map(|line| (line.number, line.text, line.terminator)).collect();
        let expected =
            [(1, "[a]", "\r"), (1, "k = v", "\r\n"), (2, "", "\r"), (2, "", "\r"), (2, "x", "\r"), (2, "y", "")];
        assert_eq!(seen, expected);
    }

    #[test]
    fn resumed_lines_match_tail() {
        let text = "[a]\nx=1\n[b]\ny=2\n";
        let all: Vec<_> = lines(text).collect();
        let tail: Vec<_> = Lines::resume(text, all[2].start, all[2].number).collect();
        assert_eq!(tail, all[2..]);
    }

    proptest! {
        #[test]
        fn bytes_belong_to_exactly_one_line(text in "(\\PC|[\r\n\t\\[\\]#;= \u{feff}\u{85}])*") {
            let mut again = String::new();
            for (index, line) in lines(&text).enumerate() {
                prop_assert_eq!(line.start, again.len());
                prop_assert_eq!(line.number as usize, index + 1);
                again.push_str(line.text);
                again.push_str(line.terminator);
            }
            prop_assert_eq!(&again, &text);
            let lenient: String =
                lines(&text).ended_at_return().flat_map(|line| [line.text, line.terminator]).collect();
            prop_assert_eq!(lenient, text);
        }

        #[test]
        fn skipped_lines_are_counted(
            piece in "[\n\r \u{b}\u{8a}\u{10a}\u{20ac}\u{10ffff}a\0]{0,20}", times in 0_usize..600
        ) {
            let text = piece.repeat(times) + "\n[a]";
            let mut passed = lines(&text);
            passed.skip_to(text.len() - 3);
            let last = lines(&text).last();
            prop_assert_eq!(passed.next(), last);
        }
    }
}
