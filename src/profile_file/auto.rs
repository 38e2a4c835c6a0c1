//! The dialect that resolution uses: the AWS grammar with the Amplify CLI's escapes. It is lenient if one SDK rejects a
//! file that another accepts.

mod names;
mod quotes;

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::profile_file::auto::names::{config_name, credentials_name};
use crate::profile_file::auto::quotes::{before_comment_outside_quotes, unescaped, unescaped_marks, unquoted};
use crate::profile_file::aws::lower;
use crate::profile_file::finding::{Code, LineFinding};
use crate::profile_file::lines::{BLANKS, BYTE_ORDER_MARK, COMMENT, Line, Lines, Shape, before_comment, has_mark};
use crate::profile_file::sections::{BrokenHeader, FileKind, Name, Property, Reading, Section, Spelling};

/// Never fails. Properties are parsed on demand, because only one or two of thousands of profiles are read.
pub(super) fn read(kind: FileKind, text: &str) -> Reading<'_> {
    let mut reading = Reading::default();
    // A broken header ends the section before it. Properties after it belong to no section.
    let mut is_open = false;
    for line in headers(text) {
        if let Some(last) = reading.sections.last_mut().filter(|_| is_open) {
            last.end_before(line, text);
        }
        is_open = add_section(&mut reading, kind, text, line);
    }
    prefer_prefixed_default(&mut reading, kind);
    reading
}

/// The header lines. An indented `[` starts a header if the line cannot continue a property, as in botocore and the
/// JavaScript loader. Otherwise its keys would join the profile above. Most of the time goes into finding headers, so
/// `[` is searched directly; the lines before it are read only if it is indented.
fn headers(text: &str) -> impl Iterator<Item = Line<'_>> {
    let bytes = text.as_bytes();
    let mut lines = without_mark(text);
    let mut indentation = None;
    std::iter::from_fn(move || {
        let mut at = lines.at();
        loop {
            let bracket = at + memchr(b'[', bytes.get(at..)?)?;
            match bytes[lines.at()..bracket].last() {
                Some(b'\n') => lines.skip_to(bracket),
                // A byte of 0x80 and above may end a wide blank, such as U+00A0.
                None | Some(b'\r' | b' ' | b'\t' | 0x80..) => {}
                Some(_) => {
                    at = bracket + memchr2(b'\n', b'\r', &bytes[bracket..])?;
                    continue;
                }
            }
            while at <= bracket {
                let header = header_line(lines.next()?, &mut indentation);
                if header.is_some() {
                    return header;
                }
                at = lines.at();
            }
        }
    })
}

fn header_line<'t>(mut line: Line<'t>, indentation: &mut Option<usize>) -> Option<Line<'t>> {
    match shape(&line) {
        Shape::Blank | Shape::Comment => return None,
        Shape::Header => {}
        Shape::Property => {
            *indentation = memchr2(b'=', b':', line.text.as_bytes()).map(|_| 0);
            return None;
        }
        Shape::Indented => {
            let inner = line.text.trim_start();
            let depth = depth(line.text);
            if inner.starts_with(COMMENT) || indentation.is_some_and(|of_property| depth > of_property) {
                return None;
            }
            if brackets(inner).is_none() {
                *indentation = Some(depth);
                return None;
            }
            line.start += line.text.len() - inner.len();
            line.text = inner;
        }
    }
    *indentation = None;
    Some(line)
}

/// All white space indents, as in botocore and the JavaScript loader.
pub(super) fn shape(line: &Line<'_>) -> Shape {
    match line.shape {
        Shape::Property if line.text.starts_with(char::is_whitespace) => {
            if line.text.trim().is_empty() {
                Shape::Blank
            } else {
                Shape::Indented
            }
        }
        Shape::Indented if line.text.trim().is_empty() => Shape::Blank,
        shape => shape,
    }
}

/// In characters, as botocore compares it.
fn depth(line: &str) -> usize {
    line.chars().take_while(|char| char.is_whitespace()).count()
}

pub fn without_mark(text: &str) -> Lines<'_> {
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    Lines::resume(text, start, 1).ended_at_return()
}

/// Everything in `text` that this dialect accepts and another tool rejects or reads differently.
pub fn findings(text: &str) -> Vec<LineFinding> {
    let mut findings = Vec::new();
    if text.starts_with(BYTE_ORDER_MARK) {
        findings.push(LineFinding { code: Code::ByteOrderMark, line: 1 });
    }
    let (mut in_section, mut in_property) = (false, false);
    for line in without_mark(text) {
        let mut found = |code| {
            let finding = LineFinding { code, line: line.number };
            if !findings.ends_with(std::slice::from_ref(&finding)) {
                findings.push(finding);
            }
        };
        let shape = shape(&line);
        if !matches!(shape, Shape::Blank | Shape::Comment) && has_wide_blank(line.text) {
            found(Code::WideBlank);
        }
        match shape {
            Shape::Header => {
                (in_section, in_property) = (true, false);
                match brackets(line.text) {
                    None => found(Code::HeaderNotClosed),
                    Some((_, false)) => found(Code::TextAfterHeader),
                    Some((_, true)) => {}
                }
            }
            Shape::Indented if in_section && !in_property => {
                if !line.text.trim_start().starts_with(COMMENT) {
                    found(Code::IndentedProperty);
                    in_property = true;
                }
            }
            Shape::Blank | Shape::Comment | Shape::Indented => {}
            Shape::Property if !in_section => found(Code::OutsideSection),
            Shape::Property => {
                in_property = key_and_value(line.text).is_some();
                if !in_property {
                    found(Code::NoProperty);
                } else if delimiter(line.text) == Some(':') {
                    found(Code::ColonDelimiter);
                }
            }
        }
        if line.terminator == "\r" {
            found(Code::LoneCarriageReturn);
        }
    }
    findings
}

/// Detects white space other than blanks and tabs at an end of the key or value.
fn has_wide_blank(line: &str) -> bool {
    let is_wide = |text: &str| text.trim() != text.trim_matches(BLANKS);
    match uncommented(line).split_once(DELIMITERS) {
        Some((key, value)) => is_wide(key) || is_wide(value),
        None => is_wide(line),
    }
}

fn add_section<'t>(reading: &mut Reading<'t>, kind: FileKind, text: &'t str, line: Line<'t>) -> bool {
    let Some((inner, _)) = brackets(line.text) else {
        let begins = line.text.trim_start_matches(['[', ' ', '\t', '"', '\'']);
        let begins =
            begins.strip_prefix("profile").filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(begins);
        let begins = before_comment(begins, false).trim().trim_matches(['"', '\'']);
        reading.broken.push(BrokenHeader {
            line: line.number,
            begins: unescaped(begins).into_owned(),
            after: reading.sections.len().checked_sub(1),
        });
        return false;
    };
    let name = match kind {
        FileKind::Config => config_name(inner),
        FileKind::Credentials => credentials_name(inner),
    };
    reading.sections.push(Section::new(name, line, text, false));
    true
}

/// The text between the brackets, and whether only a comment follows. The closing `]` is the first one before a comment
/// or the end (`[profile foo]]` is `foo]` in botocore), otherwise the last one (`[profile foo] note`).
pub(super) fn brackets(header: &str) -> Option<(&str, bool)> {
    let inner = header.strip_prefix('[')?;
    let closes = |at: &usize| {
        let rest = inner[at + 1..].trim_start();
        rest.is_empty() || rest.starts_with(COMMENT)
    };
    match inner.match_indices(']').map(|(at, _)| at).find(closes) {
        Some(at) => Some((&inner[..at], true)),
        None => inner.rfind(']').map(|at| (&inner[..at], false)),
    }
}

fn prefer_prefixed_default(reading: &mut Reading<'_>, kind: FileKind) {
    let is_default =
        |section: &Section<'_>| matches!(&section.name, Name::Profile(name, Spelling::Aws) if name == "default");
    let is_plain = |section: &Section<'_>| section.literal_name().trim() == "default";
    if kind == FileKind::Config && reading.sections.iter().any(|section| is_default(section) && !is_plain(section)) {
        for section in reading.sections.iter_mut().filter(|section| is_default(section) && is_plain(section)) {
            section.name = Name::Other;
        }
    }
}

pub(super) fn properties(lines: Lines<'_>) -> Vec<Property<'_>> {
    // Most profiles have fewer.
    let mut all: Vec<Property<'_>> = Vec::with_capacity(8);
    // The indentation of the property that a deeper line continues.
    let mut indentation = None;
    for line in lines {
        let shape = shape(&line);
        if matches!(shape, Shape::Blank | Shape::Comment | Shape::Header) {
            continue;
        }
        let text = line.text.trim();
        if shape == Shape::Indented && text.starts_with(COMMENT) {
            continue;
        }
        let depth = depth(line.text);
        match (all.last_mut(), indentation) {
            (Some(last), Some(of_property)) if depth > of_property => {
                let value = last.value.to_mut();
                value.push('\n');
                value.push_str(text);
            }
            _ => {
                let property = key_and_value(line.text);
                indentation = property.is_some().then_some(depth);
                all.extend(property.map(|(key, value)| Property::new(lower(key), value, line.number)));
            }
        }
    }
    all
}

pub(super) fn nested(line: Line<'_>) -> Option<Property<'_>> {
    key_and_value(line.text).map(|(key, value)| Property::new(lower(key), value, line.number))
}

/// The first of them ends the key, as in botocore and the Go SDK.
pub(super) const DELIMITERS: [char; 2] = ['=', ':'];

fn delimiter(line: &str) -> Option<char> {
    line.chars().find(|char| DELIMITERS.contains(char))
}

/// `None` if the delimiter or the key is missing.
fn key_and_value(line: &str) -> Option<(&str, Cow<'_, str>)> {
    let line = uncommented(line);
    let at = memchr2(b'=', b':', line.as_bytes())?;
    let (key, value) = (line[..at].trim(), line[at + 1..].trim());
    match key {
        "" => None,
        _ if is_command(key) => Some((key, value.into())),
        _ => Some((key, unescaped_marks(unquoted(value).unwrap_or(value)))),
    }
}

pub(super) fn uncommented(line: &str) -> &str {
    if !has_mark(line) {
        return line;
    }
    match line.split_once(DELIMITERS) {
        Some((key, raw)) if is_command(key.trim()) => &line[..=key.len() + before_comment_outside_quotes(raw).len()],
        _ => before_comment(line, true),
    }
}

/// Joins a command of several lines. A backslash before a line end continues the line, as in a shell.
pub(super) fn on_one_line(command: &str) -> String {
    let lines = command.lines().map(|line| line.strip_suffix(" \\").unwrap_or(line).trim_end());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(super) fn is_command(key: &str) -> bool {
    ["credential_process", "mfa_process"].iter().any(|command| key.eq_ignore_ascii_case(command))
}

#[cfg(test)]
mod tests;
